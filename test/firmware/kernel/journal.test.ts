import assert from "node:assert/strict";
import fc from "fast-check";
import { Journal, type JournalChange } from "../../../firmware/kernel/journal.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { type Flash, HalError, PowerLost } from "../../../hal/board.ts";
import { cutPoints, type FlashKit, flashKit } from "./mock-flash.ts";

const region = { firstSector: 0, sectorCount: 8 };
const open = (kit: FlashKit) => Journal.open(kit.flash, region);
const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);

type Model = Map<string, Uint8Array>;

function applied(model: Model, changes: readonly JournalChange[]): Model {
  const after = new Map(model);
  for (const { key, value } of changes) value === null ? after.delete(key) : after.set(key, value);
  return after;
}

function contents(journal: Journal): Model {
  return new Map(journal.keys("").map((key) => [key, journal.get(key) as Uint8Array]));
}

function same(a: Model, b: Model): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([key, value]) => {
    const other = b.get(key);
    return other !== undefined && Buffer.compare(value, other) === 0;
  });
}

/** Commits that roll over sectors, span them, renew generations and delete. */
function workload(count: number): JournalChange[][] {
  return Array.from({ length: count }, (_, n) => {
    const changes: JournalChange[] = [{ key: "counter", value: bytes(8, n) }];
    if (n % 3 === 1) changes.push({ key: `log/${n % 5}`, value: bytes(40 + n, n) });
    if (n % 7 === 5) changes.push({ key: `log/${(n + 1) % 5}`, value: null });
    if (n % 11 === 8) changes.push({ key: "big", value: bytes(600, n) });
    return changes;
  });
}

async function code(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof CodedError || error instanceof HalError, `expected a typed error, got ${error}`);
  return error.code;
}

