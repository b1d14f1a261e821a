import assert from "node:assert/strict";
import fc from "fast-check";
import { type MainsState, PowerLost } from "../../../../hal/board.ts";
import { linePair, type MemoryLine } from "../../../../hal/serial/line/memory-line.ts";
import { LineSession } from "../../../../hal/serial/line/session.ts";
import { Command } from "../../../../hal/serial/parts/board-group.ts";
import { PartsServer, SerialBoard } from "../../../../hal/serial/parts/index.ts";
import { SmpServer } from "../../../../hal/serial/smp/server.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";
import { powerLost } from "../../contract/bench.ts";
import { mockBench } from "../../mock/mock-bench.ts";
import { remoteBench } from "./remote-bench.ts";

/** The board's next power-on, as the host gets it. */
function nextBoard(board: SerialBoard) {
  const seen: { board?: SerialBoard; reason?: string } = {};
  board.onRestart((next, reason) => {
    Object.assign(seen, { board: next, reason });
  });
  return seen;
}

describe("a serial board whose board loses its power", () => {
  it("throws PowerLost from every call, for ever, and is another one once the board is back", async () => {
    const { remote, board, advance } = await remoteBench();
    const next = nextBoard(remote);
    let lost = 0;
    remote.onPowerLost(() => lost++);
    board.powerOff();
    const reading = powerLost(() => remote.flash.read(0, 1));
    await advance(10_000);
    await reading;
    assert.equal(lost, 1);
    assert.equal(remote.powered, false);
    board.powerOn();
    await advance(3000);
    assert.equal(next.board?.powered, true);
    assert.equal((await next.board!.flash.read(0, 1)).length, 1);
    assert.ok(next.board!.clock.uptimeMs() <= 3000);
    for (const call of [
      () => remote.clock.uptimeMs(),
      () => remote.clock.after(1, () => {}),
      () => remote.flash.read(0, 1),
      () => remote.flash.program(0, Uint8Array.of(0)),
      () => remote.mains!.onChange(() => {}),
      () => remote.loadSwitch!.set(true),
    ])
      await powerLost(call);
  });

  it("learns of a short cut by the boot event, and no timer or listener of before runs again", async () => {
    const { remote, board, advance } = await remoteBench();
    const next = nextBoard(remote);
    await advance(60_000);
    let runs = 0;
    remote.clock.after(5000, () => void runs++);
    remote.tamper!.onChange(() => void runs++);
    board.powerOff();
    await advance(10);
    board.powerOn();
    await advance(1000);
    assert.equal(next.reason, "restarted (power)");
    board.mockTamper.set("magnet", true);
    await advance(10_000);
    assert.equal(runs, 0);
  });

  it("finds a restart that nobody told of when it looks for events", async () => {
    const { remote, board, advance } = await remoteBench({ serve: { unasked: false } });
    const next = nextBoard(remote);
    board.powerOff();
    board.powerOn();
    for (let press = 0; press < 10; press++) board.mockUserInterface.press("a");
    await advance(2000);
    assert.equal(next.reason, "restarted (power)");
  });

  it("finds a restart that left no event by the clock that went back", async () => {
    const bench = mockBench();
    const timers = schedulerTimers(bench.scheduler);
    const [near, far] = linePair(timers);
    let startedMs = 0;
    scripted(far, timers, {
      [Command.clock]: {
        get up() {
          return timers.nowMs() - startedMs;
        },
      },
    });
    const remote = await SerialBoard.connect(near, { crypto: bench.board.crypto, timers });
    const next = nextBoard(remote);
    await bench.advance(30_000);
    assert.equal(next.reason, undefined);
    startedMs = timers.nowMs();
    await bench.advance(12_000);
    assert.equal(next.reason, "restarted: its uptime went back");
  });

  it("lets running handlers die silently, and tells others' errors", async () => {
    const faults: unknown[] = [];
    const { remote, board, advance } = await remoteBench({
      connect: { onFault: (error) => faults.push(error) },
    });
    remote.clock.after(10, async () => {
      board.powerOff();
      await remote.flash.read(0, 10);
    });
    remote.clock.after(5, () => {
      throw new Error("firmware's own");
    });
    await advance(20_000);
    assert.deepEqual(faults.map(String), ["Error: firmware's own"]);
  });

  it("ends on the last power-on, whenever between two answers the board restarts once more", async () => {
    for (let answer = 0; answer < 16; answer++) {
      const faults: unknown[] = [];
      const connect = { onFault: (error: unknown) => faults.push(error) };
      const { remote, board, advance, far } = await remoteBench({ connect });
      let last: SerialBoard | undefined;
      remote.onRestart((next) => {
        last = next;
      });
      let answers = -1;
      far.faults.alter = (bytes) => {
        if (answers >= 0 && answers++ === answer) {
          board.powerOff();
          board.powerOn();
        }
        return bytes;
      };
      await advance(5000);
      answers = 0;
      board.powerOff();
      board.powerOn();
      await advance(20_000);
      assert.deepEqual(faults, []);
      assert.equal(last?.powered, true, `cut at answer ${answer}`);
      assert.equal(await last!.loadSwitch!.isClosed(), true);
    }
  });

  it("is given up when it comes back as something that it does not say", async () => {
    const bench = mockBench();
    const timers = schedulerTimers(bench.scheduler);
    const [near, far] = linePair(timers);
    let upMs = 100_000;
    let parts = ["clock"];
    scripted(far, timers, {
      get [Command.describe]() {
        return { ...describeAnswer, parts };
      },
      [Command.clock]: {
        get up() {
          return upMs + timers.nowMs();
        },
      },
    });
    const remote = await SerialBoard.connect(near, { crypto: bench.board.crypto, timers });
    const gone: string[] = [];
    remote.onGone((reason) => gone.push(reason));
    parts = ["clock", "metrology"];
    upMs = 0;
    await bench.advance(30_000);
    assert.equal(gone.length, 1);
    assert.match(gone[0]!, /metrology/);
  });

  it("is given up after the stated time, and nothing is left running", async () => {
    const { remote, board, advance, scheduler } = await remoteBench({ connect: { patienceMs: 30_000 } });
    const gone: string[] = [];
    remote.onGone((reason) => gone.push(reason));
    board.powerOff();
    await advance(60_000);
    assert.equal(gone.length, 1);
    assert.match(gone[0]!, /no answer/);
    assert.equal(scheduler.pending, 0);
  });

  it("leaves no timer behind when it is closed", async () => {
    const { remote, served, board, scheduler, advance } = await remoteBench();
    remote.clock.after(1e9, () => {});
    await advance(100);
    remote.close();
    served.close();
    board.powerOff();
    await advance(10_000);
    assert.equal(scheduler.pending, 0);
    await powerLost(() => remote.flash.read(0, 1));
  });
});

