import assert from "node:assert/strict";
import fc from "fast-check";
import {
  channelBits,
  channelOf,
  channelsIn,
  maskOf,
  pages,
} from "../../../../firmware/features/sub-ghz/channels.ts";
import { subGhzFeature } from "../../../../firmware/features/sub-ghz/feature.ts";
import {
  AirTime,
  betterChannel,
  dutyLevel,
  dutySteps,
} from "../../../../firmware/features/sub-ghz/machine.ts";
import { EventLog } from "../../../../firmware/kernel/event-log.ts";
import { cutEverywhere, FeatureBench, startUtcS } from "../../../support/feature-bench.ts";

const settings = { subGhzRegulatoryShare: 250, subGhzCapacity: 4, subGhzScanMs: 1000 };
const start = () =>
  FeatureBench.start({ hub: true }, async (context) => ({
    features: [subGhzFeature(context, await EventLog.open(context.journal, "channel-log/"), settings)],
  }));
type Bench = Awaited<ReturnType<typeof start>>;
const memberOf = (bench: Bench, object: number, name: string) =>
  bench.built.features[0]?.objects[object]?.members.get(name);
const seeded = { seed: 1, numRuns: 60 };
const page = fc.constantFrom(...([28, 29, 30, 31] as const));
const channel = page.chain((one) => fc.nat(pages[one] - 1).map((number) => ({ page: one, number })));

describe("sub-GHz decisions", () => {
  it("name channels by bits, and read them back", () => {
    fc.assert(
      fc.property(channel, (one) => {
        assert.deepEqual(channelOf(channelBits(one)), one);
        assert.equal(channelBits(one).length, 32);
      }),
      seeded,
    );
    assert.equal(channelBits({ page: 28, number: 0 }), "11100000000000000000000000000001");
    assert.deepEqual(channelsIn(maskOf(29, [0, 7]), 29), [
      { page: 29, number: 0 },
      { page: 29, number: 7 },
    ]);
    assert.equal(channelsIn(maskOf(29, [8]), 29), undefined, "the page has eight");
    assert.equal(channelsIn(maskOf(28, [1]), 31), undefined, "another page");
    assert.equal(channelOf(maskOf(28, [1, 2])), undefined, "two");
    assert.equal(channelOf("1".repeat(31)), undefined);
  });

  it("tell every level of the duty cycle that is passed, each way", () => {
    const thresholds = { limited: 130, critical: 220, regulated: 250 };
    const levels = [0, 129, 130, 219, 220, 249, 250].map((share) => dutyLevel(share, thresholds));
    const expected = ["normal", "normal", "limited", "limited", "critical", "critical", "regulated"];
    assert.deepEqual(levels, expected);
    const up = dutySteps("normal", "regulated").map(({ to, entered }) => [to, entered]);
    assert.deepEqual(up, [
      ["limited", true],
      ["critical", true],
      ["regulated", true],
    ]);
    assert.deepEqual(dutySteps("regulated", "limited"), [
      { to: "regulated", entered: false },
      { to: "critical", entered: false },
    ]);
    assert.deepEqual(dutySteps("limited", "limited"), []);
  });

  it("count the air time of the last hour, and none before", () => {
    const air = new AirTime();
    air.add(0, 36_000);
    air.add(30 * 60_000, 36_000);
    assert.equal(air.share(59 * 60_000), 200);
    assert.equal(air.share(60 * 60_000), 100);
    assert.equal(air.share(90 * 60_000), 0);
  });

  it("leave a channel for one that is quieter by so much, or because it is none of those allowed", () => {
    const [a, b, c] = [0, 1, 2].map((number) => ({ page: 28, number }));
    const heard = [
      { channel: a!, noiseDbm: -90 },
      { channel: b!, noiseDbm: -97 },
    ];
    assert.deepEqual(betterChannel(heard, a!, 7), b);
    assert.equal(betterChannel(heard, a!, 8), undefined);
    assert.equal(betterChannel(heard, b!, 0), undefined);
    assert.deepEqual(betterChannel(heard, c!, 99), b);
    assert.equal(betterChannel([], a!, 0), undefined);
  });
});

