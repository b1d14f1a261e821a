/** What was metered, as objects show it. */
import { objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import { type Range, readRange } from "../ranges.ts";
import { reads, refused, type ServedObject, serve } from "../serve.ts";
import type { TariffFeature } from "../tariff/feature.ts";
import { type Charge, priceIndex } from "../tariff/values.ts";
import type { Counters, Counts } from "./counts.ts";
import type { DailyReads } from "./daily-reads.ts";
import type { Profile, ProfileEntry } from "./profile.ts";
import { blockCount, blockInForce, type TariffRegisters } from "./registers.ts";
import { ofBlock } from "./snapshot.ts";

/** Import now, whole W. */
export interface Power {
  readonly totalW: number;
  readonly primaryW: number;
}

export interface ShownMetering {
  /** It has a secondary element. */
  readonly isTwin: boolean;
  readonly counters: Counters;
  /** Columns: import of the primary element, of the secondary one. */
  readonly profile: Profile;
  /** Columns: export, reactive export. */
  readonly exportProfile: Profile;
  /** Column: reactive import. */
  readonly reactiveProfile: Profile;
  /** Column: import of all elements. */
  readonly consumption: Profile;
  readonly dailyReads: DailyReads;
  readonly tariff: TariffFeature;
  registers(): Promise<TariffRegisters>;
  load(registers: Partial<TariffRegisters>): Promise<void>;
  power(): Promise<Power>;
  loadPower(power: Power): Promise<void>;
}

type Values = typeof valueTypes;
const watts = { scaler: 0, unit: "watt" } as const;
const wattHours = { scaler: 0, unit: "wattHour" } as const;
const varHours = { scaler: 0, unit: "varHour" } as const;

export const meteringObjects = (metering: ShownMetering): ServedObject[] => [
  ...registers(metering),
  ...profiles(metering),
  ...dailyLogs(metering),
  ...pricesInForce(metering),
];

const registers = (metering: ShownMetering): ServedObject[] => [
  serve(objects.importRegisters, {
    value: reads(
      () => importRegisters(metering),
      ({ import: importWh, reactive, secondaryImport = 0 }) =>
        metering.counters.load({
          ...{ importWh, reactiveImportVarh: reactive, secondaryImportWh: secondaryImport },
        }),
    ),
  }),
  serve(objects.activeExport, counted(metering, "exportWh", wattHours)),
  serve(objects.reactiveExport, counted(metering, "reactiveExportVarh", varHours)),
  serve(objects.touRegisters, {
    value: reads(
      async () => {
        const { tou, secondaryTou } = await metering.registers();
        return { tou, ...(metering.isTwin && { secondaryTou }) };
      },
      ({ tou, secondaryTou }) => metering.load({ tou, ...(secondaryTou && { secondaryTou }) }),
    ),
  }),
  serve(objects.blockTouRegisters, {
    value: reads(
      async () => ({ values: blockValues(await metering.registers()) }),
      ({ values }) => metering.load(blockMatrices(values)),
    ),
  }),
  serve(objects.powerImport, {
    value: reads(
      async () => {
        const { totalW, primaryW } = await metering.power();
        return { power: totalW, unit: watts, primary: primaryW };
      },
      ({ power, primary }) => metering.loadPower({ totalW: power, primaryW: primary }),
    ),
  }),
];

async function importRegisters({
  counters,
  isTwin,
}: ShownMetering): Promise<ValueOf<Values["importRegisters"]>> {
  const { importWh, reactiveImportVarh, secondaryImportWh } = await counters.registers();
  return {
    ...{ import: importWh, importUnit: wattHours, reactive: reactiveImportVarh, reactiveUnit: varHours },
    ...(isTwin && { secondaryImport: secondaryImportWh }),
  };
}

const counted = (
  { counters }: ShownMetering,
  name: keyof Counts,
  unit: typeof wattHours | typeof varHours,
) => ({
  value: reads(
    async () => (await counters.registers())[name],
    (value: number) => counters.load({ [name]: value }),
  ),
  scalerUnit: reads(() => unit),
});

const allBlocks = [1, 2, 3, 4] as const;

/** For each block 8 registers, then 8 counters. */
const blockValues = ({ blocks, counters }: TariffRegisters): number[] =>
  allBlocks.flatMap((block) => [...ofBlock(blocks, block), ...ofBlock(counters, block)]);

function blockMatrices(values: readonly number[]): Pick<TariffRegisters, "blocks" | "counters"> {
  const matrix = (from: number) =>
    Array.from({ length: 8 * blockCount }, (_, i) => {
      const [tou, block] = [Math.floor(i / blockCount), i % blockCount];
      return values[16 * block + from + tou] ?? 0;
    });
  return { blocks: matrix(0), counters: matrix(8) };
}

const profiles = (metering: ShownMetering): ServedObject[] => {
  const { profile, exportProfile, reactiveProfile, consumption, isTwin } = metering;
  return [
    serve(objects.importProfile, {
      buffer: buffer<ValueOf<Values["profileEntry"]>>(
        profile,
        ([time, importWh, secondaryImport]) => ({
          ...{ time, import: importWh ?? 0 },
          ...(isTwin && { secondaryImport: secondaryImport ?? 0 }),
        }),
        ({ time, import: importWh, secondaryImport = 0 }) => [time, importWh, secondaryImport],
      ),
    }),
    serve(objects.exportProfile, {
      buffer: buffer<ValueOf<Values["timedPair"]>>(
        exportProfile,
        ([time, value = 0, second = 0]) => ({ time, value, second }),
        ({ time, value, second }) => [time, value, second],
      ),
    }),
    serve(objects.reactiveProfile, { buffer: values(reactiveProfile) }),
    serve(objects.dailyConsumptionLog, { buffer: values(consumption) }),
  ];
};

const values = (profile: Profile) =>
  buffer<ValueOf<Values["timedValue"]>>(
    profile,
    ([time, value = 0]) => ({ time, value }),
    ({ time, value }) => [time, value],
  );

const buffer = <T>(
  profile: Profile,
  told: (entry: ProfileEntry) => T,
  entryOf: (value: T) => ProfileEntry,
) => ({
  get: async (range: Range | undefined) => {
    const bounds = readRange(range);
    return bounds === undefined ? refused : { value: (await profile.read(...bounds)).map(told) };
  },
  load: (values: readonly T[]) => profile.load(values.map(entryOf)),
});

const dailyLogs = ({ dailyReads }: ShownMetering): ServedObject[] => [
  serve(objects.dailyRegisterLog, {
    buffer: {
      get: async (range) => {
        const bounds = readRange(range);
        return bounds === undefined ? refused : { value: await dailyReads.registers(...bounds) };
      },
      load: (entries) => dailyReads.loadRegisters(entries),
    },
  }),
  serve(objects.dailyExportLog, {
    buffer: {
      get: (range) => {
        const bounds = readRange(range);
        return bounds === undefined ? refused : { value: dailyReads.exports(...bounds) };
      },
      load: (entries) => dailyReads.loadExports(entries),
    },
  }),
];

/** Of a block rate the price of the block that is being filled. */
const pricesInForce = (metering: ShownMetering): ServedObject[] => {
  const { tariff } = metering;
  const primaryIndex = async () => {
    const registers = await metering.registers();
    return priceIndex(registers.rate, blockInForce(registers));
  };
  const secondaryIndex = async () => priceIndex((await metering.registers()).secondaryRate);
  return [
    serve(
      objects.activeTariffPrice,
      priceInForce(tariff, "price", () => tariff.prices(), primaryIndex),
    ),
    serve(
      objects.secondaryActiveTariffPrice,
      priceInForce(tariff, "secondaryPrice", () => tariff.secondaryPrices(), secondaryIndex),
    ),
  ];
};

/** A price that is below zero is shown as none: the register is unsigned. */
const priceInForce = (
  tariff: TariffFeature,
  part: "price" | "secondaryPrice",
  prices: () => Charge,
  index: () => Promise<number>,
) => ({
  value: reads(
    async () => Math.max(0, prices().prices.get(await index()) ?? 0),
    async (charge: number) => tariff.loadPrice(part, { index: await index(), charge }),
  ),
  scalerUnit: reads(
    () => ({ scaler: prices().priceScale, unit: "currency" }) as const,
    async ({ scaler }: ValueOf<Values["scalerUnit"]>) =>
      tariff.loadPrice(part, { index: await index(), scale: scaler }),
  ),
});
