import assert from "node:assert/strict";
import { readFlash, writeFlash } from "../../../hal/emulated/index.ts";
import type { Payload } from "../../../hal/serial/smp/index.ts";
import { deadline, pause, realTimers } from "../../../hal/serial/timers.ts";
import { ask, emulatedBench, patternBytes, slowMs } from "./emulated-bench.ts";

const sectorBytes = 8192;
const boardGroup = 64;
/** Clears a byte of the newest record of agent/state.c, 32 bytes each in two sectors of 4 KiB that take turns. */
function tearLastRecord(flashPath: string): void {
  const records = Array.from({ length: (2 * 4096) / 32 }, (_, index) => {
    const offset = index * 32;
    const sequence = new DataView(readFlash(flashPath, "state", offset, 4).buffer).getUint32(0, true);
    return { offset, sequence: sequence === 0xffff_ffff ? 0 : sequence };
  });
  const newest = records.reduce((best, record) => (record.sequence > best.sequence ? record : best));
  writeFlash(flashPath, "state", newest.offset + 29, Uint8Array.of(0x11));
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.of(...values);

describe("the emulated board's parts, over group 64", function () {
  this.timeout(slowMs);
  const bench = emulatedBench({ id: "parts", eui64: bytes(1, 2, 3, 4, 5, 6, 7, 8) });
  const read = (command: number, payload?: Payload) => ask(bench().smp, "read", boardGroup, command, payload);
  const write = (command: number, payload: Payload) =>
    ask(bench().smp, "write", boardGroup, command, payload);
  const flash = {
    read: (off: number, len: number) => read(2, { off, len }),
    program: (off: number, data: Uint8Array) => write(3, { off, data }),
    erase: (sector: number) => write(4, { sector }),
  };
  const clock = async () => (await read(1)) as { up: number; rtc?: number };
  let acknowledged = 0;
  /** The events since the last call. */
  async function events(): Promise<Payload[]> {
    const all: Payload[] = [];
    for (;;) {
      const answer = (await read(15, { ack: acknowledged })) as { events: Payload[] };
      if (answer.events.length === 0) return all;
      acknowledged = Number(answer.events.at(-1)!.n);
      all.push(...answer.events);
    }
  }
  const kinds = async () => (await events()).map((event) => event.kind);
  /** The next line of the second UART that begins with `word`. */
  async function told(word: string, act: () => Promise<unknown>): Promise<string> {
    let cancel = () => {};
    const line = new Promise<string>((resolve) => {
      cancel = bench().board.onStimulus((text) => text.startsWith(word) && resolve(text));
    });
    await act();
    return await deadline(realTimers, 5_000, `the board to tell "${word}"`).guard(line).finally(cancel);
  }

  beforeEach(() => events());

  it("describes itself", async () => {
    assert.deepEqual(await read(0), {
      proto: 1,
      kind: "vexpress-a9",
      id: "parts",
      parts: ["clock", "flash", "entropy", "mains", "switch", "tamper", "ui", "stimulus"],
      flash: { sector: sectorBytes, count: 184, unit: 1 },
      phases: 1,
      eui: bytes(1, 2, 3, 4, 5, 6, 7, 8),
      signed: false,
      chunk: 1024,
    });
  });

  it("says that a part is absent, and that a command is unknown", async () => {
    for (const command of [8, 11, 12, 13, 18]) assert.equal(await write(command, {}), "64/2");
    assert.equal(await read(14), "-/8");
    assert.equal(await read(99), "-/8");
  });

  describe("flash", () => {
    before(async () => {
      for (const sector of [0, 1, 127]) await flash.erase(sector);
    });

    it("programs and reads over the end of a sector, and to the last byte", async () => {
      const data = patternBytes("flash", 1000);
      assert.deepEqual(await flash.program(sectorBytes - 333, data), {});
      assert.deepEqual(await flash.read(sectorBytes - 333, 1000), { data });
      assert.deepEqual(await flash.program(184 * sectorBytes - 3, bytes(1, 2, 3)), {});
      assert.deepEqual(await flash.read(184 * sectorBytes - 4, 4), { data: bytes(255, 1, 2, 3) });
    });

    it("programs single bytes and leaves their neighbours", async () => {
      for (const offset of [5, 6, 11, 256]) assert.deepEqual(await flash.program(offset, bytes(0x0f)), {});
      const around = await flash.read(4, 9);
      assert.deepEqual(around, { data: bytes(255, 15, 15, 255, 255, 255, 255, 15, 255) });
    });

    it("clears more bits, but refuses to set one, and then changes nothing", async () => {
      assert.deepEqual(await flash.program(100, bytes(0xf0, 0xff)), {});
      assert.deepEqual(await flash.program(100, bytes(0x30, 0xff)), {});
      assert.equal(await flash.program(99, bytes(0x00, 0x31, 0x00)), "64/3");
      assert.deepEqual(await flash.read(99, 3), { data: bytes(0xff, 0x30, 0xff) });
    });

    it("erases one sector and leaves the next one", async () => {
      await flash.program(200, bytes(0));
      const next = await flash.read(sectorBytes, 64);
      assert.deepEqual(await flash.erase(0), {});
      assert.deepEqual(await flash.read(200, 1), { data: bytes(255) });
      assert.deepEqual(await flash.read(sectorBytes, 64), next);
    });

    it("refuses what is out of range, too long, empty, or has no offset", async () => {
      const size = 184 * sectorBytes;
      assert.equal(await flash.read(size, 1), "64/3");
      assert.equal(await flash.read(size - 1, 2), "64/3");
      assert.equal(await flash.read(2 ** 32, 1), "64/3");
      assert.equal(await flash.read(0, 1025), "64/6");
      assert.equal(await flash.program(size - 1, bytes(0, 0)), "64/3");
      assert.equal(await flash.program(0, new Uint8Array(0)), "64/3");
      assert.equal(await flash.program(0, new Uint8Array(1025)), "64/6");
      assert.equal(await flash.erase(184), "64/3");
      assert.equal(await read(2, { len: 1 }), "64/3");
      assert.equal(await write(4, { sector: -1 }), "64/3");
      assert.deepEqual(await flash.read(size, 0), { data: new Uint8Array(0) });
    });
  });

  it("keeps time: uptime starts with the power, the time of day outlives it", async () => {
    const utcMs = 1_700_000_000_000;
    const near = (actual: number | undefined, expected: number, tolerance: number) =>
      assert.ok(Math.abs(actual! - expected) <= tolerance, `${actual} is not ${expected}`);
    const before = await clock();
    assert.deepEqual([before.rtc, await write(1, { rtc: utcMs })], [undefined, {}]);
    const set = await clock();
    near(set.rtc, utcMs, 200);
    await pause(realTimers, 1_100); // past the edge of a second of the clock chip: it must not move the time
    const later = await clock();
    near(later.rtc! - set.rtc!, later.up - set.up, 45);
    near(later.up - set.up, 1_100, 200);
    await bench().powerCycle();
    const back = await clock();
    assert.ok(back.up < later.up);
    near(back.rtc, later.rtc!, 1_000); // it counts whole seconds, and the host's went on
    assert.equal(await write(1, { rtc: -5 }), "64/3");
    assert.equal(await write(1, {}), "64/3");
  });

  it("moves its switch, keeps it over a power cut, and cannot when the contacts are welded", async () => {
    assert.deepEqual(await read(6), { closed: true });
    assert.equal(await told("switch", () => write(6, { closed: false })), "switch open");
    await bench().powerCycle();
    assert.deepEqual(await read(6), { closed: false });
    await write(17, { stuck: true });
    assert.deepEqual(await write(6, { closed: true }), { closed: false });
    await write(17, { stuck: false });
    assert.deepEqual(await write(6, { closed: true }), { closed: true });
    assert.equal(await write(6, { closed: 1 }), "64/3");
  });

  it("keeps its state over hundreds of changes, and loses only the last one to a torn write", async () => {
    const { board } = bench();
    for (let move = 0; move <= 300; move++) await write(6, { closed: move % 2 === 1 });
    await bench().powerCycle();
    assert.deepEqual(await read(6), { closed: false });
    await write(6, { closed: true });
    await board.powerCut();
    tearLastRecord(board.flashPath);
    await board.powerOn();
    assert.deepEqual(await read(6), { closed: false });
    await write(6, { closed: true });
  });

  it("tells each change of a cover once, moved over SMP or by the second UART", async () => {
    assert.deepEqual(await write(17, { tamper: { "terminal-cover": true } }), {});
    await write(17, { tamper: { "terminal-cover": true, magnet: true } });
    await bench().board.stimulus("tamper magnet 0");
    const seen = (await events()).map(({ kind, input, active }) => [kind, input, active]);
    assert.deepEqual(seen, [
      ["tamper", "terminal-cover", true],
      ["tamper", "magnet", true],
      ["tamper", "magnet", false],
    ]);
    const state = { "meter-cover": false, "terminal-cover": true, "battery-cover": false, magnet: false };
    assert.deepEqual(await read(7), state);
    assert.equal(await write(17, { tamper: { window: true } }), "64/3");
    assert.equal(await write(17, { tamper: { magnet: 1 } }), "64/3");
  });

  it("tells buttons in order", async () => {
    await write(17, { button: "b" });
    await bench().board.stimulus("button a");
    assert.deepEqual(
      (await events()).map((event) => event.button),
      ["b", "a"],
    );
    assert.equal(await write(17, { button: "c" }), "64/3");
  });

  it("shows up to 4 lines of up to 32 characters", async () => {
    const lines = ["€".repeat(32), "12.34 kWh", "", "a\nb"];
    assert.equal(
      await told("display", () => write(9, { lines })),
      `display|${"€".repeat(32)}|12.34 kWh||a b`,
    );
    for (const wrong of [["x".repeat(33)], ["", "", "", "", ""], [5]])
      assert.equal(await write(9, { lines: wrong }), "64/3");
  });

  it("gives entropy that never repeats, and no more than it says", async () => {
    const seen = new Set<string>();
    for (let draw = 0; draw < 20; draw++)
      seen.add(Buffer.from(((await read(10, { len: 16 })) as { data: Uint8Array }).data).toString("hex"));
    await bench().powerCycle();
    seen.add(Buffer.from(((await read(10, { len: 16 })) as { data: Uint8Array }).data).toString("hex"));
    assert.equal(seen.size, 21);
    assert.equal(((await read(10, { len: 256 })) as { data: Uint8Array }).data.length, 256);
    assert.equal(await read(10, { len: 257 }), "64/6");
  });

  describe("mains", () => {
    const mains = async () => (await read(5)) as { present: boolean[]; holdup: boolean; mJ: number };
    const settle = () => pause(realTimers, 150);

    it("senses a loss and a return at the sense input, and spends energy meanwhile", async () => {
      const full = await mains();
      assert.deepEqual(full, { present: [true], holdup: false, mJ: 5000 });
      await bench().board.setMains(false);
      await settle();
      const lost = await mains();
      assert.deepEqual([lost.present, lost.holdup, lost.mJ < 5000], [[false], true, true]);
      await bench().board.setMains(true);
      await settle();
      assert.deepEqual((await mains()).present, [true]);
      assert.deepEqual(await kinds(), ["mains", "mains"]);
    });

    it("stays lost over a reset, which the emulated sense chip would forget", async () => {
      await bench().board.setMains(false);
      await bench().board.reset();
      await settle();
      assert.equal((await mains()).holdup, true);
      await bench().board.setMains(true);
      await settle();
    });

    it("can be lost and given energy by a stimulus too", async () => {
      await write(17, { mains: [false], mJ: 60_000 });
      await settle();
      const lost = await mains();
      assert.ok(lost.holdup && lost.mJ > 59_000 && lost.mJ <= 60_000);
      await write(17, { mains: [true] });
      await settle();
      assert.equal((await mains()).holdup, false);
      for (const wrong of [{ mains: [] }, { mains: [true, true] }, { mains: true }, { mJ: -1 }])
        assert.equal(await write(17, wrong), "64/3");
    });

    it("dies when the store is empty, and lives again when the mains return", async () => {
      const { board } = bench();
      const off = new Promise<void>((resolve) => void board.onPower((on) => !on && resolve()));
      await write(17, { mJ: 50 });
      await board.setMains(false);
      await deadline(realTimers, 10_000, "the board to lose its power").guard(off);
      assert.equal(board.powered, false);
      await board.setMains(true);
      assert.deepEqual(await mains(), { present: [true], holdup: false, mJ: 5000 });
    });
  });

  describe("events", () => {
    it("keep until they are acknowledged, and number on over starts", async () => {
      await write(17, { button: "a" });
      const once = (await read(15)) as { events: Payload[] };
      assert.deepEqual(await read(15), once);
      const last = Number(once.events.at(-1)!.n);
      assert.deepEqual(await read(15, { ack: last }), { events: [] });
      await bench().board.reset();
      const boot = (await read(15, { ack: last })) as { events: Payload[] };
      assert.deepEqual([boot.events[0]!.kind, boot.events[0]!.reason], ["boot", "reset"]);
      assert.ok(Number(boot.events[0]!.n) > last);
    });

    it("come unasked to whoever has asked before, each once", async () => {
      const pushed: Payload[] = [];
      const cancel = bench().smp.onUnasked(({ payload }) => pushed.push(...(payload.events as Payload[])));
      await bench().board.stimulus("button a");
      await bench().board.stimulus("button b");
      await read(1);
      cancel();
      assert.deepEqual(
        pushed.map((event) => event.button),
        ["a", "b"],
      );
    });

    it("fall out at the oldest end of a full queue, which is told once", async () => {
      for (let press = 0; press < 70; press++) await bench().board.stimulus("button a");
      const answer = (await read(15, { ack: acknowledged })) as { lost: number; events: Payload[] };
      assert.equal(answer.lost, 6);
      assert.equal((await events()).length, 64);
    });
  });

  it("tells nothing unasked to a host that asks for other groups, nor after a reset, whoever listened before", async () => {
    const { smp, board } = bench();
    let unasked = 0;
    const cancel = smp.onUnasked(() => unasked++);
    const stirred = async () => {
      unasked = 0;
      await board.stimulus("button a");
      await pause(realTimers, 200);
      return unasked;
    };
    await events();
    assert.equal(await stirred(), 1);
    await ask(smp, "read", 0, 6);
    assert.equal(await stirred(), 0);
    await events();
    await board.stimulus("host");
    assert.equal(await stirred(), 0, "another host");
    await events();
    await board.reset();
    assert.equal(await stirred(), 0, "a reset");
    cancel();
  });

  it("has no part message, until somebody at the second UART stands for the device", async () => {
    const parts = async () => ((await read(0)) as { parts: string[] }).parts;
    assert.equal(await write(16, { off: 0, len: 1, data: bytes(1) }), "64/2");
    await assert.rejects(bench().board.stimulus("message 0 1 00"), { code: "emulated/refused" });
    await bench().board.stimulus("device 1");
    assert.ok((await parts()).includes("message"));
    await bench().board.stimulus("device 0");
    assert.ok(!(await parts()).includes("message"));
  });

  it("passes message pieces between SMP and the second UART, both ways", async () => {
    await bench().board.stimulus("device 1");
    const data = patternBytes("message", 1024);
    const piece = Buffer.from(data).toString("hex");
    assert.equal(
      await told("message", () => write(16, { off: 0, len: 2000, data })),
      `message 0 2000 ${piece}`,
    );
    assert.equal(await told("message", () => write(16, { off: 1024, data: bytes(1) })), "message 1024 - 01");
    await bench().board.stimulus(`message 0 1024 ${piece}`);
    await bench().board.stimulus("message 1024 - ff");
    const pieces = (await events()).map(({ kind, off, len, data: part }) => ({ kind, off, len, data: part }));
    assert.deepEqual(pieces, [
      { kind: "message-piece", off: 0, len: 1024, data },
      { kind: "message-piece", off: 1024, len: undefined, data: bytes(255) },
    ]);
  });

  it("refuses a stimulus that it does not know, and lines longer than any of them", async () => {
    const wrong = [
      "",
      "dance",
      "mains",
      "mains 2",
      "mj",
      "mj 1x",
      "tamper window 1",
      "button",
      "message 0 1 0",
    ];
    for (const command of [...wrong, `message 0 1 ${"00".repeat(2000)}`])
      await assert.rejects(bench().board.stimulus(command), { code: "emulated/refused" }, command);
  });
});
