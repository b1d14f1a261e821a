/** The tariff of a meter as it leaves the factory: one rate, and nothing costs anything (service-rules 5.3, "as delivered"). */
import type { ValueOf, valueTypes } from "../../model/index.ts";
import type { Part } from "./parts.ts";
import {
  commodities,
  NO_FURTHER_BLOCK,
  priceIndexes,
  secondaryPriceIndexes,
  tariffScriptTable,
} from "./values.ts";

type Types = typeof valueTypes;
const one = Uint8Array.of(1);
const midnight = { hour: 0, minute: 0, second: 0, hundredth: 0 } as const;
const priceScale = -5;
const week = { monday: 1, tuesday: 1, wednesday: 1, thursday: 1, friday: 1, saturday: 1, sunday: 1 } as const;
const seasons: ValueOf<Types["season"]>[] = [
  { name: one, start: { month: 1, day: 1, ...midnight }, week: one },
];
const weeks: ValueOf<Types["week"]>[] = [{ name: one, ...week }];
const days = (selector: number): ValueOf<Types["day"]>[] => [
  { day: 1, switches: [{ start: midnight, script: Uint8Array.from(tariffScriptTable), selector }] },
];

const charge = (
  { classId, name, attribute, scale }: (typeof commodities)[keyof typeof commodities],
  indexes: readonly (readonly number[])[],
) => ({
  scale: { commodity: scale, price: priceScale },
  commodity: { class: classId, name: Uint8Array.from(name), attribute },
  charges: indexes.map((index) => ({ index: Uint8Array.from(index), charge: 0 })),
});

const noThresholds = [NO_FURTHER_BLOCK, NO_FURTHER_BLOCK, NO_FURTHER_BLOCK];

export const factoryTariff: Readonly<Record<Part, unknown>> = {
  seasons,
  weeks,
  days: days(1),
  specialDays: [],
  secondarySeasons: seasons,
  secondaryWeeks: weeks,
  secondaryDays: days(201),
  secondarySpecial: [],
  thresholds1: noThresholds,
  thresholds2: noThresholds,
  thresholds3: noThresholds,
  thresholds4: noThresholds,
  thresholds5: noThresholds,
  thresholds6: noThresholds,
  thresholds7: noThresholds,
  thresholds8: noThresholds,
  currency: true,
  standing: charge(commodities.standing, [[]]),
  price: charge(
    commodities.primary,
    priceIndexes.map((index) => [index]),
  ),
  secondaryPrice: charge(
    commodities.secondary,
    secondaryPriceIndexes.map((index) => [index]),
  ),
};
