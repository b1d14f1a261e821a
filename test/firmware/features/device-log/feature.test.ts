import assert from "node:assert/strict";
import { activationFeature } from "../../../../firmware/features/activation/feature.ts";
import { noImages } from "../../../../firmware/features/activation/images.ts";
import { deviceLogFeature } from "../../../../firmware/features/device-log/feature.ts";
import { logsFeature } from "../../../../firmware/features/logs/feature.ts";
import type { HanDeviceEntry, HanEvent } from "../../../../firmware/han/options.ts";
import type { ToldDevice } from "../../../../firmware/han/restore.ts";
import { euiBytes, euiText } from "../../../../hal/base/eui64.ts";
import type { Listener } from "../../../../hal/board.ts";
import { cutEverywhere, FeatureBench, refusalOf, startUtcS } from "../../../support/feature-bench.ts";
import { octets } from "../tariff/samples.ts";

const eui = octets("00db1234567890a0") as Uint8Array;
const installCode = octets("30313233343536373839414243444546");
const extendedPanId = octets("0001020304050607") as Uint8Array;

/** A coordinator that keeps its entries in memory. */
class FakeHan {
  extendedPanId = extendedPanId;
  entries: HanDeviceEntry[] = [];
  window = 0;
  listener: Listener<HanEvent> = () => {};
  get joinWindowOpen() {
    return this.window > 0;
  }
  async allow(
    eui64: Uint8Array,
    _code: Uint8Array,
    deviceType: number,
  ): Promise<"added" | "already" | "full"> {
    if (this.entries.some((each) => each.eui64 === euiText(eui64))) return "already";
    if (this.entries.length === 16) return "full";
    const zero = { status: 0, failures: 0, successes: 100, applicationVersion: 1, stackVersion: 1 };
    const signal = {
      maxRssiDbm: -35,
      averageRssiDbm: -50,
      minRssiDbm: -100,
      maxLqi: 247,
      averageLqi: 39,
      minLqi: 2,
    };
    const linkKeyHash = new Uint8Array();
    this.entries.push({
      eui64: euiText(eui64),
      deviceType,
      ...zero,
      ...signal,
      lastHeardS: 0,
      hops: 1,
      linkKeyHash,
    });
    return "added";
  }
  async remove(eui64: Uint8Array, ..._also: unknown[]) {
    const before = this.entries.length;
    this.entries = this.entries.filter((each) => each.eui64 !== euiText(eui64));
    return this.entries.length < before;
  }
  async openJoinWindow(seconds: number) {
    this.window = seconds;
  }
  async closeJoinWindow() {
    this.window = 0;
  }
  devices = () => this.entries;
  former: ToldDevice[] = [];
  historic = {
    devices: () => this.former,
    bringTo: async (devices: readonly ToldDevice[]) => {
      this.former = [...devices];
    },
  };
  async restore(panId: Uint8Array, devices: readonly ToldDevice[]) {
    this.extendedPanId = panId;
    this.entries = [];
    for (const { eui64, hash } of devices) {
      await this.allow(euiBytes(eui64), installCode as Uint8Array, 0);
      this.entries.push({ ...(this.entries.pop() as HanDeviceEntry), linkKeyHash: hash });
    }
  }
  async bringTo(panId: Uint8Array, entries: readonly HanDeviceEntry[]) {
    this.extendedPanId = panId;
    this.entries = [...entries];
  }
  onEvent(listener: Listener<HanEvent>) {
    this.listener = listener;
    return () => {};
  }
}

const make = () => {
  const han = new FakeHan();
  return FeatureBench.start({ hub: true }, (context) => ({
    features: [
      deviceLogFeature(context, han),
      logsFeature(context),
      activationFeature(context, noImages, octets("01020304") as Uint8Array),
    ],
    han,
  }));
};
type Bench = Awaited<ReturnType<typeof make>>;

const register = (bench: Bench, address: Uint8Array, type = 1, key = 1) =>
  bench.call("deviceLog", 1, [address, key, installCode, type]);
/** CCS01: register, join window, enable. */
const ccs01 = async (bench: Bench, address = eui, type = 1, key = 1) => [
  (await register(bench, address, type, key)).status,
  (await bench.set("deviceLog", 3, 90)).status,
  (await bench.set("deviceLog", 2, true)).status,
];

