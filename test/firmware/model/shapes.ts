/** How a value looks on the COSE wire, by today's types and by the model's: enough to see that one is the other. */
import type { ValueType } from "../../../firmware/model/index.ts";
import type { Type } from "../../../firmware/objects/types.ts";

export type Shape = string | readonly Shape[];

export function shapeOfToday(type: Type): Shape {
  if (typeof type === "string") return type === "null" || type === "boolean" ? type : "integer";
  if ("octets" in type) return "octets";
  if ("optional" in type) return shapeOfToday(type.optional);
  if ("array" in type) return ["items", shapeOfToday(type.array)];
  return type.structure.map(shapeOfToday);
}

export function shapeOf(type: ValueType): Shape {
  switch (type.kind) {
    case "null":
    case "boolean":
    case "octets":
      return type.kind;
    case "integer":
    case "names":
    case "moment":
      return "integer";
    case "calendar":
      return "octets";
    case "array":
      return ["items", shapeOf(type.item)];
    case "structure":
      return Object.values(type.fields)
        .filter(({ kind }) => kind !== "twin")
        .map(shapeOf);
    case "tagged":
    case "default":
      return shapeOf(type.of);
    default:
      return type.kind;
  }
}
