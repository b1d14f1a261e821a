import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodePackets,
  encodeConsole,
  encodePacket,
  frameReceiver,
  generalError,
  groupError,
  os,
  type Payload,
  payloadOf,
  probeBufferSize,
  SmpError,
  type SmpGroup,
  type SmpPacket,
} from "../../../../hal/serial/smp/index.ts";
import { hex } from "../../../support/shared-data.ts";
import { bytesOf, clientEnd, smpBench } from "./smp-bench.ts";

/** A far end that the test plays by hand: what it hears, and how it answers. */
function scripted(
  answer: (packet: SmpPacket, reply: (payload: Payload, change?: object) => void) => void,
  options = {},
) {
  const end = clientEnd(options);
  const heard: SmpPacket[] = [];
  const send = (bytes: Uint8Array) => void end.boardLine.write(bytes);
  const receiver = frameReceiver(end.client.framing, {
    onPacket: (bytes) => {
      for (const packet of decodePackets(bytes)) {
        heard.push(packet);
        answer(packet, (payload, change = {}) => {
          const packetBytes = encodePacket({ ...packet, op: packet.op | 1, ...change }, payload);
          send(end.client.framing === "console" ? encodeConsole(packetBytes) : packetBytes);
        });
      }
    },
  });
  end.boardLine.onData((bytes) => receiver.push(bytes));
  return { ...end, heard, send };
}

const params = { params: { bufSize: 512, bufCount: 4 } };
const failing = (error: () => Error): SmpGroup => ({
  id: 0,
  name: "os",
  handle: () => {
    throw error();
  },
});

async function errorOf(work: Promise<unknown>): Promise<SmpError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SmpError, `expected an SmpError, got ${String(error)}`);
  return error;
}

