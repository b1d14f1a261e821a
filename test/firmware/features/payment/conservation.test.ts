import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyRegisters } from "../../../../firmware/features/metering/registers.ts";
import { readCollections } from "../../../../firmware/features/payment/account.ts";
import {
  emptyLedger,
  type Ledger,
  restored,
  settle,
  stored,
  type Terms,
} from "../../../../firmware/features/payment/ledger.ts";
import { credit, type Rules } from "../../../../firmware/features/payment/machine.ts";
import { fromHex } from "../../../../hal/base/hex.ts";
import { SeededRandom, typicalHome } from "../../../../hal/mock/index.ts";
import { cutEverywhere, startUtcS } from "../../../support/feature-bench.ts";
import {
  adjust,
  balances,
  call,
  get,
  hour,
  limits,
  paymentBench,
  pounds,
  prices,
  timeDebt,
  toPrepayment,
  topUp,
} from "./payment-bench.ts";

const rows = (credits: readonly string[], charges: readonly string[]) =>
  credits.flatMap((one) =>
    charges.map((charge) => ({
      credit: fromHex(`0000130A${one}FF`),
      charge: fromHex(`00001314${charge}FF`),
      collect: "111",
    })),
  );

const price = fc.integer({ min: -2000, max: 32_767 });
const scale = fc.integer({ min: -9, max: 0 });
const pricesOf = (list: readonly number[], e: number) => ({
  e,
  prices: new Map(list.map((one, i) => [i, one] as const)),
});
const amount = fc.bigInt({ min: -1_000_000n, max: 5_000_000n });

const termsOf = fc
  .record({
    prepayment: fc.boolean(),
    aside: fc.boolean(),
    tariff: fc.tuple(price, price, price),
    tariffScale: scale,
    standing: fc.integer({ min: 0, max: 32_767 }),
    standingScale: scale,
    rates: fc.tuple(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 0, max: 9000 })),
    rateScale: fc.integer({ min: -8, max: -4 }),
    hourly: fc.boolean(),
    limit: fc.bigInt({ min: 0n, max: 1_000_000n }),
    threshold: amount,
  })
  .map((given): Terms => {
    const debts = given.prepayment ? ["01", "02", "03"] : [];
    const account = [
      ...rows(["00", "01"], ["00", "04", "05", ...debts]),
      ...(given.aside ? rows(["02"], ["04", ...debts]) : []),
    ];
    const rules: Rules = {
      mode: given.prepayment ? "prepayment" : "credit",
      collections: readCollections(account, { standingChargeWithDebts: true }),
      disablementThreshold: given.threshold,
      lowCreditThreshold: 0n,
      emergencyLimit: given.limit,
      emergencyThreshold: 0n,
    };
    const rate = (one: number) => ({
      price: one,
      scale: given.rateScale,
      periodS: given.hourly ? 3600 : 86_400,
    });
    return {
      rules,
      tariff: pricesOf([0, ...given.tariff], given.tariffScale),
      secondaryTariff: pricesOf([0, given.tariff[1]], given.tariffScale),
      standing: pricesOf([given.standing], given.standingScale),
      debts: { timeDebt1: rate(given.rates[0]), timeDebt2: rate(given.rates[1]) },
      supplyOff: false,
    };
  });

/** One stretch of a year: energy on two registers and the secondary one, time, and then perhaps a credit. */
const stretch = fc.record({
  wh: fc.tuple(fc.nat(40_000), fc.nat(40_000), fc.nat(9000)),
  seconds: fc.integer({ min: 1, max: 900_000 }),
  credit: fc.option(fc.bigInt({ min: 0n, max: 3_000_000n }), { nil: undefined }),
  /** The booking that follows is lost in a power cut, and only the next one kept. */
  lost: fc.boolean(),
});

/** What was given less what was taken stands in balances and debts. */
function worth({ state }: Ledger, { rules }: Terms): bigint {
  const used = rules.emergencyLimit - state.emergencyCredit;
  return state.balance - used - state.accumulatedDebt - state.timeDebt1 - state.timeDebt2 - state.paymentDebt;
}

