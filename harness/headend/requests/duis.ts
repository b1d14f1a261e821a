/**
 * The simple types of DUIS (its schema V5.4) as zod schemas. A form is built of them with `z.strictObject`, and is
 * DUIS's own: members are elements in the schema's order, with its names, units and limits; a repeated element is an
 * array; an element without content is `{}`; members in lower case are attributes, but `value` is an element's text.
 */
import { z } from "zod";
import { NEVER, NOW } from "../../../firmware/model/index.ts";
import { fromHex, toHex } from "../../../hal/base/hex.ts";
import { readIsoTime } from "../../../hal/base/iso-time.ts";

/** What XML has in place of a form's value, where that is not the value as text. */
export const inXml = z.registry<{ readonly text: (value: unknown) => string }>();
const written = <T extends z.ZodType>(schema: T, text: (value: unknown) => string): T => {
  inXml.add(schema, { text });
  return schema;
};

const timeRange = "expected a time from 1970-01-01T00:00:01Z to 2106-02-07T06:28:14Z";
const seconds = (least: number, most: number) => z.int(timeRange).min(least, timeRange).max(most, timeRange);
const ordinary = seconds(1, NEVER - 1);
/** Of logs: the least and the greatest moment are "everything". */
const inclusive = seconds(0, NEVER);

const partOfSecond = /[.,]\d*[1-9]/;

/** Why `input` is no time for a device: not a date, no zone, part of a second, or beyond 32 bits of seconds. */
function timeFault(input: unknown, range: z.ZodType): string | undefined {
  if (typeof input === "number") return range.safeParse(input).success ? undefined : timeRange;
  if (typeof input !== "string") return "expected a time: UTC seconds, or ISO 8601 with a zone";
  const time = readIsoTime(input);
  if (typeof time !== "number")
    return `line 1, column ${time.column} of ${JSON.stringify(input)}: ${time.fault}`;
  if (!/(z|[+-]\d\d(:?\d\d)?)$/i.test(input.slice(10)))
    return `${JSON.stringify(input)} has no zone: end it with Z for UTC`;
  if (partOfSecond.test(input))
    return `${JSON.stringify(input)} has part of a second: devices have whole ones`;
  return range.safeParse(time / 1000).success ? undefined : timeRange;
}

const isoTime = (range: z.ZodType) =>
  z
    .string()
    .refine((text) => timeFault(text, range) === undefined)
    .transform((text) => (readIsoTime(text) as number) / 1000);
/** The time of `seconds` in UTC, as XML has it. */
const asIso = (seconds: unknown): string =>
  typeof seconds === "number"
    ? new Date(seconds * 1000).toISOString().replace(".000Z", "Z")
    : String(seconds);
/** xs:dateTime: ISO 8601 with a zone, or UTC seconds since 1970. Becomes seconds. */
export const dateTime = written(
  z
    .union([ordinary, isoTime(ordinary)], { error: ({ input }) => timeFault(input, ordinary) })
    .describe("UTC seconds, or an ISO 8601 time with a zone"),
  asIso,
);

/** DUIS's way to cancel what was to take force later; of a log, its end. */
export const cancellation = "3000-12-31T00:00:00Z";
const isCancellation = (text: string): boolean =>
  readIsoTime(text) === readIsoTime(cancellation) && !partOfSecond.test(text);
const never = z
  .string()
  .refine(isCancellation)
  .transform(() => NEVER);

const logTime = written(
  z
    .union([inclusive, never, isoTime(inclusive)], { error: ({ input }) => timeFault(input, inclusive) })
    .describe("UTC seconds, or an ISO 8601 time with a zone"),
  asIso,
);

/** A time to come, or {@link cancellation}, which becomes `NEVER`. */
export const laterTime = written(
  z.union([ordinary, never, isoTime(ordinary)], {
    error: ({ input }) => `${timeFault(input, ordinary)}; or ${cancellation}, which cancels`,
  }),
  (seconds) => (seconds === NEVER ? cancellation : asIso(seconds)),
);

/** When what the device keeps takes force: left out, at once; {@link cancellation}, never; else a time. */
export const executionDateTime = laterTime
  .default(NOW)
  .describe(`left out: at once; ${cancellation}: never; else a time, ISO 8601 with a zone or UTC seconds`);

/** Of requests that the DCC itself keeps until then, which this one does not do yet. */
export const heldByDcc = z
  .never("the DCC does not hold requests for later here: leave it out, and ask when it is time")
  .optional();

