import assert from "node:assert/strict";
import fc from "fast-check";
import { eventBehavioursFeature } from "../../../../firmware/features/event-behaviours/feature.ts";
import { changed, fromBits, toBits } from "../../../../firmware/features/event-behaviours/machine.ts";
import { report } from "../../../../firmware/features/report.ts";
import { type AlertRow, alerts, type ObjectName } from "../../../../firmware/model/index.ts";
import { cutEverywhere, FeatureBench } from "../../../support/feature-bench.ts";
import { served } from "../../../support/served.ts";

const make = () =>
  FeatureBench.start({}, (context) => ({ features: [eventBehavioursFeature(context.behaviours)] }));
type Bench = Awaited<ReturnType<typeof make>>;

/** Mask and bits that switch the events `codes` on or off, and leave the others. */
const change = (on: boolean, ...codes: number[]) => {
  const bits = (set: boolean) => {
    const text = new Array<string>(256).fill("0");
    for (const code of codes) text[255 - (code & 0xff)] = set ? "1" : "0";
    return text.join("");
  };
  return bits(true) + bits(on);
};
const set = async (bench: Bench, name: ObjectName, on: boolean, ...codes: number[]) =>
  (await bench.set(name, 2, change(on, ...codes))).status;
const onIn = async (bench: Bench, name: ObjectName): Promise<number[]> => {
  const { value } = await bench.get(name, 2);
  return [...(value as string)].flatMap((bit, i) => (bit === "1" ? [255 - i] : [])).sort((a, b) => a - b);
};

describe("what becomes of events (ECS25a, a1, a2, a3, b, b3, r1, r2)", () => {
  it("bit n of a string, the last being 0, is event 80n or 81n", () => {
    const one = `${"0".repeat(255 - 0x83)}1${"0".repeat(0x83)}`;
    assert.equal(toBits(changed(fromBits("0".repeat(256)), one + one)), one);
  });

  it("a change leaves what its mask leaves out, and any string comes back as it was written", () => {
    const string = fc
      .array(fc.constantFrom("0", "1"), { minLength: 256, maxLength: 256 })
      .map((b) => b.join(""));
    fc.assert(
      fc.property(string, string, string, (before, mask, bits) => {
        const after = toBits(changed(fromBits(before), mask + bits));
        for (let i = 0; i < 256; i++) assert.equal(after[i], mask[i] === "1" ? bits[i] : before[i]);
      }),
      { seed: 25, numRuns: 50 },
    );
  });

  it("as delivered every event does what its row says, but for three that do not alert", async () => {
    const bench = await make();
    for (const row of Object.values<AlertRow>(alerts).filter(({ devices }) => devices.includes("ESME"))) {
      const { alert, han, audible, log } = bench.context.behaviours.of(row);
      const off = [0x81a2, 0x81a3, 0x81c6].includes(row.code);
      const expected = [row.wan !== "none" && !off, row.han, false, row.logs.length > 0];
      assert.deepEqual([alert, han, audible, log], expected, row.code.toString(16));
    }
  });

  it("an alert that is switched off does not leave, and its log entry stands", async () => {
    const bench = await make();
    assert.equal(await set(bench, "supplierAlertBehaviour", false, 0x81bc), 0);
    await report(bench.context, 0x81bc);
    await report(bench.context, 0x81c1);
    assert.deepEqual([bench.alertCodes, bench.eventCodes], [["81c1"], ["81bc", "81c1"]]);
    assert.equal((await onIn(bench, "supplierAlertBehaviourInForce")).includes(0xbc), false);
    await set(bench, "supplierAlertBehaviour", true, 0x81bc);
    await report(bench.context, 0x81bc);
    assert.deepEqual(bench.alertCodes, ["81c1", "81bc"]);
  });

  it("an event that is not logged still alerts; one that no row logs is logged when asked for", async () => {
    const bench = await make();
    await set(bench, "supplierLogBehaviour", false, 0x81bc);
    await set(bench, "supplierLogBehaviour", true, 0x81b9);
    await report(bench.context, 0x81bc);
    await report(bench.context, 0x81b9);
    assert.deepEqual([bench.alertCodes, bench.eventCodes], [["81bc", "81b9"], ["81b9"]]);
  });

  it("the network operator's strings are for 80xx alone, and their log is the power event log", async () => {
    const bench = await make();
    await set(bench, "operatorAlertBehaviour", false, 0x8002, 0x80bc);
    await report(bench.context, 0x8002);
    await report(bench.context, 0x81bc);
    assert.deepEqual([bench.alertCodes, bench.powerCodes], [["81bc"], ["8002"]]);
    await set(bench, "operatorLogBehaviour", false, 0x8002);
    await report(bench.context, 0x8002);
    assert.deepEqual(bench.powerCodes, ["8002"]);
  });

  it("what is always sent takes no notice of any string", async () => {
    const bench = await make();
    const all = "1".repeat(256) + "0".repeat(256);
    for (const name of ["supplierAlertBehaviour", "supplierLogBehaviour", "operatorAlertBehaviour"] as const)
      assert.equal((await bench.set(name, 2, all)).status, 0);
    await report(bench.context, 0x8f74);
    assert.deepEqual([bench.alertCodes, bench.securityCodes], [["8f74"], ["8f74"]]);
  });

  it("shares on the home network and sounds the alarm where the supplier wants it", async () => {
    const bench = await make();
    await set(bench, "supplierHanBehaviour", true, 0x81bc);
    await set(bench, "supplierAudibleBehaviour", true, 0x81bc);
    await report(bench.context, 0x81bc);
    const kinds = bench.observations.map(({ kind, code }) => [kind, code]);
    assert.deepEqual(kinds, [
      ["event-shared", 0x81bc],
      ["alarm", 0x81bc],
    ]);
    assert.equal(bench.board.mockUserInterface.alarms, 1);
    bench.board.mockUserInterface.sounderBroken = true;
    await report(bench.context, 0x81bc);
    assert.deepEqual(bench.alertCodes, ["81bc", "81bc"], "a broken sounder loses no alert");
  });

  it("a change is whole or not at all, wherever the power is cut", async () => {
    await cutEverywhere(
      make,
      (bench) => set(bench, "supplierAlertBehaviour", false, 0x8183, 0x81a0),
      async (bench, cut) => {
        const on = await onIn(bench, "supplierAlertBehaviourInForce");
        assert.equal(on.includes(0x83), on.includes(0xa0), cut);
      },
    );
  });

  it("a bench loads any string, and it is in force", async () => {
    const bench = await make();
    const string = fc.array(fc.constantFrom("0", "1"), { minLength: 256, maxLength: 256 });
    const { load, get } = served(bench.built.features, "operatorLogBehaviourInForce", "value");
    await fc.assert(
      fc.asyncProperty(string, async (bits) => {
        await load(bits.join(""));
        assert.deepEqual(await get(), { value: bits.join("") });
      }),
      { seed: 25, numRuns: 10 },
    );
  });
});
