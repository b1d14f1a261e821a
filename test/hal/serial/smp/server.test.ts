import assert from "node:assert/strict";
import fc from "fast-check";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import { linePair } from "../../../../hal/serial/line/memory-line.ts";
import {
  decodePackets,
  encodeConsole,
  encodePacket,
  frameReceiver,
  generalError,
  groupError,
  os,
  osGroup,
  payloadOf,
  SmpError,
  type SmpFaults,
  type SmpGroup,
  SmpServer,
  type SmpServerOptions,
} from "../../../../hal/serial/smp/index.ts";
import { hex, toHex } from "../../../support/shared-data.ts";
import { schedulerTimers } from "../../../support/timers.ts";
import { bytesOf, smpBench } from "./smp-bench.ts";

const params = { bufSize: 256, bufCount: 4 };

/** A server whose other end the test holds: what comes back, packet by packet, in hex. */
function bareServer(groups: readonly SmpGroup[], options: Partial<SmpServerOptions> = {}) {
  const scheduler = new Scheduler();
  const timers = schedulerTimers(scheduler);
  const [host, board] = linePair(timers);
  const server = new SmpServer(board, { timers, groups, ...options });
  const packets: Uint8Array[] = [];
  let text = "";
  const receiver = frameReceiver(options.framing ?? "console", {
    onPacket: (packet) => void packets.push(packet),
    onText: (piece) => {
      text += piece;
    },
  });
  host.onData((bytes) => receiver.push(bytes));
  const say = async (...bytes: Uint8Array[]) => {
    for (const each of bytes) await host.write(each);
    await scheduler.runUntil(scheduler.nowMs + 1000);
  };
  return {
    ...{ server, host, board, scheduler, say },
    /** Sends packets in frames; the answers since then. */
    ask: async (...requests: (string | Uint8Array)[]) => {
      packets.length = 0;
      await say(...requests.map((r) => encodeConsole(typeof r === "string" ? hex(r) : r)));
      return packets.map(toHex);
    },
    answers: () => packets.map(toHex),
    text: () => text,
  };
}

const failing = (error: () => unknown): SmpGroup => ({
  id: 1,
  name: "image",
  handle: () => {
    throw error();
  },
});

/** Echoes after 10 ms. */
const slowEcho = (scheduler: () => Scheduler): SmpGroup => ({
  id: 0,
  name: "os",
  handle: async (_command, _operation, payload) => {
    await new Promise<void>((resolve) => void scheduler().after(10, resolve));
    return { r: payload.d };
  },
});

