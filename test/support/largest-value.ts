/** The largest value of a type, as the wire carries it. */
import type { ValueType } from "../../firmware/model/index.ts";
import type { Value } from "../../firmware/wire/message.ts";

const calendars = {
  date: [0x07, 0xea, 1, 1, 0xff],
  time: [1, 2, 3, 0],
  dateTime: [0x07, 0xea, 1, 1, 0xff, 1, 2, 3, 0, 0x80, 0, 0xff],
};

export function largestOf(type: ValueType): Value {
  switch (type.kind) {
    case "null":
      return null;
    case "boolean":
      return true;
    case "integer":
      return type.max;
    case "names":
      return Object.values(type.names).at(-1) as number;
    case "octets":
      return new Uint8Array(type.max).fill(0x41);
    case "text":
      return "A".repeat(type.max);
    case "bits":
      return "1".repeat(type.max);
    case "moment":
      return 0x7000_0000;
    case "calendar":
      return Uint8Array.from(calendars[type.form]);
    case "array":
      return Array.from({ length: type.max }, (_, i) => numbered(largestOf(type.item), i + 1));
    case "structure":
      return Object.values(type.fields)
        .filter(({ kind }) => kind !== "twin")
        .map(largestOf);
    case "choice":
      throw new Error("test: no largest value of a choice");
    default:
      return largestOf(type.of);
  }
}

/** Entries of tables begin with an index of their own, of logs with a time. */
const numbered = (value: Value, index: number): Value =>
  Array.isArray(value) && typeof value[0] === "number" ? [index, ...value.slice(1)] : value;
