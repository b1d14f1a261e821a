import assert from "node:assert/strict";
import fc from "fast-check";
import { EventLog } from "../../../firmware/kernel/event-log.ts";
import { Journal } from "../../../firmware/kernel/journal.ts";
import { KeptRing } from "../../../firmware/kernel/kept-ring.ts";
import { RecordLog } from "../../../firmware/kernel/record-log.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { crc32 } from "../../../hal/base/crc.ts";
import { PowerLost } from "../../../hal/board.ts";
import { cutPoints, flashKit } from "./mock-flash.ts";

const region = { firstSector: 0, sectorCount: 8 };

describe("CRC-32", () => {
  it("gives the check value of the catalogue, at any offset", () => {
    const check = new TextEncoder().encode("123456789");
    assert.equal(crc32(check), 0xcbf43926);
    for (let pad = 0; pad < 5; pad++) {
      const shifted = new Uint8Array(pad + 9 + pad);
      shifted.set(check, pad);
      assert.equal(crc32(shifted, pad, pad + 9), 0xcbf43926);
    }
    assert.equal(crc32(new Uint8Array(0)), 0);
  });
});

describe("event log", () => {
  const kit = () => flashKit(4096, 8, 1);

  it("keeps the newest 100 entries over a restart, oldest first", async () => {
    const { flash } = kit();
    const log = await EventLog.open(await Journal.open(flash, region), "log/event/");
    for (let n = 0; n < 250; n++) await log.append({ timeS: 1000 + n, code: 0x8f00 + (n & 0xff) });
    const again = await EventLog.open(await Journal.open(flash, region), "log/event/");
    for (const seen of [log, again]) {
      assert.equal(seen.entries().length, 100);
      assert.equal(seen.entries()[0]?.timeS, 1150);
      assert.deepEqual(seen.entries(1248), [
        { timeS: 1248, code: 0x8ff8 },
        { timeS: 1249, code: 0x8ff9 },
      ]);
      assert.equal(seen.entries(1200, 1201).length, 2);
    }
  });

  it("lets minor entries displace one another only, a quarter of it at most, over restarts too", async () => {
    const { flash } = kit();
    let log = await EventLog.open(await Journal.open(flash, region), "log/");
    const codes = () => log.entries().map(({ code }) => code);
    for (let n = 0; n < 60; n++) await log.append({ timeS: n, code: 0x8f3f });
    for (let n = 0; n < 300; n++) {
      assert.ok(log.takesMinor());
      await log.append({ timeS: 100 + n, code: 0x8f3e, minor: true });
      if (n % 50 === 0) log = await EventLog.open(await Journal.open(flash, region), "log/");
    }
    assert.equal(codes().filter((code) => code === 0x8f3f).length, 60);
    assert.deepEqual(
      log.entries(100).map(({ timeS }) => timeS),
      Array.from({ length: 25 }, (_, i) => 375 + i),
    );
    for (let n = 0; n < 40; n++) await log.append({ timeS: 500 + n, code: 0x8f70 });
    assert.equal(codes().length, 100);
    assert.equal(codes().filter((code) => code === 0x8f3f).length, 60, "the minor ones give way first");
    assert.equal(log.takesMinor(), false);
    await log.append({ timeS: 999, code: 0x8f70 });
    assert.equal(log.entries()[0]?.timeS, 1, "then the oldest");
  });

  it("keeps other data, stays clear once cleared, and costs one flash operation an append", async () => {
    const { flash } = kit();
    const log = await EventLog.open(await Journal.open(flash, region), "log/");
    await log.append({ timeS: 1, code: 2, other: Uint8Array.of(1, 2, 3) });
    const before = flash.operationCount;
    await log.append({ timeS: 2, code: 3 });
    assert.equal(flash.operationCount - before, 1);
    assert.deepEqual(log.entries()[0], { timeS: 1, code: 2, other: Uint8Array.of(1, 2, 3) });
    await log.clear();
    await log.append({ timeS: 9, code: 9 });
    const again = await EventLog.open(await Journal.open(flash, region), "log/");
    assert.deepEqual(again.entries(), [{ timeS: 9, code: 9 }]);
  });

  it("refuses an entry that is too large and a key that is not its own", async () => {
    const { flash } = kit();
    const journal = await Journal.open(flash, region);
    const log = await EventLog.open(journal, "log/");
    const refused = (code: string) => (error: unknown) => hasCode(error, code);
    await assert.rejects(
      log.append({ timeS: 1, code: 1, other: new Uint8Array(65) }),
      refused("event-log/too-large"),
    );
    await journal.commit([{ key: "log/strange", value: Uint8Array.of(1) }]);
    await assert.rejects(EventLog.open(journal, "log/"), refused("event-log/format"));
  });
});