describe("money is conserved", () => {
  it("to the unit: what balances and debts are worth changes by credits less charges, over any year", () => {
    const random = fc.record({
      terms: termsOf,
      stretches: fc.array(stretch, { minLength: 1, maxLength: 60 }),
      debts: fc.tuple(fc.bigInt({ min: 0n, max: 900_000n }), fc.bigInt({ min: 0n, max: 900_000n })),
      share: fc.nat(10_000),
      active: fc.boolean(),
    });
    fc.assert(
      fc.property(random, ({ terms, stretches, debts, share, active }) => {
        const start: Ledger = {
          ...emptyLedger,
          chargedToS: startUtcS,
          state: {
            ...emptyLedger.state,
            emergencyCredit: terms.rules.emergencyLimit,
            timeDebt1: debts[0],
            timeDebt2: debts[1],
            paymentDebt: debts[0],
            emergencyActive: active,
          },
        };
        let kept = start;
        let [first, second, third, nowS, credits] = [0, 0, 0, startUtcS, 0n];
        const registers = () => ({
          tou: emptyRegisters.tou.with(0, first >>> 0).with(2, second >>> 0),
          blocks: emptyRegisters.blocks,
          secondaryTou: emptyRegisters.secondaryTou.with(0, third >>> 0),
        });
        for (const { wh, seconds, credit: given, lost } of stretches) {
          [first, second, third, nowS] = [first + wh[0], second + wh[1], third + wh[2], nowS + seconds];
          const { ledger } = settle(kept, terms, registers(), nowS);
          if (lost) continue;
          kept = restored(stored(ledger));
          if (given === undefined) continue;
          kept = { ...kept, state: credit(kept.state, terms.rules, given, share, 10_000_000n).state };
          credits += given;
        }
        const { ledger } = settle(kept, terms, registers(), nowS);
        const midnights = BigInt(Math.floor(nowS / 86_400) - Math.floor(startUtcS / 86_400));
        const floor = (exact: bigint, e: number) => {
          const one = 10n ** BigInt(-e);
          return (exact - (((exact % one) + one) % one)) / one;
        };
        const { tariff, secondaryTariff, standing } = terms;
        const energy =
          floor(
            BigInt(first) * BigInt(tariff.prices.get(1) ?? 0) +
              BigInt(second) * BigInt(tariff.prices.get(3) ?? 0),
            tariff.e,
          ) + floor(BigInt(third) * BigInt(secondaryTariff.prices.get(1) ?? 0), secondaryTariff.e);
        const days = floor(midnights * BigInt(standing.prices.get(0) ?? 0), standing.e);
        assert.equal(worth(ledger, terms) - worth(start, terms), credits - energy - days);
        assert.ok(
          ledger.state.timeDebt1 >= 0n && ledger.state.timeDebt2 >= 0n && ledger.state.paymentDebt >= 0n,
        );
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  it("over a cut at any flash operation of a midnight that charges everything there is", async () => {
    const [kWh, aDay, hourly, daily, credits] = [28_123, 23_217, 1234, 5432, pounds(9)];
    const make = async () => {
      const bench = await paymentBench();
      await prices(bench, kWh, aDay);
      await timeDebt(bench, 1, hourly, 3600, 24 * hourly);
      await timeDebt(bench, 2, daily, 86_400, pounds(1));
      await adjust(bench, credits);
      await toPrepayment(bench);
      await bench.run(23.7 * hour);
      return bench;
    };
    const cuts = await cutEverywhere(
      make,
      (bench) => bench.run(0.5 * hour),
      async (bench, cut) => {
        await bench.runTo(startUtcS + 25 * 3600 - 1);
        const { tou } = await bench.built.metering.registers();
        const energy = Math.floor(((tou[0] as number) * kWh) / 1000);
        const { balance, timeDebt1, timeDebt2 } = await balances(bench);
        assert.equal(timeDebt1, 0, cut);
        assert.equal(timeDebt2, pounds(1) - daily, cut);
        assert.equal(balance, credits - energy - aDay - 24 * hourly - daily, cut);
        assert.equal(((await get(bench, "dailyPrepaymentLog.buffer")) as unknown[]).length, 1, cut);
        assert.equal(bench.alertCodes.filter((code) => code === "81a7").length, 1, cut);
      },
    );
    assert.ok(cuts >= 12, `${cuts} cuts`);
  });

  for (const prepayment of [false, true])
    it(`a meter's random year in ${prepayment ? "prepayment" : "credit"} mode, power cuts included`, async function () {
      this.timeout(120_000);
      const random = new SeededRandom(prepayment ? 5 : 6);
      const bench = await paymentBench({ load: typicalHome(new SeededRandom(3)) });
      const [kWh, aDay] = [28_123, 23_217];
      await prices(bench, kWh, aDay);
      await limits(bench, { emergencyCreditLimit: pounds(5), emergencyCreditThreshold: pounds(1) });
      await timeDebt(bench, 1, 1234, 3600, pounds(40));
      await timeDebt(bench, 2, 5432, 86_400, pounds(30));
      await call(bench, "paymentDebt.updateRemaining", pounds(50));
      await adjust(bench, pounds(20));
      if (prepayment) await toPrepayment(bench, { suspendEmergency: true });
      let given = pounds(20);
      while (bench.context.nowS() < startUtcS + 365 * 86_400) {
        await bench.run(Math.floor(random.next() * 96 * hour));
        if (random.next() < 0.2) await bench.powerCycle(Math.floor(random.next() * 30 * hour));
        if (random.next() < 0.6) {
          const credit = Math.floor(random.next() * pounds(20));
          given += credit;
          if (random.next() < 0.5) await topUp(bench, credit);
          else await adjust(bench, credit);
        }
        if (random.next() < 0.3) await call(bench, "emergencyCredit.invoke", 0);
        bench.board.mockUserInterface.press("a");
      }
      await bench.run(1000);
      const nowS = bench.context.nowS();
      const midnights = Math.floor(nowS / 86_400) - Math.floor(startUtcS / 86_400);
      const { tou } = await bench.built.metering.registers();
      const energy = Math.floor(((tou[0] as number) * kWh) / 1000);
      const { balance, emergencyCredit, ...debts } = await balances(bench);
      const owed = Object.values(debts).reduce((sum, debt) => sum + debt, 0) - pounds(120);
      const used = pounds(5) - emergencyCredit;
      assert.equal(balance - used - owed, given - energy - midnights * aDay);
    });
});
