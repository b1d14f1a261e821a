import assert from "node:assert/strict";
import fc from "fast-check";
import { openSlots, type Slots } from "../../../firmware/bootloader/slot.ts";
import { requestSwap } from "../../../firmware/bootloader/slots.ts";
import { boot, decideSwap, describeBoot, interruptedSwap } from "../../../firmware/bootloader/swap.ts";
import {
  Trailer,
  type TrailerState,
  trailerBytes,
  trailerMagic,
} from "../../../firmware/bootloader/trailer.ts";
import { PowerLost } from "../../../hal/board.ts";
import { toHex } from "../../support/shared-data.ts";
import { cutPoints, flashKit } from "../kernel/mock-flash.ts";
import { makeImage } from "./images.ts";
import { bootOptions, bootThrough, held, newer, older, place, type SlotKit, slotKit } from "./slot-kit.ts";

const blank: TrailerState = {
  magic: "unset",
  imageOk: "unset",
  copyDone: "unset",
  swapInfo: undefined,
  swapSize: 0xffffffff,
};

/** A board on `older`, with `newer` beside it. */
async function twoImages(seed: number | string = 1, unit = 8): Promise<SlotKit> {
  const kit = slotKit(seed, unit);
  await place(kit.slots().primary, older);
  await place(kit.slots().secondary, newer);
  return kit;
}

const pending = async (kit: SlotKit, permanent = false) => {
  await requestSwap(kit.slots().secondary, permanent);
  return kit;
};

const inTest = async (seed: number | string = 1) => {
  const kit = await pending(await twoImages(seed));
  await boot(kit.slots(), bootOptions);
  return kit;
};

describe("the trailer", () => {
  it("lies where MCUboot's lies", async () => {
    const { flash } = flashKit(4096, 8, 8);
    const trailer = new Trailer(flash, { firstSector: 0, sectorCount: 8 });
    await trailer.writeImageOk();
    await trailer.writeCopyDone();
    await trailer.writeSwapInfo("test");
    await trailer.writeSwapSize(0x1234);
    await trailer.writeMagic();
    const end = toHex(flash.read(8 * 4096 - 48, 48));
    const fields = ["34120000ffffffff", "02ffffffffffffff", "01ffffffffffffff", "01ffffffffffffff"];
    assert.equal(end, `${fields.join("")}77c295f360d2ef7f3552500f2cb67980`);
    const state = { magic: "good", imageOk: "set", copyDone: "set", swapInfo: "test", swapSize: 0x1234 };
    assert.deepEqual(await trailer.read(), state);
    await trailer.erase();
    assert.deepEqual(await trailer.read(), blank);
  });

  it("takes the bytes that the facts say: 1,584 for 128 sectors of 4-byte writes", () => {
    assert.equal(trailerBytes(128, 4, 8), 1584);
  });

  for (const unit of [16, 32, 64])
    it(`ends with its magic for a program unit of ${unit} bytes, too, as MCUboot's does`, async () => {
      const { slots, flash } = slotKit(1, unit);
      const { trailer } = slots().primary;
      await trailer.writeMagic();
      await trailer.writeImageOk();
      const slot = flash.read(0, 6 * 512);
      assert.equal(toHex(slot.subarray(-16)), toHex(trailerMagic(unit)));
      assert.equal(slot.at(-(Math.max(16, unit) + unit)), 1);
      const { magic, imageOk } = await trailer.read();
      assert.deepEqual([magic, imageOk], ["good", "set"]);
    });

  it("has a magic of its own for wider write units", () => {
    assert.equal(toHex(trailerMagic(32)), "20002de15d29410b8d77679c110f1f8a");
    assert.equal(trailerMagic(4).length, 16);
  });

  for (const unit of [1, 8, 16, 32])
    it(`works with a program unit of ${unit} bytes`, async () => {
      const kit = await pending(await twoImages(1, unit));
      const { swap } = await boot(kit.slots(), bootOptions);
      assert.equal(swap, "test");
      assert.deepEqual(await held(kit.slots().primary), newer);
      assert.deepEqual(await held(kit.slots().secondary), older);
    });

  it("refuses layouts that overlap, leave the flash or have no room", () => {
    const { flash } = slotKit();
    const region = (firstSector: number, sectorCount: number) => ({ firstSector, sectorCount });
    const layouts = [
      { primary: region(0, 6), secondary: region(5, 6), scratchSector: 12 },
      { primary: region(0, 6), secondary: region(6, 6), scratchSector: 3 },
      { primary: region(0, 6), secondary: region(6, 6), scratchSector: 13 },
      { primary: region(0, 6), secondary: region(6, 5), scratchSector: 12 },
      { primary: region(0, 1), secondary: region(1, 1), scratchSector: 12 },
    ];
    for (const layout of layouts) assert.throws(() => openSlots(flash, layout), { code: "hal/misuse" });
  });
});