/** Both ends inclusive. */
export const readLogPeriod = z.strictObject({ StartDateTime: logTime, EndDateTime: logTime });
/** Every entry of a log. */
export const wholeLog = { StartDateTime: 0, EndDateTime: NEVER } as const;

/** Number types of XML schema, with limits. */
export const unsignedInt = z.int().min(0).max(0xffff_ffff);
export const short = z.int().min(-0x8000).max(0x7fff);
export const int = z.int().min(-0x8000_0000).max(0x7fff_ffff);
/** A power of ten. */
export const priceScale = z.int().min(-128).max(127);
export const whole = (least: number, most: number) => z.int().min(least).max(most);
/** xs:decimal with so many digits behind its point. */
export const decimal = (least: number, most: number, decimals: number) =>
  z
    .number()
    .min(least)
    .max(most)
    .refine(
      (value) => Math.abs(value * 10 ** decimals - Math.round(value * 10 ** decimals)) < 1e-6,
      `expected ${decimals} decimals at most`,
    );
/** floorSequenceNumber: an integer of ASN.1. */
export const floorSequenceNumber = z.bigint().min(0n).max(0x7fff_ffff_ffff_ffffn);

/** xs:time, "07:30:00" or "07:30:00.00Z". */
export const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d\d?)?Z?$/, 'expected a time of day, "HH:MM:SS", UTC');

/** Elements with an index each: no two of one, and in their order from then on. */
export const indexed = <T extends z.ZodType<{ readonly index: number }>>(
  item: T,
  least: number,
  most: number,
) =>
  z
    .array(item)
    .min(least)
    .max(most)
    .refine(
      (items) => new Set(items.map(({ index }) => index)).size === items.length,
      "expected each index once",
    )
    .transform((items) => items.toSorted((a, b) => a.index - b.index));
/** An element's text and its index. */
export const numbered = <T extends z.ZodType>(most: number, value: T) =>
  z.strictObject({ index: whole(1, most), value });

/** An element without content. */
export const empty = z.strictObject({});

const octets = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "expected octets");
/** hexBinary of `least` to `most` octets, or the octets. */
export const hexBinary = (least: number, most: number) =>
  written(
    z
      .union([
        octets,
        z
          .string()
          .regex(/^([0-9a-f]{2})*$/i, "expected hex")
          .transform(fromHex),
      ])
      .refine(
        (bytes) => bytes.length >= least && bytes.length <= most,
        least === most ? `expected ${least} octets` : `expected ${least} to ${most} octets`,
      ),
    (value) => (value instanceof Uint8Array ? toHex(value) : String(value)),
  );

/** base64Binary of `least` to `most` octets, or the octets. */
export const base64Binary = (least: number, most: number) =>
  written(
    z
      .union([octets, z.base64().transform((text) => Uint8Array.from(Buffer.from(text, "base64")))], {
        error: "expected base64",
      })
      .refine(
        (bytes) => bytes.length >= least && bytes.length <= most,
        `expected ${least} to ${most} octets`,
      ),
    (value) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : String(value)),
  );

/** A certificate: base64Binary, or its octets. */
export const certificate = base64Binary(1, 0xffff);

/** An EUI-64 as DUIS writes it: eight pairs joined by "-". */
export const pairs = (eui: string): string => eui.replace(/..(?=.)/g, "$&-");

/** "00-DB-12-34-56-78-90-A0"; without hyphens too. Becomes 16 capital hex digits. */
export const eui = written(
  z
    .string()
    .regex(/^([0-9a-f]{2}-?){7}[0-9a-f]{2}$/i, "expected an EUI-64: 16 hex digits")
    .transform((text) => text.replaceAll("-", "").toUpperCase()),
  (value) => pairs(String(value).replaceAll("-", "")),
);

/** Numbers of metering points. */
export const importMpxn = z.string().regex(/^\d{1,13}$/, "expected up to 13 digits");
export const mpan = z.string().regex(/^\d{13}$/, "expected 13 digits");

/** Of elements that an XML schema offers as a choice: exactly one is there. */
export const oneOf =
  (...names: readonly string[]) =>
  (value: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void => {
    const given = names.filter((name) => value[name] !== undefined);
    if (given.length !== 1)
      context.addIssue({
        code: "custom",
        message: `expected one of ${names.join(", ")}, got ${given.join(" and ") || "none"}`,
      });
  };

/** The check of a form of which at least one element must be there. */
export const someOf =
  (...names: readonly string[]) =>
  (value: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void => {
    if (names.every((name) => value[name] === undefined))
      context.addIssue({ code: "custom", message: `expected one or more of ${names.join(", ")}, got none` });
  };
