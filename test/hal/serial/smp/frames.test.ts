import assert from "node:assert/strict";
import fc from "fast-check";
import {
  crc16Xmodem,
  type DropReason,
  encodeConsole,
  encodeFrame,
  type FrameReceiver,
  framedBytes,
  frameReceiver,
  LINE_BYTES,
  type SmpFraming,
} from "../../../../hal/serial/smp/index.ts";
import { hex, toHex } from "../../../support/shared-data.ts";
import { bytesOf, textOf } from "./smp-bench.ts";

/** Everything that a receiver makes of `chunks`. */
function receive(framing: SmpFraming, chunks: Iterable<Uint8Array>, maxPacketBytes?: number) {
  const packets: string[] = [];
  const drops: DropReason[] = [];
  let text = "";
  const listener = {
    onPacket: (packet: Uint8Array) => void packets.push(toHex(packet)),
    onText: (piece: string) => {
      text += piece;
    },
    onDrop: (reason: DropReason) => void drops.push(reason),
  };
  const receiver: FrameReceiver = frameReceiver(framing, listener, maxPacketBytes);
  for (const chunk of chunks) receiver.push(chunk);
  return { packets, drops, text, receiver };
}

const console_ = (...chunks: (string | Uint8Array)[]) =>
  receive(
    "console",
    chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk)),
  );

const FIRST = "\x06\x09";
const NEXT = "\x04\x14";

/** Recorded and recomputed frames; the first two stand in Mynewt's protocol.md. */
const known = [
  ["task statistics, version 1", "0000000000000002", "AAoAAAAAAAAAAiBC"],
  ["image list, version 1", "0000000000010000", "AAoAAAAAAAEAADcw"],
  ["image list, version 2", "0800000000010000", "AAoIAAAAAAEAACnq"],
  ["echo hello", "0a00000900004200a1616465" + "68656c6c6f", "ABMKAAAJAABCAKFhZGVoZWxsb0YZ"],
  // cmcumgr-client's test_serial_transport.c
  ["a write request with rc", "0200000600000000bf62726300ff", "ABACAAAGAAAAAL9icmMA/xcQ"],
] as const;

const rcPacket = "0200000600000000bf62726300ff";
const rcLine = `${FIRST}ABACAAAGAAAAAL9icmMA/xcQ\n`;