describe("device log feature of the hub", () => {
  it("adds a device, opens the window, and tells the ACB with 0018 / 8F12 (CCS01, CS14)", async () => {
    const bench = await make();
    assert.deepEqual(await ccs01(bench), [0, 0, 0]);
    assert.equal(bench.built.han.window, 90);
    const [alert] = bench.context.alerts();
    assert.deepEqual(alert, {
      code: 0x8f12,
      message: 0x0018,
      to: "accessControlBroker",
      atS: startUtcS,
      values: [[startUtcS, "h'0001020304050607'", [["h'00db1234567890a0'", "h''"]]]],
    });
  });

  it("tells the ACB again when the device has joined, with the hash of its key", async () => {
    const bench = await make();
    await ccs01(bench);
    const { han } = bench.built;
    han.entries = han.entries.map((each) => ({ ...each, linkKeyHash: new Uint8Array(16).fill(7) }));
    await han.listener({ kind: "joining", eui64: euiText(eui) });
    await han.listener({ kind: "joined", eui64: euiText(eui) });
    await bench.run(0);
    const alerts = bench.context.alerts();
    assert.equal(alerts.length, 2);
    assert.match(JSON.stringify(alerts[1]?.values), /h'(07){16}'/);
  });

  it("knows device types by their Blue Book numbers, and no others", async () => {
    const bench = await make();
    const taken = [];
    for (let type = 0; type < 256; type++)
      if ((await refusalOf(register(bench, Uint8Array.from([0, 0, 0, 0, 0, 0, 1, type]), type))) === 0)
        taken.push(type);
    assert.deepEqual(taken, [0, 1, 13, 128, 130, 132, 254]);
  });

  it("does not read the key of a listed device: any length or value is thrown away", async () => {
    const bench = await make();
    await ccs01(bench);
    for (const key of [new Uint8Array(), octets("01"), new Uint8Array(16)])
      assert.deepEqual(await bench.call("deviceLog", 1, [eui, 1, key as Uint8Array, 0]), { status: 0 });
    assert.equal(bench.alertCodes.length, 1);
  });

  it("takes install codes of 6, 8, 12 and 16 octets, and windows up to an hour", async () => {
    const bench = await make();
    for (let length = 0; length <= 16; length++) {
      const address = Uint8Array.from([0, 0, 0, 0, 0, 0, 2, length]);
      const { status } = await bench.call("deviceLog", 1, [address, 1, new Uint8Array(length), 0]);
      assert.equal(status, [6, 8, 12, 16].includes(length) ? 0 : 250, `${length} octets`);
    }
    await ccs01(bench);
    assert.equal((await bench.set("deviceLog", 3, 3600)).status, 0);
    assert.equal((await bench.set("deviceLog", 3, 3601)).status, 250);
    await bench.set("deviceLog", 2, true);
    assert.equal(bench.built.han.window, 3600);
  });

  it("opens no window for a refused registration", async () => {
    const bench = await make();
    await ccs01(bench);
    await bench.set("deviceLog", 2, false);
    const { han } = bench.built;
    for (let i = 2; i < 17; i++) await register(bench, Uint8Array.from([0, 0, 0, 0, 0, 0, 1, i]));
    assert.deepEqual(await ccs01(bench, Uint8Array.from([0, 0, 0, 0, 0, 0, 1, 1])), [2, 250, 250]);
    assert.equal(han.window, 0);
  });

  it("tells of every change of a hashed key (CS14): a new one, none after leaving, and of nothing else", async () => {
    const bench = await make();
    await ccs01(bench);
    const { han } = bench.built;
    const hashes = () =>
      bench.context.alerts().map(({ values }) => JSON.stringify(values).split("h'").at(-1)?.split("'")[0]);
    const change = async (fill: number | undefined, kind: HanEvent["kind"]) => {
      const linkKeyHash = fill === undefined ? new Uint8Array() : new Uint8Array(16).fill(fill);
      han.entries = han.entries.map((each) => ({ ...each, linkKeyHash }));
      await han.listener({ kind, eui64: euiText(eui) });
      await bench.run(0);
    };
    await change(7, "joined");
    await change(7, "rejoined");
    await change(9, "rejoined");
    await change(undefined, "left");
    await change(undefined, "left");
    assert.deepEqual(hashes(), ["", "07".repeat(16), "09".repeat(16), ""]);
  });

  it("adding a listed device again succeeds and says nothing new", async () => {
    const bench = await make();
    await ccs01(bench);
    assert.deepEqual(await ccs01(bench), [0, 0, 0]);
    assert.equal(bench.alertCodes.length, 1);
  });

  it("refuses the seventeenth device, other credentials, unknown types, and a window of no length", async () => {
    const bench = await make();
    assert.equal((await bench.set("deviceLog", 2, true)).status, 250);
    for (let i = 0; i < 16; i++) await ccs01(bench, Uint8Array.from([0, 0, 0, 0, 0, 0, 1, i]));
    assert.equal((await ccs01(bench))[0], 2);
    assert.equal(await refusalOf(register(bench, eui, 1, 0)), "format");
    assert.equal(await refusalOf(register(bench, eui, 2)), "format");
    assert.equal(bench.alertCodes.length, 16);
  });

  it("removes a device and tells so (CCS02); one that is not listed is refused", async () => {
    const bench = await make();
    await ccs01(bench);
    assert.equal((await bench.call("deviceLog", 2, eui)).status, 0);
    assert.equal((await bench.call("deviceLog", 2, eui)).status, 250);
    assert.equal(bench.alertCodes.length, 2);
    assert.deepEqual((await bench.get("deviceLog", 4)).value, []);
  });

  it("lists the fourteen fields of each device (CCS06), and the backup of CCS07", async () => {
    const bench = await make();
    await ccs01(bench);
    assert.deepEqual((await bench.get("deviceLog", 4)).value, [
      [eui, 0x80, -35, 127, -100, 247, 39, 2, 0, 1, 0, 100, 1, 1],
    ]);
    for (const [status, bits] of [
      [1, 0xc0],
      [2, 0xc8],
    ] as const) {
      const { han } = bench.built;
      han.entries = han.entries.map((each) => ({ ...each, status }));
      const [entry] = (await bench.get("deviceLog", 4)).value as number[][];
      assert.equal(entry?.[1], bits, "as the reference response has it: authorised, reporting, Smart Energy");
    }
    const backup = await bench.call("deviceLog", 4, null);
    assert.deepEqual(backup.value, [startUtcS, extendedPanId, [[eui, new Uint8Array()]]]);
    assert.equal((await bench.set("deviceLog", 4, [])).status, 3);
  });

  it("after a cut at any flash operation the ACB has been told of a listed device once, and of no other", async () => {
    await cutEverywhere(make, ccs01, (bench, cut) => {
      const listed = bench.built.han.entries.map(({ eui64 }) => eui64.toLowerCase());
      const told = bench.context.alerts().map(({ values }) => JSON.stringify(values));
      assert.equal(told.length, listed.length, cut);
      for (const each of listed) assert.ok(told[0]?.includes(each), cut);
    });
  });

  it("closes the window, which no use case reads back", async () => {
    const bench = await make();
    await ccs01(bench);
    assert.equal(bench.built.han.window, 90);
    await bench.set("deviceLog", 2, false);
    assert.equal(bench.built.han.window, 0);
    assert.equal((await bench.get("deviceLog", 2)).status, 3);
  });
});

