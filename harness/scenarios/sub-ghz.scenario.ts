import assert from "node:assert/strict";
import { euiBytes } from "../../hal/base/eui64.ts";
import { alertText, appliesTo, needs, type Premises, wholeLog } from "../index.ts";
import { subGhzConfiguration } from "./samples/sub-ghz.ts";
import { codesOf, commissioned } from "./support.ts";

const mask = (page: number, number: number) =>
  `${page.toString(2) + "0".repeat(26 - number)}1${"0".repeat(number)}`;

describe("the hub's sub-GHz network", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
  });

  const hub = { to: "hub" } as const;
  const air = () => home.device("hub").board.mockSubGhz;
  const channel = async () => (await home.read("6.31")).SubGhzChannel;
  const changes = async () => (await home.read("6.32", { ReadLogPeriod: wholeLog })).SubGhzChannelLog;
  const told = () => home.headEnd.alerts.map(({ alertCode }) => alertText(alertCode));
  const gas = euiBytes("00DB1234567890A1");

  it("is configured, leaves a channel that is no longer allowed, and tells of both (8F2A, 8F26)", async () => {
    await home.command("6.28", subGhzConfiguration);
    await home.run(60_000);
    const { page28, limitedThreshold } = (await home.read("6.30")).SubGhzConfiguration;
    assert.deepEqual([page28, limitedThreshold], [`${"11100".padEnd(29, "0")}110`, 130]);
    assert.equal(await channel(), mask(28, 1));
    assert.deepEqual(air().channel, { page: 28, number: 1 });
    assert.deepEqual(told().slice(-2), ["8F2A", "8F26"]);
    const [change] = await changes();
    assert.deepEqual([change?.code, change?.channel], [0x8f26, "E0000002090101"]);
    await home.powerCut("hub");
    await home.run(60_000);
    assert.equal(await channel(), mask(28, 1));
    assert.equal((await changes()).length, 1);
  });

  it("is scanned on request, and moves to the quietest channel when that is quieter by so much (8F28, 8F27, 8F26)", async () => {
    await home.command("6.28", subGhzConfiguration);
    for (const [page, number] of [
      [28, 1],
      [28, 2],
      [29, 1],
      [29, 2],
      [30, 1],
      [31, 1],
      [31, 2],
    ] as const)
      air().interfere({ page, number }, -60);
    await home.command("6.29");
    await home.run(120_000);
    assert.equal(await channel(), mask(30, 2));
    assert.deepEqual(told().slice(-3), ["8F28", "8F27", "8F26"]);
    air().interfere({ page: 30, number: 1 }, -108);
    await home.command("6.29");
    await home.run(120_000);
    assert.equal(await channel(), mask(30, 2), "3 dB are not enough");
    assert.deepEqual(told().slice(-2), ["8F28", "8F27"]);
  });

  it("keeps its channel when it has changed as often as it may in a week (8F2B)", async () => {
    await home.command("6.28", { ...subGhzConfiguration, MaximumSubGHzChannelChangesPerWeek: 1 });
    air().interfere({ page: 28, number: 1 }, -50);
    await home.command("6.29");
    await home.run(120_000);
    assert.equal(await channel(), mask(28, 1));
    assert.equal(told().at(-1), "8F2B");
  });

  it("takes its measures as its hour fills, tells whom it silenced, and drops what is for it (8F20 to 8F25, 8F2C)", async () => {
    const esme = euiBytes(home.device("esme").eui);
    air().happen({ kind: "join", device: esme });
    await home.run(1000);
    for (const airtimeMs of [47_000, 33_000, 10_000]) {
      air().happen({ kind: "sent", device: esme, airtimeMs });
      await home.run(30_000);
    }
    const before = told().length;
    assert.deepEqual(told().slice(-3), ["8F20", "8F22", "8F24"]);
    const [limited] = home.alerts(0x8f20);
    assert.deepEqual(limited?.values, [esme]);
    const exchange = await home.request("7.4", {}, { timeoutMs: 30_000 });
    assert.equal(exchange.status, "timed-out");
    const [dropped] = home.alerts(0x8f2c);
    const message = dropped?.values[0] as Uint8Array;
    assert.deepEqual(message.slice(8, 17), Uint8Array.of(...esme, 1));
    await home.run(7_200_000);
    assert.deepEqual(told().slice(before), ["8F2C", "8F25", "8F23", "8F21"]);
    await home.command("7.2");
    assert.ok((await codesOf(home, "Event", hub)).includes("8F20"));
  });

  it("tells of a gas meter it has lost after three searches, and of one it has no room for (8F29, 8F2D)", async () => {
    for (let n = 0; n < 3; n++) air().happen({ kind: "search-failed", device: gas });
    for (let n = 0; n < 5; n++) air().happen({ kind: "join", device: euiBytes(`00DB1234567890B${n}`) });
    await home.run(60_000);
    assert.deepEqual(
      home.alerts(0x8f29).map(({ values }) => values),
      [[gas]],
    );
    assert.deepEqual(
      home.alerts(0x8f2d).map(({ values }) => values),
      [[euiBytes("00DB1234567890B4")]],
    );
  });
});
