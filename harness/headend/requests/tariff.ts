/** Service requests 1.x: tariff and prices of either element, and the block counters. */
import { z } from "zod";
import { indexed, numbered, oneOf, time, unsignedInt, whole } from "./duis.ts";
import {
  filledPrices,
  filledSecondaryPrices,
  prices,
  priceValues,
  readPrices,
  readSecondaryPrices,
  secondaryPrices,
  secondaryPriceValues,
} from "./prices.ts";
import { list } from "./read.ts";
import { type Lookup, request } from "./request.ts";
import {
  filledTable,
  readSpecialDays,
  readTable,
  specialDays,
  specialDayValues,
  switchingTable,
  tableValues,
} from "./switching-table.ts";

const profileSchedule = z
  .strictObject({
    StartTime: time,
    TOUTariffAction: whole(1, 48).optional(),
    BlockTariffAction: whole(1, 8).optional(),
  })
  .superRefine(oneOf("TOUTariffAction", "BlockTariffAction"));

const elecTariffElements = z.strictObject({
  CurrencyUnits: z.enum(["GBP", "ECB"]),
  SwitchingTable: switchingTable(profileSchedule),
  SpecialDays: specialDays,
  /** Wh; what has fewer than three thresholds ends with 4294967295. */
  ThresholdMatrix: z.strictObject({
    Thresholds: indexed(
      z.strictObject({ index: whole(1, 8), BlockThreshold: indexed(numbered(3, unsignedInt), 1, 3) }),
      8,
      8,
    ),
  }),
});
type ElecTariff = z.output<typeof elecTariffElements>;

/** The tariffication script table: scripts 101 to 108 charge the block matrix, 201 to 204 the secondary element. */
export const firstBlockScript = 100;
export const firstSecondaryScript = 200;

function tariffValues({ CurrencyUnits, SwitchingTable, SpecialDays, ThresholdMatrix }: ElecTariff) {
  const thresholds = ThresholdMatrix.Thresholds.map(
    ({ index, BlockThreshold }) =>
      [`blockThresholdsTou${index}.thresholds`, BlockThreshold.map(({ value }) => value)] as const,
  );
  return {
    ...tableValues(
      "tariffCalendar",
      SwitchingTable,
      (action: z.output<typeof profileSchedule>) =>
        action.TOUTariffAction ?? firstBlockScript + (action.BlockTariffAction as number),
    ),
    "specialDays.entries": specialDayValues(SpecialDays),
    ...Object.fromEntries(thresholds),
    "currencyUnit.passive": CurrencyUnits === "GBP",
  };
}

// The way back shares nothing with the way there.

function readTariff(value: Lookup) {
  return {
    CurrencyUnits: currencyOf(value("currencyUnit.passive")),
    SwitchingTable: readTable(value, "tariffCalendar", (selector) =>
      typeof selector === "number" && selector > 100
        ? { BlockTariffAction: selector - 100 }
        : { TOUTariffAction: selector },
    ),
    SpecialDays: readSpecialDays(value("specialDays.entries")),
    ThresholdMatrix: {
      Thresholds: [1, 2, 3, 4, 5, 6, 7, 8].map((tou) => ({
        index: tou,
        BlockThreshold: list(value(`blockThresholdsTou${tou}.thresholds`)).map((limit, i) => ({
          index: i + 1,
          value: limit,
        })),
      })),
    },
  };
}

const currencyOf = (pounds: unknown): unknown =>
  pounds === true ? "GBP" : pounds === false ? "ECB" : pounds;

const secondaryTable = switchingTable(z.strictObject({ StartTime: time, TOUTariffAction: whole(1, 4) }));

export const tariff = {
  "1.1.1": request("1.1.1", "UpdateImportTariffPrimaryElement", {
    fields: { ElecTariffElements: elecTariffElements, PriceElements: prices },
    useCase: "ECS01a",
    values: (p) => ({ ...tariffValues(p.ElecTariffElements), ...priceValues(p.PriceElements) }),
    readBack: (value) => ({ ElecTariffElements: readTariff(value), PriceElements: readPrices(value) }),
    carried: (p) => ({
      ...p,
      ElecTariffElements: {
        ...p.ElecTariffElements,
        SwitchingTable: filledTable(p.ElecTariffElements.SwitchingTable),
      },
      PriceElements: filledPrices(p.PriceElements),
    }),
  }),
  "1.1.2": request("1.1.2", "UpdateImportTariffSecondaryElement", {
    fields: { SwitchingTable: secondaryTable, SpecialDays: specialDays, PriceElements: secondaryPrices },
    values: (p) => ({
      ...secondaryPriceValues(p.PriceElements),
      ...tableValues(
        "secondaryCalendar",
        p.SwitchingTable,
        ({ TOUTariffAction }: { TOUTariffAction: number }) => firstSecondaryScript + TOUTariffAction,
      ),
      "secondarySpecialDays.entries": specialDayValues(p.SpecialDays),
    }),
    readBack: (value) => ({
      SwitchingTable: readTable(value, "secondaryCalendar", (selector) => ({
        TOUTariffAction: typeof selector === "number" ? selector - 200 : selector,
      })),
      SpecialDays: readSpecialDays(value("secondarySpecialDays.entries")),
      PriceElements: readSecondaryPrices(value),
    }),
    carried: (p) => ({
      ...p,
      SwitchingTable: filledTable(p.SwitchingTable),
      PriceElements: filledSecondaryPrices(p.PriceElements),
    }),
  }),
  "1.2.1": request("1.2.1", "UpdatePricePrimaryElement", {
    fields: { PriceElements: prices },
    useCase: "ECS01b",
    values: (p) => priceValues(p.PriceElements),
    readBack: (value) => ({ PriceElements: readPrices(value) }),
    carried: (p) => ({ ...p, PriceElements: filledPrices(p.PriceElements) }),
  }),
  "1.2.2": request("1.2.2", "UpdatePriceSecondaryElement", {
    fields: { PriceElements: secondaryPrices },
    values: (p) => secondaryPriceValues(p.PriceElements),
    readBack: (value) => ({ PriceElements: readSecondaryPrices(value) }),
    carried: (p) => ({ ...p, PriceElements: filledSecondaryPrices(p.PriceElements) }),
  }),
  "1.7": request("1.7", "ResetTariffBlockCounterMatrix"),
} as const;