describe("a start whose power goes while it reads", () => {
  it("says so, and calls no image missing or bad", async () => {
    const kit = await pending(await twoImages());
    const before = kit.flash.snapshot();
    const reads = kit.flash.read.bind(kit.flash);
    let gone = true;
    for (let lost = 0; gone; lost++) {
      kit.flash.restore(before);
      let left = lost;
      kit.flash.read = (...where) => {
        if (left-- === 0) throw new PowerLost();
        return reads(...where);
      };
      gone = await boot(kit.slots(), bootOptions).then(
        () => false,
        (error) => {
          assert.ok(error instanceof PowerLost, `read ${lost}: ${error}`);
          return true;
        },
      );
    }
    kit.flash.read = reads;
    assert.deepEqual(await held(kit.slots().primary), newer);
  });
});

describe("the swap decision", () => {
  const good = { ...blank, magic: "good" } as const;
  const rows: [string, Partial<TrailerState>, Partial<TrailerState>][] = [
    ["none", {}, {}],
    ["test", {}, good],
    ["perm", {}, { ...good, imageOk: "set" }],
    ["none", {}, { ...good, imageOk: "bad" }],
    ["none", {}, { ...good, magic: "bad" }],
    ["revert", { ...good, copyDone: "set" }, {}],
    ["revert", { ...good, copyDone: "set" }, { magic: "bad", copyDone: "set" }],
    ["none", { ...good, copyDone: "set", imageOk: "set" }, {}],
    ["none", { ...good, copyDone: "set", imageOk: "bad" }, {}],
    ["test", { ...good, copyDone: "set" }, good],
    ["revert", {}, { ...good, copyDone: "set" }],
    ["none", { magic: "bad", copyDone: "set" }, {}],
  ];
  for (const [swap, primary, secondary] of rows)
    it(`is ${swap} for ${JSON.stringify(primary)} beside ${JSON.stringify(secondary)}`, () => {
      assert.equal(decideSwap({ ...blank, ...primary }, { ...blank, ...secondary }), swap);
    });

  it("calls a swap interrupted when it was begun and copy_done is not set", () => {
    const begun = { ...good, swapInfo: "revert" } as const;
    assert.equal(interruptedSwap(begun), "revert");
    assert.equal(interruptedSwap({ ...begun, copyDone: "bad" }), "revert");
    assert.equal(interruptedSwap({ ...begun, copyDone: "set" }), undefined);
    assert.equal(interruptedSwap({ ...begun, magic: "bad" }), undefined);
    assert.equal(interruptedSwap(good), undefined);
  });
});

