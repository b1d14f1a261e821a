/**
 * Spoilt DLMS payloads: each is refused with a code and the byte, or was another right message, which then has only
 * the one form that came. Nothing crashes, nothing takes longer for what it claims to hold.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { makeType, type ValueType } from "../../../../../firmware/model/index.ts";
import { Reader } from "../../../../../firmware/wire/gbcs/bytes.ts";
import {
  type Asked,
  decodeNotice,
  decodeRequest,
  decodeResponse,
  encodeNotice,
  encodeRequest,
  encodeResponse,
  readData,
  Sink,
  writeData,
} from "../../../../../firmware/wire/gbcs/dlms/index.ts";
import { Kind } from "../../../../../firmware/wire/message.ts";
import { CodedError } from "../../../../../hal/base/coded-error.ts";
import { hex, rtds, toHex } from "../../../../support/shared-data.ts";
import { commandOf, dlmsSamples, type Sample } from "./samples.ts";

/** Reads a payload as the message it came in, and writes what was read. */
type Codec = (payload: Uint8Array) => Uint8Array;

function codecOf(all: readonly Sample[], sample: Sample): Codec {
  const { header } = sample;
  if (header.kind === Kind.command) return (bytes) => encodeRequest(header, decodeRequest(header, bytes));
  if (header.kind === Kind.alert) return (bytes) => encodeNotice(header, decodeNotice(header, bytes));
  const command = commandOf(all, sample)!;
  const asked: readonly Asked[] = decodeRequest(command.header, command.payload);
  return (bytes) => encodeResponse(header, asked, decodeResponse(header, asked, bytes));
}

/** True when `bytes` are refused as they must be; false when they are a message again. */
function isRefused(codec: Codec, bytes: Uint8Array, what: string): boolean {
  let again: Uint8Array;
  try {
    again = codec(bytes);
  } catch (error) {
    assert.ok(error instanceof CodedError, `${what}: ${error}`);
    assert.equal(error.code, "wire/malformed", `${what}: ${error.message}`);
    const { at } = error.data as { at: number };
    assert.ok(at >= 0 && at <= bytes.length, `${what}: byte ${at}`);
    assert.match(error.message, /expected .+, got /);
    return true;
  }
  assert.equal(toHex(again), toHex(bytes), what);
  return false;
}

/** Octets that mean most: tags, lengths of every form, the ends of counts. */
const telling = [
  0, 1, 2, 3, 4, 5, 6, 9, 10, 12, 15, 16, 17, 18, 19, 20, 21, 22, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0xff,
];

