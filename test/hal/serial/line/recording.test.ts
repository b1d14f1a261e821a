import assert from "node:assert/strict";
import fc from "fast-check";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import {
  type Line,
  type LineError,
  LineSession,
  type LineSettings,
  linePair,
  type ModemInputs,
  playBack,
  readRecording,
  recordLine,
} from "../../../../hal/serial/line/index.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const header = '{"format":"meterbench-line-recording/1","line":"esme-1"}\n';

/** A board that greets, and answers each line with itself in capitals, 20 ms later. */
function shoutingBoard(scheduler: Scheduler): Line {
  const timers = schedulerTimers(scheduler);
  const [host, board] = linePair(timers, ["esme-1", "board"]);
  board.onData((bytes) => {
    const answer = new TextDecoder().decode(bytes).toUpperCase();
    timers.after(20, () => void board.write(ascii(answer)));
  });
  void board.write(ascii("BOOT\n"));
  return host;
}

/** A host that talks to the board, and returns what it heard. */
async function talk(scheduler: Scheduler, line: Line, words: readonly string[]): Promise<string> {
  let heard = "";
  line.onData((bytes) => {
    heard += new TextDecoder().decode(bytes);
  });
  await scheduler.runUntil(scheduler.nowMs + 5);
  for (const word of words) {
    await line.write(ascii(word));
    await scheduler.runUntil(scheduler.nowMs + 50);
  }
  return heard;
}

async function record(words: readonly string[]): Promise<{ text: string; heard: string }> {
  const scheduler = new Scheduler();
  let text = "";
  const sink = (row: string) => {
    text += row;
  };
  const line = recordLine(shoutingBoard(scheduler), sink, schedulerTimers(scheduler));
  const heard = await talk(scheduler, line, words);
  await line.close();
  return { text, heard };
}

describe("A recording of a line", () => {
  it("has each byte with its time and direction, and the close", async () => {
    const { text, heard } = await record(["ping"]);
    assert.equal(heard, "BOOT\nPING");
    assert.equal(
      text,
      `${header}{"tMs":0,"kind":"in","hex":"424f4f540a"}\n{"tMs":5,"kind":"out","hex":"70696e67"}\n` +
        '{"tMs":25,"kind":"in","hex":"50494e47"}\n{"tMs":55,"kind":"close","reason":"closed here"}\n',
    );
    assert.equal(readRecording(text).events.length, 4);
  });

  it("has the modem lines and the settings of a port that has them", async () => {
    const [host] = linePair(schedulerTimers(new Scheduler()));
    let tell = (_lines: ModemInputs): void => undefined;
    const settings: LineSettings = {
      setBaud: async () => undefined,
      drain: async () => undefined,
      onModemLines: (listener) => {
        tell = listener;
        return () => undefined;
      },
    };
    const rows: string[] = [];
    const line = recordLine(Object.assign(host, { settings }), (row) => void rows.push(row), {
      nowMs: () => 0,
      after: () => () => undefined,
    });
    await line.settings!.setBaud!(9600);
    await line.settings!.drain!();
    tell({ cts: true, dsr: false, dcd: false });
    const { events } = readRecording(rows.join(""));
    assert.deepEqual(events, [
      { tMs: 0, kind: "setting", name: "setBaud", value: 9600 },
      { tMs: 0, kind: "modem", lines: { cts: true, dsr: false, dcd: false } },
    ]);
    const played = playBack({ line: "x", events });
    await played.settings.setBaud!(9600);
    const told = new Promise((resolve) => played.settings.onModemLines!(resolve));
    await assert.rejects(played.settings.readModemLines!(), { code: "line/unsupported" });
    assert.deepEqual(await told, { cts: true, dsr: false, dcd: false });
    assert.deepEqual(await played.settings.readModemLines!(), { cts: true, dsr: false, dcd: false });
  });

  it("has when a session's line went away and came back", async () => {
    const scheduler = new Scheduler();
    const timers = schedulerTimers(scheduler);
    let plug = linePair(timers);
    const open = async () => {
      plug = linePair(timers);
      return plug[0];
    };
    const session = await LineSession.open("esme-1", { timers, open });
    let text = "";
    const sink = (row: string) => {
      text += row;
    };
    const line = recordLine(session, sink, timers);
    plug[1].unplug();
    await settled(scheduler, session.ready());
    await settled(scheduler, line.close());
    assert.deepEqual(readRecording(text).events, [
      { tMs: 0, kind: "lost", reason: "unplugged" },
      { tMs: 50, kind: "back" },
      { tMs: 50, kind: "close", reason: "closed here" },
    ]);
  });

  it("whose recorder was killed while it wrote a row lacks that row, and says so", () => {
    const row = '{"tMs":0,"kind":"in","hex":"00"}';
    for (let cut = 1; cut < row.length; cut++) {
      const { events, torn } = readRecording(`${header}${row}\n${row.slice(0, cut)}`);
      assert.deepEqual([events.length, torn], [1, true], `cut after ${cut} bytes`);
    }
    const whole = readRecording(`${header}${row}`);
    assert.deepEqual([whole.events.length, whole.torn], [1, false]);
  });

  for (const [what, text, place, message] of [
    ["no header", '{"tMs":0}\n', "f:1:1", /header/],
    ["an empty file", "", "f:1:1", /no JSON/],
    ["no JSON", `${header}{"tMs":0,kind}\n`, "f:2:10", /no JSON/],
    ["half a row that is not the last", `${header}{"tMs":0,"kind":"in"\n`, "f:2:21", /no JSON/],
    ["a bad time", `${header}{"tMs":-1,"kind":"in","hex":"00"}\n`, "f:2:2", /milliseconds/],
    ["odd hex", `${header}{"tMs":0,"kind":"in","hex":"000"}\n`, "f:2:22", /bytes in hex/],
    ["an unknown kind", `${header}{"tMs":0,"kind":"up"}\n`, "f:2:10", /one of in, out/],
    [
      "an unknown setting",
      `${header}{"tMs":0,"kind":"setting","name":"__proto__"}\n`,
      "f:2:27",
      /one of setBaud/,
    ],
    [
      "time that goes back",
      `${header}{"tMs":5,"kind":"in","hex":"00"}\n{"tMs":4,"kind":"in","hex":"00"}\n`,
      "f:3:2",
      /goes back/,
    ],
    ["another thing", `${header}[]\n`, "f:2:1", /object/],
  ] as const)
    it(`is refused with file, line and column for ${what}`, () =>
      assert.throws(
        () => readRecording(text, "f"),
        (error: LineError) => {
          assert.equal(error.code, "line/syntax");
          assert.ok(error.message.startsWith(`${place}: `), error.message);
          assert.match(error.message, message);
          return true;
        },
      ));

  it("is read, or refused, whatever stands in it (fast-check, seed 5)", () =>
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 5 }), (rows) => {
        try {
          readRecording(header + rows.join("\n"));
        } catch (error) {
          assert.equal((error as LineError).code, "line/syntax");
        }
      }),
      { seed: 5, numRuns: 300 },
    ));
});