describe("a serial board on a bad line", () => {
  const work = async (remote: SerialBoard): Promise<void> => {
    for (let index = 0; index < 20; index++) {
      const data = Uint8Array.of(index, 255 - index);
      await remote.flash.program(index * 2, data);
      assert.deepEqual(await remote.flash.read(index * 2, 2), data);
    }
    await remote.loadSwitch!.set(false);
    assert.equal(await remote.loadSwitch!.isClosed(), false);
  };
  const faulty = { badCrc: { badCrc: 5 }, truncated: { truncated: 7 }, silent: { silent: 4 } };
  const harmless = { duplicated: { duplicated: 2 }, chatter: { chatter: true }, echo: { echo: true } };

  for (const [name, faults] of Object.entries({ ...faulty, ...harmless }))
    it(`does its work over a server with ${name} answers`, async () => {
      const { remote, scheduler } = await remoteBench({ serve: { faults }, connect: { attempts: 6 } });
      await settled(scheduler, work(remote));
    });

  it("does its work, or says that the power is lost, whatever bytes the line flips or drops; and it ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 400 }),
        fc.nat(7),
        fc.boolean(),
        async (every, bit, drop) => {
          const { remote, scheduler, near, far, board } = await remoteBench();
          const alter = (bytes: Uint8Array, offset: number): Uint8Array =>
            drop
              ? bytes.filter((_, index) => (offset + index) % every !== 0)
              : bytes.map((byte, index) => ((offset + index) % every === 0 ? byte ^ (1 << bit) : byte));
          near.faults.alter = alter;
          far.faults.alter = alter;
          const done = work(remote).catch((error: unknown) =>
            assert.ok(error instanceof PowerLost, String(error)),
          );
          await settled(scheduler, done);
          board.powerOff();
          remote.close();
        },
      ),
      { seed: 11, numRuns: 40 },
    );
  });

  it("keeps its session when its port vanishes for a while", async () => {
    const bench = mockBench();
    const timers = schedulerTimers(bench.scheduler);
    const lines: MemoryLine[] = [];
    const open = async () => {
      const [near, far] = linePair(timers);
      lines.push(near);
      const server = new ServedBoardOnce(bench.board, far, timers);
      void server;
      return near;
    };
    const session = await LineSession.open("usb", { timers, open });
    const { crypto } = bench.board;
    const remote = await SerialBoard.connect(session, { crypto, timers });
    await bench.advance(60_000);
    lines[0]!.unplug();
    const reading = remote.flash.read(0, 4);
    await settled(bench.scheduler, Promise.resolve(reading));
    assert.equal(lines.length, 2);
    assert.ok(remote.powered);
    assert.ok(remote.clock.uptimeMs() >= 60_000);
    remote.close();
    await session.close();
  });
});

