import assert from "node:assert/strict";
import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import {
  CodedError,
  compareBytes,
  concat,
  crc16Kermit,
  crc16X25,
  crc16Xmodem,
  crc32,
  encodeHead,
  euiBytes,
  euiText,
  fromHex,
  HeadReader,
  hasCode,
  headBytes,
  isErased,
  Major,
  messageOf,
  putHead,
  readHead,
  sameBytes,
  toHex,
  withoutStack,
} from "../../../hal/base/index.ts";

const check = (property: fc.IRawProperty<unknown>) => fc.assert(property, { seed: 1, numRuns: 300 });
const some = fc.uint8Array({ maxLength: 40 });
const buffer = (bytes: Uint8Array) => Buffer.from(bytes);

describe("base: bytes", () => {
  it("joins, compares and orders as Node's own buffers do", () =>
    check(
      fc.property(some, some, (a, b) => {
        assert.deepEqual(buffer(concat(a, b)), Buffer.concat([a, b]));
        assert.equal(sameBytes(a, b), buffer(a).equals(b));
        assert.equal(sameBytes(a, Uint8Array.from(a)), true);
        assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
      }),
    ));

  it("tells erased flash from written flash", () => {
    assert.equal(isErased(Uint8Array.of(0xff, 0xff)), true);
    assert.equal(isErased(Uint8Array.of(0xff, 0xfe)), false);
    assert.equal(isErased(Uint8Array.of(0, 0xff), 1), true);
  });
});

describe("base: hex and EUI-64", () => {
  it("writes upper case and reads either", () =>
    check(
      fc.property(some, (bytes) => {
        const text = toHex(bytes);
        assert.equal(text, buffer(bytes).toString("hex").toUpperCase());
        assert.deepEqual(buffer(fromHex(text)), buffer(bytes));
        assert.deepEqual(buffer(fromHex(text.toLowerCase())), buffer(bytes));
      }),
    ));

  for (const bad of ["0", "0G", " 00", "00 ", "0x00", "００", "00\n"])
    it(`refuses ${JSON.stringify(bad)} as hex`, () =>
      assert.throws(
        () => fromHex(bad),
        (error) => hasCode(error, "base/hex"),
      ));

  it("reads back each EUI-64 it writes", () =>
    check(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        assert.match(euiText(bytes), /^[0-9A-F]{16}$/);
        assert.deepEqual(buffer(euiBytes(euiText(bytes))), buffer(bytes));
        assert.deepEqual(euiBytes(euiText(bytes).toLowerCase()), euiBytes(euiText(bytes)));
      }),
    ));

  for (const bad of ["", "00DB1234567890A", "00DB1234567890A00", "00DB1234567890AG", "00DB1234567890Aé"])
    it(`refuses ${JSON.stringify(bad)} as an EUI-64`, () =>
      assert.throws(
        () => euiBytes(bad),
        (error) => hasCode(error, "base/eui64"),
      ));

  it("refuses 7 and 9 bytes as an EUI-64", () => {
    for (const length of [0, 7, 9])
      assert.throws(
        () => euiText(new Uint8Array(length)),
        (error) => hasCode(error, "base/eui64"),
      );
  });
});

describe("base: CRCs", () => {
  const digits = new TextEncoder().encode("123456789");
  it("gives the catalogue's check values", () => {
    assert.equal(crc16X25(digits), 0x906e);
    assert.equal(crc16Kermit(digits), 0x2189);
    assert.equal(crc16Xmodem(digits), 0x31c3);
    assert.equal(crc32(digits), 0xcbf43926);
  });
  it("gives the CRC of a published install code", () =>
    assert.equal(crc16X25(fromHex("83FED3407A939723A5C639B26916D505")), 0xb5c3));
  it("gives zlib's CRC-32, of any part", function () {
    if (zlibCrc32 === undefined) return this.skip();
    check(
      fc.property(some, fc.nat(40), (bytes, from) =>
        assert.equal(crc32(bytes, Math.min(from, bytes.length)), zlibCrc32(bytes.subarray(from))),
      ),
    );
  });
});

