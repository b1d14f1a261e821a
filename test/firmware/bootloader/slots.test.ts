import assert from "node:assert/strict";
import { FlashImageSlots } from "../../../firmware/bootloader/slots.ts";
import { boot } from "../../../firmware/bootloader/swap.ts";
import { PowerLost } from "../../../hal/board.ts";
import { ImageGroup } from "../../../hal/serial/smp/index.ts";
import { mcubootImage } from "../../support/mcuboot-image.ts";
import { cutPoints } from "../kernel/mock-flash.ts";
import { crypto, makeImage } from "./images.ts";
import { bootOptions, held, newer, older, place, type SlotKit, slotKit } from "./slot-kit.ts";

type Payload = Record<string, unknown>;

/** The slots behind SMP's image group, as a board opens them at a start. */
class Group {
  readonly slots: FlashImageSlots;
  readonly #group: ImageGroup;
  constructor(kit: SlotKit) {
    this.slots = new FlashImageSlots(kit.slots(), { crypto });
    this.#group = new ImageGroup(this.slots);
  }
  async upload(payload: Payload): Promise<{ off: number; match?: boolean }> {
    return (await this.#group.handle(1, "write", payload)) as { off: number; match?: boolean };
  }
  setState(hash: Uint8Array | undefined, confirm: boolean): Promise<Payload> {
    return this.#group.handle(0, "write", { ...(hash && { hash }), confirm });
  }
  erase(slot?: number): Promise<Payload> {
    return this.#group.handle(5, "write", slot === undefined ? {} : { slot });
  }
}

const open = (kit: SlotKit) => new Group(kit);
const sha = crypto.sha256(newer);

async function board(seed: number | string = 1): Promise<SlotKit> {
  const kit = slotKit(seed);
  await place(kit.slots().primary, older);
  return kit;
}

interface Sent {
  readonly offsets: number[];
  readonly match: boolean | undefined;
  /** The furthest offset that the board acknowledged, also when the upload ended in a power cut. */
  readonly reached: number;
  readonly lost: boolean;
}

/** Sends `file` as a client does, from where each reply says, until all is there or the power is gone. */
async function send(
  group: Group,
  file: Uint8Array,
  step = 100,
  fileSha = crypto.sha256(file),
): Promise<Sent> {
  const offsets: number[] = [];
  let off = 0;
  let reached = 0;
  try {
    for (let count = 0; count < 200; count++) {
      offsets.push(off);
      const first = off === 0 ? { len: file.length, sha: fileSha } : {};
      const reply = await group.upload({ off, data: file.subarray(off, off + step), ...first });
      off = reply.off;
      reached = Math.max(reached, off);
      if (off === file.length) return { offsets, match: reply.match, reached, lost: false };
    }
  } catch (error) {
    const cause = error as { text?: string };
    if (error instanceof PowerLost || /lost its power/.test(cause.text ?? ""))
      return { offsets, match: undefined, reached, lost: true };
    throw error;
  }
  throw new Error("the upload does not end");
}

/** The image group's error code; 0 when there was none. */
const rc = (work: Promise<unknown>): Promise<number | undefined> =>
  work.then(
    () => 0,
    (error: { rc?: number }) => error.rc,
  );

const flagsOf = async (group: Group) =>
  (await group.slots.list()).map(({ slot, version, ...flags }) =>
    [
      slot,
      version,
      ...(["active", "confirmed", "pending", "permanent"] as const).filter((name) => flags[name]),
    ].join(" "),
  );

async function uploaded(): Promise<SlotKit> {
  const kit = await board();
  await send(open(kit), newer);
  return kit;
}

const hashOf = async (group: Group, slot: number) =>
  (await group.slots.list()).find((entry) => entry.slot === slot)?.hash as Uint8Array;

describe("the image slots behind SMP's image group", () => {
  it("take an upload, test it, and confirm it", async () => {
    const kit = await board();
    const group = open(kit);
    const { offsets, match } = await send(group, newer);
    assert.equal(match, true);
    assert.equal(offsets.length, Math.ceil(newer.length / 100));
    assert.deepEqual(await held(kit.slots().secondary), newer);
    assert.deepEqual(await flagsOf(group), ["0 1.0.0 active confirmed", "1 2.0.0"]);
    await group.setState(await hashOf(group, 1), false);
    assert.deepEqual(await flagsOf(group), ["0 1.0.0 active confirmed", "1 2.0.0 pending"]);
    await boot(kit.slots(), bootOptions);
    const after = open(kit);
    assert.deepEqual(await flagsOf(after), ["0 2.0.0 active", "1 1.0.0 confirmed"]);
    await after.setState(undefined, true);
    assert.deepEqual(await flagsOf(after), ["0 2.0.0 active confirmed", "1 1.0.0"]);
    assert.equal((await boot(kit.slots(), bootOptions)).swap, "none");
  });

  it("swap for good without a test when the other image is confirmed by its hash", async () => {
    const kit = await uploaded();
    const group = open(kit);
    const hash = await hashOf(group, 1);
    await group.setState(hash, true);
    assert.deepEqual(await flagsOf(group), ["0 1.0.0 active confirmed", "1 2.0.0 pending permanent"]);
    assert.equal(await rc(group.setState(hash, true)), 0);
    assert.equal(await rc(group.setState(hash, false)), 28);
    assert.equal(await rc(group.setState(undefined, true)), 28);
  });

  it("keep Zephyr's rules on what may be set when", async () => {
    const kit = await uploaded();
    const group = open(kit);
    const [running, other] = [await hashOf(group, 0), await hashOf(group, 1)];
    assert.equal(await rc(group.setState(running, false)), 33);
    assert.equal(await rc(group.setState(new Uint8Array(32), false)), 8);
    assert.equal(await rc(group.setState(undefined, true)), 0);
    assert.equal(await rc(group.setState(running, true)), 0);
    await group.setState(other, false);
    assert.equal(await rc(group.setState(other, false)), 0);
    assert.equal(await rc(group.setState(undefined, true)), 28);
    assert.equal(await rc(group.erase()), 9);
    assert.equal(await rc(send(group, older)), 9);
    await boot(kit.slots(), bootOptions);
    const reverting = open(kit);
    assert.equal(await rc(reverting.erase()), 9);
    assert.equal(await rc(reverting.setState(running, false)), 28);
    assert.equal(await rc(reverting.setState(running, true)), 0, "it comes back for good anyway");
  });

  for (const hash of ["sha384", "sha512"] as const)
    it(`list, test and confirm an image with a ${hash} by the whole of it`, async () => {
      const kit = await board();
      const file = mcubootImage({ version: "3.0.0", payload: new Uint8Array(700).fill(3), hash });
      const group = open(kit);
      await send(group, file.bytes);
      assert.deepEqual((await group.slots.list())[1]!.hash, file.hash);
      assert.equal(await rc(group.setState(file.hash.slice(0, 32), false)), 8);
      assert.equal(await rc(group.setState(file.hash.slice(1), false)), 24);
      assert.equal(await rc(group.setState(file.hash, false)), 0);
      await boot(kit.slots(), { crypto });
      const tested = open(kit);
      assert.equal(await rc(tested.setState(file.hash, true)), 0);
      const [running] = await tested.slots.list();
      assert.deepEqual([running!.hash, running!.confirmed], [file.hash, true]);
    });

  it("refuse to test what would not boot, as the agent does: encrypted, or other bytes than its hash says", async () => {
    const encrypted = mcubootImage({
      ...{ version: "3.0.0", payload: new Uint8Array(700).fill(3), flags: 4 },
      extraTlvs: [{ type: 0x33, value: new Uint8Array(80) }],
    });
    const good = mcubootImage({ version: "3.0.0", payload: new Uint8Array(700).fill(3) });
    const rotten = { ...good, bytes: good.bytes.map((byte, at) => (at === 100 ? byte ^ 1 : byte)) };
    for (const { bytes, hash } of [encrypted, rotten])
      for (const confirm of [false, true]) {
        const group = open(await board());
        await send(group, bytes);
        assert.deepEqual((await group.slots.list())[1]!.hash, hash, "it is listed");
        assert.equal(await rc(group.setState(hash, confirm)), 24);
        assert.equal((await group.slots.list())[1]!.pending, false);
      }
  });

  it("refuse what makes no sense, each with its code", async () => {
    const kit = await board();
    const group = open(kit);
    const first = { off: 0, data: newer.subarray(0, 64), len: newer.length };
    assert.equal(await rc(group.upload({ ...first, data: new Uint8Array(64) })), 23);
    assert.equal(await rc(group.upload({ ...first, len: 5 * 512 + 1 })), 30);
    assert.equal(await rc(group.erase(2)), 10);
    assert.equal(await rc(group.erase(0)), 9);
    assert.equal(await rc(group.slots.setPending(7, false)), undefined);
    await assert.rejects(group.slots.setPending(7, false), { code: "slots/bad-slot", imageError: 10 });
    await assert.rejects(group.slots.writeChunk(0, 5, newer), { code: "slots/no-upload" });
    assert.equal(group.slots.slotInfo()[1]?.maxImageBytes, 2560);
    assert.equal(await held(kit.slots().secondary), undefined);
  });

  it("take an upgrade only when it is newer", async () => {
    const same = makeImage({ payload: new Uint8Array(8), version: [1, 0, 0, 0] });
    const first = (file: Uint8Array) => ({ off: 0, data: file, len: file.length, upgrade: true });
    assert.equal(await rc(open(await board()).upload(first(same))), 27);
    assert.equal(await rc(open(await board()).upload(first(newer))), 0);
  });

  it("answer a piece out of turn with where the upload stands, and keep nothing of it", async () => {
    const group = open(await board());
    assert.deepEqual(await group.upload({ off: 300, data: newer.subarray(300, 400) }), { off: 0 });
    await group.upload({ off: 0, data: newer.subarray(0, 99), len: newer.length, sha });
    assert.deepEqual(await group.upload({ off: 300, data: newer.subarray(300, 400) }), { off: 99 });
    assert.deepEqual(await group.upload({ off: 50, data: newer.subarray(50, 99) }), { off: 99 });
  });

  it("take pieces of any size, whatever the program unit, with a hash and without", async () => {
    for (const unit of [1, 8, 16, 32])
      for (const step of [33, 64, 255, 513, 2000]) {
        const kit = slotKit(1, unit);
        await place(kit.slots().primary, older);
        assert.equal((await send(open(kit), newer, step)).match, true, `${unit} ${step}`);
        const { match } = await send(open(kit), older, step, new Uint8Array(0));
        assert.equal(match, undefined);
        assert.deepEqual(await held(kit.slots().secondary), older);
      }
  });

  it("forget an upload whose bytes do not have the hash that was announced", async () => {
    const group = open(await board());
    const wrong = newer.with(500, newer[500]! ^ 1);
    assert.equal((await send(group, wrong, 100, sha)).match, false);
    assert.equal((await send(group, newer, 100, sha)).match, true);
  });

  it("go on after a restart where the same file stopped, and start afresh after an erase or with another", async () => {
    const kit = await board();
    const piece = { off: 0, data: newer.subarray(0, 600), len: newer.length, sha };
    await open(kit).upload(piece);
    assert.deepEqual(await open(kit).upload(piece), { off: 600 }, "acknowledged is never asked for again");
    assert.equal((await send(open(kit), newer)).match, true);
    assert.deepEqual((await send(open(kit), newer)).offsets, [0], "a whole upload is known at once");
    assert.deepEqual((await send(open(kit), older)).offsets.slice(0, 2), [0, 100]);
    await open(kit).upload(piece);
    const group = open(kit);
    await group.erase();
    assert.deepEqual(await group.upload(piece), { off: 600 });
  });

  it("find to the page what was written when a long upload in small pieces has filled the record", async () => {
    const kit = await board();
    const first = { len: newer.length, sha };
    const group = open(kit);
    for (let off = 0; off < 1200; off += 40)
      for (const at of off === 0 ? [0] : [off, off + 20])
        await group.upload({ off: at, data: newer.subarray(at, at + (off === 0 ? 40 : 20)), ...first });
    const { off } = await open(kit).upload({ off: 0, data: newer.subarray(0, 40), ...first });
    assert.equal(off, 1024, "the page of the last byte, 1200");
    assert.equal((await send(open(kit), newer)).match, true);
  });

  it("outlive a power cut at any operation of an upload, and ask for nothing again that was acknowledged", async () => {
    let cuts = 0;
    for (const point of cutPoints)
      for (let index = 0; ; index++) {
        const kit = await board(index);
        await place(kit.slots().secondary, older);
        kit.flash.cutPowerAt(kit.flash.operationCount + index, point);
        const { reached, lost } = await send(open(kit), newer, 200);
        kit.flash.clearCut();
        if (!lost) break;
        cuts++;
        kit.power.turnOn();
        const { offsets, match } = await send(open(kit), newer, 200);
        assert.equal(match, true);
        assert.deepEqual(await held(kit.slots().secondary), newer, `${point} ${index}`);
        const resumedAt = offsets[1] ?? newer.length;
        assert.ok(reached === 0 || resumedAt >= reached, `${point} ${index}: ${reached}, then ${resumedAt}`);
      }
    assert.ok(cuts > 30, `${cuts}`);
  });
});
