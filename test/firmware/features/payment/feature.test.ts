import assert from "node:assert/strict";
import { recentRecoveries } from "../../../../firmware/features/payment/ledger.ts";
import { objects } from "../../../../firmware/model/index.ts";
import { NOW, type Value } from "../../../../firmware/wire/message.ts";
import { startUtcS } from "../../../support/feature-bench.ts";
import { octets } from "../tariff/samples.ts";
import {
  adjust,
  balances,
  call,
  day,
  get,
  hour,
  limits,
  load,
  type PaymentBench,
  paymentBench,
  pounds,
  prices,
  set,
  timeDebt,
  toCredit,
  toPrepayment,
  topUp,
} from "./payment-bench.ts";

const closed = (bench: PaymentBench) => bench.board.mockLoadSwitch.contactsClosed;

describe("payment feature", () => {
  it("as delivered: credit mode, nothing charged, every setting readable (ECS26a, ECS26j)", async () => {
    const bench = await paymentBench();
    await bench.run(day);
    assert.equal((await balances(bench)).balance, 0);
    assert.deepEqual(await get(bench, "account.modeAndStatus"), [1, 2]);
    assert.equal(((await get(bench, "account.creditCharges")) as unknown[]).length, 2);
    assert.deepEqual(await get(bench, "timeDebt1.chargeActive"), [
      [0, -5],
      [0, new Uint8Array(6), 0],
      [[octets(""), 0]],
    ]);
  });

  it("credit mode: energy and standing charge come off the balance, debts do not", async () => {
    const bench = await paymentBench();
    await prices(bench, 25_000, 30_000);
    await timeDebt(bench, 1, 5000, 86_400, pounds(10));
    await bench.run(day);
    const { balance, timeDebt1 } = await balances(bench);
    assert.equal(balance, -(24 * 25_000 + 30_000));
    assert.equal(await get(bench, "meterBalance.amount"), balance);
    assert.equal(timeDebt1, pounds(10));
    assert.ok(closed(bench));
    assert.deepEqual(bench.alertCodes, []);
  });

  it("prepayment: low credit, emergency credit on offer, credit out, supply disabled (810D, 8119, 8F0F)", async () => {
    const bench = await paymentBench();
    await prices(bench, 30_000);
    await limits(bench, {
      lowCreditThreshold: pounds(2),
      emergencyCreditLimit: pounds(1),
      emergencyCreditThreshold: pounds(1),
    });
    assert.equal(await adjust(bench, pounds(3)), 0);
    await toPrepayment(bench);
    await bench.run(3 * hour);
    assert.deepEqual(bench.alertCodes, []);
    await bench.run(hour);
    assert.deepEqual(bench.alertCodes, ["810d"]);
    await bench.run(3 * hour);
    assert.deepEqual(bench.alertCodes, ["810d", "8119"]);
    await bench.run(4 * hour);
    assert.deepEqual(bench.alertCodes, ["810d", "8119", "8f0f"]);
    assert.ok(!closed(bench));
    assert.deepEqual(await get(bench, "supplyState.controlState"), 0);
    const { balance } = await balances(bench);
    assert.ok(balance < 0 && balance >= -100, `${balance}: cut within seconds of the threshold`);
    await bench.run(day);
    assert.equal((await balances(bench)).balance, balance);
    assert.deepEqual(bench.alertCodes, ["810d", "8119", "8f0f"]);
  });

  it("emergency credit arms, is used up, and is paid back by the next credit (81AB, 8168, 81AA)", async () => {
    const bench = await paymentBench();
    await prices(bench, 30_000);
    await limits(bench, { emergencyCreditLimit: pounds(1), emergencyCreditThreshold: pounds(0.5) });
    await adjust(bench, pounds(1));
    await toPrepayment(bench);
    assert.equal(await call(bench, "emergencyCredit.invoke", 0), 250, "the balance is above its threshold");
    await bench.run(4 * hour);
    assert.ok(!closed(bench));
    assert.equal(await call(bench, "emergencyCredit.invoke", 0), 0);
    assert.equal(await call(bench, "emergencyCredit.invoke", 0), 0, "it is active");
    assert.deepEqual(bench.alertCodes, ["8119", "810d", "8f0f", "81ab"]);
    assert.deepEqual(bench.eventCodes, ["81ab"], "8168 is neither sent nor logged");
    bench.board.mockUserInterface.press("a");
    await bench.run(0);
    assert.ok(closed(bench));
    await bench.run(2 * hour);
    const using = await balances(bench);
    assert.ok(using.balance <= 0 && using.balance > -100);
    assert.equal(using.emergencyCredit, pounds(1) - 2 * 30_000);
    await bench.run(2 * hour);
    assert.deepEqual(bench.alertCodes.slice(4), ["81aa", "810d", "8f0f"]);
    assert.ok(!closed(bench));
    const spent = await balances(bench);
    assert.equal(spent.emergencyCredit, 0);
    await topUp(bench, pounds(5));
    const after = await balances(bench);
    assert.equal(after.emergencyCredit, pounds(1));
    assert.equal(after.balance, pounds(4) + spent.balance);
    assert.deepEqual(bench.alertCodes.slice(7), ["8f32"]);
    assert.equal(await get(bench, "supplyState.controlState"), 2, "armed");
    assert.equal(await call(bench, "emergencyCredit.invoke", 0), 250, "paid back: to be activated again");
  });

  it("a credit pays in order: share of payment debt, accumulated debt, threshold, emergency credit, balance", async () => {
    const bench = await paymentBench();
    await limits(bench, { emergencyCreditLimit: pounds(5), emergencyCreditThreshold: pounds(0) });
    await toPrepayment(bench, { threshold: pounds(-2) });
    assert.equal(await call(bench, "paymentDebt.updateRemaining", pounds(20)), 0);
    await set(bench, "paymentDebt.proportion", 1000);
    assert.equal(await call(bench, "emergencyCredit.invoke", 0), 0);
    const debts = { timeDebt1: 0, timeDebt2: 0, paymentDebt: pounds(20) };
    await load(bench, "prepaymentBalances.value", {
      ...{ balance: pounds(-3), accumulatedDebt: pounds(2), emergencyCredit: pounds(2) },
      ...debts,
    });
    await topUp(bench, pounds(10));
    assert.deepEqual(await balances(bench), {
      balance: pounds(-2 + 3),
      emergencyCredit: pounds(5),
      accumulatedDebt: 0,
      timeDebt1: 0,
      timeDebt2: 0,
      paymentDebt: pounds(19),
    });
    assert.deepEqual(await get(bench, "creditLog.buffer"), [[startUtcS, pounds(10)]]);
    assert.deepEqual(await get(bench, "debtPaymentLog.buffer"), [[startUtcS, pounds(1)]]);
  });

  it("recovers payment debt up to the cap of the last seven days, not of the week", async () => {
    const bench = await paymentBench();
    await toPrepayment(bench);
    await limits(bench, { debtCap: 500 });
    await call(bench, "paymentDebt.updateRemaining", pounds(100));
    await set(bench, "paymentDebt.proportion", 1000);
    const paid: number[] = [];
    for (let n = 0; n < 10; n++) {
      const { paymentDebt } = await balances(bench);
      await topUp(bench, pounds(10));
      paid.push((paymentDebt - (await balances(bench)).paymentDebt) / pounds(1));
      await bench.run(day);
    }
    assert.deepEqual(paid, [1, 1, 1, 1, 1, 0, 0, 1, 1, 1]);
    assert.equal(((await get(bench, "creditLog.buffer")) as unknown[]).length, 5);
    assert.equal(((await get(bench, "debtPaymentLog.buffer")) as unknown[]).length, 8);
  });

  it("counts what it recovered before its clock was set back by some seconds", () => {
    const recovery = { timeS: 1_000_000, amount: 500n };
    assert.deepEqual(recentRecoveries([recovery], 999_995, 604_800), [recovery]);
    assert.deepEqual(recentRecoveries([recovery], 1_000_000 + 604_800, 604_800), []);
  });

  it("time debts are taken by the hour and by the day until paid off (81A7, 81A8)", async () => {
    const bench = await paymentBench({ load: undefined as never });
    await toPrepayment(bench);
    await adjust(bench, pounds(10));
    await timeDebt(bench, 1, 1000, 3600, 3500);
    await timeDebt(bench, 2, 5000, 86_400, 10_000);
    await bench.run(3 * hour + 1000);
    assert.deepEqual(await balances(bench), {
      balance: pounds(10) - 3000,
      emergencyCredit: 0,
      accumulatedDebt: 0,
      timeDebt1: 500,
      timeDebt2: 10_000,
      paymentDebt: 0,
    });
    await bench.powerCycle(2 * day);
    const { balance, timeDebt1, timeDebt2 } = await balances(bench);
    assert.deepEqual([balance, timeDebt1, timeDebt2], [pounds(10) - 13_500, 0, 0]);
    assert.deepEqual(bench.alertCodes, ["81a7", "81a8"]);
    assert.equal(((await get(bench, "dailyPrepaymentLog.buffer")) as unknown[]).length, 2);
  });

  it("logs the last midnights alone of a time that its clock has leapt", async () => {
    const bench = await paymentBench();
    await bench.run(day);
    await bench.board.clock.setRtcMs(Date.UTC(2090, 0, 1, 12));
    const { mockFlash } = bench.board;
    const before = mockFlash.operationCount;
    await bench.powerCycle();
    assert.ok(mockFlash.operationCount - before < 1000, `${mockFlash.operationCount - before} operations`);
    const entries = (await get(bench, "dailyPrepaymentLog.buffer")) as [number, ...number[]][];
    assert.equal(entries.at(-1)?.[0], Date.UTC(2090, 0, 1) / 1000);
    assert.equal(entries.length, objects.dailyPrepaymentLog.attributes.buffer.type.max);
  });

  it("puts standing charge and time debts aside while emergency credit is in use, when told to", async () => {
    const bench = await paymentBench({ load: undefined as never });
    await prices(bench, 0, 30_000);
    await limits(bench, { emergencyCreditLimit: pounds(5) });
    await toPrepayment(bench, { suspendEmergency: true });
    await timeDebt(bench, 1, 7000, 86_400, pounds(1));
    assert.equal(await call(bench, "emergencyCredit.invoke", 0), 0);
    await bench.run(day);
    const { balance, emergencyCredit, accumulatedDebt, timeDebt1 } = await balances(bench);
    assert.deepEqual([balance, emergencyCredit, accumulatedDebt, timeDebt1], [0, pounds(5), 37_000, 93_000]);
  });

  it("stops standing charge and time debts while the supply is off, when told to", async () => {
    const bench = await paymentBench({ load: undefined as never });
    await prices(bench, 0, 30_000);
    await timeDebt(bench, 1, 7000, 86_400, pounds(1));
    await toPrepayment(bench, { suspendDisabled: true });
    await adjust(bench, -1);
    assert.ok(!closed(bench));
    await bench.run(day);
    assert.deepEqual([(await balances(bench)).balance, (await balances(bench)).timeDebt1], [-1, pounds(1)]);
    await toPrepayment(bench);
    await bench.run(day);
    assert.equal((await balances(bench)).balance, -1 - 37_000);
  });

  it("cuts no supply in a time of non-disablement (8F83), and cuts it when that ends", async () => {
    const bench = await paymentBench();
    await prices(bench, 30_000);
    // 2025-01-01 is a Wednesday. Each day from 18:00 to 09:00, all day on special days.
    const entry = (index: number, start: string, selector: number, weekdays: string, special: string) => [
      ...[index, true, octets("00000a006aff"), selector, octets(start), 0xffff, weekdays, special],
      ...[octets("ffff0101ff"), octets("ffff0c1fff")],
    ];
    await set(bench, "nonDisablementSpecialDays.entries", [[1, octets("ffff0103ff"), 1]]);
    await set(bench, "nonDisablementSchedule.entries", [
      entry(1, "12000000", 0x20, "1111111", "0"),
      entry(2, "09000000", 0x21, "1111111", "0"),
      entry(3, "00000000", 0x20, "0000000", "1"),
    ]);
    await set(bench, "nonDisablementScheduleActivation.activateAt", 0);
    await set(bench, "nonDisablementSpecialDaysActivation.activateAt", 0);
    await toPrepayment(bench);
    await adjust(bench, pounds(6));
    await bench.run(21 * hour);
    assert.ok(closed(bench));
    assert.deepEqual(bench.alertCodes, ["810d", "8f0f", "8f83"]);
    await bench.run(11 * hour);
    assert.ok(closed(bench));
    await bench.run(hour + 1);
    assert.ok(!closed(bench), "2 January, 09:00");
    assert.deepEqual(bench.alertCodes, ["810d", "8f0f", "8f83"]);
    await adjust(bench, pounds(10));
    bench.board.mockUserInterface.press("a");
    await bench.run(35 * hour);
    await adjust(bench, pounds(-10));
    await bench.run(3 * hour);
    assert.ok(closed(bench), "the 3rd is special");
    await bench.run(10 * hour);
    assert.ok(!closed(bench), "the 4th is not");
  });

  it("a supplier cannot enable or arm a supply that is off for want of credit", async () => {
    const bench = await paymentBench();
    await toPrepayment(bench);
    await adjust(bench, -1);
    assert.equal(await call(bench, "supplyControl.execute", 51), 250);
    assert.equal(await call(bench, "supplyControl.execute", 54), 250);
    assert.ok(!closed(bench));
    await toCredit(bench);
    assert.equal(await get(bench, "supplyState.controlState"), 2, "credit mode: ready");
    assert.equal(await call(bench, "supplyControl.execute", 51), 0);
    assert.ok(closed(bench));
  });

  it("an adjustment that a power cut makes a device do again is made once", async () => {
    const bench = await paymentBench();
    const origin = { code: 0x1c, originator: "90B3D51F30010000", role: "supplier", counter: 77n } as const;
    for (let n = 0; n < 2; n++) await bench.call("meterBalance", 1, 500, origin);
    assert.equal((await balances(bench)).balance, 500);
  });

  it("a change of mode takes force at its time, and registers and balances are logged (ECS20b)", async () => {
    const bench = await paymentBench();
    await prices(bench, 10_000);
    await toPrepayment(bench, { threshold: pounds(-3) }, startUtcS + 7200);
    await bench.run(hour);
    assert.deepEqual(await get(bench, "account.modeAndStatus"), [1, 2]);
    await bench.powerCycle(2 * hour);
    assert.deepEqual(await get(bench, "account.modeAndStatus"), [2, 2]);
    assert.deepEqual(await get(bench, "disablementThresholdInForce.thresholds"), [pounds(-3)]);
    assert.deepEqual(
      bench.alertCodes.filter((code) => code === "8f66"),
      ["8f66", "8f66"],
    );
    const log = (await get(bench, "changeLog.buffer")) as [number, number, ...Value[]][];
    assert.deepEqual(
      log.map(([time, wh]) => [time, wh]),
      [
        [startUtcS, 0],
        [startUtcS + 3 * 3600, 1000],
      ],
    );
  });

  it("resets balance, emergency credit and accumulated debt (ECS04b)", async () => {
    const bench = await paymentBench();
    await limits(bench, { emergencyCreditLimit: pounds(5) });
    await toPrepayment(bench);
    const debts = { timeDebt1: 0, timeDebt2: 0, paymentDebt: 0 };
    await load(bench, "prepaymentBalances.value", {
      ...{ balance: -5, emergencyCredit: 3, accumulatedDebt: 7, ...debts },
    });
    for (const path of ["meterBalance.set", "emergencyCredit.set", "accumulatedDebt.set"])
      assert.equal(await call(bench, path, 0), 0);
    const { balance, emergencyCredit, accumulatedDebt } = await balances(bench);
    assert.deepEqual([balance, emergencyCredit, accumulatedDebt], [0, pounds(5), 0]);
  });

  it("charges by prices of any scale: what the wire cannot show is shown as its last value", async () => {
    for (const [scale, expected] of [
      [127, -(2 ** 31)],
      [-128, 0],
    ] as const) {
      const bench = await paymentBench();
      await set(bench, "tariffPrice.chargePassive", [
        [3, scale],
        [3, octets("0100010800ff"), 2],
        [[octets("01"), 32_767]],
      ]);
      await set(bench, "tariffPrice.activateAt", NOW);
      await toPrepayment(bench);
      await bench.run(hour);
      await bench.powerCycle();
      await bench.run(hour);
      assert.equal((await balances(bench)).balance, expected);
      assert.equal(closed(bench), expected === 0);
    }
  });
});