describe("An SMP server", () => {
  it("answers with the request's version, group, sequence and command, and the operation's answer", async () => {
    const bench = bareServer([osGroup({ params })]);
    assert.deepEqual(await bench.ask("0a00000900004200a1616465" + "68656c6c6f"), [
      "0b00000900004200a1617265" + "68656c6c6f",
    ]);
    assert.deepEqual(await bench.ask("0000000000000706"), [
      "0100001800000706a2686275665f73697a6519010069" + "6275665f636f756e7404",
    ]);
  });

  it("refuses unknown groups and commands with rc 8 in both versions, bad CBOR with rc 3 where fields are wanted", async () => {
    const bench = bareServer([osGroup({ params })]);
    assert.deepEqual(await bench.ask("08000000000b0100", "0a0000000000 0263", "0000000000000202"), [
      "09000005000b0100a162726308",
      "0b00000500000263a162726308",
      "0100000500000202a162726308",
    ]);
    assert.deepEqual(await bench.ask("0a0000010000050080"), ["0b00000500000500a162726303"]);
    assert.deepEqual(await bench.ask("08000001000b050080"), ["09000005000b0500a162726308"], "no such group");
    assert.deepEqual(
      await bench.ask("080000010000056380"),
      ["0900000500000563a162726308"],
      "no such command",
    );
  });

  it("tells errors of a group: by group in version 2, as a general code in version 1", async () => {
    const bench = bareServer([failing(() => groupError(1, 30))]);
    assert.deepEqual(await bench.ask("0a00000000010001"), [
      `0b00001200010001${"a16365" + "7272a26567726f757001627263181e"}`,
    ]);
    const [old] = await bench.ask("0200000000010001");
    assert.equal(payloadOf(decodePackets(hex(old!))[0]!).rc, 1);
    const busy = bareServer([failing(() => generalError(10))]);
    assert.deepEqual(await busy.ask("0a00000000010001"), ["0b00000500010001a16272630a"]);
  });

  it("says 12 to version 1 without legacy, 13 to version 2 of an old server, 13 to versions to come", async () => {
    const newOnly = bareServer([osGroup({ params })], { legacy: false });
    const [tooOld] = await newOnly.ask("0000000000000006");
    assert.equal(payloadOf(decodePackets(hex(tooOld!))[0]!).rc, 12);
    const old = bareServer([osGroup({ params })], { version: 1 });
    const [tooNew] = await old.ask("0800000000000006");
    assert.equal(tooNew!.slice(0, 2), "01");
    assert.equal(payloadOf(decodePackets(hex(tooNew!))[0]!).rc, 13);
    const [future] = await newOnly.ask("1000000000000006");
    assert.equal(future, "0900000500000006a16272630d");
  });

  it("gives a reason in version 1 for what is wrong with an upload only", async () => {
    const bench = bareServer([failing(() => groupError(1, 30))]);
    const reasons = (await bench.ask("0200000000010001", "0200000000010205")).map(
      (answer) => payloadOf(decodePackets(hex(answer))[0]!).rsn,
    );
    assert.deepEqual(reasons, ["image error 30: the image does not fit the slot", undefined]);
  });

  it("handles requests in order, one at a time, and loses those beyond its buffers", async () => {
    let atOnce = 0;
    let most = 0;
    const slow: SmpGroup = {
      id: 0,
      name: "os",
      handle: async (_command, _operation, payload) => {
        most = Math.max(most, ++atOnce);
        await new Promise<void>((resolve) => void bench.scheduler.after(10, resolve));
        atOnce--;
        return { r: payload.d };
      },
    };
    const bench = bareServer([slow], { bufCount: 3 });
    const requests = Array.from({ length: 8 }, (_, i) =>
      encodePacket({ op: 2, versionBits: 1, group: 0, sequence: i, command: 0 }, { d: "x" }),
    );
    const flood = Buffer.concat(requests.map(encodeConsole));
    await bench.say(flood);
    const sequences = bench.answers().map((answer) => Number.parseInt(answer.slice(12, 14), 16));
    assert.deepEqual(sequences, [0, 1, 2]);
    assert.equal(most, 1);
  });

  it("answers rc 7 when an answer does not fit its buffer, and ignores requests that do not", async () => {
    const big: SmpGroup = { id: 0, name: "os", handle: () => ({ r: "x".repeat(300) }) };
    const bench = bareServer([big], { bufSize: 256 });
    assert.deepEqual(await bench.ask("0a00000000000100"), ["0b00000500000100a162726307"]);
    const long = encodePacket(
      { op: 2, versionBits: 1, group: 0, sequence: 1, command: 0 },
      { d: "x".repeat(300) },
    );
    assert.deepEqual(await bench.ask(long, "0a00000000000200"), ["0b00000500000200a162726307"]);
  });

  it("hides no fault: rc 1 outside, the error itself inside", async () => {
    const faults: unknown[] = [];
    const bench = bareServer([failing(() => new TypeError("oops"))], {
      onFault: (error) => faults.push(error),
    });
    assert.deepEqual(await bench.ask("0a00000000010001"), ["0b00000500010001a162726301"]);
    assert.match(String(faults[0]), /oops/);
    const odd: SmpGroup = { id: 1, name: "image", handle: () => ({ f: () => {} }) };
    assert.equal((await bareServer([odd]).ask("0a00000000010001")).length, 1);
  });

  it("asks its guard first, which a command may pass on behalf of a checked sender", async () => {
    const done: string[] = [];
    const acting: SmpGroup = {
      id: 0,
      name: "os",
      handle: (command) => ({ done: done.push(`os ${command}`) }),
    };
    const signed: SmpGroup = {
      id: 64,
      name: "board",
      handle: (command, _operation, payload, context) => {
        context.afterReply(() => void done.push("after the answer"));
        return context.dispatch("write", 0, command, payload);
      },
    };
    const bench = smpBench([acting, signed], {
      guard: ({ group, operation }) => {
        if (group === 0 && operation === "write") throw groupError(64, 7);
      },
    });
    const refused = await bench.run(bench.client.request("write", 0, 5).catch((e: unknown) => e as SmpError));
    assert.ok(refused instanceof SmpError);
    assert.equal(refused.name, "board/unsigned-refused");
    assert.deepEqual(await bench.run(bench.client.request("write", 64, 5)), { done: 1 });
    assert.deepEqual(await bench.run(bench.client.request("read", 0, 1)), { done: 3 });
    assert.deepEqual(done, ["os 5", "after the answer", "os 1"]);
    const unknown = bench.server.dispatch({ group: 9, command: 0, operation: "read", payload: {} });
    await assert.rejects(unknown, { name: "general/not-supported" });
    assert.deepEqual(
      bench.server.groups.map(({ id }) => id),
      [0, 64],
    );
  });

  it("prints text and sends events between answers; after closing it says nothing", async () => {
    const bench = bareServer([osGroup({ params })]);
    await bench.server.print("*** booting\n");
    await bench.server.sendUnasked(64, 15, { n: 1 });
    await bench.server.sendUnasked(64, 15, { n: 2 });
    await bench.server.sendUnasked(64, 15, { n: new Uint8Array(70_000) });
    await bench.scheduler.runUntil(10);
    assert.equal(bench.text(), "*** booting\n");
    assert.deepEqual(bench.answers(), ["0a0000040040000fa1616e01", "0a0000040040010fa1616e02"]);
    bench.server.close();
    await bench.server.print("gone");
    assert.deepEqual(await bench.ask("0a00000000000100"), []);
    assert.equal(bench.text(), "*** booting\n");
  });

  it("refuses what is no request on a raw line, too", async () => {
    const bench = bareServer([osGroup({ params })], { framing: "raw" });
    await bench.say(hex("0c00000100000100a0"), hex("0900000100000206a0"));
    assert.deepEqual(bench.answers(), ["0b00000500000100a162726308", "0b00000500000206a162726308"]);
  });

  it("loses half a packet on a raw line after a pause, and keeps no text there", async () => {
    const bench = bareServer([osGroup({ params })], { framing: "raw" });
    await bench.say(hex("0a0000050000"));
    await bench.say(hex("0a00000500000100a161646178"));
    assert.deepEqual(bench.answers(), ["0b00000500000100a161726178"]);
    await bench.server.print("text");
    await bench.scheduler.runUntil(5000);
    assert.deepEqual(bench.answers().length, 1);
  });

  it("does not answer its own answers, so that a line that echoes stays quiet", async () => {
    const bench = bareServer([osGroup({ params })]);
    const [answer] = await bench.ask("0a00000500000100a161646178");
    assert.deepEqual(await bench.ask(answer!), []);
  });

  it("gives no answer to a host that has left, and takes no half of its packet for the next one's", async () => {
    const bench = bareServer([slowEcho(() => bench.scheduler)]);
    await bench.host.write(encodeConsole(hex("0a00000500000100a161646178")));
    await bench.scheduler.runUntil(5);
    await bench.host.write(encodeConsole(hex("0a00000500000200a161646178")).subarray(0, 9));
    await bench.scheduler.runUntil(6);
    bench.server.newHost();
    assert.deepEqual(await bench.ask("0a00000500000300a161646179"), ["0b00000500000300a161726179"]);
  });

  it("answers as older servers did where it is told to: rc 0, last, and no match", async () => {
    const upload: SmpGroup = { id: 1, name: "image", handle: () => ({ off: 9, match: true }) };
    const bench = bareServer([osGroup({ params }), upload], { olderAnswers: true });
    assert.deepEqual(await bench.ask("0200000000010001", "0200000500000200a161646178"), [
      `0300000a00010001${"a2636f6666096272"}6300`,
      `0300000900000200${"a2617261786272"}6300`,
    ]);
    assert.deepEqual(await bench.ask("0a00000000000263"), ["0b00000500000263a162726308"], "errors as ever");
  });

  it("stays alive and in order whatever comes in (property)", async () => {
    const request = hex("0a00000500000100a161646178");
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .uint8Array({ maxLength: 40 })
        .map((payload) =>
          encodeConsole(Uint8Array.from([0x0a, 0, 0, payload.length, 0, 0, 1, 0, ...payload])),
        ),
      fc.uint8Array({ minLength: 8, maxLength: 60 }).map(encodeConsole),
      fc.constant(encodeConsole(request).subarray(0, 15)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const bench = bareServer([osGroup({ params })]);
        for (const each of pieces) await bench.say(each);
        await bench.say(bytesOf("\n"));
        assert.deepEqual(await bench.ask(request), ["0b00000500000100a161726178"]);
      }),
      { seed: 9, numRuns: 150 },
    );
  });
});