describe("An SMP client", () => {
  it("sends the known bytes for the known request", async () => {
    const bench = scripted((_packet, reply) => reply({ r: "hello" }), { firstSequence: 0x42 });
    const sent: string[] = [];
    bench.boardLine.onData((bytes) => void sent.push(Buffer.from(bytes).toString("latin1")));
    assert.equal(await bench.run(os.echo(bench.client, "hello")), "hello");
    assert.deepEqual(sent, ["\x06\x09ABMKAAAJAABCAKFhZGVoZWxsb0YZ\n"]);
  });

  it("takes {}, data, rc 0 and an empty payload as success", async () => {
    const answers: Payload[] = [{}, { rc: 0 }, { rc: 0, off: 3 }, { err: { group: 1, rc: 0 } }];
    const bench = scripted((_packet, reply) => reply(answers.shift() ?? {}));
    for (const expected of [...answers])
      assert.deepEqual(await bench.run(bench.client.request("write", 1, 5)), expected);
    const empty = scripted((packet) =>
      empty.send(encodeConsole(Uint8Array.of(9, 0, 0, 0, 0, 1, packet.sequence, 0))),
    );
    assert.deepEqual(await empty.run(empty.client.request("read", 1, 0)), {});
  });

  it("tells an error with its name, its meaning and an advice, in both versions", async () => {
    const newer = scripted((_packet, reply) => reply({ err: { group: 1, rc: 28 } }));
    const error = await newer.run(errorOf(newer.client.request("write", 1, 0)));
    assert.deepEqual(
      [error.code, error.name, error.group, error.rc],
      ["smp/refused", "image/already-pending", 1, 28],
    );
    assert.match(error.message, /image error 28: an image is pending already\. Reset/);
    const older = scripted((_packet, reply) => reply({ rc: 6, rsn: "no slot", off: 0 }, { versionBits: 0 }));
    const bad = await older.run(errorOf(older.client.request("write", 1, 1)));
    assert.deepEqual(
      [bad.name, bad.group, bad.rc, bad.data],
      ["general/bad-state", undefined, 6, { off: 0 }],
    );
    assert.match(bad.message, /no slot/);
  });

  it("finds an answer by sequence, operation, group and command, and nothing else", async () => {
    const bench = scripted((_packet, reply) => {
      reply({ r: "wrong sequence" }, { sequence: 99 });
      reply({ r: "wrong group" }, { group: 1 });
      reply({ r: "wrong command" }, { command: 1 });
      reply({ r: "wrong operation" }, { op: 1 });
      reply({ r: "right" }, { versionBits: 0 });
      reply({ r: "twice" });
    });
    assert.equal(await bench.run(os.echo(bench.client, "x")), "right");
    await bench.run(Promise.resolve());
    assert.equal(bench.client.counters.stray, 5);
  });

  it("keeps many requests apart that are answered in another order", async () => {
    const held: (() => void)[] = [];
    const bench = scripted((packet, reply) => {
      held.unshift(() => reply({ r: payloadOf(packet).d }));
      if (held.length === 10) for (const release of held) release();
    });
    const texts = Array.from({ length: 10 }, (_, i) => `text ${i}`);
    const echoes = Promise.all(texts.map((text) => os.echo(bench.client, text)));
    assert.deepEqual(await bench.run(echoes), texts);
  });

  it("goes round its 256 sequence numbers, past those that still wait", async () => {
    const bench = scripted((packet, reply) => {
      if (packet.command !== 9) reply({ r: payloadOf(packet).d });
    });
    const waiting = errorOf(bench.client.request("write", 0, 9, {}, { timeoutMs: 5000 }));
    for (let i = 0; i < 300; i++) assert.equal(await bench.run(os.echo(bench.client, `${i}`)), `${i}`);
    assert.deepEqual(
      bench.heard.slice(254, 258).map(({ sequence }) => sequence),
      [254, 255, 1, 2],
    );
    assert.equal((await bench.run(waiting)).code, "smp/timeout");
  });

  it("refuses more than 64 requests at once", async () => {
    const bench = scripted(() => {});
    const work = Array.from({ length: 65 }, () => errorOf(bench.client.request("write", 1, 1)));
    const errors = await bench.run(Promise.all(work));
    assert.deepEqual(errors.map((e) => e.code).filter((code) => code === "smp/busy").length, 1);
    assert.equal(bench.client.inFlight, 0);
  });

  it("gives up after the time-out and its retries, no later, and names what came in instead", async () => {
    const bench = scripted(() => bench.send(bytesOf("\x06\x09AAoIAAAAAAEAACnr\n")), { timeoutMs: 500 });
    const error = await bench.run(errorOf(bench.client.request("read", 1, 0)));
    assert.equal(error.code, "smp/timeout");
    assert.match(error.message, /no answer to image command 0 \(read\) on host within 500 ms/);
    assert.match(error.message, /damaged frames.*baud rate/);
    assert.equal(bench.scheduler.nowMs, 1500);
    assert.equal(bench.heard.length, 3);
    assert.equal(new Set(bench.heard.map((packet) => packet.sequence)).size, 3);
  });

  it("does not send a write twice unless it is told to", async () => {
    const bench = scripted(() => {});
    await bench.run(errorOf(bench.client.request("write", 0, 5)));
    assert.equal(bench.heard.length, 1);
    await bench.run(errorOf(bench.client.request("write", 0, 5, {}, { retries: 3, timeoutMs: 10 })));
    assert.equal(bench.heard.length, 5);
  });

  it("gets its answer although the first tries were lost", async () => {
    let tries = 0;
    const bench = scripted((_packet, reply) => {
      if (++tries === 3) reply({ r: "at last" });
    });
    assert.equal(await bench.run(os.echo(bench.client, "x")), "at last");
    assert.equal(bench.client.counters.retry, 2);
  });

  it("counts its time-out from when a long request has left a slow line", async () => {
    const bench = smpBench([echoGroup], { bufSize: 4096 }, { timeoutMs: 400 });
    bench.hostLine.faults.bytesPerS = 5000;
    const text = "x".repeat(3000);
    assert.equal(await bench.run(os.echo(bench.client, text, { retries: 0, timeoutMs: 1000 })), text);
  });

  it("drops its own requests when the line echoes them, in other packets' echo too", async () => {
    const bench = smpBench([echoGroup], { faults: { echo: true } });
    const unasked: unknown[] = [];
    bench.client.onUnasked((message) => unasked.push(message));
    for (let i = 0; i < 5; i++)
      assert.equal(await bench.run(os.echo(bench.client, `text ${i}`)), `text ${i}`);
    await bench.run(bench.client.request("write", 0, 0, { d: "x" }));
    assert.equal(bench.client.counters.echo, 6);
    assert.deepEqual(unasked, []);
  });

  it("hands on what the board sends of its own, and text, while requests are under way", async () => {
    const bench = smpBench([echoGroup], { faults: { chatter: true } });
    const events: Payload[] = [];
    let text = "";
    bench.client.onUnasked(({ group, command, payload }) => void events.push({ group, command, ...payload }));
    const cancel = bench.client.onConsole((piece) => {
      text += piece;
    });
    const echo = os.echo(bench.client, "hello");
    await bench.server.sendUnasked(64, 15, { events: [{ n: 1, up: 5, kind: "boot" }] });
    await bench.server.sendUnasked(1, 1, { off: 0 });
    assert.equal(await bench.run(echo), "hello");
    assert.deepEqual(events, [{ group: 64, command: 15, events: [{ n: 1, up: 5, kind: "boot" }] }]);
    assert.match(text, /app: ready/);
    cancel();
    await bench.server.print("more");
    await bench.run(os.echo(bench.client, "x"));
    assert.doesNotMatch(text, /more/);
  });

  it("changes to the version that the board asks for, and stays with it", async () => {
    const old = smpBench([echoGroup], { version: 1 });
    assert.equal(await old.run(os.echo(old.client, "x")), "x");
    assert.equal(old.client.version, 1);
    const newOnly = smpBench([echoGroup], { legacy: false }, { version: 1 });
    assert.equal(await newOnly.run(os.echo(newOnly.client, "x")), "x");
    assert.equal(newOnly.client.version, 2);
  });

  it("does not go round in circles with a board that wants neither version", async () => {
    const bench = scripted(({ versionBits }, reply) => reply({ rc: versionBits === 0 ? 12 : 13 }));
    const error = await bench.run(errorOf(bench.client.request("read", 0, 0)));
    assert.equal(error.rc, 12);
    assert.equal(bench.heard.length, 2);
  });

  it("says what is wrong with an answer that is no CBOR map, or has the wrong types", async () => {
    const bench = scripted((packet) =>
      bench.send(encodeConsole(Uint8Array.from([packet.op | 9, 0, 0, 1, 0, 0, packet.sequence, 0, 0x80]))),
    );
    const error = await bench.run(errorOf(os.echo(bench.client, "x")));
    assert.equal(error.code, "smp/malformed");
    const typed = scripted((_packet, reply) => reply({ r: 5 }));
    const wrong = await typed.run(errorOf(os.echo(typed.client, "x")));
    assert.match(wrong.message, /os echo, r: expected text, got 5/);
  });

  it("asks for the buffers once, and takes the safe size where the board says nothing useful", async () => {
    const telling = smpBench([os_]);
    assert.deepEqual(await telling.run(telling.client.params()), {
      bufSize: 512,
      bufCount: 4,
      source: "board",
    });
    assert.equal(await telling.run(telling.client.maxPacketBytes()), 508);
    const fallback = { bufSize: 384, bufCount: 1, source: "fallback" };
    const refusing = smpBench([failing(() => generalError(8))]);
    assert.deepEqual(await refusing.run(refusing.client.params()), fallback);
    const silent = smpBench([os_], { faults: { silent: true } });
    assert.deepEqual(await silent.run(silent.client.params()), fallback);
    const lying = scripted((_packet, reply) => reply({ buf_size: 1, buf_count: 2 }));
    assert.deepEqual(await lying.run(lying.client.params()), fallback);
    const vast = scripted((_packet, reply) => reply({ buf_size: 2 ** 40, buf_count: 2 ** 40 }));
    assert.deepEqual(await vast.run(vast.client.params()), {
      bufSize: 65_535,
      bufCount: 64,
      source: "board",
    });
    const recovery = smpBench([], {}, { fallbackBufSize: 1024 });
    assert.equal((await recovery.run(recovery.client.params())).bufSize, 1024);
  });

  it("finds the size of the board's buffer by growing echoes, never above it", async () => {
    for (const bufSize of [300, 384, 1024, 2475]) {
      const bench = smpBench([echoGroup], { bufSize });
      const found = await bench.run(probeBufferSize(bench.client, { timeoutMs: 100 }));
      assert.ok(found.bufSize <= bufSize && found.bufSize > bufSize - 20, `${found.bufSize} of ${bufSize}`);
      assert.equal((await bench.run(bench.client.params())).source, "probed");
    }
  });

  it("ends every request when the line goes, and refuses further ones", async () => {
    const bench = scripted(() => {});
    const work = [errorOf(os.echo(bench.client, "a")), errorOf(bench.client.request("read", 1, 0))];
    bench.scheduler.after(100, () => bench.hostLine.unplug("pulled"));
    for (const error of await bench.run(Promise.all(work))) {
      assert.equal(error.code, "smp/closed");
      assert.match(error.message, /pulled/);
    }
    assert.equal(bench.scheduler.nowMs, 100);
    assert.equal((await bench.run(errorOf(os.echo(bench.client, "b")))).code, "smp/closed");
  });

  it("fails at once when the line cannot be written, and when the client is closed", async () => {
    const bench = clientEnd();
    await bench.hostLine.close();
    assert.equal((await bench.run(errorOf(os.echo(bench.client, "x")))).code, "smp/closed");
    const closing = scripted(() => {});
    const error = errorOf(os.echo(closing.client, "x"));
    closing.client.close();
    assert.equal((await closing.run(error)).code, "smp/closed");
    assert.equal(closing.hostLine.closedReason, undefined);
  });

  it("refuses a payload that no packet can hold", async () => {
    const bench = clientEnd();
    const error = await bench.run(
      errorOf(bench.client.request("write", 1, 1, { data: new Uint8Array(70_000) })),
    );
    assert.equal(error.code, "smp/too-long");
    assert.equal(bench.client.inFlight, 0);
  });

  it("works over raw framing, and forgets half a packet after a pause", async () => {
    const bench = smpBench([echoGroup], { framing: "raw" }, { framing: "raw" });
    assert.equal(await bench.run(os.echo(bench.client, "raw")), "raw");
    await bench.boardLine.write(hex("0b0000400000"));
    await bench.run(new Promise<void>((resolve) => bench.timers.after(200, resolve)));
    assert.equal(await bench.run(os.echo(bench.client, "again", { retries: 0 })), "again");
  });

  it("survives any bytes from the board, and ends each request in time (property)", async () => {
    const reply = hex("0b00000500000000a1617261 78");
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constant(encodeConsole(reply)),
      fc.constant(encodeConsole(reply).subarray(0, 14)),
      fc.constant(encodeConsole(hex("0b00000100000000ff"))),
      fc.constant(encodeConsole(hex("0a00000100400f0fa0"))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
        const bench = scripted(() => pieces.forEach((bytes) => void bench.send(bytes)), { timeoutMs: 100 });
        const outcome = await bench.run(
          os.echo(bench.client, "x").catch((error: unknown) => {
            assert.ok(error instanceof SmpError, String(error));
          }),
          400,
        );
        assert.ok(outcome === undefined || outcome === "x");
        assert.equal(bench.client.inFlight, 0);
      }),
      { seed: 8, numRuns: 100 },
    );
  });

  it("keeps nothing of a flood of answers that nobody waits for", async () => {
    const bench = clientEnd();
    const stray = encodeConsole(hex("0b00000100000000a0"));
    for (let i = 0; i < 100; i++)
      await bench.boardLine.write(Buffer.concat(Array.from({ length: 50 }, () => stray)));
    await bench.run(Promise.resolve());
    assert.equal(bench.client.counters.stray, 5000);
    assert.equal(bench.client.inFlight, 0);
  });

  it("hands on errors of groups that it has no table for", async () => {
    const bench = scripted((_packet, reply) => reply({ err: { group: 99, rc: 300 } }));
    const error = await bench.run(errorOf(bench.client.request("read", 99, 0)));
    assert.equal(error.name, "group 99/code-300");
    assert.equal(groupError(1, 200).name, "image/code-200");
    assert.equal(generalError(400).text, "general error 400: user error 400");
  });
});

const echoGroup = {
  id: 0,
  name: "os",
  handle: (_c: number, _o: string, payload: Payload) => ({ r: payload.d }),
};
const os_: SmpGroup = {
  id: 0,
  name: "os",
  handle: () => ({ buf_size: params.params.bufSize, buf_count: params.params.bufCount }),
};
