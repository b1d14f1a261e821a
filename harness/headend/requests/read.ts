/** For reading back what a command carries: what does not fit must never pass for something that does. */

/** The items of a list; what is no list reads as a list of itself, so that it is not taken for an empty one. */
export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** Is what was read the number `b`? */
export const sameNumber = (a: unknown, b: bigint): boolean =>
  (typeof a === "number" || typeof a === "bigint") && BigInt(a) === b;
