/** A meter that charges: tariff, metering, supply and payment on a bench, and the commands that set them. */
import assert from "node:assert/strict";
import { partitions } from "../../../../firmware/devices/partitions.ts";
import { defaultSettings } from "../../../../firmware/devices/settings.ts";
import { meteringFeature, meteringLogs } from "../../../../firmware/features/metering/feature.ts";
import { paymentFeature } from "../../../../firmware/features/payment/feature.ts";
import { supplyFeature } from "../../../../firmware/features/supply/feature.ts";
import { tariffFeature } from "../../../../firmware/features/tariff/feature.ts";
import { topUpFeature } from "../../../../firmware/features/topup/feature.ts";
import { type ObjectName, objects } from "../../../../firmware/model/index.ts";
import type { Value } from "../../../../firmware/wire/message.ts";
import { NOW } from "../../../../firmware/wire/message.ts";
import { tokenMac } from "../../../../firmware/wire/token-mac.ts";
import { euiBytes } from "../../../../hal/base/eui64.ts";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { constantLoad } from "../../../../hal/mock/index.ts";
import { makeUtrn } from "../../../../harness/headend/utrn.ts";
import { type BenchOptions, FeatureBench, supplierOrigin } from "../../../support/feature-bench.ts";
import { octets, priceOf } from "../tariff/samples.ts";

/** Units of 10^-5 pounds. */
export const pounds = (amount: number): number => Math.round(amount * 100_000);
export const hour = 3_600_000;
export const day = 24 * hour;

export type PaymentBench = Awaited<ReturnType<typeof paymentBench>>;

export const paymentBench = (options: BenchOptions = {}) =>
  FeatureBench.start({ load: constantLoad(1000), ...options }, async (context) => {
    const { flash } = context.board;
    const { futureDated } = context;
    const supply = supplyFeature(context, { pending: () => undefined });
    const tariff = tariffFeature(context, { futureDated });
    const logs = await meteringLogs(flash, partitions(flash.geometry));
    const metering = meteringFeature(context, { tariff, ...logs });
    const settings = defaultSettings;
    const payment = paymentFeature(context, { futureDated, metering, tariff, supply, settings });
    const { tokenTries, tokenSuspensionS } = settings;
    const topUp = topUpFeature(context, {
      ...{ payment, tokenTries, tokenSuspensionS },
      issuer: () => issuer(issuing),
    });
    return { features: [supply, tariff, metering, payment, topUp], supply, tariff, metering, payment };
  });

/** Who issues tokens now, and from which floor on; a test may change it. */
export const issuing = { supplier: "90B3D51F30010000", floor: 0n };
export const meter = "00DB1234567890A0";
const secretOf = (supplier: string) => nodeCrypto().sha256(new TextEncoder().encode(supplier));

const issuer = ({ supplier, floor }: typeof issuing) => ({
  ...{ supplier, floor },
  mac: tokenMac(nodeCrypto(), secretOf(supplier), {
    originator: euiBytes(supplier),
    target: euiBytes(meter),
  }),
});

/** A token as its supplier vends it. */
export const utrn = (counter: number, pence: number, device = meter, supplier = issuing.supplier): string =>
  makeUtrn(nodeCrypto(), { supplier, device, secret: secretOf(supplier), counter, pence });

/** By the names of the model, so that a test reads like a command. */
const memberOf = (path: string) => {
  const [object, member] = path.split(".") as [ObjectName, string];
  const { attributes, methods } = objects[object] as unknown as Record<
    "attributes" | "methods",
    Readonly<Record<string, { readonly no: number }>>
  >;
  return { object, no: (attributes[member] ?? methods[member])?.no as number };
};

export async function set(bench: PaymentBench, path: string, value: Value): Promise<void> {
  const { object, no } = memberOf(path);
  assert.deepEqual(await bench.set(object, no, value), { status: 0 }, path);
}

let counter = 5000n;
/** Each call is a command of its own. */
export async function call(bench: PaymentBench, path: string, argument: Value): Promise<number> {
  const { object, no } = memberOf(path);
  counter += 1n;
  return (await bench.call(object, no, argument, { ...supplierOrigin, counter })).status;
}

export async function get(bench: PaymentBench, path: string, selector?: Value): Promise<Value> {
  const { object, no } = memberOf(path);
  const { status, value } = await bench.get(object, no, selector);
  assert.equal(status, 0, path);
  return value as Value;
}

/** Brings the meter into a state, as a bench does. */
export async function load(bench: PaymentBench, path: string, value: unknown): Promise<void> {
  const { features } = bench.built;
  const [name, member = ""] = path.split(".");
  const served = features.flatMap((feature) => feature.objects).find(({ object }) => object.name === name);
  await bench.context.loop.post("load", async () => served?.members.get(member)?.load?.(value));
}

