import assert from "node:assert/strict";
import { basename, join } from "node:path";
import fc from "fast-check";
import { readDateTime, writeDateTime } from "../../../../firmware/wire/gbcs/date-time.ts";
import { agreement, macKey, macs, messageMac } from "../../../../firmware/wire/gbcs/kdf.ts";
import {
  type GbcsMessage,
  gbcsWire,
  macContextOf,
  readPreCommand,
} from "../../../../firmware/wire/gbcs/wire.ts";
import { type CodedError, hasCode } from "../../../../hal/base/coded-error.ts";
import { nobleCrypto, nodeCrypto } from "../../../../hal/crypto/index.ts";
import { messageFiles, readMessageFile } from "../../../../harness/verify/message-files.ts";
import { loadX509Keys } from "../../../../harness/verify/x509-keys.ts";
import { hex, rtds, toHex } from "../../../support/shared-data.ts";

const crypto = nodeCrypto();
const noKeyId = new Uint8Array(8);
const bytesOf = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
const euiOf = bytesOf(8).map((bytes) => toHex(bytes).toUpperCase());
const malformed = (error: unknown) => hasCode(error, "wire/malformed");

const headerOf = fc
  .record({
    kind: fc.constantFrom(1 as const, 2 as const, 3 as const),
    code: fc.nat(0xffff),
    originator: euiOf,
    target: euiOf,
    counter: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    timeS: fc.option(fc.nat(2 ** 32 - 2), { nil: undefined }),
    party: fc.option(euiOf, { nil: undefined }),
    partyCounter: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined }),
  })
  .map(({ timeS, party, partyCounter, ...header }) => ({
    ...header,
    ...(timeS !== undefined && { timeS }),
    ...(party !== undefined && {
      supplementary: { party, ...(partyCounter !== undefined && { counter: partyCounter }) },
    }),
  }));
const messageOf: fc.Arbitrary<GbcsMessage> = fc
  .record({ header: headerOf, payload: fc.uint8Array({ maxLength: 700 }) })
  .map(({ header, payload }) => ({ header, payload }));

/** `date-time` is told by `timeS` here, so leave the raw bytes out of the comparison. */
const told = ({ dateTime: _, ...message }: GbcsMessage) => message;

describe("GBCS key derivation", () => {
  const context = {
    originator: hex("90B3D51F30010000"),
    target: hex("00DB1234567890A0"),
    kind: 1,
    counter: 0x3e8n,
  };
  const shared = hex("ed342441df01551a6beaff3b54adc981f4c6a7e71dff4c3e1cc80b3c9f4e5ac0");

  it("gives the key of the worked example, ECS04b of the RTDS", () => {
    for (const library of [crypto, nobleCrypto()])
      assert.equal(toHex(macKey(library, shared, context)), "ec1d51bd8f8bf0cdd2314cf396cc12c0");
  });

  it("gives another key for every other counter, kind and party", () => {
    const variants = [
      context,
      { ...context, counter: 0x3e9n },
      { ...context, kind: 2 },
      { ...context, originator: context.target, target: context.originator },
    ];
    assert.equal(
      new Set(variants.map((variant) => toHex(macKey(crypto, shared, variant)))).size,
      variants.length,
    );
  });

  it("agrees once a pair of keys, the same at both ends, and makes a MAC for each message", () => {
    let agreements = 0;
    const counting = {
      ...crypto,
      p256SharedSecret(secret: Uint8Array, peer: Uint8Array) {
        agreements++;
        return crypto.p256SharedSecret(secret, peer);
      },
    };
    const [mine, yours] = [
      agreement(counting, new Uint8Array(32).fill(1)),
      agreement(crypto, new Uint8Array(32).fill(9)),
    ];
    const input = hex("00");
    const made = macs(counting, mine, yours.publicKey, context)!;
    const first = made(context)(input);
    assert.deepEqual(macs(crypto, yours, mine.publicKey, context)!(context)(input), first);
    assert.deepEqual(messageMac(crypto, mine.agree(yours.publicKey)!, context)(input), first);
    agreements = 0;
    assert.notDeepEqual(made({ ...context, counter: context.counter + 1n })(input), first);
    assert.deepEqual(made(context)(input), first);
    assert.equal(agreements, 0);
    assert.equal(macs(crypto, mine, new Uint8Array(65).fill(4), context), undefined);
  });
});

