import assert from "node:assert/strict";
import { hasCode } from "../../../firmware/kernel/errors.ts";
import { nobleCrypto } from "../../../hal/crypto/index.ts";
import { type Premises, type PremisesOptions, premises } from "../../../harness/index.ts";
import { type RunContext, setCurrentRun } from "../../../harness/run-context.ts";

/** A day in the life of a home, with something of everything. */
async function aDay(options: PremisesOptions): Promise<Premises> {
  const home = await premises(options);
  await home.commission();
  const limit = { thresholdW: 3000, periodS: 60, restorationS: 60, onTrip: "disable" };
  await home.command("6.4.1", { ...limit, activateAt: home.nowS + 3600 });
  await home.request("7.2", {}, { by: "networkOperator", unchecked: true, timeoutMs: 10_000 });
  home.inject(home.random.fork("noise").bytes(100));
  await home.run(2 * 3_600_000);
  await home.cutMains(5 * 60_000);
  await home.run(3_600_000);
  await home.read("4.8.1");
  return home;
}

describe("a home", () => {
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
    const { activeImportWh } = home.esme.board.mockMetrology.reading();
    assert.ok(Math.abs(activeImportWh - 280) < 1, `${activeImportWh} Wh`);
    assert.equal(home.nowS, Date.parse("2027-01-01T04:00:00Z") / 1000);
  });

  it("says where a load profile is wrong", async () => {
    await assert.rejects(() => premises({ loadCsv: "start,import_wh\n2027-01-01T00:00Z,many" }), /line 2/);
  });

  it("refuses a start time, a wire and a library that there are not", async () => {
    const code = (expected: string) => (error: unknown) => hasCode(error, expected);
    await assert.rejects(() => premises({ start: "yesterday" }), code("premises/start"));
    await assert.rejects(() => premises({ wire: "gbcs" }), code("premises/wire"));
    await assert.rejects(() => premises({ crypto: "openssl" as "node" }), code("premises"));
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
      assert.equal((await home.read("7.4")).supply, "enabled");
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
