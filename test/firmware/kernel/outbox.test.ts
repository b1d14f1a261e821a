import assert from "node:assert/strict";
import { type Fate, Outbox } from "../../../firmware/kernel/outbox.ts";
import { RunLoop } from "../../../firmware/kernel/run-loop.ts";
import { PowerLost } from "../../../hal/board.ts";
import { Scheduler } from "../../../hal/mock/index.ts";

/** An outbox in a loop, whose port does what the test says. */
function rig(width = 1, fate: (item: string, delivered: boolean) => Fate = (_, ok) => (ok ? "gone" : 100)) {
  const loop = new RunLoop();
  const scheduler = new Scheduler();
  const faults: string[] = [];
  const sent: string[] = [];
  const told: string[] = [];
  const port = { send: (_: string, done: (delivered: boolean) => unknown): void => void done(true) };
  const outbox = new Outbox<string>(
    {
      event: (name, handler) => (event) => loop.post(name, () => handler(event)),
      after: (delayMs, action) => scheduler.after(delayMs, () => loop.post("timer", action)),
      observe: ({ error }) => void faults.push(String(error)),
    },
    "sent",
    {
      send: (item, done) => {
        sent.push(item);
        return port.send(item, (delivered) => void done(delivered));
      },
      failed: false,
      settled: (item, delivered) => {
        told.push(`${item} ${delivered}`);
        return fate(item, delivered);
      },
      whenBroken: "gone",
    },
    width,
  );
  const inTurn = (action: () => Promise<void>) => loop.post("test", action);
  return { loop, scheduler, outbox, port, sent, told, faults, inTurn };
}

describe("an outbox", () => {
  it("goes on after a throw of its port, with the same item, in order", async () => {
    const { outbox, port, sent, scheduler, faults, inTurn } = rig();
    const send = port.send;
    port.send = () => {
      throw new Error("bus fault");
    };
    for (const item of ["a", "b"]) await inTurn(() => outbox.add(item));
    await scheduler.runUntil(50);
    assert.deepEqual(sent, ["a"]);
    port.send = send;
    await scheduler.runUntil(500);
    assert.deepEqual(sent, ["a", "a", "b"]);
    assert.deepEqual(faults, ["Error: bus fault"]);
    assert.equal(outbox.size, 0);
  });

  it("takes the first outcome of an attempt: a throw after it, or a late word of an earlier one, is none", async () => {
    const { outbox, port, told, scheduler, inTurn } = rig();
    const dones: ((delivered: boolean) => unknown)[] = [];
    port.send = (_, done) => void dones.push(done);
    await inTurn(() => outbox.add("a"));
    dones[0]?.(false);
    await scheduler.runUntil(150);
    assert.equal(dones.length, 2);
    dones[0]?.(true);
    await scheduler.runUntil(160);
    assert.deepEqual(told, ["a false"]);
    port.send = (_, done) => {
      done(true);
      throw new Error("late");
    };
    dones[1]?.(true);
    await inTurn(() => outbox.add("b"));
    await scheduler.runUntil(200);
    assert.deepEqual(told, ["a false", "a true", "b true"]);
  });

  it("keeps its width through throws: as many as before are with the port afterwards", async () => {
    const { outbox, port, sent, inTurn, scheduler } = rig(4, () => "gone");
    port.send = () => {
      throw new Error("bus fault");
    };
    for (let i = 0; i < 8; i++) await inTurn(() => outbox.add(`bad ${i}`));
    await scheduler.runUntil(10);
    sent.length = 0;
    port.send = () => {};
    for (let i = 0; i < 6; i++) await inTurn(() => outbox.add(`good ${i}`));
    await scheduler.runUntil(20);
    assert.deepEqual(sent, ["good 0", "good 1", "good 2", "good 3"]);
  });

  it("goes on when what is done about an outcome throws", async () => {
    const { outbox, told, inTurn, scheduler, faults } = rig(1, (item) => {
      if (item === "bad") throw new Error("flash fault");
      return "gone";
    });
    for (const item of ["bad", "good"]) await inTurn(() => outbox.add(item));
    await scheduler.runUntil(10);
    assert.deepEqual(told, ["bad true", "good true"]);
    assert.deepEqual(faults, ["Error: flash fault"]);
  });

  it("ends with the power", async () => {
    const { outbox, port, loop, inTurn, sent, faults } = rig();
    port.send = () => {
      throw new PowerLost("gone");
    };
    await inTurn(() => outbox.add("a"));
    assert.ok(loop.stopped);
    assert.deepEqual([sent, faults], [["a"], []]);
  });
});