describe("gbcs: spoilt DLMS payloads", () => {
  let codecs: { readonly file: string; readonly payload: Uint8Array; readonly codec: Codec }[] = [];
  before(function () {
    const all = dlmsSamples(rtds(this, "messages"));
    codecs = all.map((sample) => ({ ...sample, codec: codecOf(all, sample) }));
    assert.ok(codecs.length >= 511);
  });

  /** Spoils every payload in many ways; how many were refused. */
  function tally(what: string, spoil: (payload: Uint8Array) => Iterable<Uint8Array>) {
    let [refused, total] = [0, 0];
    for (const { file, payload, codec } of codecs)
      for (const bytes of spoil(payload)) {
        total++;
        if (isRefused(codec, bytes, `${file} ${toHex(bytes)}`)) refused++;
      }
    console.log(`      ${what}: ${refused} of ${total} refused, the others are messages of the same bytes`);
    return { refused, total };
  }

  it("of any shorter length are refused, and so is one byte more", () => {
    const { refused, total } = tally("cut or longer", function* (payload) {
      const step = Math.max(1, payload.length >>> 6);
      for (let length = 0; length < payload.length; length += step) yield payload.subarray(0, length);
      yield Uint8Array.of(...payload, 0);
    });
    assert.equal(refused, total);
  });

  it("with a bit flipped are refused or other messages", () => {
    const { refused, total } = tally("bits", function* (payload) {
      const bits = payload.length * 8;
      // Up to 256 bits of each, spread by a step without common factors.
      for (let n = 0; n < Math.min(bits, 256); n++) {
        const bit = (n * 1009) % bits;
        const bytes = payload.slice();
        bytes[bit >>> 3]! ^= 1 << (bit & 7);
        yield bytes;
      }
    });
    assert.ok(refused > 0 && total > 100_000, `${total}`);
  });

  it("with a tag or a length put anywhere are refused or other messages", () => {
    const { total } = tally("tags and lengths", function* (payload) {
      for (let n = 0; n < 64; n++) {
        const bytes = payload.slice();
        bytes[(n * 37) % payload.length] = telling[n % telling.length]!;
        yield bytes;
      }
    });
    assert.ok(total > 30_000);
  });

  it("spliced from one another are refused or other messages", () => {
    const one = fc.nat(codecs.length - 1);
    fc.assert(
      fc.property(one, one, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, cut) => {
        const [front, back] = [codecs[a]!, codecs[b]!];
        const at = Math.floor(cut * Math.min(front.payload.length, back.payload.length));
        const bytes = Uint8Array.of(...front.payload.subarray(0, at), ...back.payload.subarray(at));
        isRefused(front.codec, bytes, front.file);
      }),
      { numRuns: 3000 },
    );
  });

  it("of any bytes are never read as a value in a second form", () => {
    const types: ValueType[] = [
      makeType.table(
        makeType.structure({ time: makeType.timestamp, inner: makeType.array(makeType.u8, 0, 4) }),
        9,
      ),
      makeType.array(makeType.optional(makeType.text("octets", 0, 9)), 0, 9),
      makeType.choice({ moment: makeType.dateTime, minutes: makeType.u16, bits: makeType.bits(0, 20) }),
      makeType.structure({ map: makeType.map16, twin: makeType.twin(makeType.i32) }),
    ];
    const octet = fc.oneof(fc.constantFrom(...telling), fc.nat(255));
    const bytes = fc.array(octet, { maxLength: 40 }).map((each) => Uint8Array.from(each));
    fc.assert(
      fc.property(fc.constantFrom(...types), bytes, (type, some) => {
        const codec = (given: Uint8Array) => {
          const reader = new Reader(given);
          const value = readData(reader, type);
          const sink = new Sink();
          writeData(sink, type, value, true);
          return Uint8Array.of(...sink.written, ...given.subarray(reader.at));
        };
        isRefused(codec, some, toHex(some));
      }),
      { numRuns: 5000 },
    );
  });

  it("that claim more than there is are refused at once, by the byte", () => {
    const { table, structure, u8, array } = makeType;
    const cases: [type: ValueType, bytes: string, at: number][] = [
      [array(u8, 0, 9), "01 0A", 1],
      [array(u8, 0, 60_000), "01 82EA60 11", 5],
      [table(u8, 60_000), "13 11 82FFFF 00", 5],
      [table(structure({}), 9), "13 02 00 01 00", 4],
      [table(array(u8, 3, 3), 9), "13 01 0003 11 02 0102", 8],
      [table(u8, 1), "13 11 02 0102", 4],
      [table(u8, 1), "13 12 02 0102", 1],
      [makeType.octets(0, 9), "09 83000001", 1],
      [makeType.octets(0, 9), "09 8101 00", 1],
      [makeType.bits(3), "04 03 E1", 2],
      [makeType.boolean, "03 01", 1],
      [makeType.text("octets", 0, 9), "09 01 FF", 2],
      [makeType.text("visible", 0, 9), "0A 01 1B", 2],
    ];
    for (const [type, bytes, at] of cases)
      assert.throws(
        () => readData(new Reader(hex(bytes)), type),
        (error: CodedError) => error.code === "wire/malformed" && error.data.at === at,
        bytes,
      );
  });
});
