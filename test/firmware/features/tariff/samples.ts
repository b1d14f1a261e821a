/** Tariff values shaped as in the message set (ECS01a), and the command that sets and activates them. */
import type { ObjectName } from "../../../../firmware/model/index.ts";
import type { Value } from "../../../../firmware/wire/message.ts";
import type { Built, FeatureBench } from "../../../support/feature-bench.ts";

export const octets = (hex: string): Value => Uint8Array.from(Buffer.from(hex, "hex"));
const text = (value: string): Value => new TextEncoder().encode(value);
const scriptTable = octets("00000a0064ff");
const date = (hex: string) => octets(`${hex}000000008000ff`);
const entry = (start: string, script: number): Value => [octets(start), scriptTable, script];

/** Winter and summer, weekdays and weekends; nights on script 2, days on 1, weekends on 101 (a block rate). */
export const seasons: Value = [
  [text("winter"), date("ffff0a1bff"), octets("01")],
  [text("summer"), date("ffff031dff"), octets("02")],
];
export const weeks: Value = [
  [octets("01"), 1, 1, 1, 1, 1, 3, 3],
  [octets("02"), 2, 2, 2, 2, 2, 3, 3],
];
export const days: Value = [
  [1, [entry("00000000", 2), entry("07000000", 1)]],
  [2, [entry("06000000", 1), entry("17000000", 2)]],
  [3, [entry("00000000", 101)]],
];
export const specialDays: Value = [[1, octets("ffff0c19ff"), 3]];
export const standing: Value = [[0, -5], [0, octets("000000000000"), 0], [[octets(""), 20_000]]];
export const priceOf = (entries: readonly (readonly [hex: string, price: number])[]): Value => [
  [3, -5],
  [3, octets("0100010800ff"), 2],
  entries.map(([hex, price]) => [octets(hex), price]),
];
export const price = priceOf([
  ["01", 2121],
  ["02", 1100],
  ["a1", 2289],
  ["b1", 3546],
]);

export type Setting = readonly [name: ObjectName, member: number, value: Value];

export const passives: readonly Setting[] = [
  ["tariffCalendar", 7, seasons],
  ["tariffCalendar", 8, weeks],
  ["tariffCalendar", 9, days],
  ["specialDays", 2, specialDays],
  ...([1, 2, 3, 4, 5, 6, 7, 8] as const).map(
    (tou): Setting => [`blockThresholdsTou${tou}`, 2, tou === 1 ? [1000, 5000, 0xffff_ffff] : [0xffff_ffff]],
  ),
  ["currencyUnit", 4, true],
  ["standingCharge", 6, standing],
  ["tariffPrice", 6, price],
];
const activations: readonly (readonly [ObjectName, number])[] = [
  ["tariffCalendar", 10],
  ["specialDaysActivation", 6],
  ["currencyUnit", 6],
  ["standingCharge", 7],
  ["tariffPrice", 7],
  ["blockThresholdsActivation", 6],
];

/** ECS01a; answers the statuses of its operations. */
export async function ecs01a<B extends Built>(bench: FeatureBench<B>, atS = 0): Promise<number[]> {
  const statuses: number[] = [];
  for (const [name, member, value] of passives) statuses.push((await bench.set(name, member, value)).status);
  for (const [name, member] of activations) statuses.push((await bench.set(name, member, atS)).status);
  return statuses;
}