describe("base: CBOR heads", () => {
  const argument = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
  it("reads back every head it writes, and writes the shortest", () =>
    check(
      fc.property(fc.nat(7), argument, some, (major, value, after) => {
        const head = encodeHead(major, value);
        const read = readHead(concat(head, after));
        assert.ok(typeof read === "object");
        assert.equal(BigInt(read.argument), value);
        assert.deepEqual([read.major, read.shortest, read.end], [major, true, head.length]);
        assert.equal(typeof read.argument, value > Number.MAX_SAFE_INTEGER ? "bigint" : "number");
      }),
    ));

  it("reads heads one after the other, exactly, and writes them in place", () =>
    check(
      fc.property(fc.array(fc.tuple(fc.nat(7), argument), { maxLength: 8 }), (heads) => {
        const out = new Uint8Array(9 * heads.length);
        let end = 0;
        for (const [major, value] of heads) {
          const [low, high] = [Number(value & 0xffff_ffffn), Number(value >> 32n)];
          const start = end;
          end = putHead(out, start, major, low, high);
          assert.equal(end - start, headBytes(low, high));
          assert.deepEqual(buffer(out.subarray(start, end)), buffer(encodeHead(major, value)));
        }
        const reader = new HeadReader(out.subarray(0, end));
        for (const [major, value] of heads) {
          const start = reader.at;
          assert.equal(reader.next(), undefined);
          assert.deepEqual([reader.headAt, reader.major, reader.wide()], [start, major, value]);
          assert.equal(reader.argument, Number(value));
        }
        assert.equal(reader.next(), "truncated");
        assert.equal(reader.at, end);
      }),
    ));

  it("has the examples of RFC 8949 appendix A", () => {
    const examples: [number, number | bigint, string][] = [
      [Major.uint, 23, "17"],
      [Major.uint, 24, "1818"],
      [Major.uint, 1000, "1903E8"],
      [Major.uint, 1_000_000, "1A000F4240"],
      [Major.uint, 1_000_000_000_000, "1B000000E8D4A51000"],
      [Major.uint, 18446744073709551615n, "1BFFFFFFFFFFFFFFFF"],
      [Major.negative, 999, "3903E7"],
    ];
    for (const [major, value, hex] of examples) assert.equal(toHex(encodeHead(major, value)), hex);
  });

  it("tells longer forms, indefinite lengths, reserved and cut heads apart", () => {
    const shortest = (hex: string) => (readHead(fromHex(hex)) as { shortest: boolean }).shortest;
    for (const hex of ["1817", "190017", "1900FF", "1A0000FFFF", "1B00000000FFFFFFFF"])
      assert.equal(shortest(hex), false, hex);
    assert.equal((readHead(fromHex("9F")) as { indefinite: boolean }).indefinite, true);
    for (const hex of ["1C", "1D", "1E"]) assert.equal(readHead(fromHex(hex)), "reserved");
    for (const hex of ["", "18", "19FF", "1AFFFFFF", "1BFFFFFFFFFFFFFF"])
      assert.equal(readHead(fromHex(hex)), "truncated", hex);
  });

  it("reads in the middle of a larger buffer", () => {
    const view = fromHex("FFFF1BFFFFFFFFFFFFFFFF00").subarray(2, 11);
    assert.equal((readHead(view) as { argument: bigint }).argument, 0xffff_ffff_ffff_ffffn);
  });

  it("refuses arguments that no head holds", () => {
    for (const bad of [-1, 0.5, 2 ** 60, 0x1_0000_0000_0000_0000n])
      assert.throws(() => encodeHead(0, bad), RangeError);
  });
});

describe("base: the coded error", () => {
  class RoomError extends CodedError<"room/full" | "room/shut"> {}
  it("carries code, data, cause and its class's name", () => {
    const cause = new Error("why");
    const error = new RoomError("room/full", "the room is full", { seats: 3 }, cause);
    assert.ok(error instanceof CodedError && error instanceof Error);
    assert.deepEqual([error.name, error.code, error.data.seats], ["RoomError", "room/full", 3]);
    assert.equal(error.cause, cause);
    assert.equal("cause" in new CodedError("a/b", "no cause"), false);
  });
  it("is found by its code or by the front of it", () => {
    const error = new CodedError("wire/cose/gate", "shut");
    assert.deepEqual(
      ["wire/cose/gate", "wire/cose", "wire", "wire/co"].map((code) => hasCode(error, code)),
      [true, true, true, false],
    );
    for (const other of [undefined, null, "text", { code: 5 }]) assert.equal(hasCode(other, "wire"), false);
  });
  it("is made without a stack where a stranger would make us pay for it", () => {
    const before = Error.stackTraceLimit;
    const error = withoutStack(() => new CodedError("wire/malformed", "byte 3"));
    assert.doesNotMatch(error.stack ?? "", /\n\s+at /);
    assert.equal(Error.stackTraceLimit, before);
    assert.equal(messageOf(error), "byte 3");
    assert.equal(messageOf("text"), "text");
  });
});
