import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readFlash } from "../../../hal/emulated/index.ts";
import { image, type SmpClient } from "../../../hal/serial/smp/index.ts";
import { type McubootImage, mcubootImage } from "../../support/mcuboot-image.ts";
import { vectors } from "../../support/shared-data.ts";
import { ask, emulatedBench, patternBytes, sha256, slowMs } from "./emulated-bench.ts";

const chunkBytes = 1024;
const testImage = (version: string, payloadBytes = 20_000): McubootImage =>
  mcubootImage({ version, payload: patternBytes(version, payloadBytes), securityCounter: 1 });
const factory = testImage("1.0.0");
const newer = testImage("2.1.0.7", 40_000);

/** Uploads from the offset the board asks for; gives the last answer and how many bytes were sent. */
async function upload(smp: SmpClient, bytes: Uint8Array, stopAt = bytes.length) {
  const first = { lengthBytes: bytes.length, sha: sha256(bytes) };
  let answer = await image.uploadChunk(smp, { off: 0, data: bytes.subarray(0, chunkBytes), first });
  let sent = chunkBytes;
  while (answer.off < stopAt) {
    const data = bytes.subarray(answer.off, answer.off + chunkBytes);
    sent += data.length;
    answer = await image.uploadChunk(smp, { off: answer.off, data });
  }
  return { ...answer, sent };
}

/** The slots in one line each: "0 1.0.0 active confirmed". */
async function slots(smp: SmpClient): Promise<string[]> {
  const flags = ["active", "confirmed", "pending", "permanent"] as const;
  const states = await image.readState(smp);
  return states.map((state) => [state.slot, state.version, ...flags.filter((flag) => state[flag])].join(" "));
}

