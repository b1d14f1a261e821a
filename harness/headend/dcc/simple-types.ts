/** Simple types of DUIS's responses and alerts. */
import { z } from "zod";

/** RequestID and ResponseID: two EUI-64s of eight hex pairs, and a counter. */
const id = /^(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(0|[1-9]\d{0,19})$/i;
export const messageId = z
  .string()
  .refine(
    (text) => id.test(text) && BigInt(id.exec(text)?.[1] ?? 0) < 1n << 64n,
    "expected EUI:EUI:COUNTER, EUIs of 8 hex pairs",
  );

/** Code of an alert or a message: two octets. Becomes four capital hex digits. */
export const alertCode = z
  .string()
  .regex(/^[0-9a-f]{4}$/i, "expected four hex digits")
  .transform((code) => code.toUpperCase());
