import assert from "node:assert/strict";
import { cutEverywhere, supplierOrigin } from "../../../support/feature-bench.ts";
import {
  balances,
  get,
  hour,
  issuing,
  limits,
  type PaymentBench,
  paymentBench,
  pounds,
  toPrepayment,
  utrn,
} from "../payment/payment-bench.ts";

const type = async (bench: PaymentBench, digits: string) => {
  for (const digit of digits) bench.board.mockUserInterface.press(digit as "0");
  bench.board.mockUserInterface.press("a");
  await bench.run(0);
};

/** CS01a: the command has the token's counter. */
const enter = async (bench: PaymentBench, digits: string, counter: number) => {
  const origin = { ...supplierOrigin, code: 7, counter: BigInt(counter) << 32n };
  return (await bench.call("tokenGateway", 1, new TextEncoder().encode(digits), origin)).status;
};
const balance = async (bench: PaymentBench) => (await balances(bench)).balance;

describe("top-up by token", () => {
  beforeEach(() => Object.assign(issuing, { supplier: "90B3D51F30010000", floor: 0n }));

  it("at the keypad adds its credit, once, and tells the supplier (810E)", async () => {
    const bench = await paymentBench();
    await toPrepayment(bench);
    await type(bench, utrn(1, 1250));
    assert.equal(await balance(bench), pounds(12.5));
    assert.deepEqual(bench.alertCodes, ["810e"]);
    assert.deepEqual(bench.eventCodes, ["8161"]);
    assert.deepEqual(
      ((await get(bench, "creditLog.buffer")) as [number, number][]).map(([, value]) => value),
      [pounds(12.5)],
    );
    await type(bench, utrn(1, 1250));
    assert.equal(await balance(bench), pounds(12.5));
    assert.deepEqual(bench.alertCodes, ["810e", "8f51"]);
    assert.deepEqual(bench.eventCodes, ["8161", "8162"]);
  });

  it("by command adds its credit, once; the command's counter is the token's (CS01a, 8F51, 8F63)", async () => {
    const bench = await paymentBench();
    assert.equal(await enter(bench, utrn(3, 100_000), 3), 0);
    assert.equal(await balance(bench), pounds(1000));
    assert.equal(await enter(bench, utrn(3, 100_000), 3), 1);
    assert.equal(await enter(bench, utrn(5, 100), 4), 1, "another command's token");
    assert.equal(await enter(bench, utrn(5, 100).replace(/.$/, "x"), 5), 1, "no token");
    assert.equal(await balance(bench), pounds(1000));
    assert.deepEqual(bench.alertCodes, ["8f51", "8f63"]);
    assert.equal(await enter(bench, utrn(5, 100), 5), 0);
  });

  it("for another meter, or of another supplier, adds nothing (8F63)", async () => {
    const bench = await paymentBench();
    await type(bench, utrn(1, 500, "00DB1234567890A1"));
    await type(bench, utrn(1, 500, undefined, "90B3D51F30030000"));
    assert.equal(await balance(bench), 0);
    assert.deepEqual(bench.alertCodes, ["8f63", "8f63"]);
  });

  it("above the largest credit or balance is used up, and adds nothing (8F5B, 8F47 in the security log)", async () => {
    const bench = await paymentBench();
    await limits(bench, { maximumCredit: pounds(20), maximumBalance: pounds(30) });
    await type(bench, utrn(1, 2500));
    assert.deepEqual(bench.securityCodes, ["8f5b"]);
    await type(bench, utrn(2, 2000));
    await type(bench, utrn(3, 1001));
    assert.deepEqual(bench.securityCodes, ["8f5b", "8f47"]);
    assert.equal(await balance(bench), pounds(20));
    await limits(bench, { maximumCredit: pounds(100), maximumBalance: pounds(100) });
    await type(bench, utrn(1, 2500));
    assert.equal(await balance(bench), pounds(20), "it was used");
  });

  it("is not needed for emergency credit, which digits of its own ask for", async () => {
    const bench = await paymentBench();
    await limits(bench, { emergencyCreditLimit: pounds(5), emergencyCreditThreshold: pounds(1) });
    await toPrepayment(bench);
    await type(bench, "00");
    assert.deepEqual(bench.eventCodes, ["81ab", "8161"]);
    await type(bench, utrn(1, 500));
    await type(bench, "00");
    assert.deepEqual(
      bench.eventCodes,
      ["81ab", "8161", "8161", "8162"],
      "the balance is above its threshold",
    );
  });

  it("typed wrong too often suspends entry by hand for a while, and not by command (81C4, 81C5)", async () => {
    const bench = await paymentBench();
    for (let n = 0; n < 10; n++) await type(bench, "12345678901234567890");
    assert.deepEqual(bench.alertCodes, ["81c4"]);
    await type(bench, utrn(1, 500));
    assert.equal(await balance(bench), 0);
    assert.deepEqual(bench.alertCodes, ["81c4", "81c5"]);
    await bench.powerCycle();
    await type(bench, utrn(1, 500));
    assert.deepEqual(bench.alertCodes, ["81c4", "81c5", "81c5"]);
    assert.equal(await enter(bench, utrn(2, 300), 2), 0);
    await bench.run(hour);
    await type(bench, utrn(1, 500));
    assert.equal(await balance(bench), pounds(8));
  });

  it("typed wrong is counted whatever flash operation its power fails at (81C4)", async () => {
    const wrong = "12345678901234567890";
    const failures = (bench: PaymentBench) => bench.eventCodes.filter((code) => code === "8162").length;
    const make = async () => {
      const bench = await paymentBench();
      for (let n = 0; n < 9; n++) await type(bench, wrong);
      return bench;
    };
    await cutEverywhere(
      make,
      (bench) => type(bench, wrong),
      async (bench, cut) => {
        const tried = failures(bench) === 10;
        await type(bench, utrn(1, 500));
        if (tried) assert.equal(await balance(bench), 0, cut);
      },
    );
  });

  it("comes in any order, and never twice, though more come than are remembered", async () => {
    const bench = await paymentBench();
    const counters = Array.from({ length: 120 }, (_, n) => ((n * 7) % 120) + 1);
    for (const counter of counters) await type(bench, utrn(counter, 1));
    const taken = (await balance(bench)) / 1000;
    assert.ok(taken >= 100 && taken <= 120, `${taken} of 120`);
    for (const counter of counters) assert.equal(await enter(bench, utrn(counter, 1), counter), 1);
    assert.equal(await balance(bench), taken * 1000);
    await type(bench, utrn(900, 1));
    assert.equal(await balance(bench), (taken + 1) * 1000, "nobody has lost step");
  });

  it("of a new supplier begins anew, above the floor that its credentials came with", async () => {
    const bench = await paymentBench();
    await type(bench, utrn(1, 100));
    Object.assign(issuing, { supplier: "90B3D51F30030000", floor: 5n << 32n });
    await type(bench, utrn(5, 100));
    await type(bench, utrn(6, 100));
    assert.equal(await balance(bench), pounds(2));
    assert.deepEqual(bench.alertCodes, ["810e", "8f51", "810e"]);
  });

  it("of a supplier that comes again is not taken again, though another's was in between", async () => {
    const bench = await paymentBench();
    const other = "90B3D51F30030000";
    await type(bench, utrn(3, 100));
    Object.assign(issuing, { supplier: other });
    await type(bench, utrn(1, 100, undefined, other));
    Object.assign(issuing, { supplier: "90B3D51F30010000" });
    await bench.powerCycle();
    await type(bench, utrn(3, 100));
    assert.equal(await balance(bench), pounds(2));
    await type(bench, utrn(4, 100));
    assert.equal(await balance(bench), pounds(3));
    assert.deepEqual(bench.alertCodes, ["810e", "810e", "8f51", "810e"]);
  });

  it("cut off at any flash operation, has given its credit or is as good as new; never both, never neither", async () => {
    const make = async () => {
      const bench = await paymentBench();
      await toPrepayment(bench);
      return bench;
    };
    const cuts = await cutEverywhere(
      make,
      (bench) => type(bench, utrn(1, 500)),
      async (bench, cut) => {
        const first = await balance(bench);
        assert.ok(first === 0 || first === pounds(5), cut);
        await type(bench, utrn(1, 500));
        assert.equal(await balance(bench), pounds(5), cut);
      },
    );
    assert.ok(cuts >= 6, `${cuts} cuts`);
  });
});
