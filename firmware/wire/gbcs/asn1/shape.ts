/** How types look in ASN.1: the tag that an item of a type has, and what may be left out. */
import { CodedError } from "../../../../hal/base/coded-error.ts";
import type { DefaultType, Plain, ValueType } from "../../../model/index.ts";
import { contextTag, Tag } from "../der.ts";

/** The tag of a type's items; undefined for a choice, which has several. Throws for what ASN.1 rows never have. */
export function tagOf(type: ValueType): number | undefined {
  switch (type.kind) {
    case "null":
      return Tag.null;
    case "integer":
      return Tag.integer;
    case "names":
      return { u8: Tag.integer, enum: Tag.enumerated, keyUsage: Tag.bitString }[type.form];
    case "octets":
      if (type.form === "rest") break;
      return type.form === "item" ? Tag.sequence : Tag.octetString;
    case "moment":
      return Tag.generalizedTime;
    case "array":
    case "structure":
      return Tag.sequence;
    case "tagged":
      return contextTag(type.tag, tagOf(type.of)!);
    case "optional":
    case "default":
      return tagOf(type.of);
    case "choice":
      return undefined;
  }
  throw new CodedError("wire/no-form", `a ${type.kind} has no form in ASN.1 here; correct the table's row`);
}

export function fits(type: ValueType, tag: number): boolean {
  if (type.kind === "optional" || type.kind === "default") return fits(type.of, tag);
  if (type.kind === "choice") return Object.values(type.options).some((option) => fits(option, tag));
  return tagOf(type) === tag;
}

export const mayBeLeftOut = (type: ValueType) => type.kind === "optional" || type.kind === "default";

/** The number of the name that is left out. */
export const usual = ({ of, value }: DefaultType): Plain | undefined =>
  of.kind === "names" ? of.names[value] : undefined;

export const inMember = (path: string, name: string) => `${path}.${name}`;
export const inItem = (path: string, index: number) => `${path}[${index}]`;
