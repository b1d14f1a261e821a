import assert from "node:assert/strict";
import { RunLoop } from "../../../firmware/kernel/run-loop.ts";
import { PowerLost } from "../../../hal/board.ts";

describe("run loop", () => {
  it("runs one event at a time, in order", async () => {
    const loop = new RunLoop();
    const seen: string[] = [];
    const slow = async (name: string) => {
      seen.push(`${name} starts`);
      await Promise.resolve();
      await Promise.resolve();
      seen.push(`${name} ends`);
    };
    const first = loop.post("a", () => slow("a"));
    await loop.post("b", () => slow("b"));
    await first;
    assert.deepEqual(seen, ["a starts", "a ends", "b starts", "b ends"]);
  });

  it("tells listeners of a fault and goes on", async () => {
    const loop = new RunLoop();
    const faults: string[] = [];
    const forget = loop.onFault(({ name, error }) => faults.push(`${name}: ${(error as Error).message}`));
    await loop.post("bad", () => Promise.reject(new Error("broken")));
    let ran = false;
    await loop.post("good", async () => {
      ran = true;
    });
    assert.ok(ran);
    assert.deepEqual(faults, ["bad: broken"]);
    forget();
    await assert.rejects(
      loop.post("bad", () => Promise.reject(new Error("unheard"))),
      /unheard/,
    );
  });

  it("stops silently when the power is lost: waiting events never run, every promise resolves", async () => {
    const loop = new RunLoop();
    let faults = 0;
    let ran = false;
    loop.onFault(() => faults++);
    const dying = loop.post("dying", () => Promise.reject(new PowerLost("gone")));
    const waiting = loop.post("waiting", async () => {
      ran = true;
    });
    await dying;
    await waiting;
    await loop.post("after", async () => {
      ran = true;
    });
    assert.ok(loop.stopped);
    assert.equal(ran, false);
    assert.equal(faults, 0);
  });

  it("bounds what waits: events from outside are dropped while it is full, its own are not; told once", async () => {
    const loop = new RunLoop(8);
    const faults: unknown[] = [];
    loop.onFault(({ error }) => faults.push((error as { code?: string }).code));
    let ran = 0;
    let release = (): void => {};
    const blocked = loop.post("slow", () => new Promise((resolve) => (release = resolve)));
    const count = async () => {
      ran++;
    };
    for (let i = 0; i < 100_000; i++) void loop.post("frame", count, true);
    assert.equal(loop.waiting, 8);
    const own = loop.post("timer", count);
    for (let i = 0; i < 1000; i++) void loop.post("timer", count);
    assert.equal(loop.waiting, 128, "its own have a limit too");
    assert.deepEqual(faults, ["run-loop/full"]);
    release();
    await blocked;
    await own;
    await loop.post("last", count);
    assert.equal(ran, 129);
    assert.deepEqual(faults, ["run-loop/full"]);
  });
});
