/** The building blocks of service request parameters: what a user may write, and what becomes of it. */
import { z } from "zod";
import { NEVER, NOW } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { fromHex } from "../../hal/base/hex.ts";
import { readIsoTime } from "../../hal/base/iso-time.ts";

const timeRange = "expected a time from 1970-01-01T00:00:01Z to 2106-02-07T06:28:14Z";
const seconds = z
  .int(timeRange)
  .min(1, timeRange)
  .max(NEVER - 1, timeRange);
const isoTime = z
  .string()
  .refine((text) => timeFault(text) === undefined)
  .transform((text) => Math.floor((readIsoTime(text) as number) / 1000));

/** UTC: seconds since 1970, or ISO 8601 with a zone, e.g. "2026-12-01T00:00:00Z". Becomes seconds. */
export const utc = z
  .union([seconds, isoTime], { error: ({ input }) => timeFault(input) })
  .describe("UTC seconds, or an ISO 8601 time with a zone");

/** Why `input` is no time for a device: not a date, no zone, or beyond 32 bits of seconds. */
function timeFault(input: unknown): string | undefined {
  if (typeof input === "number") return seconds.safeParse(input).success ? undefined : timeRange;
  if (typeof input !== "string") return "expected a time: UTC seconds, or ISO 8601 with a zone";
  const time = readIsoTime(input);
  if (typeof time !== "number")
    return `line 1, column ${time.column} of ${JSON.stringify(input)}: ${time.fault}`;
  if (!/(z|[+-]\d\d(:?\d\d)?)$/i.test(input.slice(10)))
    return `${JSON.stringify(input)} has no zone: end it with Z for UTC`;
  return seconds.safeParse(Math.floor(time / 1000)).success ? undefined : timeRange;
}

/** When a change takes effect: a time, "now", or "never" (which cancels what was to come). */
export const activation = z
  .union(
    [z.literal("now").transform(() => NOW), z.literal("never").transform(() => NEVER), seconds, isoTime],
    {
      error: ({ input }) => `${timeFault(input)}; or "now", or "never"`,
    },
  )
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
  throw new CodedError(
    "headend/parameters",
    `service request ${reference}: ${faults.join("; ")}. ` +
      `\`meterbench list usecases\` shows what each request takes.`,
    { reference, faults },
  );
}