describe("log and version features", () => {
  it("read event and security log by inclusive range (ECS35a to d)", async () => {
    const bench = await make();
    for (const i of [0, 1, 2]) await bench.context.eventLog.append({ timeS: startUtcS + i, code: 0x8145 });
    await bench.context.eventLog.append({
      timeS: startUtcS + 3,
      code: 0x8154,
      other: Uint8Array.of(0, 0x9b),
    });
    await bench.context.securityLog.append({ timeS: startUtcS, code: 0x8f3d });
    const all = (await bench.get("eventLog", 2)).value as unknown[];
    assert.equal(all.length, 4);
    assert.deepEqual(all.at(-1), [startUtcS + 3, 0x8154, Uint8Array.of(0, 0x9b)]);
    const some = (await bench.get("eventLog", 2, [startUtcS + 1, startUtcS + 2])).value;
    assert.deepEqual(some, [
      [startUtcS + 1, 0x8145, new Uint8Array()],
      [startUtcS + 2, 0x8145, new Uint8Array()],
    ]);
    assert.deepEqual((await bench.get("securityLog", 2, [0, 0xffff_ffff])).value, [[startUtcS, 0x8f3d]]);
    assert.equal((await bench.get("eventLog", 2, [2, 1])).status, 250);
  });

  it("clears the event log, says so in the security log, and cannot clear that", async () => {
    const bench = await make();
    await bench.context.eventLog.append({ timeS: startUtcS, code: 0x8145 });
    assert.equal((await bench.call("eventLog", 1, 0)).status, 0);
    assert.deepEqual((await bench.get("eventLog", 2)).value, []);
    assert.deepEqual((await bench.get("securityLog", 2)).value, [[startUtcS, 0x8f52]]);
    assert.equal((await bench.call("securityLog", 1, null)).status, 3);
  });

  it("read the firmware version (ECS52)", async () => {
    const bench = await make();
    assert.deepEqual((await bench.get("firmwareVersion", 2)).value, octets("01020304"));
  });
});