describe("A bad SMP server", () => {
  const bad = (faults: SmpFaults, client = {}) => smpBench([osGroup({ params })], { faults }, client);
  const echo = (bench: ReturnType<typeof bad>, retries = 3) =>
    os.echo(bench.client, "hello", { retries, timeoutMs: 100 });

  it("is survived by retries: every second answer lost, damaged, cut off, or sent twice", async () => {
    for (const faults of [
      { silent: 2 },
      { badCrc: 2 },
      { truncated: 2 },
      { duplicated: 2 },
      { duplicated: 1 },
    ]) {
      const bench = bad(faults);
      for (let i = 0; i < 6; i++) assert.equal(await bench.run(echo(bench)), "hello", JSON.stringify(faults));
    }
  });

  it("is survived on a line that echoes, chatters and thinks", async () => {
    const bench = bad({ echo: true, chatter: true, delayMs: 50 });
    assert.equal(await bench.run(echo(bench, 0)), "hello");
    assert.equal(bench.client.counters.echo, 1);
  });

  it("leads to a time-out with its cause where nothing good ever comes", async () => {
    const cases: [SmpFaults, RegExp][] = [
      [{ silent: true }, /Check that the board runs/],
      [{ silent: 1, echo: true }, /Only our own requests came back/],
      [{ badCrc: 1 }, /damaged frames/],
    ];
    for (const [faults, advice] of cases) {
      const bench = bad(faults);
      const error = await bench.run(echo(bench).catch((reason: unknown) => reason as SmpError));
      assert.ok(error instanceof SmpError);
      assert.equal(error.code, "smp/timeout");
      assert.match(error.advice, advice);
      assert.equal(bench.scheduler.nowMs, 400);
    }
  });

  it("gets well when the fault is switched off", async () => {
    const bench = bad({ silent: true });
    await bench.run(echo(bench).catch(() => undefined));
    bench.server.faults.silent = false;
    assert.equal(await bench.run(echo(bench)), "hello");
  });

  it("damages raw answers where nothing can tell but the CBOR", async () => {
    const faults = { badCrc: 1 };
    const bench = smpBench([osGroup({ params })], { faults, framing: "raw" }, { framing: "raw" });
    const error = await bench.run(echo(bench, 0).catch((reason: unknown) => reason as SmpError));
    assert.ok(error instanceof SmpError);
    assert.equal(error.code, "smp/malformed");
  });
});
