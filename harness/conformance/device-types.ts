/** Which device is of which type: what all that it is sent, and all that it sends, leaves possible. */
import { type DeviceName, devices, useCaseByCode } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { deviceOf, type Reference } from "./reference-set.ts";

/**
 * Types by EUI-64. Where messages leave several types, those that another device is of for certain come last: a home
 * has one of each.
 */
export function deviceTypes(references: readonly Reference[]): ReadonlyMap<Eui64, DeviceName> {
  const possible = new Map<Eui64, readonly DeviceName[]>();
  const all = Object.keys(devices) as DeviceName[];
  for (const reference of references) {
    const row = useCaseByCode(reference.envelope.header.code);
    if (row === undefined) continue;
    const eui = deviceOf(reference);
    const left = (possible.get(eui) ?? all).filter((type) => row.devices.includes(type));
    // A message to the wrong device says nothing of its type.
    if (left.length > 0) possible.set(eui, left);
  }
  const certain = new Set([...possible.values()].flatMap((types) => (types.length === 1 ? types : [])));
  return new Map(
    [...possible].map(([eui, types]) => [eui, types.find((type) => !certain.has(type)) ?? types[0]] as const),
  ) as Map<Eui64, DeviceName>;
}