describe("SMP console frames", () => {
  it("have the CRC-16/XMODEM of the catalogue", () => {
    assert.equal(crc16Xmodem(bytesOf("123456789")), 0x31c3);
    assert.equal(crc16Xmodem(new Uint8Array(0)), 0);
  });

  for (const [name, packet, base64] of known)
    it(`match the known frame: ${name}`, () => {
      assert.equal(textOf(encodeConsole(hex(packet))), `${FIRST}${base64}\n`);
      assert.deepEqual(console_(`${FIRST}${base64}\n`).packets, [packet]);
    });

  it("break a long packet into lines of 127 bytes, as the known one of 208 bytes", () => {
    const lines = textOf(encodeConsole(new Uint8Array(208)))
      .split("\n")
      .slice(0, -1);
    assert.deepEqual(
      lines.map((line) => line.length + 1),
      [127, 127, 39],
    );
    assert.deepEqual(
      lines.map((line) => line.slice(0, 2)),
      [FIRST, NEXT, NEXT],
    );
  });

  it("are taken in shorter lines than ours, as cmcumgr-client's fragmented fixture has them", () => {
    const digits = "1234567890".repeat(10);
    const received = console_(
      `${FIRST}AHMDAABpAAAAAKFhcnhkMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4\n`,
      `${NEXT}OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MKkq\n`,
    );
    assert.deepEqual(received.packets, [`0300006900000000a1617278${toHex(bytesOf(`d${digits}`))}`]);
  });

  it("are taken with CR LF, behind a prompt, and cut anywhere", () => {
    assert.deepEqual(console_(rcLine.replace("\n", "\r\n")).packets, [rcPacket]);
    const behindPrompt = console_("ab\ncag\x06", "\x09ABACAAAG", "AAAAAL9icmMA/xcQ\n");
    assert.deepEqual(behindPrompt.packets, [rcPacket]);
    assert.equal(behindPrompt.text, "ab\ncag");
    const garbage = console_("ab\ncag", "\x06\x00cag\n", `\n${rcLine}`);
    assert.deepEqual(garbage.packets, [rcPacket]);
    assert.equal(garbage.text, "ab\ncag\x06\x00cag\n\n");
  });

  it("are dropped where the length says 14 and 16 is right, though the CRC is (Zephyr drops it too)", () => {
    const received = console_(`${FIRST}AA4CAAAGAAAAAL9icmMA/xcQ\n`);
    assert.deepEqual(received.packets, []);
    assert.deepEqual(received.drops, ["length"]);
  });

  it("are dropped with a wrong CRC, with bad base64, with a length beyond the buffer", () => {
    assert.deepEqual(console_(`${FIRST}ABACAAAGAAAAAL9icmMA/xcR\n`).drops, ["crc"]);
    assert.deepEqual(console_(`${FIRST}ABAC*AAGAAAAAL9icmMA/xcQ\n`).drops, ["base64"]);
    assert.deepEqual(console_(`${FIRST}ABA\n`).drops, ["base64"]);
    assert.deepEqual(console_(`${FIRST}AAIAAA==\n`).drops, ["length"]);
    assert.deepEqual(receive("console", [encodeConsole(new Uint8Array(101))], 100).drops, ["too-long"]);
  });

  it("wait without an end for a packet that was cut off, and take the next one", () => {
    const received = console_(rcLine.slice(0, 20), rcLine);
    assert.deepEqual(received.packets, [rcPacket]);
    assert.equal(received.receiver.midPacket, false);
    const cut = console_(rcLine.slice(0, 20));
    assert.equal(cut.receiver.midPacket, true);
    cut.receiver.reset();
    assert.equal(cut.receiver.midPacket, false);
  });

  it("ignore a further line without a first one", () => {
    const received = console_(`${NEXT}AAAA\n`, `hello\n`, rcLine);
    assert.deepEqual(received.packets, [rcPacket]);
    assert.deepEqual(received.drops, []);
    assert.equal(received.text, "hello\n");
  });

  it("let console text through at once, markers' first bytes included, in UTF-8", () => {
    assert.equal(console_("uart:~$ ").text, "uart:~$ ");
    assert.equal(console_("a\x06\x06b\x04c\x04\x06d").text, "a\x06\x06b\x04c\x04\x06d");
    const snow = bytesOf("❄ 2 °C");
    assert.equal(console_(snow.subarray(0, 1), snow.subarray(1)).text, "❄ 2 °C");
  });

  const packetBytes = fc.uint8Array({ minLength: 8, maxLength: 700 });
  const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 200 }));

  it("survive any split into chunks, with any text between them (property)", () => {
    const text = fc.string({ unit: fc.constantFrom("a", ">", " ", "\r", "é", "\x01") });
    const item = fc.record({ text, packet: packetBytes });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 4 }), cuts, (items, sizes) => {
        const stream = Buffer.concat(
          items.flatMap(({ text, packet }) => [Buffer.from(`${text}\n`), encodeConsole(packet)]),
        );
        const received = receive("console", chunksOf(stream, sizes));
        assert.deepEqual(
          received.packets,
          items.map(({ packet }) => toHex(packet)),
        );
        assert.equal(received.text, items.map(({ text }) => `${text}\n`).join(""));
        assert.deepEqual(received.drops, []);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("give the packet or nothing when any bit of it flips, and always the next packet (property)", () => {
    fc.assert(
      fc.property(packetBytes, fc.nat(), fc.integer({ min: 0, max: 7 }), (packet, at, bit) => {
        const frame = encodeConsole(packet);
        frame[at % frame.length]! ^= 1 << bit;
        const { packets } = receive("console", [frame, bytesOf("\n"), encodeConsole(packet)]);
        assert.equal(packets.at(-1), toHex(packet));
        assert.ok(packets.length === 1 || packets[0] === toHex(packet));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("survive any garbage, and take the packet after it (property)", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .constantFrom(FIRST, NEXT, "\n", "AAoA", "=", rcLine.slice(0, 9))
        .map((t) => Buffer.from(t, "latin1")),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), packetBytes, (garbage, packet) => {
        const { packets } = receive("console", [...garbage, bytesOf("\n"), encodeConsole(packet)]);
        assert.equal(packets.at(-1), toHex(packet));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("take as many bytes as foretold", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 3000 }), (length) => {
        assert.equal(framedBytes("console", length), encodeConsole(new Uint8Array(length)).length);
        assert.equal(framedBytes("raw", length), length);
      }),
      { seed: 4, numRuns: 300 },
    );
    for (const line of textOf(encodeConsole(new Uint8Array(1000))).split("\n"))
      assert.ok(line.length + 1 <= LINE_BYTES);
  });

  it("keep no more than a packet of a flood: endless lines, half packets, empty lines, no line feeds", () => {
    const endless = Buffer.alloc(64 * 1024, "A");
    const flood = console_(FIRST, ...Array.from({ length: 40 }, () => endless), `\n${rcLine}`);
    assert.deepEqual(flood.drops, ["too-long"]);
    assert.deepEqual(flood.packets, [rcPacket]);
    const halves = console_(`${rcLine.slice(0, 12)}\n`.repeat(20_000), rcLine);
    assert.deepEqual(halves.packets, [rcPacket]);
    const empty = console_(`${FIRST}\n`, `${NEXT}\n`.repeat(50_000), rcLine);
    assert.deepEqual(empty.packets, [rcPacket]);
    const longest = `${FIRST}//8A\n${`${NEXT}${"A".repeat(120)}\n`.repeat(2000)}`;
    assert.deepEqual(console_(longest, rcLine).packets, [rcPacket]);
  });
});

