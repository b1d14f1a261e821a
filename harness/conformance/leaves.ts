/** Values as leaves with their paths, for comparing: what may differ is the device's own state, what else must be the same. */
import { type Members, type Plain, present, type ValueType } from "../../firmware/model/index.ts";

/** `state`: the device's own, such as registers, logs and times. `shape`: all else. */
export type LeafKind = "state" | "shape";

export interface Leaf {
  readonly path: string;
  readonly value: Plain;
  readonly kind: LeafKind;
}

/** Which leaves of a value are state. */
export type IsState = (type: ValueType) => boolean;

/** In what a device reads out, all is state. */
export const readOut: IsState = () => true;
/**
 * In what a device says of an action: times, counts, and items made afresh (a request for a certificate has a new key);
 * outcomes, names of parties and of keys follow from the action.
 */
export const told: IsState = (type) =>
  type.kind === "moment" || type.kind === "integer" || (type.kind === "octets" && type.form === "item");

/** A value that has its type, as leaves in their order. */
export function leavesOf(type: ValueType, value: Plain, path: string, isState: IsState): Leaf[] {
  const within = (of: ValueType, part: Plain, name: string) => leavesOf(of, part, path + name, isState);
  switch (type.kind) {
    case "twin":
    case "tagged":
    case "default":
      return within(type.of, value, "");
    case "optional":
      return value === null ? [{ path, value, kind: "shape" }] : within(type.of, value, "");
    case "choice": {
      const [index, of] = value as readonly [number, Plain];
      const [name, option] = Object.entries(type.options)[index]!;
      return within(option, of, `.${name}`);
    }
    case "array":
      return [
        { path: `${path}.count`, value: (value as readonly Plain[]).length, kind: "shape" },
        ...(value as readonly Plain[]).flatMap((item, at) => within(type.item, item, `[${at}]`)),
      ];
    case "structure": {
      const list = value as readonly Plain[];
      const members: Members = present(type.fields, list.length);
      return members.flatMap(([name, of], at) => within(of, list[at] ?? null, `.${name}`));
    }
    default:
      return [...sizeOf(type, value, path), { path, value, kind: isState(type) ? "state" : "shape" }];
  }
}

/** A size is part of the shape; but an item made afresh may have another. */
function sizeOf(type: ValueType, value: Plain, path: string): Leaf[] {
  const sized = type.kind === "octets" || type.kind === "text" || type.kind === "bits";
  if (!sized || (type.kind === "octets" && type.form === "item")) return [];
  return [{ path: `${path}.length`, value: (value as Uint8Array | string).length, kind: "shape" }];
}
