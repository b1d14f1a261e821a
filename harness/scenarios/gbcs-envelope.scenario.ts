import assert from "node:assert/strict";
import { agreement, macs } from "../../firmware/wire/gbcs/kdf.ts";
import { type GbcsMessage, gbcsWire, macContextOf, readPreCommand } from "../../firmware/wire/gbcs/wire.ts";
import type { MacContext } from "../../firmware/wire/wire.ts";
import { fromHex } from "../../hal/base/hex.ts";
import type { Signer } from "../../hal/board.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import { SeededRandom } from "../../hal/mock/index.ts";
import { currentRun } from "../premises/run-context.ts";
import { appliesTo, mockOnly } from "./applies-to.ts";

/** A party of the GBCS wire: one P-256 key to sign, one to agree. */
class GbcsParty {
  readonly eui: string;
  readonly sign: Signer;
  readonly agree: Signer;
  readonly #agreeSecret: Uint8Array;

  constructor(eui: string, random: SeededRandom) {
    this.eui = eui;
    this.sign = crypto.p256Signer(scalar(random));
    this.#agreeSecret = scalar(random);
    this.agree = crypto.p256Signer(this.#agreeSecret);
  }

  /** The MAC of one message between this party and `peer`. */
  macWith(peer: GbcsParty, context: MacContext) {
    const mac = macs(crypto, agreement(crypto, this.#agreeSecret), peer.agree.publicKey, context);
    assert.ok(mac);
    return mac(context);
  }
}

const crypto = nodeCrypto();
const noKeyId = new Uint8Array(0);
const disableSupply = fromHex("D9200003E9000103000900000A006AFF0101120034");
const done = fromHex("DA200003E900000100010300");

describe("GBCS envelope", function () {
  appliesTo(this, ["gbcs"]);
  mockOnly(this, "no home is in it: it checks the envelope alone");
  let supplier: GbcsParty;
  let broker: GbcsParty;
  let meter: GbcsParty;

  before(() => {
    const random = new SeededRandom(currentRun()?.seed ?? 1);
    supplier = new GbcsParty("90B3D51F30010000", random.fork("supplier"));
    broker = new GbcsParty("90B3D51F30000002", random.fork("broker"));
    meter = new GbcsParty("00DB1234567890A0", random.fork("meter"));
  });

  /** What the supplier signs and the ACB adds its MAC to. */
  function criticalCommand(counter = 1001n): Uint8Array {
    const plain = gbcsWire.encode(command(counter));
    const signed = gbcsWire.sign(plain, supplier.sign.sign, noKeyId);
    return gbcsWire.protect(signed, broker.macWith(meter, macContextOf(plain)), noKeyId);
  }

  function command(counter: bigint): GbcsMessage {
    const header = { kind: 1, code: 0x0050, originator: supplier.eui, target: meter.eui, counter } as const;
    return { header, payload: disableSupply };
  }

  /** What the meter does: undefined when authentic, else the reason. */
  function refusal(bytes: Uint8Array): string | undefined {
    try {
      const envelope = gbcsWire.peek(bytes);
      if (envelope.header.target !== meter.eui) return "not-for-me";
      if (envelope.header.originator !== supplier.eui) return "unknown-party";
      if (!gbcsWire.macValid(envelope, meter.macWith(broker, envelope.macContext))) return "mac";
      const verify = crypto.p256Verifier(supplier.sign.publicKey);
      return gbcsWire.signatureValid(envelope, verify) ? undefined : "signature";
    } catch (error) {
      return (error as { code?: string }).code;
    }
  }

  it("carries a critical command that the meter believes, with its payload untouched", () => {
    const bytes = criticalCommand();
    assert.equal(refusal(bytes), undefined);
    const { header, payload } = gbcsWire.decode(gbcsWire.peek(bytes));
    assert.deepEqual(header, command(1001n).header);
    assert.deepEqual(payload, disableSupply);
  });

  it("refuses the command with any single bit changed, each with a reason", () => {
    const bytes = criticalCommand();
    const reasons = new Set<string>();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const reason = refusal(changed);
      assert.ok(reason, `bit ${bit} changed, and still believed`);
      reasons.add(reason);
    }
    assert.deepEqual([...reasons].sort(), ["mac", "not-for-me", "unknown-party", "wire/malformed"]);
  });

  it("refuses the command cut short anywhere, or with a byte behind it", () => {
    const bytes = criticalCommand();
    for (let length = 0; length < bytes.length; length++) assert.ok(refusal(bytes.subarray(0, length)));
    assert.ok(refusal(new Uint8Array([...bytes, 0])));
  });

  it("refuses a signature under another counter's MAC", () => {
    const [one, two] = [criticalCommand(1n), criticalCommand(2n)];
    const swapped = one.slice();
    swapped.set(two.subarray(two.length - 12), one.length - 12);
    assert.equal(refusal(swapped), "mac");
  });

  it("recognises the pre-command that the supplier signs, and it equals the command's own bytes", () => {
    const plain = gbcsWire.encode(command(1001n));
    assert.deepEqual(readPreCommand(plain).message.header, command(1001n).header);
    assert.deepEqual(gbcsWire.peek(criticalCommand()).plain, plain);
  });

  it("carries the meter's answer: signed when critical, with a MAC when not", () => {
    const header = {
      kind: 2,
      code: 0x0050,
      originator: meter.eui,
      target: supplier.eui,
      counter: 1001n,
    } as const;
    const plain = gbcsWire.encode({ header, payload: done });
    const signed = gbcsWire.peek(gbcsWire.sign(plain, meter.sign.sign, noKeyId));
    assert.equal(signed.protection, "signature");
    assert.ok(gbcsWire.signatureValid(signed, crypto.p256Verifier(meter.sign.publicKey)));
    const context = macContextOf(plain);
    const maced = gbcsWire.peek(gbcsWire.protect(plain, meter.macWith(supplier, context), noKeyId));
    assert.equal(maced.protection, "mac");
    assert.ok(gbcsWire.macValid(maced, supplier.macWith(meter, maced.macContext)));
  });
});

/** A P-256 secret: below the group's order, and not 0. */
function scalar(random: SeededRandom): Uint8Array {
  const bytes = random.bytes(32);
  bytes[0]! &= 0x7f;
  bytes[31]! |= 1;
  return bytes;
}
