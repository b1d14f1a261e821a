import assert from "node:assert/strict";
import { type EmulatedBoard, flashRegions, readFlash, writeFlash } from "../../../hal/emulated/index.ts";
import { image } from "../../../hal/serial/smp/index.ts";
import { pause, realTimers } from "../../../hal/serial/timers.ts";
import { mcubootImage } from "../../support/mcuboot-image.ts";
import { hex } from "../../support/shared-data.ts";
import { emulatedBench, patternBytes, slowMs } from "./emulated-bench.ts";

const oldImage = mcubootImage({ version: "1.0.0", payload: patternBytes("old", 50_000) });
const newImage = mcubootImage({ version: "2.0.0", payload: patternBytes("new", 90_000) });
const slotBytes = flashRegions.slot0.sectorCount * flashRegions.slot0.sectorBytes;
const { sectorBytes } = flashRegions.slot0;

/** MCUboot's trailer: distance of each field from the slot's end, and its contents. */
const magicAt = slotBytes - 16;
const imageOkAt = slotBytes - 24;
const copyDoneAt = slotBytes - 32;
const goodMagic = hex("77c295f360d2ef7f3552500f2cb67980");
const set = Uint8Array.of(1);

type Slot = "slot0" | "slot1";

describe("the emulated board's swap", function () {
  this.timeout(slowMs);
  const bench = emulatedBench();
  const flash = () => bench().board.flashPath;

  /** With the power off: both slots as after a factory and a finished upload, no swap asked for. */
  async function layOut(slot0 = oldImage.bytes, slot1 = newImage.bytes): Promise<EmulatedBoard> {
    const { board } = bench();
    await board.powerCut();
    fill("slot0", slot0);
    fill("slot1", slot1);
    writeFlash(flash(), "journal", 0, new Uint8Array(4096).fill(0xff));
    return board;
  }
  function fill(slot: Slot, bytes: Uint8Array): void {
    const whole = new Uint8Array(slotBytes).fill(0xff);
    whole.set(bytes);
    writeFlash(flash(), slot, 0, whole);
  }
  function trailer(slot: Slot, fields: { magic?: Uint8Array; imageOk?: boolean; copyDone?: boolean }): void {
    if (fields.magic) writeFlash(flash(), slot, magicAt, fields.magic);
    if (fields.imageOk) writeFlash(flash(), slot, imageOkAt, set);
    if (fields.copyDone) writeFlash(flash(), slot, copyDoneAt, set);
  }
  const holds = (slot: Slot, bytes: Uint8Array): boolean =>
    Buffer.from(readFlash(flash(), slot, 0, bytes.length)).equals(bytes);
  const running = async () => (await image.readState(bench().smp)).find(({ active }) => active);

  /** What MCUboot decides from the trailers, in words. */
  const decisions: { when: string; before: () => void; image: string; confirmed: boolean }[] = [
    { when: "no trailer is written", before: () => {}, image: "1.0.0", confirmed: true },
    {
      when: "the second slot asks for a test",
      before: () => trailer("slot1", { magic: goodMagic }),
      image: "2.0.0",
      confirmed: false,
    },
    {
      when: "the second slot asks for a swap for good",
      before: () => trailer("slot1", { magic: goodMagic, imageOk: true }),
      image: "2.0.0",
      confirmed: true,
    },
    {
      when: "the first slot was tried and not confirmed",
      before: () => trailer("slot0", { magic: goodMagic, copyDone: true }),
      image: "2.0.0",
      confirmed: true,
    },
    {
      when: "the first slot was tried and the second one's magic is torn (MCUboot's issue 1966)",
      before: () => {
        trailer("slot0", { magic: goodMagic, copyDone: true });
        trailer("slot1", { magic: goodMagic.subarray(0, 9) });
      },
      image: "2.0.0",
      confirmed: true,
    },
    {
      when: "the first slot was tried and confirmed",
      before: () => trailer("slot0", { magic: goodMagic, copyDone: true, imageOk: true }),
      image: "1.0.0",
      confirmed: true,
    },
    {
      when: "the second slot's magic is torn",
      before: () => trailer("slot1", { magic: goodMagic.subarray(0, 15) }),
      image: "1.0.0",
      confirmed: true,
    },
  ];
  for (const { when, before: arrange, image: version, confirmed } of decisions) {
    it(`runs ${version}${confirmed ? "" : " unconfirmed"} when ${when}`, async () => {
      const board = await layOut();
      arrange();
      await board.powerOn();
      const state = await running();
      assert.deepEqual([state?.version, state?.confirmed], [version, confirmed]);
    });
  }

  it("never swaps in what is not whole, and forgets it", async () => {
    const board = await layOut(oldImage.bytes, newImage.bytes.with(1000, newImage.bytes[1000]! ^ 1));
    trailer("slot1", { magic: goodMagic });
    await board.powerOn();
    assert.equal((await running())?.version, "1.0.0");
    assert.equal((await image.readState(bench().smp)).length, 1);
  });

  it("keeps the image on trial when there is nothing whole to go back to", async () => {
    const board = await layOut(newImage.bytes, new Uint8Array(0));
    trailer("slot0", { magic: goodMagic, copyDone: true });
    await board.powerOn();
    const state = await running();
    assert.deepEqual([state?.version, state?.confirmed], ["2.0.0", true]);
  });

  it("says that nothing runs when slot 0 is damaged, and takes a permanent swap to heal it", async () => {
    const board = await layOut(oldImage.bytes.with(500, oldImage.bytes[500]! ^ 0x80));
    await board.powerOn();
    assert.equal(await running(), undefined);
    await image.confirm(bench().smp, newImage.hash);
    assert.equal((await board.reset()).image, "2.0.0");
  });

  it("leaves nothing of a longer image behind a shorter one", async () => {
    const board = await layOut(newImage.bytes, oldImage.bytes);
    trailer("slot1", { magic: goodMagic, imageOk: true });
    await board.powerOn();
    assert.ok(holds("slot0", oldImage.bytes) && holds("slot1", newImage.bytes));
  });

  describe("after a power cut", () => {
    /** The end of a swap for each way to begin it: which image must run, however often the power fails. */
    const ways = [
      { name: "a test", arrange: () => trailer("slot1", { magic: goodMagic }), ends: "2.0.0" },
      {
        name: "a revert",
        arrange: () => trailer("slot0", { magic: goodMagic, copyDone: true }),
        ends: "2.0.0",
      },
    ];
    // Milliseconds into the start; a whole swap of six sectors takes some 250 on an idle machine.
    const cutsMs = [60, 75, 95, 120, 150, 190, 240, 300];
    for (const { name, arrange, ends } of ways) {
      it(`ends ${name} that was cut at ${cutsMs.join(", ")} ms with both images whole`, async () => {
        for (const cutMs of cutsMs) {
          const board = await layOut();
          arrange();
          const start = board.powerOn().catch(() => undefined);
          await pause(realTimers, cutMs);
          await board.powerCut();
          await start;
          await board.powerOn();
          const booted = await running();
          // The cut may have come after the start: then the test was over, and this start reverted it.
          const wanted = booted?.version === ends ? newImage : oldImage;
          assert.ok(booted, `cut at ${cutMs} ms: nothing runs`);
          assert.ok(holds("slot0", wanted.bytes), `cut at ${cutMs} ms: slot 0`);
          assert.ok(
            holds("slot1", wanted === newImage ? oldImage.bytes : newImage.bytes),
            `${cutMs} ms: slot 1`,
          );
        }
      });
    }

    it("goes on from each step that the journal can show, torn sectors and all", async () => {
      const sectors = Math.ceil(newImage.bytes.length / sectorBytes);
      for (let sector = sectors - 1; sector >= 0; sector--) {
        for (let step = 0; step < 3; step++) {
          const board = await layOut();
          brokenOff(sectors, sector, step);
          await board.powerOn();
          const where = `sector ${sector}, step ${step}`;
          assert.equal((await running())?.version, "2.0.0", where);
          assert.ok(holds("slot0", newImage.bytes) && holds("slot1", oldImage.bytes), where);
        }
      }
    });

    it("does not take a journal whose begin was torn for a swap", async () => {
      const board = await layOut();
      writeFlash(flash(), "journal", 4, hex("0200000006000000"));
      await board.powerOn();
      assert.equal((await running())?.version, "1.0.0");
    });
  });

  /** Flash as a cut leaves it in the middle of `step` of `sector`: what went before is done and marked. */
  function brokenOff(sectors: number, sector: number, step: number): void {
    const slots = { slot0: padded(oldImage.bytes), slot1: padded(newImage.bytes) };
    const part = (slot: Slot, index: number) =>
      slots[slot].subarray(index * sectorBytes, (index + 1) * sectorBytes);
    const put = (slot: Slot, index: number, bytes: Uint8Array) =>
      writeFlash(flash(), slot, index * sectorBytes, bytes);
    const journal = new Uint8Array(4096).fill(0xff);
    journal.set(hex("53574150 02000000")); // "SWAP", test
    new DataView(journal.buffer).setUint32(8, sectors, true);
    for (let done = sectors - 1; done > sector; done--) {
      put("slot0", done, part("slot1", done));
      put("slot1", done, part("slot0", done));
      journal.fill(0, 16 + done * 3, 19 + done * 3);
    }
    journal.fill(0, 16 + sector * 3, 16 + sector * 3 + step);
    writeFlash(flash(), "journal", 0, journal);
    const torn = patternBytes("torn", sectorBytes);
    writeFlash(flash(), "scratch", 0, step === 0 ? torn : part("slot1", sector));
    if (step === 1) put("slot1", sector, torn);
    if (step === 2) {
      put("slot1", sector, part("slot0", sector));
      put("slot0", sector, torn);
    }
    trailer("slot1", { magic: goodMagic });
  }
  const padded = (bytes: Uint8Array): Uint8Array => {
    const whole = new Uint8Array(slotBytes).fill(0xff);
    whole.set(bytes);
    return whole;
  };
});