describe("the sub-GHz network's objects (DBCH01 to DBCH05)", () => {
  it("show what a bench has loaded", async () => {
    const bench = await start();
    const u16 = fc.nat(0xffff);
    const u8 = fc.nat(0xff);
    const mask = (one: keyof typeof pages) =>
      fc.uniqueArray(fc.nat(pages[one] - 1)).map((numbers) => maskOf(one, numbers));
    const configuration = fc.record({
      ...{ page28: mask(28), page29: mask(29), page30: mask(30), page31: mask(31) },
      ...{ limitedThreshold: u16, criticalThreshold: u16, changesPerWeek: u8, gsmeCurfew: u16 },
      ...{ quieterDb: u8, noisierDb: u8, poorShare: u16, poorPeriods: u8, noisePeriod: u16 },
      ...{ failureShare: u16, retryShare: u16 },
    });
    const octets = fc.uint8Array({ minLength: 7, maxLength: 7 });
    const entries = fc.array(
      fc.record({ time: fc.integer({ min: startUtcS, max: startUtcS + 1e6 }), code: u16, channel: octets }),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(configuration, channel.map(channelBits), entries, async (set, bits, log) => {
        await memberOf(bench, 0, "value")?.load?.(set);
        await memberOf(bench, 2, "value")?.load?.(bits);
        await memberOf(bench, 3, "buffer")?.load?.(log);
        assert.deepEqual((await bench.get("subGhzConfiguration", 2)).value, Object.values(set));
        assert.equal((await bench.get("subGhzChannel", 2)).value, bits);
        const shown = (await bench.get("subGhzChannelLog", 2)).value;
        assert.deepEqual(
          shown,
          log.map((entry) => Object.values(entry)),
        );
      }),
      { seed: 1, numRuns: 15 },
    );
  });

  const masks = [maskOf(28, [3]), maskOf(29, []), maskOf(30, []), maskOf(31, [])];
  const limits = [130, 220, 5, 7, 7, 12, 6000, 130, 100, 4000, 3000];

  it("refuse a configuration without a channel, of another page, or with limits the wrong way round", async () => {
    const bench = await start();
    const set = async (...values: (string | number)[]) =>
      (await bench.set("subGhzConfiguration", 2, values)).status;
    assert.equal(await set(...masks.map((one) => one.slice(0, 5).padEnd(32, "0")), ...limits), 250);
    assert.equal(await set(maskOf(29, [3]), ...masks.slice(1), ...limits), 250);
    assert.equal(await set(...masks, 220, 130, ...limits.slice(2)), 250);
    assert.deepEqual(bench.alertCodes, []);
    assert.equal(await set(...masks, ...limits), 0);
    assert.deepEqual(bench.alertCodes, ["8f2a", "8f26"]);
    assert.deepEqual(bench.eventCodes, ["8f2a", "8f26"]);
  });

  it("say of a scan that there is no radio, and take no other request", async () => {
    const bench = await start();
    assert.equal((await bench.set("subGhzScan", 2, 1)).status, 250);
    assert.equal((await bench.set("subGhzScan", 2, 0)).status, 0);
    assert.deepEqual(bench.alertCodes, ["8f28"]);
    await bench.run(10_000);
    assert.deepEqual(bench.alertCodes, ["8f28"]);
  });

  it("have channel, log and alert of a change all or none, whatever a power cut does", async () => {
    await cutEverywhere(
      start,
      (bench) => bench.set("subGhzConfiguration", 2, [...masks, ...limits]),
      async (bench, cut) => {
        const log = (await bench.get("subGhzChannelLog", 2)).value as readonly unknown[];
        const moved = (await bench.get("subGhzChannel", 2)).value === maskOf(28, [3]);
        const told = bench.alertCodes.filter((code) => code === "8f26").length;
        assert.deepEqual([log.length, told], moved ? [1, 1] : [0, 0], cut);
        assert.equal(moved, bench.alertCodes.includes("8f2a"), cut);
      },
    );
  });
});