describe("the emulated board's images", function () {
  this.timeout(slowMs);
  const bench = emulatedBench({ image: factory.bytes });
  const smp = () => bench().smp;
  const put = (payload: Record<string, unknown>) => ask(smp(), "write", 1, 1, payload);
  const setState = (payload: Record<string, unknown>) => ask(smp(), "write", 1, 0, payload);

  it("runs the image that the factory left in slot 0", async () => {
    const [state] = await image.readState(smp());
    assert.deepEqual(state?.hash, factory.hash);
    assert.deepEqual(await slots(smp()), ["0 1.0.0 active confirmed"]);
    assert.deepEqual(await ask(smp(), "read", 0, 7, { format: "r" }), { output: "1.0.0" });
  });

  it("tells its slots and the largest image they take", async () => {
    const info = await image.slotInfo(smp());
    assert.deepEqual(
      info.map(({ slot, sizeBytes, uploadImageId, maxImageBytes }) => [
        slot,
        sizeBytes,
        uploadImageId,
        maxImageBytes,
      ]),
      [
        [0, 524_288, undefined, 507_904],
        [1, 524_288, 0, 507_904],
      ],
    );
  });

  it("takes an image, tries it, goes back when nobody confirms, and keeps it when somebody does", async () => {
    const { off, match } = await upload(smp(), newer.bytes);
    assert.deepEqual([off, match], [newer.bytes.length, true]);
    await image.test(smp(), newer.hash);
    assert.deepEqual(await slots(smp()), ["0 1.0.0 active confirmed", "1 2.1.0.7 pending"]);
    assert.equal((await bench().board.reset()).image, "2.1.0.7");
    assert.deepEqual(await slots(smp()), ["0 2.1.0.7 active", "1 1.0.0 confirmed"]);
    assert.equal((await bench().board.reset()).image, "1.0.0");
    assert.deepEqual(await slots(smp()), ["0 1.0.0 active confirmed", "1 2.1.0.7"]);

    await image.test(smp(), newer.hash);
    await bench().powerCycle();
    await image.confirm(smp());
    assert.deepEqual(await slots(smp()), ["0 2.1.0.7 active confirmed", "1 1.0.0"]);
    assert.equal((await bench().board.reset()).image, "2.1.0.7");
    const kept = readFlash(bench().board.flashPath, "slot0", 0, newer.bytes.length);
    assert.deepEqual(kept, newer.bytes);
  });

  it("swaps for good when the other image is confirmed unseen", async () => {
    assert.deepEqual(await setState({ hash: factory.hash, confirm: true }).then(() => slots(smp())), [
      "0 2.1.0.7 active confirmed",
      "1 1.0.0 pending permanent",
    ]);
    assert.equal(await setState({ hash: factory.hash, confirm: false }), "1/28");
    await bench().board.reset();
    await bench().board.reset();
    assert.deepEqual(await slots(smp()), ["0 1.0.0 active confirmed", "1 2.1.0.7"]);
  });

  it("refuses states that make no sense", async () => {
    assert.equal(await setState({ hash: factory.hash }), "1/33");
    assert.equal(await setState({ hash: patternBytes("no image", 32) }), "1/8");
    for (const payload of [{}, { confirm: false }, { hash: factory.hash.subarray(1) }])
      assert.equal(await setState(payload), "1/24");
    for (const payload of [{ hash: "x" }, { confirm: 1 }]) assert.equal(await setState(payload), "-/3");
    await image.test(smp(), newer.hash);
    assert.ok(typeof (await setState({ hash: newer.hash })) === "object", "the same again is fine");
    assert.equal(await setState({ hash: newer.hash, confirm: true }), "1/28");
    assert.equal(await setState({ confirm: true }), "1/28");
    assert.equal(await ask(smp(), "write", 1, 5), "1/9");
    assert.equal(await put({ off: 0, data: newer.bytes.subarray(0, 64), len: 64 }), "1/9");
    await bench().board.reset();
    assert.equal(await setState({ hash: factory.hash }), "1/28", "the next start goes back anyway");
    assert.ok(typeof (await setState({ hash: factory.hash, confirm: true })) === "object", "and for good");
    await bench().board.reset();
  });

  it("refuses pieces that make no sense", async () => {
    const data = newer.bytes.subarray(0, 64);
    const cases: [Record<string, unknown>, string][] = [
      [{ data }, "1/20"],
      [{ off: 0, data }, "1/21"],
      [{ off: 0, data: data.subarray(0, 31), len: 99 }, "1/22"],
      [{ off: 0, data: patternBytes("header", 64), len: 99 }, "1/23"],
      [{ off: 0, data, len: 99, sha: data.subarray(0, 33) }, "1/24"],
      [{ off: 0, data, len: 507_905 }, "1/30"],
      [{ off: 0, data, len: 63 }, "1/31"],
      [{ off: 0, len: 99 }, "-/3"],
      [{ off: 0, data: "text", len: 99 }, "-/3"],
    ];
    for (const [payload, refusal] of cases) assert.equal(await put(payload), refusal);
    assert.equal(await ask(smp(), "write", 1, 5, { slot: 0 }), "1/9");
    assert.equal(await ask(smp(), "write", 1, 5, { slot: 2 }), "1/10");
  });

  it("takes null, and an empty hash, for what a client leaves out", async () => {
    assert.ok(typeof (await setState({ hash: new Uint8Array(0), confirm: true })) === "object");
    assert.ok(typeof (await setState({ hash: null, confirm: true })) === "object");
    const nulls = { sha: null, image: null, upgrade: null };
    assert.deepEqual(await put({ off: 0, data: newer.bytes.subarray(0, 64), len: 5000, ...nulls }), {
      off: 64,
    });
  });

  it("takes only a newer one when told so", async () => {
    const older = testImage("0.9.9");
    const first = { len: older.bytes.length, data: older.bytes.subarray(0, 64), off: 0 };
    assert.equal(await put({ ...first, upgrade: true }), "1/27");
    assert.deepEqual(await put(first), { off: 64 });
  });

  it("answers a piece out of turn with where to go on", async () => {
    await image.erase(smp());
    await upload(smp(), newer.bytes, 4 * chunkBytes);
    assert.deepEqual(await put({ off: chunkBytes, data: newer.bytes.subarray(0, 10) }), {
      off: 4 * chunkBytes,
    });
    assert.deepEqual(await put({ off: 9 * chunkBytes, data: newer.bytes.subarray(0, 10) }), {
      off: 4 * chunkBytes,
    });
    const over = new Uint8Array(1500);
    assert.deepEqual(await put({ off: 4 * chunkBytes, data: over.subarray(0, 0) }), { off: 4 * chunkBytes });
    const tiny = testImage("3.0.0", 100);
    await put({ off: 0, data: tiny.bytes.subarray(0, 64), len: tiny.bytes.length });
    assert.equal(await put({ off: 64, data: over }), "1/31");
  });

  it("goes on after a reset or a power cut, and asks for one write at most again", async () => {
    await image.erase(smp());
    const whole = newer.bytes.length;
    await upload(smp(), newer.bytes, 9 * chunkBytes);
    await bench().board.reset();
    const second = await upload(smp(), newer.bytes, 21 * chunkBytes);
    assert.ok(second.sent <= (21 - 9 + 2) * chunkBytes, `${second.sent} bytes sent`);
    await bench().powerCycle();
    const third = await upload(smp(), newer.bytes);
    assert.ok(third.sent <= whole - 21 * chunkBytes + chunkBytes + 512, `${third.sent} bytes sent`);
    assert.equal(third.match, true);
    await bench().powerCycle();
    const again = await upload(smp(), newer.bytes);
    assert.deepEqual([again.sent, again.match], [chunkBytes, true]);
  });

  it("begins anew for another file, after an erase, and without a digest", async () => {
    const other = testImage("4.0.0");
    const started = { lengthBytes: newer.bytes.length, sha: sha256(newer.bytes) };
    const data = newer.bytes.subarray(0, chunkBytes);
    await upload(smp(), newer.bytes, 5 * chunkBytes);
    await upload(smp(), other.bytes, 2 * chunkBytes);
    assert.equal((await image.uploadChunk(smp(), { off: 0, data, first: started })).off, chunkBytes);
    await upload(smp(), newer.bytes, 5 * chunkBytes);
    await image.erase(smp());
    assert.equal((await image.uploadChunk(smp(), { off: 0, data, first: started })).off, chunkBytes);
    const unnamed = { lengthBytes: newer.bytes.length };
    assert.equal((await image.uploadChunk(smp(), { off: 0, data, first: unnamed })).off, chunkBytes);
    assert.equal((await image.uploadChunk(smp(), { off: 0, data, first: unnamed })).off, chunkBytes);
  });

  it("resumes behind long blank runs too", async () => {
    const blank = mcubootImage({ version: "5.0.0", payload: new Uint8Array(30_000).fill(0xff) });
    await image.erase(smp());
    await upload(smp(), blank.bytes, 20 * chunkBytes);
    await bench().board.reset();
    const rest = await upload(smp(), blank.bytes);
    assert.ok(rest.sent <= blank.bytes.length - 20 * chunkBytes + 6 * chunkBytes, `${rest.sent} bytes sent`);
    assert.equal(rest.match, true);
  });

  it("says that a file arrived damaged", async () => {
    const wrong = { lengthBytes: 2000, sha: sha256(newer.bytes) };
    await image.uploadChunk(smp(), { off: 0, data: newer.bytes.subarray(0, 1000), first: wrong });
    const last = await image.uploadChunk(smp(), { off: 1000, data: newer.bytes.subarray(1000, 2000) });
    assert.deepEqual(last, { off: 2000, match: false });
  });

  it("lists but never runs an image with a wrong bit", async () => {
    for (const position of [40, newer.bytes.length - 60]) {
      const damaged = Uint8Array.from(newer.bytes);
      damaged[position]! ^= 4;
      await image.erase(smp());
      await upload(smp(), damaged);
      assert.equal(await setState({ hash: newer.hash }), "1/24", `bit at ${position}`);
    }
    assert.equal((await bench().board.reset()).image, "1.0.0");
  });

  it("does not list what is no whole image: sizes beyond the slot, broken TLVs, none or two hashes", async () => {
    const hash = { type: 0x10, value: patternBytes("hash", 32) };
    const twoHashes = mcubootImage({ version: "6.0.0", payload: new Uint8Array(8), extraTlvs: [hash] }).bytes;
    const edited = (edit: (bytes: DataView) => void): Uint8Array => {
      const bytes = Uint8Array.from(testImage("6.0.0", 64).bytes);
      edit(new DataView(bytes.buffer));
      return bytes;
    };
    const broken = [
      twoHashes,
      edited((view) => view.setUint32(12, 0xffff_ffff, true)),
      edited((view) => view.setUint16(8, 31, true)),
      edited((view) => view.setUint16(10, 13, true)),
      edited((view) => view.setUint16(view.byteLength - 40, 0x6906, true)),
      edited((view) => view.setUint16(view.byteLength - 38, 0xffff, true)),
      edited((view) => view.setUint16(view.byteLength - 34, 33, true)),
      edited((view) => view.setUint16(view.byteLength - 36, 0x11, true)),
    ];
    for (const bytes of broken) {
      await image.erase(smp());
      await upload(smp(), bytes);
      assert.deepEqual(await slots(smp()), ["0 1.0.0 active confirmed"]);
    }
  });

  describe("that imgtool made", () => {
    let folder: string;
    before(function () {
      folder = vectors(this, "mcuboot/imgtool-2.4.0");
    });
    const file = (name: string) => Uint8Array.from(readFileSync(join(folder, name)));

    it("run, whatever signature or extra TLV they carry", async () => {
      for (const name of [
        "nosig",
        "ed25519_v2",
        "ed25519_seccnt",
        "ed25519_customtlv",
        "ecdsa_p256",
        "ed25519_fullkey",
        "ed25519_pure", // SHA-512
      ]) {
        await image.erase(smp());
        await upload(smp(), file(`${name}.bin`));
        const incoming = (await image.readState(smp())).find(({ slot }) => slot === 1);
        await image.test(smp(), incoming!.hash!);
        assert.equal((await bench().board.reset()).image, name === "ed25519_v2" ? "2.0.0" : "1.2.3.4", name);
        await bench().board.reset();
      }
    });

    it("are not tested where the hash is not of what is in the slot: encrypted ones", async () => {
      await image.erase(smp());
      await upload(smp(), file("ed25519_enc_x25519.bin"));
      const [, encrypted] = await image.readState(smp());
      assert.equal(await setState({ hash: encrypted!.hash }), "1/24");
    });
  });
});

