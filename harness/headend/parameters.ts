/** The building blocks of service request parameters: what a user may write, and what becomes of it. */
import { z } from "zod";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { NEVER, NOW } from "../../firmware/wire/message.ts";

/** UTC: seconds since 1970, or ISO 8601 with a zone, e.g. "2026-12-01T00:00:00Z". Becomes seconds. */
export const utc = z
  .union([
    z
      .int()
      .min(1)
      .max(NEVER - 1),
    z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1000)),
  ])
  .describe("UTC seconds, or an ISO 8601 time with a zone");

/** When a change takes effect: a time, "now", or "never" (which cancels what was to come). */
export const activation = z
  .union([z.literal("now").transform(() => NOW), z.literal("never").transform(() => NEVER), utc])
  .default(NOW)
  .describe('"now", "never", UTC seconds, or an ISO 8601 time with a zone');

/** Both ends inclusive; by default everything there is. */
export const range = z.strictObject({ from: utc.optional(), until: utc.optional() });
export const rangeSelector = (r: z.output<typeof range>): readonly [number, number] => [
  r.from ?? 0,
  r.until ?? NEVER,
];

export const u8 = z.int().min(0).max(0xff);
export const u16 = z.int().min(0).max(0xffff);
export const u32 = z.int().min(0).max(0xffff_ffff);

/** Exactly `length` bytes, or from `length` to `most`, as bytes or hex. */
export const octets = (length: number, most = length) =>
  z
    .union([
      z.instanceof(Uint8Array),
      z
        .string()
        .regex(/^([0-9a-f]{2})*$/i, "expected hex")
        .transform((text) => fromHex(text)),
    ])
    .refine(
      (bytes) => bytes.length >= length && bytes.length <= most,
      length === most ? `expected ${length} octets` : `expected ${length} to ${most} octets`,
    );

export const eui = z
  .string()
  .regex(/^[0-9a-f]{16}$/i, "expected an EUI-64: 16 hex digits")
  .transform((text) => text.toUpperCase());

export const nothing = z.strictObject({});

/** Checks `input` against `schema`. Throws `headend/parameters`, naming each parameter that is wrong. */
export function checkParameters<S extends z.ZodType>(
  reference: string,
  schema: S,
  input: unknown,
): z.output<S> {
  const checked = schema.safeParse(input ?? {});
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
    return `${where}${issue.message}`;
  });
  throw new MeterbenchError(
    "headend/parameters",
    `service request ${reference}: ${faults.join("; ")}. ` +
      `\`meterbench list usecases\` shows what each request takes.`,
    { reference, faults },
  );
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}
