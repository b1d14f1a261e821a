import assert from "node:assert/strict";
import { nobleCrypto } from "../../../hal/crypto/index.ts";
import { writeFlash } from "../../../hal/emulated/index.ts";
import { type SignedCommand, SigningClient, sealCommand } from "../../../hal/serial/parts/index.ts";
import { encodePayload, os, type Payload } from "../../../hal/serial/smp/index.ts";
import { realTimers } from "../../../hal/serial/timers.ts";
import { flashBoard } from "../../../harness/rig/flash/flasher.ts";
import { preFlight } from "../../../harness/rig/flash/pre-flight.ts";
import { mcubootImage } from "../../support/mcuboot-image.ts";
import { hex } from "../../support/shared-data.ts";
import { ask, emulatedBench, patternBytes, slowMs } from "./emulated-bench.ts";

const signer = nobleCrypto().ed25519Signer(patternBytes("control key", 32));
const stranger = nobleCrypto().ed25519Signer(patternBytes("stranger", 32));

/** As long as an id may be: its head in what is signed takes two bytes. */
const boardId = "board-of-the-signed-commands-001";

describe("the emulated board's signed commands", function () {
  this.timeout(slowMs);
  const bench = emulatedBench({ id: boardId, controlKey: signer.publicKey });
  let counter = 0;
  const seal = (group: number, command: number, payload: Payload, over: Partial<SignedCommand> = {}) =>
    sealCommand(
      { counter: ++counter, group, command, payload: encodePayload(payload), ...over },
      boardId,
      (input) => signer.sign(input),
    );
  const send = (cose: Uint8Array) => ask(bench().smp, "write", 64, 18, { cose });
  const isClosed = async () => ((await ask(bench().smp, "read", 64, 6)) as { closed: boolean }).closed;

  it("are announced, and then acting commands are refused without a signature, others not", async () => {
    assert.equal(((await ask(bench().smp, "read", 64, 0)) as { signed: boolean }).signed, true);
    const acting = [
      [0, 5],
      [1, 0],
      [1, 1],
      [1, 5],
      [64, 1],
      [64, 3],
      [64, 4],
      [64, 6],
    ] as const;
    for (const [group, command] of acting)
      assert.equal(await ask(bench().smp, "write", group, command, {}), "64/7", `${group}/${command}`);
    assert.equal(await os.echo(bench().smp, "free"), "free");
    assert.equal(await isClosed(), true);
  });

  it("act, and are answered as the command inside would be", async () => {
    assert.deepEqual(await send(seal(64, 6, { closed: false })), { closed: false });
    assert.equal(await send(seal(64, 4, { sector: 999 })), "64/3");
    assert.equal(await send(seal(1, 5, { slot: 7 })), "1/10");
    assert.equal(await send(seal(99, 1, {})), "-/8");
    const data = patternBytes("data", 1024);
    assert.deepEqual(await send(seal(64, 3, { off: 0, data })), {});
    assert.deepEqual(await ask(bench().smp, "read", 64, 2, { off: 0, len: 1024 }), { data });
  });

  it("are accepted once, in order, and so after a power cut too", async () => {
    const open = seal(64, 6, { closed: false });
    const close = seal(64, 6, { closed: true });
    assert.deepEqual(await send(close), { closed: true });
    for (const old of [close, open]) assert.equal(await send(old), "64/9");
    await bench().powerCycle();
    for (const old of [close, open]) assert.equal(await send(old), "64/9");
    assert.deepEqual(await send(seal(64, 6, { closed: false })), { closed: false });
    counter = 2 ** 40;
    assert.deepEqual(await send(seal(64, 6, { closed: true })), { closed: true });
  });

  it("are refused under another key, with any bit flipped, cut short or in another form", async () => {
    const command = {
      counter: counter + 1,
      group: 64,
      command: 6,
      payload: encodePayload({ closed: false }),
    };
    assert.equal(await send(sealCommand(command, boardId, (input) => stranger.sign(input))), "64/8");
    const good = sealCommand(command, boardId, (input) => signer.sign(input));
    for (let position = 1; position < good.length; position += 5)
      assert.equal(
        await send(good.with(position, good[position]! ^ (1 << (position % 8)))),
        "64/8",
        `${position}`,
      );
    for (const wrong of [
      new Uint8Array(0),
      good.subarray(0, -1),
      Uint8Array.of(...good, 0),
      Uint8Array.of(0xd2, ...good),
    ])
      assert.equal(await send(wrong), "64/8");
    assert.equal(await ask(bench().smp, "write", 64, 18, { cose: "text" }), "64/3");
    assert.equal(await isClosed(), true);
    counter++;
    assert.deepEqual(await send(good.subarray(1)), { closed: false }, "without its tag it is as good");
  });

  it("are this board's alone: what the same key signs for another is refused", async () => {
    const command = { counter: counter + 1, group: 64, command: 6, payload: encodePayload({ closed: true }) };
    for (const other of [`${boardId}2`, boardId.slice(1), "x".repeat(32)])
      assert.equal(await send(sealCommand(command, other, (input) => signer.sign(input))), "64/8");
    counter++;
    assert.deepEqual(await send(sealCommand(command, boardId, (input) => signer.sign(input))), {
      closed: true,
    });
  });

  it("do not nest, and must hold a map", async () => {
    const inner = seal(64, 6, { closed: true });
    assert.equal(await send(seal(64, 18, { cose: inner })), "64/3");
    assert.equal(await send(seal(64, 6, {}, { payload: hex("81") })), "64/3");
  });

  it("reset the board after the answer", async () => {
    const back = bench().board.nextBoot(10_000);
    assert.deepEqual(await send(seal(0, 5, {})), {});
    assert.equal((await back).reason, "reset");
  });

  describe("under keys and signatures that an honest signer never makes", () => {
    /** Puts another control key into the board; the counter starts anew with none of the old commands. */
    async function useKey(key: Uint8Array): Promise<void> {
      await bench().board.powerCut();
      writeFlash(bench().board.flashPath, "identity", 78, key);
      await bench().board.powerOn();
    }
    const command = () => ({
      counter: ++counter,
      group: 64,
      command: 6,
      payload: encodePayload({ closed: true }),
    });

    it("take those of any good key", async () => {
      for (let key = 0; key < 6; key++) {
        const other = nobleCrypto().ed25519Signer(patternBytes(`key ${key}`, 32));
        await useKey(other.publicKey);
        assert.deepEqual(await send(sealCommand(command(), boardId, (input) => other.sign(input))), {
          closed: true,
        });
      }
    });

    it("refuse S plus the group order, which a lax verifier takes too", async () => {
      await useKey(signer.publicKey);
      const order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
      const cose = sealCommand(command(), boardId, (input) => {
        const signature = Uint8Array.from(signer.sign(input));
        let carry = 0;
        for (let i = 0; i < 32; i++) {
          carry += signature[32 + i]! + order[i]!;
          signature[32 + i] = carry & 0xff;
          carry >>= 8;
        }
        return signature;
      });
      assert.equal(await send(cose), "64/8");
    });

    it("refuse keys and R of small order, and those not canonical, for which anybody can sign anything", async () => {
      const identity = hex(`01${"00".repeat(31)}`);
      const aliases = [
        identity,
        hex(`ee${"ff".repeat(30)}7f`),
        hex(`01${"00".repeat(30)}80`),
        new Uint8Array(32),
      ];
      for (const key of aliases) {
        await useKey(key);
        for (const r of aliases) {
          const forged = sealCommand(command(), boardId, () => Uint8Array.of(...r, ...new Uint8Array(32)));
          assert.equal(await send(forged), "64/8");
        }
      }
    });
  });

  it("is flashed like any other by a client that signs, and by no other", async () => {
    const file = preFlight(mcubootImage({ version: "2.0.0", payload: Buffer.alloc(20_000, "signed") }).bytes);
    const control = { sign: (input: Uint8Array) => signer.sign(input), nextCounter: () => ++counter };
    const line = bench().line;
    const signing = new SigningClient(line, { timers: realTimers, control });
    const connection = { client: signing, timers: realTimers, ready: async () => {}, close: async () => {} };
    assert.equal((await flashBoard(connection, file, { mode: "confirm" })).outcome, "confirmed");
    signing.close();
    const other = preFlight(mcubootImage({ version: "3.0.0", payload: Buffer.alloc(2000) }).bytes);
    const unsigned = { ...connection, client: bench().smp };
    await assert.rejects(flashBoard(unsigned, other, { mode: "confirm" }), {
      code: "rig/refused",
      message: /signed/,
    });
  });
});
