/** Bytes of strangers: whatever is done to a payload, it is read or refused with a code and the byte, and soon. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readAsn1 } from "../../../../../firmware/wire/gbcs/asn1/read.ts";
import { writeAsn1 } from "../../../../../firmware/wire/gbcs/asn1/write.ts";
import { CodedError } from "../../../../../hal/base/coded-error.ts";
import { type PayloadKind, payloadKinds, valuesOf } from "./support.ts";

/** Read, or refused at a byte that the payload has (or where it ends). */
function readOrRefused(type: PayloadKind["type"], bytes: Uint8Array): boolean {
  try {
    readAsn1(type, bytes, "x");
    return true;
  } catch (error) {
    assert.ok(error instanceof CodedError && error.code === "wire/format", String(error));
    const at = error.data.at as number;
    assert.ok(Number.isInteger(at) && at >= 0 && at <= bytes.length, error.message);
    assert.ok(error.message.includes(`at byte ${at}`) && error.message.length < 1200, error.message);
    // Names of this project and hexadecimal only: no byte of the stranger's reaches a terminal.
    assert.match(error.message, /^[\x20-\x7e]*$/);
    return false;
  }
}

const splice = (bytes: Uint8Array, at: number, gone: number, put: Uint8Array) =>
  Uint8Array.of(...bytes.subarray(0, at), ...put, ...bytes.subarray(at + gone));

describe("GBCS ASN.1: hostile payloads", () => {
  const seeds = payloadKinds.map(({ name, type }) => ({
    name,
    type,
    payloads: fc
      .sample(valuesOf(type), { seed: 4, numRuns: 6 })
      .map((value) => writeAsn1(type, value, "device", name).subarray(0, 2000)),
  }));

  it("cut at any byte are refused", () => {
    for (const { type, payloads } of seeds)
      for (const payload of payloads.filter(({ length }) => length < 2000))
        for (let length = 0; length < payload.length; length++)
          assert.equal(readOrRefused(type, payload.subarray(0, length)), false);
  });

  it("with any bit of the first 100 bytes flipped are read or refused", () => {
    for (const { type, payloads } of seeds)
      for (const payload of payloads)
        for (let bit = 0; bit < Math.min(payload.length, 100) * 8; bit++) {
          const flipped = payload.slice();
          flipped[bit >> 3]! ^= 1 << (bit & 7);
          readOrRefused(type, flipped);
        }
  });

  it("spliced, from their own kind and others, are read or refused", () => {
    const all = seeds.flatMap(({ type, payloads }) => payloads.map((payload) => ({ type, payload })));
    const one = fc.constantFrom(...all);
    const splices = fc.tuple(one, one, fc.nat(), fc.nat(), fc.nat(40), fc.nat(40));
    fc.assert(
      fc.property(splices, ([{ type, payload }, other, at, from, gone, taken]) => {
        const start = from % other.payload.length;
        readOrRefused(
          type,
          splice(payload, at % payload.length, gone, other.payload.subarray(start, start + taken)),
        );
      }),
      { seed: 5, numRuns: 20_000 },
    );
  });

  it("of another kind of message are read or refused", () => {
    for (const { type } of seeds) for (const { payloads } of seeds) readOrRefused(type, payloads[0]!);
  });

  it("with lengths nested without end, or all alike, go no deeper than the type", () => {
    const deep = (head: readonly number[]) =>
      Uint8Array.from({ length: 60_000 }, (_, i) => head[i % head.length]!);
    const heads = [
      [0x30, 0x82, 0xea, 0x5c],
      [0x30, 0x80],
      [0x30, 0x7f],
      [0x30, 0],
      [0xa6, 0x81, 0xff],
      [0],
      [0xff],
    ];
    const whole = Uint8Array.of(0x30, 0x82, 0xea, 0x60);
    const payloads = heads.map(deep).flatMap((bytes) => [bytes, Uint8Array.of(...whole, ...bytes)]);
    for (const payload of payloads) for (const { type } of seeds) readOrRefused(type, payload);
  });

  it("are refused before more than a bounded number of items is kept", () => {
    // A SEQUENCE of 20,000 empty members: each type stops at its own count.
    const wide = new Uint8Array(4 + 40_000);
    wide.set([0x30, 0x82, 0x9c, 0x40]);
    for (let at = 4; at < wide.length; at += 2) wide[at] = 0x30;
    for (const { name, type } of seeds) {
      let leaves = 0;
      try {
        readAsn1(type, wide, name, () => leaves++);
        assert.fail(name);
      } catch (error) {
        assert.equal((error as CodedError).code, "wire/format", name);
      }
      assert.ok(leaves < 400, name);
    }
  });

  it("of random bytes are read or refused", () => {
    const some = fc.tuple(fc.constantFrom(...seeds), fc.uint8Array({ maxLength: 300 }));
    fc.assert(
      fc.property(some, ([{ type }, bytes]) => void readOrRefused(type, bytes)),
      { seed: 6, numRuns: 5000 },
    );
  });
});
