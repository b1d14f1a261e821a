import assert from "node:assert/strict";
import fc from "fast-check";
import { nobleCrypto, nodeCrypto } from "../../../../hal/crypto/index.ts";
import { Command } from "../../../../hal/serial/parts/board-group.ts";
import { type SignedCommand, sealCommand, unsealCommand } from "../../../../hal/serial/parts/signed.ts";
import { SigningClient } from "../../../../hal/serial/parts/signing-client.ts";
import { encodePayload } from "../../../../hal/serial/smp/cbor.ts";
import { SmpClient } from "../../../../hal/serial/smp/client.ts";
import type { SmpGroup } from "../../../../hal/serial/smp/server.ts";
import { mockBench } from "../../mock/mock-bench.ts";
import { serveAndConnect } from "./remote-bench.ts";

const crypto = nodeCrypto();
const key = crypto.ed25519Signer(new Uint8Array(32).fill(9));
const verify = crypto.ed25519Verifier(key.publicKey);
const sign = (message: Uint8Array): Uint8Array => key.sign(message);

describe("a signed command", () => {
  const commands = fc.record({
    counter: fc.maxSafeNat(),
    group: fc.nat(0xffff),
    command: fc.nat(0xff),
    payload: fc.uint8Array({ maxLength: 300 }),
  });

  it("opens as what was sealed, with every library's keys", () => {
    const noble = nobleCrypto().ed25519Verifier(key.publicKey);
    fc.assert(
      fc.property(commands, (command) => {
        assert.deepEqual(unsealCommand(sealCommand(command, "left", sign), "left", noble), { ...command });
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it("is a COSE_Sign1 as the definition says, tagged or not", () => {
    const cose = sealCommand(
      { counter: 5, group: 0, command: 5, payload: Uint8Array.of(0xa0) },
      "left",
      sign,
    );
    const hex = Buffer.from(cose).toString("hex");
    assert.equal(hex.slice(0, -128), "d28443a10127a0468405000541a05840");
    assert.notEqual(unsealCommand(cose.subarray(1), "left", verify), undefined);
  });

  it("opens with no bit changed, no byte missing, none added", () => {
    const cose = sealCommand(
      { counter: 300, group: 64, command: 6, payload: new Uint8Array(30) },
      "left",
      sign,
    );
    for (let bit = 0; bit < cose.length * 8; bit++) {
      const flipped = cose.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(unsealCommand(flipped, "left", verify), undefined, `bit ${bit}`);
    }
    for (let length = 0; length < cose.length; length++)
      assert.equal(unsealCommand(cose.subarray(0, length), "left", verify), undefined);
    assert.equal(unsealCommand(Uint8Array.of(...cose, 0), "left", verify), undefined);
  });

  it("is one board's alone: with the same key no other opens it, whatever their ids share", () => {
    const cose = sealCommand({ counter: 5, group: 0, command: 5, payload: new Uint8Array(0) }, "left", sign);
    for (const other of ["right", "lef", "left ", "Left", "", "left".repeat(8)])
      assert.equal(unsealCommand(cose, other, verify), undefined, other);
    assert.notEqual(unsealCommand(cose, "left", verify), undefined);
  });

  it("is never opened out of garbage", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => unsealCommand(bytes, "left", () => true) === undefined,
      ),
      { seed: 2, numRuns: 500 },
    );
  });
});

/** A board that wants its commands signed, and somebody with a bare SMP client on the same line. */
async function guardedBench(boardId?: string) {
  const bench = mockBench({ parts: { loadSwitch: true } });
  const resets: number[] = [];
  const os: SmpGroup = {
    id: 0,
    name: "os",
    handle: (command) => {
      resets.push(command);
      return {};
    },
  };
  let counter = 10;
  const rig = await serveAndConnect(bench, {
    serve: { controlKey: key.publicKey, groups: [os] },
    connect: { control: { sign, nextCounter: () => ++counter, ...(boardId && { boardId }) } },
  });
  const stranger = new SmpClient(rig.near, { timers: rig.timers, firstSequence: 100 });
  const board = bench.board;
  const send = (command: SignedCommand, signer = sign, boardId = board.id) =>
    stranger.request("write", 64, Command.signed, { cose: sealCommand(command, boardId, signer) });
  return {
    ...bench,
    ...rig,
    board,
    stranger,
    resets,
    send,
    setCounter: (value: number) => (counter = value),
  };
}

const open = encodePayload({ closed: false });
const refused = (rc: number) => ({ code: "smp/refused", group: 64, rc });

describe("a board that wants its commands signed", () => {
  it("says so, and obeys who has the key", async () => {
    const { remote, board, resets } = await guardedBench();
    assert.equal(remote.description.signed, true);
    await remote.loadSwitch!.set(false);
    assert.equal(board.mockLoadSwitch.contactsClosed, false);
    await remote.flash.program(0, Uint8Array.of(0));
    await remote.clock.setRtcMs(1_700_000_000_000);
    await remote.reset();
    assert.deepEqual(resets, [5]);
  });

  it("refuses every acting command that comes unsigned, and lets anybody read", async () => {
    const { stranger, board, resets } = await guardedBench();
    for (const [group, command, payload] of [
      [64, Command.switch, { closed: false }],
      [64, Command.flashErase, { sector: 0 }],
      [64, Command.flashProgram, { off: 0, data: Uint8Array.of(0) }],
      [64, Command.clock, { rtc: 1 }],
      [0, 5, {}],
    ] as const)
      await assert.rejects(stranger.request("write", group, command, payload), refused(7));
    assert.equal(board.mockLoadSwitch.contactsClosed, true);
    assert.equal(board.clock.readRtcMs(), undefined);
    assert.deepEqual(resets, []);
    assert.deepEqual(await stranger.request("read", 64, Command.switch), { closed: true });
  });

  it("refuses another key, an old counter and a replay, and does nothing then", async () => {
    const { send, board } = await guardedBench();
    const { loadSwitch } = board;
    const command = { counter: 50, group: 64, command: Command.switch, payload: open };
    const other = crypto.ed25519Signer(new Uint8Array(32).fill(1));
    await assert.rejects(
      send(command, (message) => other.sign(message)),
      refused(8),
    );
    assert.equal(await loadSwitch!.isClosed(), true);
    assert.deepEqual(await send(command), { closed: false });
    await loadSwitch!.set(true);
    await assert.rejects(send(command), refused(9));
    await assert.rejects(send({ ...command, counter: 49 }), refused(9));
    assert.equal(await loadSwitch!.isClosed(), true);
  });

  it("refuses what the same key signed for another board of the rig", async () => {
    const { send, board } = await guardedBench();
    const command = { counter: 50, group: 64, command: Command.switch, payload: open };
    await assert.rejects(send(command, sign, `${board.id}-2`), refused(8));
    assert.equal(await board.loadSwitch!.isClosed(), true);
    assert.deepEqual(await send(command), { closed: false }, "and its counter was not used up");
  });

  it("is asked for its name by an SMP client that signs, unless it is known who is meant", async () => {
    const { near, timers, board } = await guardedBench();
    let counter = 100;
    for (const boardId of ["the board that was meant", undefined]) {
      const control = { sign, nextCounter: () => ++counter, ...(boardId && { boardId }) };
      const client = new SigningClient(near, { timers, control, firstSequence: 50 });
      const asked = client.request("write", 64, Command.switch, { closed: false });
      if (boardId) await assert.rejects(asked, refused(8));
      else await asked;
      assert.equal(board.mockLoadSwitch.contactsClosed, boardId !== undefined);
      client.close();
    }
  });

  it("gets nothing that it can play at another when it answers in that board's name", async () => {
    const { remote, board } = await guardedBench("the board that was meant");
    await assert.rejects(async () => remote.loadSwitch!.set(false), /for this board/);
    assert.equal(board.mockLoadSwitch.contactsClosed, true);
  });

  it("remembers the counter over a power cut, also one inside its writing", async () => {
    for (const point of ["before", "torn", "after"] as const) {
      const { send, board, advance } = await guardedBench();
      const command = { counter: 50, group: 64, command: Command.switch, payload: open };
      await send(command);
      board.loadSwitch!.set(true);
      board.powerOff();
      board.powerOn();
      await assert.rejects(send(command), refused(9));
      board.mockFlash.cutPowerAt(board.mockFlash.operationCount, point);
      const cut = assert.rejects(send({ ...command, counter: 60 }), { code: "smp/timeout" });
      await advance(5000);
      await cut;
      assert.equal(board.powered, false);
      assert.equal(board.mockLoadSwitch.contactsClosed, true, "not obeyed before its counter was durable");
      board.powerOn();
      await assert.rejects(send(command), refused(9));
      assert.deepEqual(await send({ ...command, counter: 61 }), { closed: false });
    }
  });

  it("keeps its counter where no flash command reaches, and takes no signed command inside another", async () => {
    const { remote, board, send } = await guardedBench();
    const { sectorCount, sectorBytes } = board.flash.geometry;
    assert.equal(remote.flash.geometry.sectorCount, sectorCount - 2);
    const erase = encodePayload({ sector: sectorCount - 1 });
    await assert.rejects(send({ counter: 70, group: 64, command: 4, payload: erase }), refused(3));
    const program = encodePayload({ off: (sectorCount - 2) * sectorBytes - 1, data: new Uint8Array(2) });
    await assert.rejects(send({ counter: 71, group: 64, command: 3, payload: program }), refused(3));
    await assert.rejects(send({ counter: 72, group: 64, command: 18, payload: open }), refused(3));
    await assert.rejects(
      send({ counter: 73, group: 64, command: 6, payload: Uint8Array.of(0xff) }),
      refused(3),
    );
  });

  it("takes a repeated command of its own host with a new counter", async () => {
    const { remote, far, board, advance } = await guardedBench();
    let lost = 0;
    // The first answer gets lost; the command is signed anew and sent again.
    far.faults.alter = (bytes) => (lost++ === 0 ? new Uint8Array(0) : bytes);
    const moved = remote.loadSwitch!.set(false);
    await advance(5000);
    await moved;
    assert.equal(board.mockLoadSwitch.operationCount, 2);
  });
});