describe("a start of the bootloader", () => {
  it("boots what is there when nothing is asked for", async () => {
    const kit = await twoImages();
    const outcome = await boot(kit.slots(), bootOptions);
    assert.equal(describeBoot(outcome), "boot: 1.0.0 (no swap)");
    assert.equal(kit.flash.operationCount, 2);
  });

  it("tests, and reverts at the next start unless confirmed", async () => {
    const kit = await inTest();
    assert.deepEqual(await held(kit.slots().primary), newer);
    assert.equal(describeBoot(await boot(kit.slots(), bootOptions)), "boot: 1.0.0 (revert swap)");
    assert.deepEqual(await held(kit.slots().secondary), newer);
    assert.equal((await boot(kit.slots(), bootOptions)).swap, "none");
  });

  it("keeps a test image that was confirmed", async () => {
    const kit = await inTest();
    await kit.slots().primary.trailer.writeImageOk();
    assert.equal(describeBoot(await boot(kit.slots(), bootOptions)), "boot: 2.0.0 (no swap)");
  });

  it("swaps for good when asked to", async () => {
    const kit = await pending(await twoImages(), true);
    assert.equal(describeBoot(await boot(kit.slots(), bootOptions)), "boot: 2.0.0 (perm swap)");
    assert.equal(describeBoot(await boot(kit.slots(), bootOptions)), "boot: 2.0.0 (no swap)");
  });

  it("refuses and erases an image that would not boot, and keeps the other for good", async () => {
    const kit = slotKit();
    await place(kit.slots().primary, older);
    await place(kit.slots().secondary, newer.with(600, newer[600]! ^ 1));
    await pending(kit);
    const outcome = await boot(kit.slots(), bootOptions);
    assert.equal(outcome.refused?.code, "image/hash");
    assert.match(describeBoot(outcome), /1\.0\.0 \(no swap\); other image erased: image: /);
    assert.equal(await held(kit.slots().secondary), undefined);
    assert.equal((await boot(kit.slots(), bootOptions)).refused, undefined);
  });

  it("prevents a downgrade when told to, but always goes back", async () => {
    const options = { ...bootOptions, preventDowngrade: true };
    const kit = slotKit();
    await place(kit.slots().primary, newer);
    await place(kit.slots().secondary, older);
    await pending(kit);
    assert.equal((await boot(kit.slots(), options)).refused?.code, "image/version");
    const tested = await inTest();
    assert.equal((await boot(tested.slots(), options)).swap, "revert");
  });

  it("asks the security counter of what comes, not of what it goes back to", async () => {
    const options = { ...bootOptions, securityCounter: 3 };
    const kit = await pending(await twoImages());
    assert.equal((await boot(kit.slots(), options)).refused?.code, "image/security-counter");
    assert.equal((await boot((await inTest()).slots(), options)).swap, "revert");
  });

  it("says so when nothing boots", async () => {
    await assert.rejects(boot(slotKit().slots(), bootOptions), { code: "boot/no-image" });
    const kit = await twoImages();
    kit.flash.flipBit(100, 0);
    await assert.rejects(boot(kit.slots(), bootOptions), {
      code: "boot/no-image",
      data: { reason: "image/hash" },
    });
  });

  it("keeps running the test image when what it would go back to has rotted", async () => {
    const kit = await inTest();
    kit.flash.flipBit(kit.slots().secondary.offset + 100, 0);
    const outcome = await boot(kit.slots(), bootOptions);
    assert.equal(outcome.refused?.code, "image/hash");
    assert.equal((await boot(kit.slots(), bootOptions)).image.image.version.major, 2);
  });
});

/** From a state that `prepare` makes: what must hold after any cut of `act`, and after starts get through. */
interface Journey {
  readonly name: string;
  readonly prepare: (seed: number) => Promise<SlotKit>;
  readonly act: (slots: Slots) => Promise<unknown>;
  /** The version that must run once the act, cut or not, and one whole start are over. */
  readonly runs: number | readonly number[];
  readonly other?: Uint8Array;
}

const start = (slots: Slots) => boot(slots, bootOptions);
const journeys: Journey[] = [
  {
    name: "a test swap",
    prepare: async (seed) => pending(await twoImages(seed)),
    act: start,
    runs: 2,
    other: older,
  },
  {
    name: "a permanent swap",
    prepare: async (seed) => pending(await twoImages(seed), true),
    act: start,
    runs: 2,
    other: older,
  },
  { name: "a revert", prepare: inTest, act: start, runs: 1, other: newer },
  {
    name: "a request for a test",
    prepare: twoImages,
    act: (slots) => requestSwap(slots.secondary, false),
    runs: [1, 2],
  },
  {
    name: "a request for good",
    prepare: twoImages,
    act: (slots) => requestSwap(slots.secondary, true),
    runs: [1, 2],
  },
  { name: "a confirm", prepare: inTest, act: (slots) => slots.primary.trailer.writeImageOk(), runs: [1, 2] },
  {
    name: "the refusal of a bad image",
    async prepare(seed) {
      const kit = slotKit(seed);
      await place(kit.slots().primary, older);
      await place(kit.slots().secondary, makeImage({ payload: new Uint8Array(64), tlvs: [] }));
      return pending(kit);
    },
    act: start,
    runs: 1,
  },
];

/** Runs `act` with a cut at one operation; true when the cut came. */
async function cut(kit: SlotKit, act: (slots: Slots) => Promise<unknown>): Promise<boolean> {
  try {
    await act(kit.slots());
    return false;
  } catch (error) {
    if (error instanceof PowerLost) return true;
    throw error;
  } finally {
    kit.flash.clearCut();
  }
}

/** The cut came after copy_done was whole: the test counts as had, and the next start reverts. */
async function swapIsOver(kit: SlotKit): Promise<boolean> {
  kit.power.turnOn();
  return (await kit.slots().primary.trailer.read()).copyDone === "set";
}

