import assert from "node:assert/strict";
import {
  ImageGroup,
  image,
  os,
  osGroup,
  type Payload,
  type UploadFaults,
} from "../../../../hal/serial/smp/index.ts";
import { MemorySlots, sha256 } from "./memory-slots.ts";
import { refusal, type SmpBench, smpBench } from "./smp-bench.ts";

const params = { bufSize: 512, bufCount: 4 };

describe("The image group", () => {
  const oldImage = Uint8Array.from({ length: 300 }, (_, i) => (i === 0 ? 1 : i & 255));
  const newImage = Uint8Array.from({ length: 900 }, (_, i) => (i === 0 ? 2 : (i * 7) & 255));

  function imageBench(faults: UploadFaults = {}) {
    const slots = new MemorySlots(oldImage);
    const bench = smpBench([osGroup({ params, reset: () => slots.reset() }), new ImageGroup(slots, faults)]);
    return { ...bench, slots };
  }

  /** The plainest of clients: one piece after the other, wherever the board says. */
  async function upload({ client }: SmpBench, file: Uint8Array, options: { sha?: Uint8Array } = {}) {
    let answer: image.UploadAnswer = { off: 0, match: undefined };
    const pieces: number[] = [];
    do {
      const data = file.subarray(answer.off, answer.off + 200);
      const start = answer.off === 0 ? { first: { lengthBytes: file.length, ...options } } : {};
      pieces.push(answer.off);
      answer = await image.uploadChunk(client, { off: answer.off, data, ...start });
    } while (answer.off < file.length && pieces.length < 20);
    return { ...answer, pieces };
  }

  it("lists, uploads, tests, resets, confirms: the way of every client", async () => {
    const bench = imageBench();
    const { client, run } = bench;
    const [running] = await run(image.readState(client));
    assert.deepEqual(running, {
      ...{ image: 0, slot: 0, version: "1.0.0", hash: sha256(oldImage), bootable: true },
      ...{ pending: false, confirmed: true, active: true, permanent: false },
    });
    const done = await run(upload(bench, newImage, { sha: sha256(newImage) }));
    assert.deepEqual([done.off, done.match, done.pieces.length], [900, true, 5]);
    const tested = await run(image.test(client, sha256(newImage)));
    assert.deepEqual(
      tested.map(({ slot, pending }) => [slot, pending]),
      [
        [0, false],
        [1, true],
      ],
    );
    await run(os.reset(client));
    const booted = await run(image.readState(client));
    assert.deepEqual(
      booted.map(({ version, active, confirmed }) => [version, active, confirmed]),
      [
        ["2.0.0", true, false],
        ["1.0.0", false, false],
      ],
    );
    await run(image.confirm(client));
    await run(os.reset(client));
    assert.equal((await run(image.readState(client)))[0]?.version, "2.0.0");
  });

  it("goes on with an upload of the same file where it stopped", async () => {
    const bench = imageBench();
    const first = { lengthBytes: newImage.length, sha: sha256(newImage) };
    await bench.run(image.uploadChunk(bench.client, { off: 0, data: newImage.subarray(0, 200), first }));
    await bench.run(image.uploadChunk(bench.client, { off: 200, data: newImage.subarray(200, 400) }));
    const resumed = await bench.run(upload(bench, newImage, { sha: first.sha }));
    assert.deepEqual(resumed.pieces, [0, 400, 600, 800]);
    assert.equal(resumed.match, true);
    assert.equal(bench.slots.writes, 5);
    const again = await bench.run(upload(bench, newImage, { sha: first.sha }));
    assert.deepEqual([again.off, again.match, again.pieces], [900, true, [0]]);
  });

  it("starts anew for another file, and for one without a hash", async () => {
    const bench = imageBench();
    const begin = { off: 0, data: newImage.subarray(0, 200) };
    const first = { lengthBytes: newImage.length };
    assert.equal((await bench.run(image.uploadChunk(bench.client, { ...begin, first }))).off, 200);
    assert.equal((await bench.run(image.uploadChunk(bench.client, { ...begin, first }))).off, 200);
    const other = { ...first, sha: sha256(oldImage) };
    assert.equal((await bench.run(image.uploadChunk(bench.client, { ...begin, first: other }))).off, 200);
    const wrong = await bench.run(upload(bench, newImage, { sha: sha256(oldImage) }));
    assert.equal(wrong.match, false);
  });

  it("answers a wrong offset with the right one, and takes nothing", async () => {
    const bench = imageBench();
    const data = newImage.subarray(0, 100);
    assert.equal((await bench.run(image.uploadChunk(bench.client, { off: 50, data }))).off, 0);
    const first = { lengthBytes: newImage.length };
    await bench.run(image.uploadChunk(bench.client, { off: 0, data, first }));
    assert.equal((await bench.run(image.uploadChunk(bench.client, { off: 400, data }))).off, 100);
    assert.equal(bench.slots.writes, 1);
  });

  const refusals: [string, Payload, number, string][] = [
    ["no offset", { data: newImage.subarray(0, 200) }, 1, "image/no-offset"],
    ["less than a header", { off: 0, data: newImage.subarray(0, 31), len: 900 }, 1, "image/short-header"],
    ["no length", { off: 0, data: newImage.subarray(0, 200) }, 1, "image/no-length"],
    [
      "a hash too long",
      { off: 0, data: newImage.subarray(0, 99), len: 900, sha: new Uint8Array(33) },
      1,
      "image/bad-hash",
    ],
    ["more data than length", { off: 0, data: newImage.subarray(0, 200), len: 100 }, 1, "image/overrun"],
    ["a file beyond the slot", { off: 0, data: newImage.subarray(0, 200), len: 5000 }, 1, "image/too-large"],
    [
      "a file beyond 32 bits",
      { off: 0, data: newImage.subarray(0, 200), len: 2 ** 40 },
      1,
      "image/too-large",
    ],
    [
      "an image that is not there",
      { off: 0, data: newImage.subarray(0, 99), len: 900, image: 3 },
      1,
      "image/bad-slot",
    ],
    ["an offset below zero", { off: -1, data: newImage.subarray(0, 99) }, 1, "general/invalid"],
    ["no upgrade", { off: 0, data: oldImage, len: 300, upgrade: true }, 1, "image/older"],
    ["a test without a hash", { confirm: false }, 0, "image/bad-hash"],
    ["half a hash", { hash: new Uint8Array(31) }, 0, "image/bad-hash"],
    ["a hash that no slot has", { hash: new Uint8Array(32) }, 0, "image/hash-not-found"],
    ["a test of what runs", { hash: sha256(oldImage) }, 0, "image/test-denied"],
    ["an erase of what runs", { slot: 0 }, 5, "image/no-free-slot"],
    ["an erase of no slot", { slot: 9 }, 5, "image/flash-open"],
    ["a reserved command", {}, 3, "general/not-supported"],
  ];
  for (const [what, payload, command, name] of refusals)
    it(`refuses ${what} as ${name}`, async () => {
      const bench = imageBench();
      assert.equal(await refusal(bench, bench.client.request("write", 1, command, payload)), name);
      assert.deepEqual(await bench.run(image.readState(bench.client)).then((states) => states.length), 1);
    });

  it("refuses data beyond the announced length in the middle", async () => {
    const bench = imageBench();
    const first = { lengthBytes: 250 };
    await bench.run(image.uploadChunk(bench.client, { off: 0, data: newImage.subarray(0, 200), first }));
    const over = image.uploadChunk(bench.client, { off: 200, data: newImage.subarray(0, 51) });
    assert.equal(await refusal(bench, over), "image/overrun");
  });

  it("erases, and tells the slots' sizes", async () => {
    const bench = imageBench();
    await bench.run(upload(bench, newImage));
    await bench.run(image.test(bench.client, sha256(newImage)));
    assert.equal(await refusal(bench, image.erase(bench.client)), "image/no-free-slot");
    assert.equal(await refusal(bench, image.test(bench.client, sha256(newImage))), "image/already-pending");
    bench.slots.pending = "none";
    await bench.run(image.erase(bench.client, 1));
    assert.equal((await bench.run(image.readState(bench.client))).length, 1);
    const slot = { image: 0, sizeBytes: 4096, maxImageBytes: 4032 };
    assert.deepEqual(await bench.run(image.slotInfo(bench.client)), [
      { ...slot, slot: 0, uploadImageId: undefined },
      { ...slot, slot: 1, uploadImageId: 0 },
    ]);
  });

  it("makes an image permanent, and confirms the running one by its hash", async () => {
    const bench = imageBench();
    await bench.run(upload(bench, newImage));
    const states = await bench.run(image.confirm(bench.client, sha256(newImage)));
    assert.deepEqual([states[1]?.pending, states[1]?.permanent], [true, true]);
    bench.slots.confirmed = false;
    await bench.run(image.confirm(bench.client, sha256(oldImage)));
    assert.equal(bench.slots.confirmed, true);
  });

  it("hides no fault of the slots: rc 1 with its words", async () => {
    const slots = new MemorySlots(oldImage);
    slots.list = () => {
      throw new Error("flash on fire");
    };
    const bench = smpBench([new ImageGroup(slots)]);
    assert.equal(await refusal(bench, image.readState(bench.client)), "image/unknown");
  });

  it("as a bad server: goes on behind a hole after an erase, so that no image comes of it", async () => {
    const bench = imageBench({ staleOffsetAfterErase: true });
    const first = { lengthBytes: newImage.length, sha: sha256(newImage) };
    await bench.run(image.uploadChunk(bench.client, { off: 0, data: newImage.subarray(0, 400), first }));
    await bench.run(image.erase(bench.client));
    const stale = await bench.run(upload(bench, newImage, { sha: first.sha }));
    assert.deepEqual([stale.pieces, stale.off, stale.match], [[0, 400, 600, 800], 900, undefined]);
    assert.equal((await bench.run(image.readState(bench.client))).length, 1);
  });

  it("as a bad server: wants offset 0 for ever", async () => {
    const bench = imageBench({ zeroOffset: true });
    const stuck = await bench.run(upload(bench, newImage));
    assert.deepEqual([stuck.off, stuck.pieces.length], [0, 20]);
  });
});
