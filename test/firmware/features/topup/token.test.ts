import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { readToken, wholeCounter } from "../../../../firmware/features/topup/token.ts";
import { isUsed, type UsedTokens, use } from "../../../../firmware/features/topup/used-tokens.ts";
import { gbcsSuite } from "../../../../firmware/wire/gbcs/suite.ts";
import { gbcsWire } from "../../../../firmware/wire/gbcs/wire.ts";
import { tokenMac } from "../../../../firmware/wire/token-mac.ts";
import { euiBytes } from "../../../../hal/base/eui64.ts";
import { nobleCrypto, nodeCrypto } from "../../../../hal/crypto/index.ts";
import { makeUtrn } from "../../../../harness/headend/utrn.ts";
import { loadX509Keys } from "../../../../harness/verify/x509-keys.ts";
import { hex, rtds } from "../../../support/shared-data.ts";

const crypto = nodeCrypto();
const secret = new Uint8Array(32).fill(7);
const supplier = "90B3D51F30010000";
const device = "00DB1234567890A0";
const pair = { originator: euiBytes(supplier), target: euiBytes(device) };
const counters = fc.integer({ min: 1, max: 0xffff_ffff });
const amounts = fc.oneof(
  fc.nat(8191),
  fc.nat(8191).map((pounds) => pounds * 100),
);

describe("a top-up token", () => {
  // Of gbcs-parser's tests and its reference messages, as the facts have them.
  const published: [utrn: string, shortCounter: bigint, units: bigint][] = [
    ["73943333457189043313", 1n, 10_000_000n],
    ["73947252416745201637", 4n, 1_234_000n],
    ["73946144332040217315", 3n, 1_000_000n],
    ["73950067887105178605", 6n, 1_250_000n],
  ];
  for (const [utrn, shortCounter, amount] of published)
    it(`reads the published ${utrn}`, () => {
      const token = readToken(utrn);
      assert.equal(token?.shortCounter, shortCounter);
      assert.equal(token?.amount, amount);
    });

  it("is that of the reference commands: made, and taken, by the keys of their parties", function () {
    const keys = loadX509Keys(rtds(this, "keystore"));
    const messages = rtds(this, "messages");
    let count = 0;
    for (const name of ["2.2_CS01a/CS01a", "2.2_CS01b/CS01b"]) {
      const file = join(messages, `${name}_2.2_SUCCESS_COMMAND_GBCS.HEX`);
      const bytes = hex(readFileSync(file, "utf8"));
      const { originator, target, counter } = gbcsWire.peek(bytes).header;
      const utrn = /\d{20}/.exec(Buffer.from(bytes).toString("latin1"))?.[0] as string;
      const { secret: own } = keys.party(originator)?.keys["pp-ka"] ?? {};
      const peer = keys.party(target)?.keys.ka?.publicKey;
      assert.ok(own !== undefined && peer !== undefined);
      const agreed = gbcsSuite.agreement(crypto, own).agree(peer) as Uint8Array;
      const token = readToken(utrn)!;
      const mac = tokenMac(crypto, agreed, { originator: euiBytes(originator), target: euiBytes(target) });
      assert.deepEqual(mac(counter, token.head), token.mac, name);
      const pence = Number(token.amount / 1000n);
      const vended = {
        supplier: originator,
        device: target,
        secret: agreed,
        counter: Number(counter >> 32n),
        pence,
      };
      // The class is the maker's choice: what fits in pence is in pence.
      if ((token.head[2]! & 0x20) === 0) assert.equal(makeUtrn(crypto, vended), utrn);
      count++;
    }
    assert.equal(count, 2);
  });

  it("that a supplier vends is read with its counter, amount and MAC (property, two libraries)", () => {
    const mac = tokenMac(nobleCrypto(), secret, pair);
    fc.assert(
      fc.property(counters, amounts, (counter, pence) => {
        const token = readToken(makeUtrn(crypto, { supplier, device, secret, counter, pence }))!;
        assert.equal(token.shortCounter, BigInt(counter % 1024));
        assert.equal(token.amount, BigInt(pence) * 1000n);
        assert.deepEqual(mac(BigInt(counter) << 32n, token.head), token.mac);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it("with one digit changed, or two neighbours changed over, is none", () => {
    fc.assert(
      fc.property(counters, amounts, fc.nat(19), fc.integer({ min: 1, max: 9 }), (counter, pence, at, by) => {
        const utrn = makeUtrn(crypto, { supplier, device, secret, counter, pence });
        const digits = [...utrn].map(Number);
        const changed = digits.with(at, ((digits[at] as number) + by) % 10).join("");
        assert.equal(readToken(changed), undefined);
        const [here, next] = [digits[at] as number, digits[at + 1] ?? (digits[at] as number)];
        if (here === next) return;
        assert.equal(
          readToken(
            digits
              .with(at, next)
              .with(at + 1, here)
              .join(""),
          ),
          undefined,
        );
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("that is too short, too long, no number or out of range is none", () => {
    for (const text of [
      "",
      "7394614433204021731",
      "739461443320402173155",
      "7394614433204021731x",
      "0".repeat(20),
    ])
      assert.equal(readToken(text), undefined, text);
  });

  it("tells its whole counter by ten bits, near the highest before (v0.8.1, page 258)", () => {
    assert.equal(wholeCounter(2_458_896_167n, 812n), 2_458_896_172n);
    fc.assert(
      fc.property(counters, fc.integer({ min: -511, max: 511 }), (highest, distance) => {
        const counter = BigInt(highest + distance);
        fc.pre(counter >= 0n);
        assert.equal(wholeCounter(BigInt(highest), counter % 1024n), counter);
      }),
      { seed: 6 },
    );
    assert.equal(wholeCounter(0n, 812n), 812n, "before any");
  });

  it("is used once, in whatever order tokens come (property)", () => {
    const order = fc.array(fc.integer({ min: 1, max: 260 }), { minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(order, fc.nat(5), (sequence, floor) => {
        let used: UsedTokens = { supplier, floor, counters: [], former: [] };
        const taken: number[] = [];
        for (const counter of sequence)
          if (!isUsed(used, counter)) {
            taken.push(counter);
            used = use(used, counter);
          }
        assert.equal(new Set(taken).size, taken.length);
        assert.ok(taken.every((counter) => counter > floor));
        assert.ok(used.counters.length <= 100);
      }),
      { seed: 7 },
    );
  });
});
