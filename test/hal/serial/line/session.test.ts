import assert from "node:assert/strict";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import {
  type Line,
  LineError,
  LineSession,
  type LineSessionOptions,
  linePair,
  type MemoryLine,
} from "../../../../hal/serial/line/index.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";

/** A bench whose one board can be pulled and put back. */
class Bench {
  readonly scheduler = new Scheduler();
  readonly timers = schedulerTimers(this.scheduler);
  readonly attempts: number[] = [];
  plugged = true;
  board: MemoryLine | undefined;

  open = async (name: string): Promise<Line> => {
    this.attempts.push(this.scheduler.nowMs);
    if (!this.plugged) throw new LineError("line/not-found", `no serial port "${name}"`);
    const [host, board] = linePair(this.timers);
    this.board = board;
    return host;
  };
  session(options: LineSessionOptions = {}): Promise<LineSession> {
    return LineSession.open("esme-1", { open: this.open, timers: this.timers, ...options });
  }
  pull() {
    this.plugged = false;
    this.board!.unplug();
  }
  run(ms: number) {
    return this.scheduler.runUntil(this.scheduler.nowMs + ms);
  }
}

describe("A line session", () => {
  it("keeps its listeners when the board re-enumerates, and tells of it", async () => {
    const bench = new Bench();
    const session = await bench.session();
    const story: string[] = [];
    session.onLost((reason) => void story.push(`lost: ${reason}`));
    session.onBack(() => void story.push("back"));
    session.onClose((reason) => void story.push(`closed: ${reason}`));
    session.onData((bytes) => void story.push(String.fromCharCode(...bytes)));
    await bench.board!.write(new TextEncoder().encode("before"));
    await bench.run(1);
    bench.pull();
    assert.equal(session.isOpen, false);
    await assert.rejects(session.write(Uint8Array.of(1)), {
      code: "line/closed",
      message: /being looked for/,
    });
    await bench.run(300);
    bench.plugged = true;
    await settled(bench.scheduler, session.ready());
    await bench.board!.write(new TextEncoder().encode("after"));
    await bench.run(1);
    await session.close();
    assert.deepEqual(story, ["before", "lost: unplugged", "back", "after", "closed: closed here"]);
    assert.equal(session.returns, 1);
  });

  it("tries again with growing pauses, and gives up in bounded time with the last reason", async () => {
    const bench = new Bench();
    const session = await bench.session({ giveUpAfterMs: 10_000 });
    const ended = new Promise<string>((resolve) => session.onClose(resolve));
    bench.pull();
    const reason = await settled(bench.scheduler, ended);
    assert.match(reason, /lost \(unplugged\), and not back in 10000 ms: no serial port "esme-1"/);
    assert.deepEqual(bench.attempts, [0, 50, 150, 350, 750, 1550, 3150, 5150, 7150, 9150, 10_000]);
    await assert.rejects(session.ready(), { code: "line/closed" });
    await assert.rejects(session.write(Uint8Array.of(1)), /not back/);
    const late = await new Promise<string>((resolve) => session.onClose(resolve));
    assert.equal(late, reason);
    await session.close();
    assert.equal(bench.scheduler.pending, 0);
  });

  it("stops looking when it is closed, and closes a port that it finds too late", async () => {
    const bench = new Bench();
    const session = await bench.session();
    bench.pull();
    await bench.run(60);
    await settled(bench.scheduler, session.close());
    const { length } = bench.attempts;
    await bench.run(60_000);
    assert.equal(bench.attempts.length, length);

    let finish = (_line: Line): void => undefined;
    const slow = () =>
      new Promise<Line>((resolve) => {
        finish = resolve;
      });
    const opening = LineSession.open("slow", { open: slow, timers: bench.timers, openTimeoutMs: 100 });
    await assert.rejects(settled(bench.scheduler, opening), { code: "line/timeout" });
    const [host] = linePair(bench.timers);
    finish(host);
    await bench.run(1);
    assert.equal(host.closedReason, "closed here");
  });

  it("survives a board that comes and goes many times", async () => {
    const bench = new Bench();
    const session = await bench.session();
    let bytes = 0;
    session.onData((piece) => {
      bytes += piece.length;
    });
    for (let i = 0; i < 50; i++) {
      bench.pull();
      bench.plugged = true;
      await settled(bench.scheduler, session.ready());
      await bench.board!.write(Uint8Array.of(i));
      await bench.run(1);
    }
    assert.deepEqual([session.returns, bytes], [50, 50]);
    await session.close();
  });

  it("opens anew on demand, with the bytes of the boot", async () => {
    const bench = new Bench();
    const session = await bench.session();
    const first = bench.board;
    await settled(bench.scheduler, session.reopen());
    assert.notEqual(bench.board, first);
    await bench.board!.write(Uint8Array.of(9));
    await bench.run(1);
    const boot = new Promise<Uint8Array>((resolve) => session.onData(resolve));
    assert.deepEqual([...(await settled(bench.scheduler, boot))], [9]);
    assert.deepEqual(session.settings, {});
    await session.close();
  });

  it("rejects at once what is not there when it starts", async () => {
    const bench = new Bench();
    bench.plugged = false;
    await assert.rejects(bench.session(), { code: "line/not-found" });
  });
});