describe("journal", () => {
  it("is empty on erased flash and keeps what was committed over a restart", async () => {
    const kit = flashKit();
    const journal = await open(kit);
    assert.deepEqual(journal.keys(""), []);
    await journal.commit([
      { key: "b/2", value: bytes(3, 2) },
      { key: "b/1", value: new Uint8Array(0) },
      { key: "a", value: bytes(1, 1) },
    ]);
    await journal.commit([{ key: "a", value: null }]);
    const again = await open(kit);
    assert.deepEqual(again.keys("b/"), ["b/1", "b/2"]);
    assert.deepEqual(again.get("b/2"), bytes(3, 2));
    assert.equal(again.get("a"), undefined);
  });

  it("keeps its own copy of a value", async () => {
    const journal = await open(flashKit());
    const value = bytes(4, 7);
    await journal.commit([{ key: "k", value }]);
    value.fill(0);
    assert.deepEqual(journal.get("k"), bytes(4, 7));
  });

  it("orders commits that were not awaited, and the last change of a key wins", async () => {
    const kit = flashKit();
    const journal = await open(kit);
    await Promise.all(workload(40).map((changes) => journal.commit(changes)));
    await journal.commit([
      { key: "twice", value: bytes(1, 1) },
      { key: "twice", value: bytes(1, 2) },
    ]);
    assert.deepEqual((await open(kit)).get("counter"), bytes(8, 39));
    assert.deepEqual((await open(kit)).get("twice"), bytes(1, 2));
  });

  for (const [sectorBytes, unit] of [
    [512, 8],
    [512, 1],
    [1024, 256],
  ] as const) {
    it(`opens to the last commit after a cut at every flash operation (${unit}-byte program unit)`, async () => {
      const commits = workload(60);
      const dry = flashKit(sectorBytes, 8, unit);
      const journal = await open(dry);
      for (const changes of commits) await journal.commit(changes);
      const operations = dry.flash.operationCount;
      assert.ok(operations > 100, `${operations} operations are too few to mean much`);
      for (let cut = 0; cut < operations; cut++)
        for (const point of cutPoints)
          await cutOnce(flashKit(sectorBytes, 8, unit, `${cut}`), commits, cut, point);
    });
  }

  async function cutOnce(
    kit: FlashKit,
    commits: JournalChange[][],
    cut: number,
    point: (typeof cutPoints)[number],
  ) {
    kit.flash.cutPowerAt(cut, point);
    const journal = await open(kit);
    let model: Model = new Map();
    let inFlight: readonly JournalChange[] = [];
    for (inFlight of commits) {
      try {
        await journal.commit(inFlight);
      } catch (error) {
        assert.ok(error instanceof PowerLost);
        break;
      }
      model = applied(model, inFlight);
    }
    kit.power.turnOn();
    const again = await open(kit);
    const found = contents(again);
    const where = `cut ${point} operation ${cut}`;
    assert.ok(
      same(found, model) || same(found, applied(model, inFlight)),
      `${where}: neither before nor after`,
    );
    await again.commit([{ key: "later", value: bytes(5, 5) }]);
    const expected = applied(found, [{ key: "later", value: bytes(5, 5) }]);
    assert.ok(same(contents(await open(kit)), expected), `${where}: lost a commit after the restart`);
  }

  it("behaves like a map under any commits and any chain of cuts (property)", async () => {
    const change = fc.record({
      key: fc.constantFrom("a", "b/1", "b/2", "c", "d"),
      value: fc.option(fc.uint8Array({ maxLength: 250 }), { nil: null }),
    });
    const step = fc.record({
      changes: fc.array(change, { minLength: 1, maxLength: 3 }),
      cut: fc.option(fc.tuple(fc.nat(4), fc.constantFrom(...cutPoints)), { nil: undefined, freq: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(), async (steps, seed) => {
        const kit = flashKit(512, 8, 8, seed);
        let journal = await open(kit);
        let model: Model = new Map();
        for (const { changes, cut } of steps) {
          if (cut) kit.flash.cutPowerAt(kit.flash.operationCount + cut[0], cut[1]);
          const after = applied(model, changes);
          const cutShort = await journal.commit(changes).then(
            () => false,
            (error) => {
              if (error instanceof PowerLost) return true;
              throw error;
            },
          );
          if (!cutShort) model = after;
          else {
            kit.power.turnOn();
            journal = await open(kit);
            const found = contents(journal);
            assert.ok(same(found, model) || same(found, after));
            model = found;
          }
          assert.ok(same(contents(journal), model));
        }
        kit.flash.clearCut();
        assert.ok(same(contents(await open(kit)), model));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it("goes on for ever through a loop of torn writes at the fullest state", async () => {
    const kit = flashKit();
    let journal = await open(kit);
    await journal.commit([{ key: "fill", value: bytes(journal.capacityBytes - 60, 1) }]);
    for (let n = 0; n < 300; n++) {
      kit.flash.cutPowerAt(kit.flash.operationCount + (n % 7), "torn");
      await journal
        .commit([{ key: "n", value: bytes(20, n) }])
        .catch((error) => assert.ok(error instanceof PowerLost));
      kit.power.turnOn();
      kit.flash.clearCut();
      journal = await open(kit);
    }
    await journal.commit([{ key: "n", value: bytes(20, 255) }]);
    assert.equal((await open(kit)).get("fill")?.length, journal.capacityBytes - 60);
  });

  it("gets over any number of cuts inside a first commit that spans sectors", async () => {
    for (let seed = 0; seed < 60; seed++) {
      const kit = flashKit(256, 8, 8, seed);
      for (let n = 0; n < 6; n++) {
        kit.flash.cutPowerAt(kit.flash.operationCount + ((seed + n) % 6), "torn");
        const journal = await open(kit);
        await journal.commit([{ key: "first", value: bytes(500, 1) }]).catch(() => kit.power.turnOn());
        kit.flash.clearCut();
      }
      await (await open(kit)).commit([{ key: "first", value: bytes(500, 2) }]);
      assert.deepEqual((await open(kit)).get("first"), bytes(500, 2));
    }
  });

  it("spreads wear: no sector is erased more than twice more often than another", async () => {
    const kit = flashKit(4096, 16, 1);
    const journal = await Journal.open(kit.flash, { firstSector: 2, sectorCount: 12 });
    await journal.commit([{ key: "still", value: bytes(5000, 1) }]);
    for (let n = 0; n < 5000; n++) await journal.commit([{ key: "counter", value: bytes(400, n) }]);
    const wear = kit.flash.wear.slice(2, 14);
    assert.ok(Math.max(...wear) - Math.min(...wear) <= 1, `wear ${wear}`);
    assert.ok(Math.min(...wear) > 20, `wear ${wear}`);
    assert.deepEqual(
      kit.flash.wear.filter((_, sector) => sector < 2 || sector >= 14),
      [0, 0, 0, 0],
    );
  });

  it("refuses a change that is too large, badly named or does not fit, and stays as it was", async () => {
    const kit = flashKit();
    const journal = await open(kit);
    await journal.commit([{ key: "kept", value: bytes(10, 1) }]);
    const { operationCount } = kit.flash;
    const bad = (key: string, length: number) => code(journal.commit([{ key, value: bytes(length, 0) }]));
    assert.equal(await bad("", 1), "journal/too-large");
    assert.equal(await bad("k".repeat(33), 1), "journal/too-large");
    assert.equal(await bad("k", 8193), "journal/too-large");
    assert.equal(await bad("k", journal.capacityBytes), "journal/full");
    assert.equal(await bad("ké", 1), "journal/bad-key");
    assert.equal(kit.flash.operationCount, operationCount);
    await journal.commit([{ key: "kept", value: bytes(10, 2) }]);
    assert.deepEqual(contents(await open(kit)), new Map([["kept", bytes(10, 2)]]));
  });

  it("still takes updates and deletions when it is full", async () => {
    const kit = flashKit();
    const journal = await open(kit);
    const value = bytes(journal.capacityBytes - 4 - 12, 3);
    await journal.commit([{ key: "a", value }]);
    assert.equal(await code(journal.commit([{ key: "another", value: bytes(9, 0) }])), "journal/full");
    for (let n = 0; n < 20; n++) await journal.commit([{ key: "a", value: value.fill(n) }]);
    await journal.commit([{ key: "a", value: null }]);
    assert.deepEqual((await open(kit)).keys(""), []);
  });

  it("refuses a region that the flash does not have", async () => {
    for (const sectorCount of [1, 9, 2.5])
      assert.equal(
        await code(Journal.open(flashKit().flash, { firstSector: 0, sectorCount })),
        "journal/region",
      );
    assert.equal(
      await code(Journal.open(flashKit().flash, { firstSector: -1, sectorCount: 4 })),
      "journal/region",
    );
    // An index of 16 bits stands in each sector's header.
    const { geometry } = flashKit().flash;
    const vast = { geometry: { ...geometry, sectorCount: 0x2_0000 } } as unknown as Flash;
    assert.equal(await code(Journal.open(vast, { firstSector: 0, sectorCount: 0x1_0000 })), "journal/region");
  });

  it("keeps half of a region's sectors, one at least, for the next generation", async () => {
    for (const [sectorCount, reserve] of [
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 2],
      [8, 3],
    ] as const) {
      const kit = flashKit();
      const small = { firstSector: 8 - sectorCount, sectorCount };
      const journal = await Journal.open(kit.flash, small);
      assert.equal(journal.capacityBytes, reserve * (512 - 24) - 24, `${sectorCount} sectors`);
      for (let n = 0; n < 40; n++) await journal.commit([{ key: "a", value: bytes(200, n) }]);
      assert.deepEqual((await Journal.open(kit.flash, small)).get("a"), bytes(200, 39));
    }
  });

  it("goes on after a program or erasure has failed, whichever it was", async () => {
    let fails = true;
    for (let at = 0; fails; at++) {
      const kit = flashKit();
      const journal = await open(kit);
      kit.flash.failAt(at);
      const done: Model = new Map();
      fails = false;
      for (let n = 0; n < 30; n++) {
        const value = bytes(150, n);
        await journal.commit([{ key: `k${n % 4}`, value }]).then(
          () => done.set(`k${n % 4}`, value),
          () => {
            // What is tried next fails, too, when it has erased: nothing that counts may have been there.
            if (!fails) kit.flash.failAt(kit.flash.operationCount + 1);
            fails = true;
          },
        );
        assert.ok(same(contents(journal), done), `operation ${at}, commit ${n}`);
        assert.ok(same(contents(await open(kit)), done), `operation ${at}, commit ${n}, opened again`);
      }
    }
  });

  it("refuses to open when the header of its only sector has rotted", async () => {
    const kit = flashKit();
    const journal = await open(kit);
    for (let n = 0; n < 3; n++) await journal.commit([{ key: "a", value: bytes(8, n) }]);
    const intact = kit.flash.snapshot();
    const begin = intact.bytes.findIndex((byte) => byte !== 0xff);
    for (let at = begin; at < begin + 20; at++) {
      kit.flash.restore(intact);
      kit.flash.flipBit(at, at % 8);
      assert.equal(await code(open(kit)), "journal/corrupt", `byte ${at}`);
    }
  });

  it("after a failed program goes on in the next sector, and never brings the failed commit back", async () => {
    const kit = flashKit();
    const journal = await open(kit);
    const done: Model = new Map();
    for (let n = 0; n < 120; n++) {
      if (n % 5 === 4) kit.flash.failAt(kit.flash.operationCount + (n % 3));
      const value = bytes(50, n);
      await journal.commit([{ key: `k${n % 4}`, value }]).then(
        () => done.set(`k${n % 4}`, value),
        (error) => assert.equal((error as HalError).code, "hal/fault"),
      );
    }
    assert.ok(same(contents(await open(kit)), done));
  });

  it("refuses to open when any bit before the last record has rotted, or opens to every commit", async () => {
    const kit = flashKit(512, 8, 8);
    const journal = await open(kit);
    const history: Model[] = [];
    for (const changes of workload(70)) {
      await journal.commit(changes);
      history.push(contents(journal));
    }
    const intact = kit.flash.snapshot();
    let refused = 0;
    for (let at = 0; at < intact.bytes.length; at++) {
      kit.flash.restore(intact);
      kit.flash.flipBit(at, at % 8);
      const found = await open(kit).then(contents, (error: CodedError) => error.code);
      if (found === "journal/corrupt") refused++;
      else {
        // Only damage to the very last record may look like a torn write, and costs that commit alone.
        assert.ok(typeof found !== "string", `byte ${at}: ${found}`);
        assert.ok(same(found, history.at(-1) as Model) || same(found, history.at(-2) as Model), `byte ${at}`);
      }
    }
    assert.ok(refused > 500, `only ${refused} refused`);
  });

  it("refuses a region that holds something else, and changes nothing", async () => {
    const kit = flashKit();
    for (const sector of [0, 2, 5]) kit.flash.program(512 * sector, bytes(512, 0x55));
    const before = kit.flash.snapshot();
    assert.equal(await code(open(kit)), "journal/corrupt");
    assert.deepEqual(kit.flash.snapshot(), before);
  });

  it("opens or refuses any bytes, and never hangs (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 4096, maxLength: 4096, size: "max" }), async (noise) => {
        const kit = flashKit();
        kit.flash.program(0, noise);
        await open(kit).catch((error) => assert.equal(error.code, "journal/corrupt"));
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});