describe("kept ring", () => {
  it("keeps the newest entries over restarts, shares a commit, and is replaced as a whole", async () => {
    const { flash } = flashKit(4096, 8, 1);
    const open = async () => new KeptRing<number[]>(await Journal.open(flash, region), "ring/", 3);
    let ring = await open();
    for (const n of [1, 2, 3, 4, 5]) {
      await ring.append([n]);
      ring = await open();
    }
    assert.deepEqual(ring.entries, [[3], [4], [5]]);
    await assert.rejects(ring.appendWith([6], () => Promise.reject(new Error("no"))));
    assert.deepEqual(ring.entries, [[3], [4], [5]]);
    await ring.replace([[7]]);
    assert.deepEqual((await open()).entries, [[7]]);
    await ring.replace([[1], [2], [3], [4]]);
    await ring.append([5]);
    assert.deepEqual([ring.entries, (await open()).entries], [ring.entries, [[3], [4], [5]]]);
  });
});

describe("record log", () => {
  const shape = { recordBytes: 12, capacity: 100 };
  const record = (n: number) => new Uint8Array(12).fill(n);

  async function all(log: RecordLog): Promise<number[]> {
    const found: number[] = [];
    for (let index = 0; index < log.count; index++) found.push((await log.read(index))[0] as number);
    return found;
  }

  it("keeps the newest records of a ring, over a restart too", async () => {
    const { flash } = flashKit();
    const log = await RecordLog.open(flash, region, shape);
    for (let n = 0; n < 251; n++) {
      await log.append(record(n));
      assert.equal(log.count, Math.min(100, n + 1));
    }
    const expected = Array.from({ length: 100 }, (_, n) => 151 + n);
    assert.deepEqual(await all(log), expected);
    assert.deepEqual(await all(await RecordLog.open(flash, region, shape)), expected);
    assert.ok(Math.max(...flash.wear) - Math.min(...flash.wear) <= 1);
  });

  it("is empty once cleared, over a restart too, and takes records again", async () => {
    const { flash } = flashKit();
    const log = await RecordLog.open(flash, region, shape);
    for (let n = 0; n < 120; n++) await log.append(record(n));
    await log.clear();
    assert.equal(log.count, 0);
    assert.equal((await RecordLog.open(flash, region, shape)).count, 0);
    await log.append(record(7));
    assert.deepEqual(await (await RecordLog.open(flash, region, shape)).read(0), record(7));
  });

  it("loses at most the append in flight when the power fails at any operation (property)", async () => {
    const cut = fc.tuple(fc.nat(60), fc.constantFrom(...cutPoints));
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 8 }), fc.nat(), async (cuts, seed) => {
        const { flash, power } = flashKit(512, 8, 8, seed);
        let log = await RecordLog.open(flash, region, shape);
        let model: number[] = [];
        let n = 0;
        for (const [after, point] of cuts) {
          flash.cutPowerAt(flash.operationCount + after, point);
          for (; power.on; n = (n + 1) % 250) {
            try {
              await log.append(record(n));
              model.push(n);
            } catch (error) {
              assert.ok(error instanceof PowerLost);
            }
          }
          power.turnOn();
          log = await RecordLog.open(flash, region, shape);
          const found = await all(log);
          const inFlight = (n + 249) % 250;
          if (found.at(-1) === inFlight && model.at(-1) !== inFlight) model.push(inFlight);
          model = model.slice(-100);
          // A cut inside an erase may cost up to a sector of the oldest, never the newest.
          assert.deepEqual(found, model.slice(-found.length));
          assert.ok(found.length >= Math.min(model.length, 90), `${found.length} of ${model.length} left`);
        }
      }),
      { numRuns: 100, seed: 11 },
    );
  });

  it("refuses wrong sizes, ranges and regions, and tells a rotted record", async () => {
    const { flash } = flashKit();
    const log = await RecordLog.open(flash, region, shape);
    const refused = (code: string) => (error: unknown) => hasCode(error, code);
    assert.throws(() => log.append(new Uint8Array(11)), refused("record-log/size"));
    await log.append(record(1));
    await log.append(record(2));
    await assert.rejects(log.read(2), refused("record-log/range"));
    flash.flipBit(24 + 5, 1);
    await assert.rejects(log.read(0), refused("record-log/corrupt"));
    assert.deepEqual(await log.read(1), record(2));
    for (let n = 3; n < 80; n++) await log.append(record(n));
    flash.flipBit(512 + 8, 0); // the header of the second sector
    const damaged = await RecordLog.open(flash, region, shape);
    const first = Math.floor((512 - 24) / 16);
    assert.deepEqual(await damaged.read(first - 2), record(first));
    await assert.rejects(damaged.read(first - 1), refused("record-log/corrupt"));
    assert.deepEqual(await damaged.read(damaged.count - 1), record(79));
    await assert.rejects(
      RecordLog.open(flash, region, { ...shape, recordBytes: 8 }),
      refused("record-log/size"),
    );
    await assert.rejects(
      RecordLog.open(flash, region, { ...shape, capacity: 1000 }),
      refused("record-log/region"),
    );
  });
});