/** The board goes on over any line; its events and numbers stay. */
const groups = new WeakMap<object, PartsServer>();
class ServedBoardOnce {
  constructor(
    board: ConstructorParameters<typeof PartsServer>[0],
    line: MemoryLine,
    timers: ReturnType<typeof schedulerTimers>,
  ) {
    let parts = groups.get(board);
    if (parts === undefined) {
      parts = new PartsServer(board);
      parts.start("power");
      groups.set(board, parts);
    }
    new SmpServer(line, { timers, groups: [parts] });
  }
}

describe("a serial board that misses events", () => {
  it("looks for itself when the board says that some were lost", async () => {
    const { remote, board, advance } = await remoteBench({
      serve: { unasked: false, eventCapacity: 4 },
      connect: { pollMs: 1000 },
    });
    const states: MainsState[] = [];
    remote.mains!.onChange((state) => void states.push(state));
    const tampers: unknown[] = [];
    remote.tamper!.onChange((change) => void tampers.push(change));
    for (let press = 0; press < 10; press++) board.mockUserInterface.press("a");
    await advance(1);
    board.mockMains.lose();
    board.mockTamper.set("magnet", true);
    await advance(1500);
    assert.deepEqual(
      states.map(({ onHoldUp }) => onHoldUp),
      [true],
    );
    assert.deepEqual(tampers, [{ input: "magnet", active: true }]);
  });

  it("fails sends of which it never hears", async () => {
    const { remote, advance } = await (async () => {
      const bench = mockBench();
      const timers = schedulerTimers(bench.scheduler);
      const [near, far] = linePair(timers);
      const forgetful = { ...describeAnswer, parts: ["clock", "flash", "entropy", "radio", "modem"] };
      scripted(far, timers, { [Command.describe]: forgetful });
      const remote = await SerialBoard.connect(near, { crypto: bench.board.crypto, timers });
      return { remote, advance: bench.advance };
    })();
    const outcomes: string[] = [];
    await remote.radio!.transmit(new Uint8Array(20), (outcome) => void outcomes.push(outcome));
    await remote.modem!.send(new Uint8Array(20), (outcome) => void outcomes.push(outcome));
    await advance(200_000);
    assert.deepEqual(outcomes, ["no-ack", "failed"]);
  });
});

const describeAnswer = {
  proto: 1,
  kind: "scripted",
  id: "scripted",
  parts: ["clock", "flash", "entropy"],
  flash: { sector: 256, count: 4, unit: 1 },
  eui: new Uint8Array(8),
  signed: false,
  chunk: 64,
};

/** A board that answers whatever the test says. */
function scripted(
  line: MemoryLine,
  timers: ReturnType<typeof schedulerTimers>,
  answers: Readonly<Record<number, Record<string, unknown>>>,
): void {
  const usual: Record<number, Record<string, unknown>> = {
    [Command.describe]: describeAnswer,
    [Command.clock]: {
      get up() {
        return timers.nowMs();
      },
    },
    [Command.events]: { events: [] },
    [Command.modem]: { attached: false },
  };
  const handle = (command: number) => answers[command] ?? usual[command] ?? {};
  new SmpServer(line, { timers, groups: [{ id: 64, name: "board", handle }] });
}

