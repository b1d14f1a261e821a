import assert from "node:assert/strict";
import { constantLoad } from "../../hal/mock/index.ts";
import { appliesTo, needs, type Premises } from "../index.ts";
import { prepaymentConfiguration, twoRateTariff } from "./samples.ts";
import { codesOf, commissioned, connected } from "./support.ts";

const dayMs = 86_400_000;
/** 10^-5 pounds. */
const pounds = (amount: number): number => amount * 100_000;

/** A quarter of a pound a kWh at all times, and a third a day. */
const tariff = {
  ...twoRateTariff,
  PriceElements: {
    ElectricityPriceElements: {
      StandingCharge: 30_000,
      StandingChargeScale: -5,
      PriceScale: -5,
      TOUTariff: { TOUPrice: [1, 2].map((index) => ({ index, value: 25_000 })) },
    },
  },
};

describe("a home on prepayment", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  const user = () => home.device("esme").board.mockUserInterface;

  beforeEach(async function () {
    // 2026-12-01 is a Tuesday; 300 W are 1.80 pounds a day.
    home = await commissioned(this, { start: "2026-12-01T00:00:00Z", load: constantLoad(300) });
    await home.command("1.1.1", tariff);
    await home.command("2.1", prepaymentConfiguration);
  });

  async function toPrepayment(balance: number): Promise<void> {
    await home.command("1.5", { PrepaymentMode: { ResetMeterBalance: {} } });
    await home.command("1.5", { PrepaymentMode: { AdjustMeterBalance: balance } });
    await home.command("1.6", {
      Prepayment: { SuspendDebtDisabled: false, SuspendDebtEmergency: false, DisablementThreshold: 0 },
    });
  }

  const balances = async () => (await home.read("4.3")).PrepaymentBalances;
  const typeToken = async (utrn: string) => {
    for (const digit of utrn) user().press(digit as "0");
    user().press("a");
    await home.run(1000);
  };

  it("uses up a month's money, is warned, kept on over Christmas, disabled after it, and comes back by a token", async () => {
    await toPrepayment(pounds(50));
    await home.run(20 * dayMs);
    assert.ok(connected(home));
    assert.equal(home.alerts(0x810d).length, 0);
    await home.runUntil(() => home.alerts(0x810d).length > 0, 10 * dayMs, "low credit");
    await home.runUntil(() => home.alerts(0x8119).length > 0, 2 * dayMs, "emergency credit on offer");
    await home.runUntil(() => home.alerts(0x8f0f).length > 0, 2 * dayMs, "credit exhausted");
    assert.ok(connected(home), "on the evening of the 24th");
    await home.runUntil(() => !connected(home), 5 * dayMs, "the supply to go off");
    const off = new Date(home.nowS * 1000).toISOString().slice(0, 16);
    assert.equal(off, "2026-12-28T09:00", "the next Monday's stop of non-disablement");
    assert.equal(home.alerts(0x8f83).length, 1);
    assert.equal((await home.read("7.4")).SupplyState, "disabled");

    await typeToken(home.headEnd.vend(home.device("esme").eui, 2000));
    assert.equal((await home.read("7.4")).SupplyState, "armed");
    user().press("a");
    await home.run(1000);
    assert.ok(connected(home));
    const { balance, emergencyCredit } = await balances();
    assert.equal(emergencyCredit, pounds(5));
    assert.ok(balance > pounds(12) && balance < pounds(13), `${balance}: less what was used over Christmas`);
    await home.runUntil(() => home.alerts(0x810e).length > 0, 60_000, "the supplier to hear of it");
  });

  it("gets over a weekend on emergency credit, and pays it back with the next token, sent to the meter", async () => {
    await toPrepayment(pounds(1));
    await home.runUntil(() => home.alerts(0x8119).length > 0, 60_000, "emergency credit on offer");
    await home.command("2.5");
    const before = await balances();
    await home.run(2 * dayMs);
    assert.ok(connected(home));
    const using = await balances();
    assert.ok(using.emergencyCredit < before.emergencyCredit);
    await home.command("2.2", { UTRN: home.headEnd.vend(home.device("esme").eui, 1000) });
    const after = await balances();
    assert.equal(after.emergencyCredit, pounds(5));
    const used = pounds(5) - using.emergencyCredit;
    assert.ok(Math.abs(after.balance - (pounds(10) - used + using.balance)) < 1000, `${after.balance}`);
    const { CreditLog } = await home.read("4.4.5", {
      ReadLogPeriod: { StartDateTime: 0, EndDateTime: home.nowS + 60 },
    });
    assert.deepEqual(
      CreditLog.map(({ value }) => value),
      [pounds(10)],
    );
  });

  it("takes each token once: by hand, by command, and whatever comes between", async () => {
    await toPrepayment(pounds(1));
    const utrn = home.headEnd.vend(home.device("esme").eui, 500);
    const first = await home.request("2.2", { UTRN: utrn });
    assert.deepEqual(
      first.answer?.results.map(({ status }) => status),
      [0],
    );
    home.replay(first);
    await home.runUntil(() => home.alerts(0x8f51).length > 0, 60_000, "the duplicate's alert");
    await home.cutMains(20 * 60_000);
    await home.run(10 * 60_000);
    await typeToken(utrn);
    const { balance } = await balances();
    assert.ok(balance > pounds(5) && balance <= pounds(6), `${balance}`);
    await home.runUntil(() => home.alerts(0x8f51).length > 1, 60_000, "the next one's alert");
  });

  it("recovers debts: by the day, and from each payment", async () => {
    await toPrepayment(pounds(40));
    const recovery = { DebtRecoveryRatePriceScale: -5, DebtRecoveryRatePeriod: "DAILY" } as const;
    await home.command("2.3", {
      TimeDebtRegister1: pounds(1),
      TimeDebtRegister2: 0,
      PaymentDebtRegister: pounds(10),
      DebtRecoveryPerPayment: 2000,
      ElecDebtRecovery1: { ...recovery, DebtRecoveryRate: 30_000 },
      ElecDebtRecovery2: { ...recovery, DebtRecoveryRate: 0 },
    });
    await home.run(4 * dayMs);
    await home.runUntil(() => home.alerts(0x81a7).length > 0, dayMs, "the time debt to be paid off");
    for (let n = 0; n < 3; n++)
      await home.command("2.2", { UTRN: home.headEnd.vend(home.device("esme").eui, 1000) });
    const { timeDebt1, paymentDebt } = await balances();
    assert.equal(timeDebt1, 0);
    assert.equal(paymentDebt, pounds(5), "two of three: the cap is five pounds a week");
  });

  it("tells of emergency credit that is spent, and of debts that are paid off (81AA, 81A8, 81A9)", async () => {
    await toPrepayment(0);
    const recovery = { DebtRecoveryRatePriceScale: -5, DebtRecoveryRatePeriod: "HOURLY" } as const;
    await home.command("2.3", {
      TimeDebtRegister1: 0,
      TimeDebtRegister2: 20_000,
      PaymentDebtRegister: pounds(1),
      DebtRecoveryPerPayment: 10_000,
      ElecDebtRecovery1: { ...recovery, DebtRecoveryRate: 0 },
      ElecDebtRecovery2: { ...recovery, DebtRecoveryRate: 10_000 },
    });
    await home.command("2.5");
    await home.runUntil(() => home.alerts(0x81a8).length > 0, dayMs, "the second time debt to be paid off");
    await home.runUntil(() => home.alerts(0x81aa).length > 0, 4 * dayMs, "emergency credit to be spent");
    await typeToken(home.headEnd.vend(home.device("esme").eui, 1000));
    await home.runUntil(() => home.alerts(0x81a9).length > 0, 60_000, "the payment debt to be paid off");
    assert.equal((await balances()).paymentDebt, 0);
  });

  it("takes no token that is not authentic or too large, and none by hand after too many tries", async () => {
    const { eui } = home.device("esme");
    await toPrepayment(pounds(1));
    await typeToken(home.headEnd.vend(eui, 20_000));
    await home.command("1.5", { PrepaymentMode: { AdjustMeterBalance: pounds(450) } });
    await typeToken(home.headEnd.vend(eui, 5000));
    const codes = await codesOf(home, "Security");
    assert.ok(codes.includes("8F5B") && codes.includes("8F47"), codes.join());
    await typeToken(home.headEnd.vend(eui, 500, "secondSupplier"));
    await home.runUntil(() => home.alerts(0x8f63).length > 0, 60_000, "the forged token's alert");
    for (let n = 0; n < 10; n++) await typeToken("00000000000000000000");
    await home.runUntil(() => home.alerts(0x81c4).length > 0, 60_000, "entry to be suspended");
    await typeToken(home.headEnd.vend(eui, 100));
    await home.runUntil(() => home.alerts(0x81c5).length > 0, 60_000, "the next token to be refused");
    const { balance } = await balances();
    assert.ok(balance <= pounds(451), `${balance}`);
  });
});