describe("the emulated board's images by their longer hashes", function () {
  this.timeout(slowMs);
  const bench = emulatedBench({ image: factory.bytes });

  for (const [hash, version] of [
    ["sha384", "3.8.4"],
    ["sha512", "5.1.2"],
  ] as const)
    it(`lists, tests and confirms an image with a ${hash} by the whole of it`, async () => {
      const { smp, board } = bench();
      const file = mcubootImage({ version, payload: patternBytes(version, 30_000), hash });
      const setState = (payload: Record<string, unknown>) => ask(smp, "write", 1, 0, payload);
      await image.erase(smp);
      await upload(smp, file.bytes);
      assert.deepEqual((await image.readState(smp))[1]?.hash, file.hash);
      for (const part of [32, file.hash.length - 1])
        assert.equal(
          await setState({ hash: file.hash.subarray(0, part) }),
          part === 32 ? "1/8" : "1/24",
          `${part} bytes of it`,
        );
      assert.ok(typeof (await setState({ hash: file.hash })) === "object");
      assert.equal((await board.reset()).image, version);
      assert.ok(typeof (await setState({ hash: file.hash, confirm: true })) === "object");
      assert.deepEqual((await slots(smp))[0], `0 ${version} active confirmed`);
      assert.equal((await board.reset()).image, version);
    });

  it("refuses to test what is marked as encrypted or as not bootable, whatever its hash is of", async () => {
    const { smp } = bench();
    for (const flags of [0x04, 0x08, 0x10]) {
      const file = mcubootImage({ version: "9.0.0", payload: patternBytes("flags", 3000), flags });
      await image.erase(smp);
      await upload(smp, file.bytes);
      for (const confirm of [false, true])
        assert.equal(await ask(smp, "write", 1, 0, { hash: file.hash, confirm }), "1/24", String(flags));
    }
  });

  it("refuses to test one whose bytes are not what the hash says", async () => {
    const { smp } = bench();
    const file = mcubootImage({ version: "9.0.0", payload: patternBytes("rot", 3000), hash: "sha512" });
    const rotten = Uint8Array.from(file.bytes);
    rotten[100]! ^= 1;
    await image.erase(smp);
    await upload(smp, rotten);
    assert.equal(await ask(smp, "write", 1, 0, { hash: file.hash }), "1/24");
  });
});

describe("an emulated board without an image", function () {
  this.timeout(slowMs);
  const bench = emulatedBench();

  it("takes a first one, and has nothing to go back to", async () => {
    const { smp, board } = bench();
    assert.deepEqual(await slots(smp), []);
    assert.equal(await ask(smp, "write", 1, 0, { confirm: true }), "1/3");
    await upload(smp, factory.bytes);
    await image.test(smp, factory.hash);
    assert.equal((await board.reset()).image, "1.0.0");
    assert.equal((await board.reset()).image, "1.0.0");
    assert.deepEqual(await slots(smp), ["0 1.0.0 active confirmed"]);
  });
});