describe("SMP raw frames", () => {
  it("are the packet itself, cut anywhere (property)", () => {
    const packet = fc.uint8Array({ maxLength: 300 }).map((payload) => {
      const header = Uint8Array.of(0x0a, 0, payload.length >> 8, payload.length & 255, 0, 0, 7, 0);
      return Uint8Array.from([...header, ...payload]);
    });
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 5 }), sizes, (packets, cut) => {
        const stream = Buffer.concat(packets.map((p) => encodeFrame("raw", p)));
        assert.deepEqual(receive("raw", chunksOf(stream, cut)).packets, packets.map(toHex));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it("skip what can be no header, and find the packet behind it", () => {
    const packet = hex("0b00000100000000a0");
    const received = receive("raw", [bytesOf("boot\r\n"), packet]);
    assert.deepEqual(received.packets, [toHex(packet)]);
    assert.ok(received.drops.every((reason) => reason === "garbage"));
  });

  it("never wait for more than a packet of the largest size", () => {
    const claims = receive("raw", [hex("0b00ffffffffffff")], 1000);
    assert.equal(claims.receiver.midPacket, false);
    const byOne = Array.from({ length: 65_000 }, () => Uint8Array.of(0x0b));
    const slow = receive("raw", [hex("0b00fff0 0000 00 00"), ...byOne]);
    assert.equal(slow.packets.length, 0);
    assert.equal(slow.receiver.midPacket, true);
    slow.receiver.reset();
    assert.equal(slow.receiver.midPacket, false);
  });
});

function* chunksOf(bytes: Uint8Array, sizes: Iterable<number>): Iterable<Uint8Array> {
  const size = sizes[Symbol.iterator]();
  for (let at = 0; at < bytes.length; ) {
    const end = at + (size.next().value as number);
    yield bytes.subarray(at, end);
    at = end;
  }
}