export interface Balances {
  readonly balance: number;
  readonly emergencyCredit: number;
  readonly accumulatedDebt: number;
  readonly timeDebt1: number;
  readonly timeDebt2: number;
  readonly paymentDebt: number;
}

/** ECS19. */
export async function balances(bench: PaymentBench): Promise<Balances> {
  const [balance, emergencyCredit, accumulatedDebt, timeDebt1, timeDebt2, paymentDebt] = (await get(
    bench,
    "prepaymentBalances.value",
  )) as number[];
  return { balance, emergencyCredit, accumulatedDebt, timeDebt1, timeDebt2, paymentDebt } as Balances;
}

/** Price of register 1 a kWh, and standing charge a day: integers times 10^-5 pounds. */
export async function prices(bench: PaymentBench, kWh: number, aDay = 0): Promise<void> {
  await set(bench, "tariffPrice.chargePassive", priceOf([["01", kWh]]));
  await set(bench, "tariffPrice.activateAt", NOW);
  await set(bench, "standingCharge.chargePassive", [
    [0, -5],
    [0, octets("000000000000"), 0],
    [[octets(""), aDay]],
  ]);
  await set(bench, "standingCharge.activateAt", NOW);
}

interface Prepayment {
  readonly threshold?: number;
  readonly suspendDisabled?: boolean;
  readonly suspendEmergency?: boolean;
}

const charges = {
  tariff: "00",
  timeDebt1: "01",
  timeDebt2: "02",
  paymentDebt: "03",
  standing: "04",
} as const;
const row = (credit: string, charge: string, collect = "111"): Value => [
  octets(`0000130a${credit}ff`),
  octets(`00001314${charge}ff`),
  collect,
];

/** ECS03, as the reference commands have it. */
export async function toPrepayment(
  bench: PaymentBench,
  { threshold = 0, suspendDisabled = false, suspendEmergency = false }: Prepayment = {},
  atS: number = NOW,
): Promise<void> {
  const { tariff, timeDebt1, timeDebt2, paymentDebt, standing } = charges;
  const debt = suspendDisabled ? "110" : "111";
  const rows = ["00", "01"].flatMap((credit) => [
    row(credit, tariff),
    row(credit, standing),
    row(credit, timeDebt1, debt),
    row(credit, timeDebt2, debt),
    row(credit, paymentDebt),
  ]);
  const aside = suspendEmergency ? [standing, timeDebt1, timeDebt2].map((charge) => row("02", charge)) : [];
  await set(bench, "passiveAccount.modeAndStatus", [2, 1]);
  await set(bench, "disablementThreshold.passive", threshold);
  await set(bench, "passiveAccount.creditCharges", [...rows, ...aside]);
  await set(bench, "disablementThreshold.activateAt", atS);
  await set(bench, "passiveAccount.activateAt", atS);
}

/** ECS02. */
export async function toCredit(bench: PaymentBench): Promise<void> {
  await set(bench, "passiveAccount.modeAndStatus", [1, 1]);
  await set(bench, "passiveAccount.creditCharges", [row("00", charges.tariff), row("00", charges.standing)]);
  await set(bench, "passiveAccount.activateAt", NOW);
}

/** What ECS08a sets but for the calendar: those given. */
export async function limits(
  bench: PaymentBench,
  given: Partial<Record<LimitObject, number>>,
): Promise<void> {
  for (const [object, value] of Object.entries(given)) await set(bench, `${object}.passive`, value);
  for (const object of Object.keys(given)) await set(bench, `${object}.activateAt`, NOW);
}
type LimitObject =
  | "maximumBalance"
  | "maximumCredit"
  | "debtCap"
  | "debtCapPeriod"
  | "lowCreditThreshold"
  | "emergencyCreditLimit"
  | "emergencyCreditThreshold"
  | "disablementThreshold";

/** Rate times 10^-5 pounds a period, and what is owed. */
export async function timeDebt(
  bench: PaymentBench,
  number: 1 | 2,
  rate: number,
  periodS: number,
  owed: number,
): Promise<void> {
  const debt = `timeDebt${number}`;
  await set(bench, `${debt}.chargePassive`, [[0, -5], [0, octets("000000000000"), 0], [[octets(""), rate]]]);
  await set(bench, `${debt}.period`, periodS);
  assert.equal(await call(bench, `${debt}.activate`, 0), 0);
  assert.equal(await call(bench, `${debt}.updateRemaining`, owed), 0);
}

export const adjust = (bench: PaymentBench, amount: number) => call(bench, "meterBalance.update", amount);

/** A credit as a token gives it. */
export async function topUp(bench: PaymentBench, amount: number): Promise<void> {
  await bench.context.loop.post("top-up", () =>
    bench.built.payment.topUp(BigInt(amount), (commit) => commit({ key: "bench/token", value: null })),
  );
}