describe("A recording that is played back", () => {
  for (const pace of ["at-once", "recorded"] as const)
    it(`plays the board's half again, ${pace}`, async () => {
      const { text, heard } = await record(["ping", "pong"]);
      const scheduler = new Scheduler();
      const line = playBack(readRecording(text), { pace, timers: schedulerTimers(scheduler) });
      assert.equal(await talk(scheduler, line, ["ping", "pong"]), heard);
      assert.equal(line.finish(), undefined);
      await scheduler.runUntil(1000);
      assert.equal(line.closedReason, "closed here");
    });

  it("does not mind how the bytes are cut into writes (fast-check, seed 6)", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (size) => {
        const events = [
          { tMs: 0, kind: "out", hex: "000102" },
          { tMs: 1, kind: "out", hex: "030405060708" },
          { tMs: 2, kind: "in", hex: "ff" },
        ] as const;
        const line = playBack({ line: "x", events });
        const got: number[] = [];
        line.onData((bytes) => void got.push(...bytes));
        for (let at = 0; at < 9; at += size)
          await line.write(
            Uint8Array.from({ length: Math.min(size, 9 - at) }, (_value, index) => at + index),
          );
        await new Promise((resolve) => setImmediate(resolve));
        assert.deepEqual([got, line.finish()], [[255], undefined]);
      }),
      { seed: 6, numRuns: 9 },
    ));

  it("reports the first byte that differs, and closes", async () => {
    const { text } = await record(["ping", "pong"]);
    const scheduler = new Scheduler();
    const line = playBack(readRecording(text), { timers: schedulerTimers(scheduler) });
    await assert.rejects(talk(scheduler, line, ["ping", "pang"]), {
      code: "line/diverged",
      message: /at byte 5 of what the host wrote: expected 6f6e67, got 616e67/,
    });
    assert.deepEqual(line.divergence, { offset: 5, event: 3, tMs: 55, expected: "6f6e67", got: "616e67" });
    assert.match(line.closedReason!, /diverges/);
    await assert.rejects(line.write(ascii("x")), { code: "line/closed" });
  });

  it("reports what is written beyond the end, and what is not written at all", async () => {
    const events = [{ tMs: 3, kind: "out", hex: "0102" }] as const;
    const beyond = playBack({ line: "x", events });
    await beyond.write(Uint8Array.of(1, 2));
    await assert.rejects(beyond.write(Uint8Array.of(3)), /at byte 2 .* expected nothing more, got 03/);
    const short = playBack({ line: "x", events });
    await short.write(Uint8Array.of(1));
    assert.deepEqual(short.finish(), { offset: 1, event: 0, tMs: 3, expected: "02", got: "" });
    assert.deepEqual(short.finish(), short.divergence);
  });

  it("lets a host be quicker than it was", async () => {
    const { text, heard } = await record(["ping", "pong"]);
    const scheduler = new Scheduler();
    const line = playBack(readRecording(text), { pace: "recorded", timers: schedulerTimers(scheduler) });
    let got = "";
    line.onData((bytes) => {
      got += new TextDecoder().decode(bytes);
    });
    await settled(scheduler, line.write(ascii("pingpong")));
    await scheduler.runUntil(1000);
    assert.equal(got, heard);
    assert.equal(line.divergence, undefined);
  });
});
