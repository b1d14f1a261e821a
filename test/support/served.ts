/** A member as a feature serves it, for tests of what a bench loads. */
import type { Feature } from "../../firmware/features/feature.ts";
import type { ObjectName } from "../../firmware/model/index.ts";

/** Throws when nobody serves it, or nothing can be loaded into it. */
export function served(features: readonly Feature[], object: ObjectName, name: string) {
  const member = features
    .flatMap(({ objects }) => objects)
    .find((each) => each.object.name === object && each.members.has(name))
    ?.members.get(name);
  if (member?.load === undefined || member.get === undefined)
    throw new Error(`${object}.${name}: nothing to load`);
  const { load, get } = member;
  return {
    load: async (value: unknown) => load(value),
    get: async (selector?: unknown) => get(selector),
  };
}
