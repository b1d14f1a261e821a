import assert from "node:assert/strict";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { nobleCrypto } from "../../../hal/crypto/index.ts";
import {
  addMeter,
  attachWan,
  type Premises,
  type PremisesOptions,
  premises,
  wholeLog,
} from "../../../harness/index.ts";
import { type RunContext, setCurrentRun } from "../../../harness/premises/run-context.ts";

/** A day in the life of a home, with something of everything. */
async function aDay(options: PremisesOptions): Promise<Premises> {
  const home = await premises(options);
  await home.commission();
  const limit = {
    LoadLimitPeriod: 60,
    LoadLimitPowerThreshold: 3000,
    LoadLimitRestorationPeriod: 60,
    LoadLimitSupplyState: "Disable",
  } as const;
  await home.command("6.4.1", { ...limit, ExecutionDateTime: home.nowS + 3600 });
  await home.request("7.2", {}, { by: "networkOperator", unchecked: true, timeoutMs: 10_000 });
  home.inject(home.random.fork("noise").bytes(100));
  await home.run(2 * 3_600_000);
  await home.cutMains(5 * 60_000);
  await home.run(3_600_000);
  await home.read("4.8.1", { ReadLogPeriod: wholeLog });
  return home;
}

describe("a home", () => {
  it("gives answers whose types follow from the reference", async () => {
    const home = await premises({ seed: 3 });
    await home.commission();
    const state: "disabled" | "enabled" | "armed" = (await home.read("7.4")).SupplyState;
    const { ImportRegisters } = await home.read("4.1.1");
    const wh: number = ImportRegisters.import;
    const { EventLog } = await home.read("6.13", { ReadLogPeriod: wholeLog, LogToRead: "Event" });
    const codes: readonly number[] | undefined = EventLog?.map(({ code }) => code);
    assert.deepEqual([state, wh >= 0, Array.isArray(codes)], ["enabled", true, true]);
  });

  it("is the same to the byte for the same seed: events, frames and messages", async () => {
    const [first, second] = [await aDay({ seed: 7 }), await aDay({ seed: 7 })];
    assert.ok(first.trace.events.length > 60);
    assert.equal(first.trace.toNdjson(), second.trace.toNdjson());
    assert.deepEqual(first.trace.captures, second.trace.captures);
  });

  it("is another for another seed", async () => {
    const [first, second] = [await aDay({ seed: 7 }), await aDay({ seed: 8 })];
    assert.notEqual(first.trace.toNdjson(), second.trace.toNdjson());
  });

  it("is the same whichever library computes the cryptography", async () => {
    const [node, noble] = [await aDay({ seed: 7 }), await aDay({ seed: 7, crypto: "noble" })];
    assert.equal(noble.crypto.name, nobleCrypto().name);
    assert.equal(node.trace.toNdjson(), noble.trace.toNdjson());
  });

  it("draws what its CSV says, and starts when told", async () => {
    const rows = Array.from(
      { length: 48 },
      (_, i) => `2027-01-01T${hh(i >> 1)}:${i % 2 ? "30" : "00"}Z,${i * 10}`,
    );
    const home = await premises({
      start: "2027-01-01T00:00:00Z",
      loadCsv: ["start,import_wh", ...rows].join("\n"),
    });
    await home.run(4 * 3_600_000 - home.nowMs);
    const { activeImportWh } = home.device("esme").board.mockMetrology.reading();
    assert.ok(Math.abs(activeImportWh - 280) < 1, `${activeImportWh} Wh`);
    assert.equal(home.nowS, Date.parse("2027-01-01T04:00:00Z") / 1000);
  });

  it("says where a load profile is wrong", async () => {
    await assert.rejects(() => premises({ loadCsv: "start,import_wh\n2027-01-01T00:00Z,many" }), /line 2/);
  });

  it("refuses a start time, a wire and a library that there are not", async () => {
    const code = (expected: string) => (error: unknown) => hasCode(error, expected);
    await assert.rejects(() => premises({ start: "yesterday" }), code("premises/start"));
    await assert.rejects(() => premises({ wire: "zigbee" as "cose" }), code("premises/wire"));
    await assert.rejects(() => premises({ crypto: "openssl" as "node" }), code("premises"));
  });

  it("refuses options that there are not, by name, and numbers that mean nothing", async () => {
    const refuses = (options: object, code: string, words: RegExp) =>
      assert.rejects(premises(options), (error: { code?: string; message: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, words);
        return true;
      });
    const option = "premises/option";
    await refuses({ sed: 7 }, option, /no option "sed". Did you mean seed\?/);
    await refuses({ ether: { losProbability: 1 } }, option, /ether: .*Did you mean lossProbability/);
    await refuses({ settings: { joinRetry: 1 } }, option, /settings: there is no option "joinRetry"/);
    await refuses({ hubMains: { volts: 1 } }, option, /hubMains: .*Known are: phaseCount/);
    await refuses({ boards: { gsme: 1 } }, option, /boards: .*gsme/);
    for (const seed of [-1, 1.5, Number.NaN, 2 ** 32, "7"])
      await refuses({ seed }, option, /seed: expected a whole/);
    await refuses({ distanceM: -4 }, option, /distanceM: expected a number, 0 or more, got -4/);
    await refuses({ ether: { lossProbability: 1.5 } }, option, /a share from 0 to 1, got 1.5/);
    await refuses({ wan: { delayMs: -1 } }, "premises/time", /wan.delayMs: expected a number, 0 or more/);
    await refuses({ settings: { longOutageS: -180 } }, "premises/time", /settings.longOutageS/);
    await refuses({ meterMains: { startUpMs: Number.NaN } }, "premises/time", /meterMains.startUpMs/);
    await refuses({ printedInstallCode: "other" }, option, /expected "another", or 16 bytes and their CRC/);
    const home = await premises({});
    for (const [options, words] of [
      [{ to: "gsme" }, /to: expected one of hub, esme, got gsme/],
      [{ by: "nobody" }, /by: expected one of supplier/],
    ] as const)
      assert.throws(() => home.submit("7.4", {}, options as object), words);
    await premises({ ether: { txPowerDbm: -3 }, wan: { networkTimeErrorMs: -500 } });
  });

  it("cuts no power where no cut can strike, and waits for no alert that there cannot be", async function () {
    const home = await premises(this, { seed: 1 });
    const refused = { code: "premises/option" };
    for (const n of [-1, 0.5, Number.NaN, "1", undefined])
      assert.throws(() => home.cutAtFlashOperation("esme", n as number, "torn"), refused, String(n));
    assert.throws(() => home.cutAtFlashOperation("esme", 0, "sideways" as "torn"), refused);
    for (const code of ["8F35", "zz", -1, 0x1_0000, 1.5, undefined]) {
      assert.throws(() => home.alerts(code as number), refused, String(code));
      await assert.rejects(home.waitForAlert(code as number, 1000), refused, String(code));
    }
    assert.deepEqual(home.alerts(0x8f35), []);
  });

  it("injects nothing that no modem could bring, and keeps its capture writable", async () => {
    const home = await premises({});
    const before = home.trace.events.length;
    for (const bad of [new Uint8Array(0), new Uint8Array(65_536), "DF09", null, undefined, [1, 2]])
      assert.throws(() => home.inject(bad as Uint8Array), { code: "premises/option" }, String(bad));
    assert.equal(home.trace.events.length, before);
    home.inject(new Uint8Array(65_535));
  });

  it("lets no time run backwards", async () => {
    const home = await premises({});
    await home.commission();
    const before = home.nowMs;
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assert.rejects(home.run(ms), { code: "premises/time" }, `${ms}`);
      await assert.rejects(home.cutMains(ms), { code: "premises/time" });
      await assert.rejects(home.powerCut("esme", ms), { code: "premises/time" });
    }
    await assert.rejects(
      home.runUntil(() => true, -1),
      { code: "premises/time" },
    );
    await assert.rejects(home.waitForAlert(0x8f12, -1), { code: "premises/time" });
    await assert.rejects(home.request("7.4", {}, { timeoutMs: -1 }), { code: "premises/time" });
    await assert.rejects(
      home.request("7.4", {}, { timeout: 1 } as object),
      /no option "timeout". Did you mean timeoutMs/,
    );
    assert.equal(home.nowMs, before);
    assert.equal((await home.read("7.4")).SupplyState, "enabled", "and nothing is broken by it");
  });

  it("refuses a start that is in no calendar or no device's clock, and takes one without a zone for UTC", async () => {
    const zone = process.env.TZ;
    process.env.TZ = "Asia/Tokyo";
    try {
      assert.equal((await premises({ start: "2026-12-01T06:00:00" })).startUtcMs, Date.UTC(2026, 11, 1, 6));
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    for (const [start, words] of [
      ["2026-02-30T00:00:00Z", /start: line 1, column 9 .*no 30 February 2026/],
      ["2027-02-29", /column 9 .*no 29 February 2027/],
      ["2026-12-01T24:00:00Z", /column 12 .*hour 24/],
      ["1999-12-31T00:00:00Z", /a home can start from 2000-01-02 to 2095-12-31/],
      ["2096-01-01", /a home can start from/],
      ["+012026-01-01T00:00:00Z", /expected a time of the form/],
    ] as const)
      await assert.rejects(premises({ start }), words, start);
    for (const start of ["2000-01-02", "2095-12-31T23:59:59Z"])
      await (await premises({ start })).commission();
  });

  it("says that a home was not commissioned", async () => {
    const home = await premises({});
    const forgotten = /commission it first: await home\.commission\(\)/;
    await assert.rejects(home.read("7.4"), forgotten);
    await assert.rejects(home.command("7.2"), forgotten);
    await assert.rejects(home.request("8.9"), forgotten);
    await assert.rejects(home.waitForAlert(0x8f12, 1000), forgotten);
    await attachWan(home);
    await addMeter(home, new Uint8Array(16));
    await assert.rejects(home.read("7.4"), /it is timed-out \(the esme is Whitelisted; commission it first/);
  });

  it("says why a meter did not join, and can be given a valid code that is not the hub's", async () => {
    const wrong = await premises({ printedInstallCode: "another" });
    await assert.rejects(
      wrong.commission(),
      /joining did not come .*the meter says wrong-install-code, the hub says/,
    );
    const rogue = await premises({ rogueMeter: true });
    await assert.rejects(
      rogue.commission(),
      /the meter says credential-refused, the hub says forged-credential/,
    );
  });

  it("gives up a wait at its limit, and says for what", async () => {
    const home = await premises({});
    await assert.rejects(
      () => home.runUntil(() => false, 5000, "the moon"),
      /the moon did not come within 5 s of virtual time/,
    );
  });

  it("hands trace and captures to the run under way, and takes its seed", async () => {
    const added: unknown[] = [];
    const run: RunContext = {
      seed: 42,
      wire: "cose",
      target: "mock",
      addPremises: (trace, captures) => added.push(trace, captures),
    };
    setCurrentRun(run);
    try {
      const home = await premises();
      assert.equal(home.seed, 42);
      assert.deepEqual(added, [home.trace, home.trace.captures]);
    } finally {
      setCurrentRun(undefined);
    }
  });

  it("is whole again after the meter's power cut, whatever the seed", async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const home = await premises({ seed });
      await home.commission();
      await home.powerCut("esme");
      const back = () => home.trace.of("han", "esme").some((event) => event.event === "rejoined");
      await home.runUntil(back, 300_000, `the meter's rejoining with seed ${seed}`);
      assert.equal((await home.read("7.4")).SupplyState, "enabled");
    }
  });

  it("puts frames, messages and the keys that open them into the capture", async () => {
    const home = await premises({});
    await home.commission();
    const { packets, keys } = home.trace.captures;
    assert.ok(packets.some((p) => p.link === "han" && p.from === "esme"));
    assert.ok(packets.some((p) => p.link === "wan" && p.direction === "down"));
    assert.deepEqual(keys.map((key) => key.kind).sort(), ["link", "link", "network"]);
  });
});

const hh = (hour: number) => String(hour).padStart(2, "0");
