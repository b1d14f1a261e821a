/** Values of the model's types at random, as a wire carries them. */
import fc from "fast-check";
import { calendarBytes, plainFault, type ValueType } from "../../firmware/model/index.ts";
import type { Value } from "../../firmware/wire/message.ts";

const whole = (min: number | bigint, max: number | bigint): fc.Arbitrary<Value> =>
  typeof max === "bigint"
    ? fc.oneof(fc.bigInt({ min: BigInt(min), max }), fc.constantFrom(BigInt(min), max))
    : fc.oneof(
        fc.integer({ min: Number(min), max }),
        fc.constantFrom(Number(min), max),
        fc.integer({ min: Number(min), max: Math.min(max, 50) }),
      );

/** Any value of a type, as the wire carries it: what a feature may be handed. */
export function anyOf(type: ValueType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return whole(type.min, type.max);
    case "bits":
      return fc
        .array(fc.constantFrom("0", "1"), {
          minLength: type.min,
          maxLength: Math.min(type.max, type.min + 5),
        })
        .map((bits) => bits.join(""));
    case "names":
      return fc.constantFrom(...Object.values(type.names));
    case "moment":
      return whole(0, 0xffff_ffff);
    case "octets":
      return fc.uint8Array({ minLength: type.min, maxLength: type.max });
    case "calendar":
      return anyCalendar(calendarBytes[type.form]).filter((octets) => plainFault(type, octets) === undefined);
    case "optional":
      return fc.option(anyOf(type.of), { nil: null });
    case "array":
      return fc.array(anyOf(type.item), {
        minLength: type.min,
        maxLength: Math.max(type.min, Math.min(type.max, 6)),
      });
    case "structure":
      return fc.tuple(
        ...Object.values(type.fields)
          .filter(({ kind }) => kind !== "twin")
          .map(anyOf),
      );
    case "text":
      return fc.string({
        minLength: type.min,
        maxLength: Math.min(type.max, type.min + 30),
        unit: "binary-ascii",
      });
    case "choice":
      return fc.oneof(
        ...Object.values(type.options).map((option, i) => fc.tuple(fc.constant(i), anyOf(option))),
      );
    case "twin":
    case "tagged":
    case "default":
      return anyOf(type.of);
  }
}

/** Octets of dates and times, many of which are real. */
const anyCalendar = (length: number): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom([0xff, 0xff], [0x07, 0xea], [0x00, 0x00]),
      fc.array(fc.constantFrom(0xff, 0, 1, 5, 12, 23, 31, 59), { minLength: 7, maxLength: 7 }),
    )
    .map(([year, rest]) =>
      Uint8Array.from(
        length === 4
          ? rest.slice(0, 4)
          : length === 5
            ? [...year, ...rest.slice(0, 3)]
            : [...year, ...rest, 0x80, 0, 0xff],
      ),
    );
