/** The prices of an electricity tariff: integers times 10^scale of the currency a kWh, and of the standing charge a day. */
import { z } from "zod";
import { fromHex, toHex } from "../../../hal/base/hex.ts";
import { indexed, numbered, oneOf, priceScale, short, whole } from "./duis.ts";
import { list } from "./read.ts";
import type { Lookup } from "./request.ts";

const blockPrices = indexed(
  z.strictObject({ index: whole(1, 8), BlockPrice: indexed(numbered(4, short), 1, 4) }),
  1,
  8,
);
const touPrice = indexed(numbered(48, short), 1, 48);

export const prices = z.strictObject({
  ElectricityPriceElements: z
    .strictObject({
      StandingCharge: short,
      StandingChargeScale: priceScale,
      PriceScale: priceScale,
      BlockTariff: z.strictObject({ BlockPrices: blockPrices }).optional(),
      TOUTariff: z.strictObject({ TOUPrice: touPrice }).optional(),
      HybridTariff: z.strictObject({ BlockPrices: blockPrices, TOUPrice: touPrice }).optional(),
    })
    .superRefine(oneOf("BlockTariff", "TOUTariff", "HybridTariff")),
});
type Prices = z.output<typeof prices>;

/** The register that is charged, in every reference message: active import. */
export const activeImport = "0100010800FF";
const blocks = [1, 2, 3, 4];
const blockTous = [1, 2, 3, 4, 5, 6, 7, 8];
const tous = Array.from({ length: 48 }, (_, i) => i + 1);

interface PriceTable {
  tou(index: number): number;
  block(block: number, tou: number): number;
}

/** Prices that the tariff leaves out are 0. */
function tableOf({ ElectricityPriceElements: own }: Prices): PriceTable {
  const { TOUPrice = [], BlockPrices = [] } = {
    ...own.BlockTariff,
    ...own.TOUTariff,
    ...own.HybridTariff,
  };
  const at = (
    list: readonly { readonly index: number; readonly value: number }[] | undefined,
    index: number,
  ) => list?.find((one) => one.index === index)?.value ?? 0;
  return {
    tou: (index) => at(TOUPrice, index),
    block: (block, tou) => at(BlockPrices.find((one) => one.index === tou)?.BlockPrice, block),
  };
}

/** Every entry of the price table, in the order and with the indices of the reference messages. */
export function priceValues(form: Prices): Record<string, unknown> {
  const { StandingCharge, StandingChargeScale, PriceScale } = form.ElectricityPriceElements;
  const table = tableOf(form);
  const entry = (index: number, charge: number) => ({ index: Uint8Array.of(index), charge });
  return {
    "standingCharge.chargePassive": {
      scale: { price: StandingChargeScale },
      charges: [{ index: new Uint8Array(), charge: StandingCharge }],
    },
    "tariffPrice.chargePassive": {
      scale: { price: PriceScale },
      commodity: { name: fromHex(activeImport) },
      charges: [
        ...tous.map((tou) => entry(tou, table.tou(tou))),
        ...blocks.flatMap((block) =>
          blockTous.map((tou) => entry(0x90 + block * 0x10 + tou, table.block(block, tou))),
        ),
      ],
    },
  };
}

/** The prices as the command has them: all of them. */
export function filledPrices(form: Prices) {
  const { StandingCharge, StandingChargeScale, PriceScale } = form.ElectricityPriceElements;
  const table = tableOf(form);
  return {
    ElectricityPriceElements: {
      ...{ StandingCharge, StandingChargeScale, PriceScale },
      BlockPrices: blockTous.map((tou) => ({
        index: tou,
        BlockPrice: blocks.map((block) => ({ index: block, value: table.block(block, tou) })),
      })),
      TOUPrice: tous.map((tou) => ({ index: tou, value: table.tou(tou) })),
    },
  };
}

// The way back shares nothing with the way there.

interface Charge {
  readonly scale?: { readonly price?: unknown };
  readonly commodity?: { readonly name?: unknown };
  readonly charges?: unknown;
}
const chargeOf = (value: unknown): Charge => (typeof value === "object" && value !== null ? value : {});
const entries = (charges: unknown) => list(charges) as readonly { index?: unknown; charge?: unknown }[];
const hexOf = (value: unknown): unknown => (value instanceof Uint8Array ? toHex(value) : { is: value });
const two = (index: number): string => index.toString(16).toUpperCase().padStart(2, "0");

export function readPrices(value: Lookup) {
  const standing = chargeOf(value("standingCharge.chargePassive"));
  const price = chargeOf(value("tariffPrice.chargePassive"));
  const [first, ...more] = entries(standing.charges);
  const charges = [...entries(price.charges)];
  const next = (index: string) => {
    const entry = charges.shift();
    return hexOf(entry?.index) === index ? entry?.charge : entry;
  };
  const TOUPrice = Array.from({ length: 48 }, (_, i) => ({ index: i + 1, value: next(two(i + 1)) }));
  const byBlock = ["A", "B", "C", "D"].map((block) =>
    Array.from({ length: 8 }, (_, i) => next(`${block}${i + 1}`)),
  );
  const strays = {
    ...(more.length === 0 && hexOf(first?.index) === "" ? {} : { standingCharges: standing.charges }),
    ...(charges.length === 0 ? {} : { morePrices: charges }),
    ...(hexOf(price.commodity?.name) === "0100010800FF" ? {} : { commodity: price.commodity }),
  };
  return {
    ElectricityPriceElements: {
      StandingCharge: first?.charge,
      StandingChargeScale: standing.scale?.price,
      PriceScale: price.scale?.price,
      BlockPrices: [0, 1, 2, 3, 4, 5, 6, 7].map((tou) => ({
        index: tou + 1,
        BlockPrice: byBlock.map((block, i) => ({ index: i + 1, value: block[tou] })),
      })),
      TOUPrice,
      ...strays,
    },
  };
}

// Of the secondary element: four prices.

export const secondaryPrices = z.strictObject({
  PriceScale: priceScale,
  ElectricityPriceElement: indexed(numbered(4, short), 1, 4),
});
type SecondaryPrices = z.output<typeof secondaryPrices>;

export const secondaryImport = "0114010800FF";

/** Prices that are left out are 0. */
export const filledSecondaryPrices = ({ PriceScale, ElectricityPriceElement }: SecondaryPrices) => ({
  PriceScale,
  ElectricityPriceElement: [1, 2, 3, 4].map((index) => ({
    index,
    value: ElectricityPriceElement.find((one) => one.index === index)?.value ?? 0,
  })),
});

export function secondaryPriceValues(form: SecondaryPrices): Record<string, unknown> {
  const { PriceScale, ElectricityPriceElement } = filledSecondaryPrices(form);
  return {
    "secondaryPrice.chargePassive": {
      scale: { price: PriceScale },
      commodity: { name: fromHex(secondaryImport) },
      charges: ElectricityPriceElement.map(({ index, value }) => ({
        index: Uint8Array.of(index),
        charge: value,
      })),
    },
  };
}

export function readSecondaryPrices(value: Lookup) {
  const price = chargeOf(value("secondaryPrice.chargePassive"));
  return {
    PriceScale: price.scale?.price,
    ElectricityPriceElement: entries(price.charges).map((entry, i) => ({
      index: hexOf(entry.index) === two(i + 1) ? i + 1 : hexOf(entry.index),
      value: entry.charge,
    })),
    ...(hexOf(price.commodity?.name) === secondaryImport ? {} : { commodity: price.commodity }),
  };
}