describe("a serial board whose board talks nonsense", () => {
  const connect = async (answers: Readonly<Record<number, Record<string, unknown>>>) => {
    const bench = mockBench();
    const timers = schedulerTimers(bench.scheduler);
    const [near, far] = linePair(timers);
    scripted(far, timers, answers);
    const remote = await settled(
      bench.scheduler,
      SerialBoard.connect(near, { crypto: bench.board.crypto, timers }),
    );
    return { remote, ...bench };
  };
  const faulty = { name: "HalError", code: "hal/fault" };

  it("is not met: another protocol, no description, an impossible flash", async () => {
    for (const wrong of [
      { proto: 2 },
      { parts: "all" },
      { chunk: 0 },
      { id: "x".repeat(1000) },
      { eui: new Uint8Array(7) },
      { flash: { sector: 10, count: 4, unit: 3 } },
      { flash: { sector: 0, count: 4, unit: 1 } },
    ])
      await assert.rejects(connect({ [Command.describe]: { ...describeAnswer, ...wrong } }), faulty);
    await assert.rejects(connect({ [Command.clock]: { up: -1 } }), faulty);
  });

  it("takes no answer of the wrong shape or length", async () => {
    for (const data of [undefined, "text", new Uint8Array(3), new Uint8Array(5)]) {
      const { remote } = await connect({ [Command.flashRead]: { data } });
      await assert.rejects(async () => remote.flash.read(0, 4), faulty);
    }
  });

  it("does without parts it does not know, and has no flash where there is none", async () => {
    const { flash: _flash, ...rest } = describeAnswer;
    const { remote } = await connect({ [Command.describe]: { ...rest, parts: ["clock", "warp drive"] } });
    assert.equal(remote.mains, undefined);
    assert.throws(() => remote.flash.read(0, 1), { code: "hal/absent" });
  });

  it("ignores events of unknown kinds and impossible fields, and goes on", async () => {
    let reads = 0;
    const events = {
      get events() {
        reads++;
        const n = reads * 3;
        const head = { up: 10 };
        return reads > 20
          ? []
          : [
              { ...head, n, kind: "comet" },
              { ...head, n: n + 1, kind: "mains", present: "yes" },
              { ...head, n: n + 2, kind: "__proto__" },
            ];
      },
    };
    const { remote, advance } = await connect({ [Command.events]: events });
    await advance(60_000);
    assert.ok(remote.powered);
  });

  it("bounds what it reads of a board that never stops telling", async () => {
    let n = 0;
    const events = {
      get events() {
        return [{ n: ++n, up: 1, kind: "comet" }];
      },
    };
    const { remote, advance } = await connect({ [Command.events]: events });
    await advance(5000);
    assert.ok(n < 256 * 8, `${n} reads`);
    assert.equal((await remote.flash.read(0, 0)).length, 0);
    remote.close();
  });
});

describe("the board's end, whatever it is sent", () => {
  it("answers or refuses, and never falls over", async () => {
    const bench = mockBench();
    const parts = new PartsServer(bench.board, {
      stimulus: () => {},
      device: { deliver: () => {}, onMessage: () => () => {} },
    });
    parts.start("power");
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.string({ maxLength: 50 }),
      fc.uint8Array({ maxLength: 50 }),
      fc.constant(null),
      fc.array(fc.boolean(), { maxLength: 5 }),
    );
    const keys =
      "off,len,data,sector,rtc,closed,watch,lines,channel,pan,short,idle,id,mpdu,attach,ack,mains,cose".split(
        ",",
      );
    const payload = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 5 });
    const context = { afterReply: () => {}, dispatch: async () => ({}) };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(20),
        fc.constantFrom("read", "write") as fc.Arbitrary<"read" | "write">,
        payload,
        async (command, op, map) => {
          try {
            assert.equal(typeof (await parts.handle(command, op, map, context)), "object");
          } catch (error) {
            assert.equal((error as { code?: string }).code, "smp/refused", String(error));
          }
        },
      ),
      { seed: 4, numRuns: 2000 },
    );
    assert.ok(bench.board.powered);
  });
});
