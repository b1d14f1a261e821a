import assert from "node:assert/strict";
import { appliesTo, needs, type Premises, type ReceivedAlert } from "../index.ts";
import { codesOf, commissioned } from "./support.ts";

const minuteMs = 60_000;

/** The supply of a home: lost and restored at these true times, UTC seconds. */
interface Loss {
  readonly lostS: number;
  readonly restoredS: number;
}

/** The restoration alert of the meter: to the network operator, with both times. */
async function expectReport(
  home: Premises,
  code: number,
  loss: Loss,
  limitMs: number,
): Promise<ReceivedAlert> {
  await home.runUntil(() => home.alerts(code).length > 0, limitMs, "the meter's restoration alert");
  const [alert] = home.alerts(code);
  assert.equal(alert!.device, home.device("esme").eui);
  assert.equal(alert!.to, "networkOperator");
  const [interrupted, restored] = alert!.values as number[];
  assert.ok(Math.abs(interrupted! - loss.lostS) <= 2, `interrupted ${interrupted! - loss.lostS} s off`);
  assert.ok(Math.abs(restored! - loss.restoredS) <= 2, `restored ${restored! - loss.restoredS} s off`);
  return alert!;
}

describe("outages of one home", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  /** True time, UTC seconds, when the supply was lost and came back. */
  let lostS: number;
  let restoredS: number;

  async function blackout(ms: number): Promise<void> {
    lostS = home.nowS;
    await home.cutMains(ms);
    restoredS = home.nowS;
  }

  beforeEach(async function () {
    home = await commissioned(this);
    await home.run(10 * minuteMs);
  });

  const expectRestored = (code: number, limitMs = 15 * minuteMs) =>
    expectReport(home, code, { lostS, restoredS }, limitMs);

  /** What the DCC made of last gasps, for the network operator. */
  const gasps = () => home.headEnd.dccAlerts;
  /** A hub has no power event log of its own: its event log has what a meter keeps there. */
  const codes = (to: "esme" | "hub") => codesOf(home, to === "esme" ? "PowerEvent" : "Event", { to });

  it("a loss of one minute is logged and reported restored (8F35), with no Power Outage Event", async () => {
    await blackout(minuteMs);
    await expectRestored(0x8f35);
    assert.deepEqual(gasps(), []);
    assert.deepEqual(home.alerts(0x8f36), []);
    await home.run(5 * minuteMs);
    for (const device of ["esme", "hub"] as const) {
      const log = await codes(device);
      assert.ok(log.includes("8F57") && log.includes("8F35"), `${device}: ${log}`);
    }
    for (const log of ["Event", "Security"] as const) {
      const others = await codesOf(home, log);
      assert.ok(!others.includes("8F57") && !others.includes("8F35"), `${log}: ${others}`);
    }
  });

  it("a loss of three minutes and more: the hub's last gasp leaves before its energy ends", async () => {
    lostS = home.nowS;
    home.loseMains();
    await home.runUntil(() => gasps().length > 0, 4 * minuteMs, "the last gasp");
    const { startS, ...ad1 } = gasps()[0]!;
    assert.deepEqual(ad1, {
      code: "AD1",
      to: "networkOperator",
      hub: home.device("hub").eui,
      mpxns: ["1000000000003"],
    });
    assert.ok(Math.abs(startS! - lostS) <= 2, `lost ${startS! - lostS} s off`);
    assert.deepEqual(home.alerts(0x8f57), [], "8F57 is no message");
    assert.ok(home.nowS - lostS >= 180, `it left after ${home.nowS - lostS} s`);
    assert.equal(home.device("hub").board.powered, true);
    assert.ok(home.device("hub").board.mockMains.storedJ > 0);
    await home.run(20 * minuteMs);
    assert.equal(home.device("hub").board.powered, false, "the energy has ended");
    home.restoreMains();
    restoredS = home.nowS;
    await expectRestored(0x8f36);
    assert.equal(gasps().length, 1, "only one last gasp");
  });

  for (const [seconds, expected] of [
    [170, 0],
    [190, 1],
  ] as const)
    it(`the hub's feed alone down for ${seconds} s, the meter alive: ${expected} AD1`, async () => {
      home.device("hub").board.mockMains.lose();
      await home.run(seconds * 1000);
      home.device("hub").board.mockMains.restore();
      await home.run(10 * minuteMs);
      assert.equal(gasps().length, expected);
      assert.deepEqual([...home.alerts(0x8f35), ...home.alerts(0x8f36)], []);
      assert.equal((await home.read("7.4")).SupplyState, "enabled");
    });

  it("a loss of 179 s is short, one of 181 s is long", async () => {
    await blackout(179_000);
    await expectRestored(0x8f35);
    assert.deepEqual(gasps(), []);
    await home.run(10 * minuteMs);
    await blackout(181_000);
    await expectRestored(0x8f36);
  });

  it("a night without supply: the meter is back on the network and answers", async () => {
    await blackout(8 * 60 * minuteMs);
    await expectRestored(0x8f36);
    assert.equal((await home.read("7.4")).SupplyState, "enabled");
  });

  it("a brown-out that the meter rides through is no outage", async () => {
    for (const { board } of home.devices) board.mockMains.brownOut({ volts: 170, durationMs: 20_000 });
    await home.run(10 * minuteMs);
    assert.deepEqual([...gasps(), ...home.alerts(0x8f35), ...home.alerts(0x8f36)], []);
    assert.deepEqual([home.device("esme").boots, home.device("hub").boots], [1, 1]);
  });

  it("a brown-out below what the power supply needs is an outage", async () => {
    lostS = home.nowS;
    for (const { board } of home.devices) board.mockMains.brownOut({ volts: 60, durationMs: minuteMs });
    restoredS = lostS + 60;
    await expectRestored(0x8f35);
  });

  it("a flapping supply makes one report, from the first interruption to the last restoration", async () => {
    lostS = home.nowS;
    for (const { board } of home.devices) board.mockMains.flap({ count: 6, lostMs: 500, presentMs: 500 });
    restoredS = lostS + 6;
    await expectRestored(0x8f35);
    await home.run(10 * minuteMs);
    assert.equal(home.alerts(0x8f35).length, 1);
  });

  it("the WAN down when the supply returns: the report waits, and leaves when the WAN is back", async () => {
    await blackout(5 * minuteMs);
    home.wan.settings.down = true;
    await home.run(60 * minuteMs);
    assert.deepEqual(home.alerts(0x8f36), []);
    home.wan.settings.down = false;
    await expectRestored(0x8f36, 30 * minuteMs);
  });

  it("the WAN down during the loss: no last gasp arrives, and none after the return", async () => {
    home.wan.settings.down = true;
    await blackout(10 * minuteMs);
    home.wan.settings.down = false;
    await expectRestored(0x8f36, 60 * minuteMs);
    await home.run(30 * minuteMs);
    assert.deepEqual(gasps(), []);
  });

  it("a crowded WAN that loses half of all messages: the last gasp is tried again while energy lasts", async () => {
    home.wan.settings.lossProbability = 0.5;
    home.wan.settings.congestion = 0.9;
    lostS = home.nowS;
    home.loseMains();
    await home.run(10 * minuteMs);
    const tries = home.trace.of("last-gasp", "hub");
    assert.ok(tries.length >= 1);
    assert.equal(tries.filter((e) => e.outcome === "delivered").length, gasps().length);
    home.wan.settings.lossProbability = 0;
    home.wan.settings.congestion = 0;
    home.restoreMains();
    restoredS = home.nowS;
    await expectRestored(0x8f36, 60 * minuteMs);
  });

  it("a hub with an empty store cannot tell of the outage, and says so afterwards", async () => {
    home.device("hub").board.mockMains.storedJ = 3;
    await blackout(10 * minuteMs);
    await expectRestored(0x8f36);
    assert.deepEqual(gasps(), []);
    assert.ok((await codes("hub")).includes("8F57") || (await codes("hub")).includes("8F36"));
  });

  it("the meter alone without power: the hub tells that a message could not be delivered (8F84)", async () => {
    home.device("esme").board.powerOff();
    const exchange = await home.request("7.4");
    assert.equal(exchange.status, "timed-out");
    await home.run(5 * minuteMs);
    assert.equal(home.alerts(0x8f84)[0]?.device, home.device("hub").eui);
    home.device("esme").board.powerOn();
    await home.run(5 * minuteMs);
    assert.equal((await home.read("7.4")).SupplyState, "enabled");
  });

  it("no energy is counted while the supply is out", async () => {
    const before = (await home.read("4.1.1")).ImportRegisters.import;
    await blackout(60 * minuteMs);
    await home.run(2 * minuteMs);
    const after = (await home.read("4.1.1")).ImportRegisters.import;
    assert.ok(after - before < 50, `${after - before} Wh`);
  });
});

describe("outages by the meter's own clock and mains sense, three minutes made four seconds", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true, timeScale: 1 });
  let home: Premises;

  beforeEach(async function () {
    home = await commissioned(this, { settings: { longOutageS: 4, outageSettleMs: 500 } });
  });

  async function blackout(ms: number): Promise<Loss> {
    const lostS = home.nowS;
    await home.cutMains(ms);
    return { lostS, restoredS: home.nowS };
  }

  it("a short loss is reported restored (8F35), with no Power Outage Event", async () => {
    await expectReport(home, 0x8f35, await blackout(2000), 20_000);
    assert.deepEqual([...home.headEnd.dccAlerts, ...home.alerts(0x8f36)], []);
  });

  it("a long loss: the hub's last gasp leaves, and the meter reports both times (8F36)", async () => {
    const loss = await blackout(6000);
    assert.equal(home.headEnd.dccAlerts.length, 1);
    await expectReport(home, 0x8f36, loss, 20_000);
    assert.equal((await home.read("7.4")).SupplyState, "enabled");
  });
});
