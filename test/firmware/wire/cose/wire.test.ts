import assert from "node:assert/strict";
import { encode as cbor2Encode, cdeEncodeOptions, Tag } from "cbor2";
import fc from "fast-check";
import { encode, type Item } from "../../../../firmware/wire/cose/cbor.ts";
import { coseWire, decodePlain } from "../../../../firmware/wire/cose/wire.ts";
import type { Message } from "../../../../firmware/wire/message.ts";
import { hex, toHex } from "../../../support/shared-data.ts";
import {
  alert,
  command,
  header,
  kid,
  mac,
  messages,
  pair,
  response,
  sealed,
  supplierSigner,
  supplierVerifier,
} from "./parties.ts";

const wire = coseWire;
const protections = ["mac", "signature", "signature+mac"] as const;

/** What a device does with a message: "opened", or why not. */
function open(bytes: Uint8Array, protection: (typeof protections)[number]): string {
  try {
    const envelope = wire.peek(bytes);
    if (envelope.protection !== protection) return "other protection";
    if (protection !== "signature" && !wire.macValid(envelope, mac)) return "wrong MAC";
    if (protection !== "mac" && !wire.signatureValid(envelope, supplierVerifier)) return "wrong signature";
    wire.decode(envelope);
    return "opened";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("the COSE wire", () => {
  it("gives back every message it encodes, under every protection", () => {
    fc.assert(
      fc.property(messages, fc.constantFrom(...protections), (message, protection) => {
        const envelope = wire.peek(sealed(message)[protection]);
        assert.deepEqual(envelope.header, message.header);
        assert.equal(envelope.protection, protection);
        assert.deepEqual(envelope.plain, wire.encode(message));
        assert.deepEqual(wire.decode(envelope), message);
        assert.deepEqual(decodePlain(envelope.plain), message);
      }),
      { numRuns: 150, seed: 20 },
    );
  });

  it("has one encoding of a message: what decodes encodes to the same bytes", () => {
    fc.assert(
      fc.property(messages, (message) => {
        const plain = wire.encode(message);
        assert.equal(toHex(wire.encode(decodePlain(plain))), toHex(plain));
      }),
      { numRuns: 150, seed: 20 },
    );
  });

  it("is, for cbor2, what message.cddl says: an ECS43 command, MACed around signed", () => {
    const plain = cbor2Encode(
      [1, 0x50, hex(header.originator), hex(header.target), header.counter, null, null, [[3, 5, 1, 0]]],
      cdeEncodeOptions,
    );
    const bstrMap = (algorithm: number) =>
      cbor2Encode(
        new Map<number, unknown>([
          [1, algorithm],
          [4, kid],
        ]),
        cdeEncodeOptions,
      );
    const toBeSigned = cbor2Encode(["Signature1", bstrMap(-8), new Uint8Array(0), plain], cdeEncodeOptions);
    const signature = supplierSigner.sign(toBeSigned);
    const sign1 = cbor2Encode(new Tag(18, [bstrMap(-8), new Map(), plain, signature]), cdeEncodeOptions);
    const toBeMaced = cbor2Encode(["MAC0", bstrMap(5), new Uint8Array(0), sign1], cdeEncodeOptions);
    const mac0 = cbor2Encode(new Tag(17, [bstrMap(5), new Map(), sign1, mac(toBeMaced)]), cdeEncodeOptions);
    assert.equal(toHex(sealed(command)["signature+mac"]), toHex(mac0));
    assert.equal(open(mac0, "signature+mac"), "opened");
  });

  for (const [name, message] of Object.entries({ command, response, alert }))
    for (const protection of protections)
      it(`refuses every single-bit flip of a ${name} protected by ${protection}, with a reason`, () => {
        const bytes = sealed(message)[protection];
        assert.equal(open(bytes, protection), "opened");
        const reasons = new Set<string>();
        for (let bit = 0; bit < bytes.length * 8; bit++) {
          const flipped = bytes.slice();
          flipped[bit >> 3]! ^= 1 << (bit & 7);
          const reason = open(flipped, protection);
          assert.notEqual(reason, "opened", `bit ${bit}`);
          reasons.add(reason);
        }
        const possible = ["wire/malformed", "other protection", "wrong MAC", "wrong signature"];
        assert.deepEqual(
          [...reasons].filter((reason) => !possible.includes(reason)),
          [],
        );
      });

  it("answers false for a MAC or signature that is not there", () => {
    assert.equal(wire.macValid(wire.peek(sealed(command).signature), mac), false);
    assert.equal(wire.signatureValid(wire.peek(sealed(command).mac), supplierVerifier), false);
  });

  it("names the keys the sender named", () => {
    const envelope = wire.peek(sealed(command)["signature+mac"]);
    assert.deepEqual(envelope.macKeyId, kid);
    assert.deepEqual(envelope.signingKeyId, kid);
    assert.throws(() => wire.sign(new Uint8Array(1), supplierSigner.sign, kid.subarray(1)), {
      code: "wire/key-id",
    });
  });

  it("refuses to encode what is no EUI-64 and what has no CBOR here", () => {
    for (const target of ["", "0123", "0123456789ABCDEG", "0123456789ABCDEF0", "ÿ123456789ABCDEF"])
      assert.throws(() => wire.encode({ ...command, header: { ...header, target } } as Message), {
        code: "wire/eui64",
      });
    assert.throws(
      () => wire.encode({ header: { ...header, kind: 2 }, results: [{ status: 0, value: 1.5 }] }),
      {
        code: "wire/unencodable",
      },
    );
  });
});

describe("hostile input to the COSE wire", () => {
  const plain = wire.encode(command);

  it("refuses any bytes with wire/malformed, never with anything else", () => {
    const valid = sealed(command)["signature+mac"];
    const mutated = fc
      .tuple(fc.nat(valid.length - 1), fc.uint8Array({ maxLength: 6 }), fc.nat(8))
      .map(([at, insert, drop]) =>
        Uint8Array.from([...valid.subarray(0, at), ...insert, ...valid.subarray(at + drop)]),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), (bytes) => {
        const outcome = open(bytes, "signature+mac");
        const possible = ["opened", "wire/malformed", "other protection", "wrong MAC", "wrong signature"];
        assert.ok(possible.includes(outcome), outcome);
        if (outcome === "opened") assert.deepEqual(bytes, valid);
      }),
      { numRuns: 2000, seed: 20 },
    );
  });

  it("refuses every prefix of a message", () => {
    const bytes = sealed(command)["signature+mac"];
    for (let length = 0; length < bytes.length; length++)
      assert.throws(
        () => wire.peek(bytes.subarray(0, length)),
        { code: "wire/malformed" },
        `${length} bytes`,
      );
  });

  it("refuses a message longer than 65,535 bytes, and one with no protection", () => {
    assert.throws(() => wire.peek(new Uint8Array(65_536)), /at most 65535 bytes/);
    assert.throws(() => wire.peek(plain), /COSE_Mac0 or COSE_Sign1/);
    assert.throws(() => wire.peek(wire.protect(wire.protect(plain, mac, kid), mac, kid)), {
      code: "wire/malformed",
    });
    assert.throws(() => wire.peek(wire.sign(wire.protect(plain, mac, kid), supplierSigner.sign, kid)), {
      code: "wire/malformed",
    });
  });

  it("refuses another algorithm, another order, unprotected headers, and short tags", () => {
    const refusedWith = (from: string, to: string) => {
      const text = toHex(wire.protect(plain, mac, kid));
      assert.ok(text.includes(from));
      assert.throws(() => wire.peek(hex(text.replace(from, to))), { code: "wire/malformed" }, to);
    };
    const key = toHex(kid);
    refusedWith(`4da201050448${key}`, `4da201040448${key}`); // HMAC 256/64
    refusedWith(`4da201050448${key}`, `4da20448${key}0105`);
    refusedWith(`4da201050448${key}a0`, `4da201050448${key}a10102`);
    refusedWith("d184", "d194");
    refusedWith("d184", "d284");
  });

  it("refuses bodies of a wrong form with wire/format", () => {
    const bad = (body: Item, kind = 1) =>
      assert.throws(
        () => wire.decode(wire.peek(maced(kind, body))),
        { code: "wire/format" },
        JSON.stringify(body),
      );
    bad(0);
    bad([0]);
    bad([[1, 2]]);
    bad([[0, 1, 1]]);
    bad([[4, 1, 1]]);
    bad([[1, 0x1_0000, 1]]);
    bad([[1, 1, 0x100]]);
    bad([[1, -1, 1]]);
    bad([["get", 1, 1]]);
    bad([[1, 1, 1, 1, 1]]);
    bad([[2, 1, 1, new Map([[1, 1]])]]);
    bad(new Array(65).fill([1, 1, 1]));
    bad([[5]], 2);
    bad([["0"]], 2);
    bad([[]], 2);
    bad([[0, 1, 1]], 2);
    bad([[0, [[new Map()]]]], 2);
    bad([1], 3);
    bad([0x1_0000, []], 3);
    bad([1, 2], 3);
    bad([1, [new Map()]], 3);
  });

  it("writes counters of every width as cbor2 does, and reads them back", () => {
    const tops = [24n, 0x100n, 0x1_0000n, 0x1_0000_0000n, 1n << 53n, 1n << 64n];
    for (const counter of tops.flatMap((top) => [top - 1n, top]).filter((each) => each < 1n << 64n)) {
      const plain = wire.encode({ ...command, header: { ...command.header, counter } });
      assert.ok(toHex(plain).includes(toHex(cbor2Encode(counter, cdeEncodeOptions))), `${counter}`);
      assert.equal(decodePlain(plain).header.counter, counter);
    }
  });

  it("refuses header fields out of range before it reads anything more", () => {
    const good = [1, 0x50, hex(header.originator), hex(header.target), 7, null, null, []] as Item[];
    const badField = (index: number, item: Item) => {
      const fields = [...good];
      fields[index] = item;
      assert.throws(() => decodePlain(encode(fields)), { code: "wire/malformed" }, `field ${index}`);
    };
    assert.equal(decodePlain(encode(good)).header.counter, 7n);
    badField(0, 0);
    badField(0, 4);
    badField(1, 0x1_0000);
    badField(2, new Uint8Array(7));
    badField(3, header.target);
    badField(4, -1);
    badField(5, 0x1_0000_0000);
    badField(6, [hex(header.target)]);
    badField(6, [new Uint8Array(9), null]);
    badField(6, [hex(header.target), "1"]);
    assert.throws(() => decodePlain(encode(good.slice(1))), { code: "wire/malformed" });
    assert.throws(() => decodePlain(encode([...good, 0])), { code: "wire/malformed" });
  });

  it("refuses a body that is authentic but not deterministic", () => {
    const text = toHex(plain);
    const body = "818403050100";
    assert.ok(text.endsWith(body));
    for (const other of [
      "81840305011800",
      "9f8403050100ff",
      "818403050100ff",
      "8184030501f97e00",
      "8184030501c100",
      "81840305",
      "",
    ]) {
      const message = wire.protect(hex(text.slice(0, -body.length) + other), mac, kid);
      const envelope = wire.peek(message);
      assert.ok(wire.macValid(envelope, mac));
      assert.throws(() => wire.decode(envelope), { code: "wire/format" }, other);
    }
  });

  it("refuses to seal what is longer than a message may be", () => {
    const value = new Uint8Array(65_500);
    const plain = wire.encode({ header: response.header, results: [{ status: 0, value }] });
    assert.throws(() => wire.protect(plain, mac, kid), { code: "wire/too-long" });
    assert.throws(() => wire.sign(plain, supplierSigner.sign, kid), { code: "wire/too-long" });
  });

  it("carries a profile log of thousands of entries", () => {
    const entries = Array.from({ length: 4320 }, (_, i) => [1_700_000_000 + 1800 * i, i]);
    const big: Message = { header: response.header, results: [{ status: 0, value: entries }] } as Message;
    const bytes = wire.protect(wire.encode(big), mac, kid);
    assert.ok(bytes.length < 65_536);
    assert.deepEqual(wire.decode(wire.peek(bytes)), big);
  });
});

/** A message with any body, MACed. */
function maced(kind: number, body: Item): Uint8Array {
  const plain = encode([kind, 0x50, pair.originator, pair.target, 7, null, null, body]);
  return wire.protect(plain, mac, kid);
}
