import assert from "node:assert/strict";
import { Tunnel } from "../../../firmware/han/tunnel.ts";

/** A tunnel with what it transferred, and its timers in hand. */
function tunnel() {
  const transferred: [number, Uint8Array][] = [];
  const timers = new Set<() => Promise<void>>();
  const outcomes: string[] = [];
  const own = new Tunnel({
    transfer: async (id, data, done) => {
      transferred.push([id, data]);
      await done("delivered");
    },
    after: (_delayMs, action) => {
      timers.add(action);
      return () => timers.delete(action);
    },
  });
  const send = (bytes: Uint8Array) => own.send(bytes, (what) => void outcomes.push(what));
  return { own, send, transferred, timers, outcomes };
}

describe("a tunnel's end", () => {
  it("holds messages until it is open, then sends them in order", async () => {
    const { own, send, transferred, timers, outcomes } = tunnel();
    await send(Uint8Array.of(1));
    await send(Uint8Array.of(2));
    assert.equal(timers.size, 2);
    await own.opened(7);
    await send(Uint8Array.of(3));
    assert.deepEqual(
      transferred,
      [1, 2, 3].map((byte) => [7, Uint8Array.of(byte)]),
    );
    assert.deepEqual(outcomes, ["delivered", "delivered", "delivered"]);
    assert.equal(timers.size, 0);
  });

  it("holds eight, and none for ever", async () => {
    const { send, timers, outcomes, transferred } = tunnel();
    for (let i = 0; i < 9; i++) await send(Uint8Array.of(i));
    assert.deepEqual(outcomes, ["busy"]);
    for (const timer of [...timers]) await timer();
    assert.deepEqual(outcomes, ["busy", ...Array(8).fill("timeout")]);
    assert.deepEqual(transferred, []);
  });

  it("keeps the bytes as they were when given", async () => {
    const { own, send, transferred } = tunnel();
    const bytes = Uint8Array.of(1);
    await send(bytes);
    bytes[0] = 9;
    await own.opened(1);
    assert.deepEqual(transferred, [[1, Uint8Array.of(1)]]);
  });

  it("has no route once its peer is gone", async () => {
    const { own, send, outcomes, timers } = tunnel();
    await send(Uint8Array.of(1));
    await own.stop();
    assert.deepEqual(outcomes, ["no-route"]);
    assert.equal(timers.size, 0);
    assert.equal(own.id, undefined);
  });

  it("takes 1,500 bytes", async () => {
    const { own, send, outcomes } = tunnel();
    await own.opened(1);
    await send(new Uint8Array(1500));
    await send(new Uint8Array(1501));
    assert.deepEqual(outcomes, ["delivered", "too-long"]);
  });

  it("takes data under the number before, for what was on its way when a new one was agreed", async () => {
    const { own } = tunnel();
    assert.equal(own.takes(3), true, "none agreed yet");
    await own.opened(1);
    await own.opened(2);
    await own.opened(2);
    assert.deepEqual(
      [1, 2, 3].map((id) => own.takes(id)),
      [true, true, false],
    );
  });
});
