/** The rows with an ASN.1 payload, their types, and values of them. */
import fc from "fast-check";
import { NEVER, NOW, type Plain, useCases, type ValueType } from "../../../../../firmware/model/index.ts";
import { payloadType } from "../../../../../firmware/wire/gbcs/asn1/payload.ts";
import { Kind } from "../../../../../firmware/wire/message.ts";

export const rows = useCases.filter(({ payload }) => payload === "asn1");

export interface PayloadKind {
  readonly name: string;
  readonly type: ValueType;
}
/** Each type of a whole payload, command, response or alert, once. */
export const payloadKinds: readonly PayloadKind[] = rows.flatMap((row) => {
  const kinds = row.kind === "alert" ? (["alert"] as const) : (["command", "response"] as const);
  return kinds.map((kind) => ({ name: `${row.id} ${kind}`, type: payloadType(row, Kind[kind]) }));
});

/** A SEQUENCE around octets: what stands for a certificate. */
const itemOf = (max: number) =>
  fc
    .uint8Array({ maxLength: Math.min(max - 4, 300) })
    .map((content) =>
      Uint8Array.of(
        0x30,
        ...(content.length < 128 ? [] : content.length < 256 ? [0x81] : [0x82, content.length >> 8]),
        content.length & 0xff,
        ...content,
      ),
    );

/** Values without names that have a type and a form in ASN.1: its integers end at 2^63 - 1. */
export function valuesOf(type: ValueType): fc.Arbitrary<Plain> {
  switch (type.kind) {
    case "null":
      return fc.constant(null);
    case "integer":
      return typeof type.max === "bigint"
        ? fc.bigInt({ min: BigInt(type.min), max: 2n ** 63n - 1n })
        : fc.integer({ min: Number(type.min), max: type.max });
    case "names":
      return fc.constantFrom(...Object.values(type.names));
    case "octets":
      return type.form === "item"
        ? itemOf(type.max)
        : fc.uint8Array({ minLength: type.min, maxLength: type.max });
    case "moment":
      return fc.oneof(fc.integer({ min: NOW, max: NEVER - 1 }), fc.constant(NEVER));
    case "array":
      return fc.array(valuesOf(type.item), { minLength: type.min, maxLength: type.max });
    case "structure":
      return fc.tuple(...Object.values(type.fields).map(valuesOf));
    case "choice":
      return fc.oneof(
        ...Object.values(type.options).map((option, i) => valuesOf(option).map((value) => [i, value])),
      );
    case "optional":
      return fc.option(valuesOf(type.of));
    case "default":
    case "tagged":
      return valuesOf(type.of);
    default:
      throw new Error(`no values of ${type.kind}`);
  }
}