describe("a power cut before, inside and after every flash operation", () => {
  for (const journey of journeys)
    it(`of ${journey.name} leaves the old image or the new one, whole`, async () => {
      let cuts = 0;
      for (const point of cutPoints)
        for (const seed of point === "torn" ? [1, 2, 3, 4, 5, 6] : [1])
          for (let index = 0; ; index++) {
            const kit = await journey.prepare(seed * 1000 + index);
            kit.flash.cutPowerAt(kit.flash.operationCount + index, point);
            if (!(await cut(kit, journey.act))) break;
            cuts++;
            const where = `${point} operation ${index}, seed ${seed}`;
            const over = journey.name === "a test swap" && (await swapIsOver(kit));
            const { image } = await bootThrough(kit);
            if (over) {
              assert.equal(image.image.version.major, 1, where);
              continue;
            }
            assert.ok([journey.runs].flat().includes(image.image.version.major), where);
            const bytes = await held(kit.slots().primary);
            assert.deepEqual(bytes, image.image.version.major === 1 ? older : newer, where);
            if (journey.other) assert.deepEqual(await held(kit.slots().secondary), journey.other, where);
          }
      assert.ok(cuts >= 4, `${cuts} cuts`);
    });

  it("does not end a test: the start after a swap that was cut still reverts", async () => {
    for (let index = 0; ; index++) {
      const kit = await pending(await twoImages(index));
      kit.flash.cutPowerAt(kit.flash.operationCount + index, "torn");
      if (!(await cut(kit, start))) break;
      const majors: number[] = (await swapIsOver(kit)) ? [2] : [];
      while (majors.length < 3) majors.push((await bootThrough(kit)).image.image.version.major);
      assert.deepEqual(majors, [2, 1, 1], `cut ${index}`);
    }
  });

  it("again and again, at any operations of a whole life, never leaves neither (property)", async () => {
    const cutAfter = fc.tuple(fc.nat(60), fc.constantFrom(...cutPoints));
    const lives = fc.tuple(
      fc.nat(1e6),
      fc.array(cutAfter, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(2), { maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(lives, async ([seed, cuts, steps]) => {
        const kit = await twoImages(seed);
        for (const [ops, point] of cuts) {
          kit.flash.cutPowerAt(kit.flash.operationCount + ops, point);
          for (const step of steps) {
            const { secondary, primary } = kit.slots();
            const act = [
              start,
              () => requestSwap(secondary, step === 1),
              () => primary.trailer.writeImageOk(),
            ][step];
            const idle = decideSwap(await primary.trailer.read(), await secondary.trailer.read()) === "none";
            if (step === 1 && !idle) continue;
            if (await cut(kit, act!)) break;
          }
          kit.flash.clearCut();
          const { image } = await bootThrough(kit);
          const expected = image.image.version.major === 1 ? [older, newer] : [newer, older];
          assert.deepEqual([await held(kit.slots().primary), await held(kit.slots().secondary)], expected);
        }
      }),
      { numRuns: 120, seed: 11 },
    );
  });
});

describe("the brick class of mcuboot#1966", () => {
  /** The table before the fix: a revert wanted the secondary's magic unset. */
  const formerly = (primary: TrailerState, secondary: TrailerState) =>
    decideSwap(primary, secondary) === "revert" && secondary.magic === "bad"
      ? "none"
      : decideSwap(primary, secondary);

  it("is met by a cut inside the write of the secondary's magic, and the revert still ends", async () => {
    let met = 0;
    for (let seed = 0; seed < 20; seed++) {
      const kit = await inTest(seed);
      // The revert's first two operations: the secondary's copy_done, then its magic.
      kit.flash.cutPowerAt(kit.flash.operationCount + 1, "torn");
      assert.equal(await cut(kit, start), true);
      kit.power.turnOn();
      const { primary, secondary } = kit.slots();
      const trailers = [await primary.trailer.read(), await secondary.trailer.read()] as const;
      assert.equal(decideSwap(...trailers), "revert");
      if (formerly(...trailers) === "none") met++;
      const { image, swap } = await bootThrough(kit);
      assert.deepEqual([swap, image.image.version.major], ["revert", 1]);
      assert.deepEqual(await held(kit.slots().secondary), newer);
    }
    assert.ok(met > 10, `the former table would have lost ${met} of 20`);
  });
});