describe("COSEM date-time", () => {
  it("agrees with the platform's calendar, both ways (property)", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 2), (timeS) => {
        const bytes = writeDateTime(timeS);
        const date = new Date(timeS * 1000);
        assert.equal((bytes[0] as number) * 256 + (bytes[1] as number), date.getUTCFullYear());
        assert.deepEqual([...bytes.subarray(2, 4)], [date.getUTCMonth() + 1, date.getUTCDate()]);
        assert.deepEqual(
          [...bytes.subarray(5, 8)],
          [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()],
        );
        assert.equal(readDateTime(bytes, 0), timeS);
        for (let weekday = 1; weekday <= 7; weekday++) {
          const withDay = bytes.with(4, weekday);
          if (weekday % 7 === date.getUTCDay()) assert.equal(readDateTime(withDay, 0), timeS);
          else assert.throws(() => readDateTime(withDay, 0), malformed);
        }
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("refuses days and hours that do not exist, and takes unspecified ones", () => {
    const at = (text: string) => () => readDateTime(hex(text), 0);
    for (const bad of ["07E3021DFF000000008000FF", "07E30D01FF000000008000FF", "07E30101FF180000008000FF"])
      assert.throws(at(bad), malformed, bad);
    assert.equal(at("07E4021DFF000000008000FF")(), Date.UTC(2020, 1, 29) / 1000);
    assert.equal(at("FFFFFFFFFFFFFFFFFF8000FF")(), undefined);
  });

  it("refuses a time that is not UTC, and takes no invalid clock at its word", () => {
    const at = (text: string) => () => readDateTime(hex(text), 0);
    const noon = Date.UTC(2026, 11, 1, 12) / 1000;
    for (const good of ["07EA0C01FF0C0000008000FF", "07EA0C01020C000000000000", "07EA0C01FF0C000063800002"])
      assert.equal(at(good)(), noon, good);
    assert.equal(at("07EA0C01FF0C000000800004")(), noon, "another clock's time");
    assert.equal(at("07EA0C01FF0C000000000000")(), noon, "deviation 0");
    for (const unsure of ["07EA0C01FF0C000000800001", "07EA0C01FF0C00FF008000FF", "07EAFF01FF0C0000008000FF"])
      assert.equal(at(unsure)(), undefined, unsure);
    for (const bad of [
      "07EA0C01FF0C000000003CFF", // an hour's deviation
      "07EA0C01FF0C000000FFC400",
      "07EA0C01FF0C000000800080", // summer time
      "07EA0C01FF0C000000800010", // reserved
      "07EA0C01030C0000008000FF", // a Tuesday said to be a Wednesday
      "07EA0C01080C0000008000FF",
      "07EA0C01FF0C0000648000FF", // 100 hundredths
      "07EA021EFF0C0000008000FF", // 30 February
      "FFFF021EFFFFFFFFFF8000FF", // of any year
      "FFFF0DFFFFFFFFFFFF8000FF",
      "07B10C01FF0C0000008000FF", // 1969
      "000000000000000000008000FF".slice(2),
    ])
      assert.throws(at(bad), malformed, bad);
  });
});

describe("GBCS wire", () => {
  const signer = crypto.p256Signer(new Uint8Array(32).fill(7));
  const verifier = crypto.p256Verifier(signer.publicKey);
  const shared = new Uint8Array(32).fill(3);
  const seal = (signed: Uint8Array) =>
    gbcsWire.protect(signed, messageMac(crypto, shared, macContextOf(signed)), noKeyId);

  it("builds and reads back any message under each protection (property)", () => {
    fc.assert(
      fc.property(messageOf, fc.boolean(), fc.boolean(), (message, sign, mac) => {
        const plain = gbcsWire.encode(message);
        const signed = sign ? gbcsWire.sign(plain, signer.sign, noKeyId) : plain;
        const sealed = mac || !sign ? seal(signed) : signed;
        const envelope = gbcsWire.peek(sealed);
        assert.deepEqual(told(gbcsWire.decode(envelope)), message);
        assert.equal(envelope.protection, !sign ? "mac" : mac ? "signature+mac" : "signature");
        assert.equal(gbcsWire.signatureValid(envelope, verifier), sign);
        const made = messageMac(crypto, shared, envelope.macContext);
        assert.equal(gbcsWire.macValid(envelope, made), mac || !sign);
        assert.deepEqual(envelope.plain, plain);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("refuses a MAC or signature of another message, and says no where there is none", () => {
    const message = (counter: bigint): GbcsMessage => ({
      header: { kind: 1, code: 0x50, originator: "90B3D51F30010000", target: "00DB1234567890A0", counter },
      payload: hex("D9"),
    });
    const mac = gbcsWire.peek(seal(gbcsWire.encode(message(1n))));
    assert.equal(
      gbcsWire.macValid(mac, messageMac(crypto, shared, { ...mac.macContext, counter: 2n })),
      false,
    );
    assert.equal(
      gbcsWire.macValid(mac, () => new Uint8Array(0)),
      false,
    );
    const signed = gbcsWire.peek(gbcsWire.sign(gbcsWire.encode(message(1n)), signer.sign, noKeyId));
    const other = gbcsWire.peek(gbcsWire.sign(gbcsWire.encode(message(2n)), signer.sign, noKeyId));
    assert.equal(
      gbcsWire.macValid(signed, () => new Uint8Array(12)),
      false,
    );
    assert.ok(signed.signedInput && other.signature);
    assert.equal(verifier(signed.signedInput, other.signature), false);
  });

  it("takes a pre-command with or without a trailing 00, and no other message as one", () => {
    const command: GbcsMessage = {
      header: {
        kind: 1,
        code: 0x50,
        originator: "90B3D51F30010000",
        target: "00DB1234567890A0",
        counter: 1n,
      },
      payload: hex("D9200003E8"),
    };
    const plain = gbcsWire.encode(command);
    assert.deepEqual(readPreCommand(plain), { message: command, plain });
    assert.deepEqual(readPreCommand(new Uint8Array([...plain, 0])).message, command);
    assert.throws(() => gbcsWire.peek(plain), malformed);
    assert.throws(() => readPreCommand(Buffer.concat([plain, hex("0000")])), malformed);
    assert.throws(() => readPreCommand(gbcsWire.sign(plain, signer.sign, noKeyId)), malformed);
    assert.throws(() => readPreCommand(seal(plain)), malformed);
    const alert = gbcsWire.encode({ ...command, header: { ...command.header, kind: 3 } });
    assert.throws(() => readPreCommand(alert), malformed);
  });

  it("refuses to build what no receiver would take", () => {
    const header = {
      kind: 1 as const,
      code: 1,
      originator: "90B3D51F30010000",
      target: "00DB1234567890A0",
      counter: 1n,
    };
    const encode = (message: GbcsMessage) => () => gbcsWire.encode(message);
    assert.throws(encode({ header, payload: new Uint8Array(65536) }), malformed);
    assert.throws(encode({ header: { ...header, target: "nobody" }, payload: hex("00") }), (error) =>
      hasCode(error, "wire/format"),
    );
    const long = gbcsWire.encode({ header, payload: new Uint8Array(65500) });
    assert.throws(() => gbcsWire.protect(long, () => new Uint8Array(12), noKeyId), malformed);
    assert.throws(() => gbcsWire.sign(long, () => new Uint8Array(70), noKeyId), malformed);
  });

  it("names the field and the byte of what is wrong", () => {
    const good = gbcsWire.encode({
      header: {
        kind: 1,
        code: 0x50,
        originator: "90B3D51F30010000",
        target: "00DB1234567890A0",
        counter: 1n,
      },
      payload: new Uint8Array(130),
    });
    const sealed = seal(good);
    const broken = (change: (bytes: number[]) => unknown) => {
      const bytes = [...sealed];
      change(bytes);
      try {
        gbcsWire.peek(Uint8Array.from(bytes));
      } catch (error) {
        const { code, data } = error as CodedError;
        assert.equal(code, "wire/malformed");
        return `${data.field} at ${data.at}`;
      }
      return "accepted";
    };
    assert.equal(
      broken(() => undefined),
      "accepted",
    );
    assert.equal(
      broken((b) => b.push(0)),
      "wrapped length at 9",
    );
    assert.equal(
      broken((b) => b.pop()),
      "wrapped length at 9",
    );
    assert.equal(
      broken((b) => b.splice(9)),
      "wrapped length at 9",
    );
    assert.equal(
      broken((b) => {
        b[3] = 1;
      }),
      "recipient length at 3",
    );
    assert.equal(
      broken((b) => {
        b[9] = 0x31;
      }),
      "security control at 9",
    );
    assert.equal(
      broken((b) => {
        b[13] = 1;
      }),
      "invocation counter at 13",
    );
    assert.equal(
      broken((b) => {
        b[16] = 4;
      }),
      "CRA flag at 16",
    );
    assert.equal(
      broken((b) => {
        b[43] = 13;
      }),
      "date-time length at 43",
    );
    assert.equal(
      broken((b) => b.splice(7, 2, 0x82, 0, b[8] as number)),
      "wrapped length at 7",
    );
    assert.equal(
      broken((b) => {
        b.splice(47, 2, 0x82, 0, 130);
        b[8] = (b[8] as number) + 1;
      }),
      "content length at 47",
    );
    assert.equal(
      broken((b) => {
        b[48] = 0x81;
      }),
      "end at 179",
    );
  });

  it("refuses every other-information that has none of the five forms", () => {
    const header = {
      kind: 1 as const,
      code: 1,
      originator: "90B3D51F30010000",
      target: "00DB1234567890A0",
      counter: 1n,
    };
    const supplementary = { party: "90B3D51F30030000", counter: 5n };
    const certificate = Buffer.concat([hex("30820100"), new Uint8Array(256)]);
    const withCertificate: GbcsMessage = {
      header: { ...header, supplementary },
      payload: hex("D9"),
      otherInformation: { certificate: new Uint8Array(certificate) },
    };
    assert.deepEqual(readPreCommand(gbcsWire.encode(withCertificate)).message, withCertificate);
    for (const bad of ["31820100", "30820101", "308180"]) {
      const wrong = Buffer.concat([hex(bad), new Uint8Array(256)]);
      const bytes = gbcsWire.encode({
        ...withCertificate,
        otherInformation: { certificate: new Uint8Array(wrong) },
      });
      assert.throws(() => readPreCommand(bytes), malformed, bad);
    }
    const form26 = { ...withCertificate, otherInformation: { originatorCounter: 9n } };
    assert.deepEqual(readPreCommand(gbcsWire.encode(form26)).message, form26);
    const form19 = { ...withCertificate, otherInformation: { certificate: hex("30") } };
    assert.throws(() => readPreCommand(gbcsWire.encode(form19)), malformed);
  });

  it("reads or refuses any bytes with a typed error (property)", () => {
    const prefix = fc.constantFrom(
      "",
      "DD0000000000007E1100000000DF0901",
      "DF0901000000000000000108",
      "DD00000000000082",
    );
    fc.assert(
      fc.property(prefix, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        const bytes = new Uint8Array(Buffer.concat([hex(start), rest]));
        for (const read of [gbcsWire.peek, readPreCommand]) {
          try {
            read(bytes);
          } catch (error) {
            assert.ok(malformed(error), String(error));
          }
        }
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});

describe("GBCS wire and the RTDS", function () {
  this.timeout(20_000);

  it("builds every message again byte for byte, with the same MAC", function () {
    const dir = rtds(this);
    const keys = loadX509Keys(join(dir, "keystore"));
    const broker = keys.withRole("accessControlBroker")[0]?.keys.ka;
    const counts = { preCommands: 0, unprotected: 0, sealed: 0, unknownKey: 0 };
    for (const file of messageFiles([join(dir, "messages")])) {
      const bytes = readMessageFile(file);
      if (file.includes("PRECOMMAND")) {
        const { message, plain } = readPreCommand(bytes);
        assert.deepEqual(gbcsWire.encode(message), plain, file);
        assert.deepEqual(plain, bytes, file);
        counts.preCommands++;
        continue;
      }
      const envelope = gbcsWire.peek(bytes);
      const plain = gbcsWire.encode(gbcsWire.decode(envelope));
      assert.deepEqual(plain, new Uint8Array(envelope.plain), basename(file));
      const { signature, header } = envelope;
      const signed = signature ? gbcsWire.sign(plain, () => signature, noKeyId) : plain;
      if (envelope.macTag === undefined) {
        assert.deepEqual(signed, bytes, file);
        counts.unprotected++;
        continue;
      }
      const byBroker = header.kind === 1 && keys.party(header.originator)?.role !== "device";
      const [own, peer] = byBroker
        ? [broker, keys.party(header.target)?.keys.ka]
        : [keys.party(header.target)?.keys.ka, keys.party(header.originator)?.keys.ka];
      const context = macContextOf(plain);
      const mac =
        own?.secret &&
        peer &&
        macs(crypto, agreement(crypto, own.secret), peer.publicKey, context)?.(context);
      if (mac) assert.deepEqual(gbcsWire.protect(signed, mac, noKeyId), bytes, file);
      counts[mac ? "sealed" : "unknownKey"]++;
    }
    assert.deepEqual(counts, { preCommands: 135, unprotected: 223, sealed: 632, unknownKey: 4 });
  });
});
