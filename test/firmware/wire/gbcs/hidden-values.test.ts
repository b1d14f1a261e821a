import assert from "node:assert/strict";
import { createDecipheriv } from "node:crypto";
import { basename } from "node:path";
import fc from "fast-check";
import { hiddenContextOf, itemSealer } from "../../../../firmware/wire/gbcs/hidden-values.ts";
import { agreement, macKey } from "../../../../firmware/wire/gbcs/kdf.ts";
import { gbcsCredentials } from "../../../../firmware/wire/gbcs/suite.ts";
import { type GbcsEnvelope, gbcsWire } from "../../../../firmware/wire/gbcs/wire.ts";
import type { OperationResult } from "../../../../firmware/wire/message.ts";
import { concat } from "../../../../hal/base/bytes.ts";
import { hasCode } from "../../../../hal/base/coded-error.ts";
import { euiText } from "../../../../hal/base/eui64.ts";
import { messageFiles, readMessageFile } from "../../../../harness/verify/message-files.ts";
import { loadX509Keys } from "../../../../harness/verify/x509-keys.ts";
import { rtds, toHex } from "../../../support/shared-data.ts";
import { crypto } from "./parties.ts";

const secret = (fill: number) => agreement(crypto, new Uint8Array(32).fill(fill));
const [meter, supplier, stranger] = [secret(1), secret(2), secret(3)];
const pair = { originator: new Uint8Array(8).fill(1), target: new Uint8Array(8).fill(2) };
const counterOf = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const bytesOf = fc.uint8Array({ maxLength: 300 });

describe("hidden values of the GBCS wire", () => {
  const atMeter = itemSealer(crypto, meter, supplier.publicKey, pair)!;
  const atSupplier = itemSealer(crypto, supplier, meter.publicKey, pair)!;

  it("are read by the other party alone, under their own counter and pair (property)", () => {
    const others = [
      itemSealer(crypto, stranger, meter.publicKey, pair)!,
      itemSealer(crypto, supplier, meter.publicKey, { originator: pair.target, target: pair.originator })!,
    ];
    fc.assert(
      fc.property(counterOf, bytesOf, (counter, plain) => {
        const sealed = atMeter.seal(counter, plain);
        assert.equal(sealed.length, 5 + plain.length + 12);
        assert.deepEqual(new Uint8Array(atSupplier.open(counter, sealed)!), plain);
        assert.equal(atSupplier.open(counter ^ 1n, sealed), undefined);
        for (const other of others) assert.equal(other.open(counter, sealed), undefined);
      }),
    );
  });

  it("are opened by OpenSSL under the key of kind 4, with the first byte alone as additional data", () => {
    const plain = Uint8Array.of(1, 2, 3);
    const sealed = atMeter.seal(1000n, plain);
    const shared = meter.agree(supplier.publicKey)!;
    const key = macKey(crypto, shared, { ...pair, kind: 4, counter: 1000n });
    const decipher = createDecipheriv("aes-128-gcm", key, concat(pair.originator, new Uint8Array(4)), {
      authTagLength: 12,
    });
    decipher.setAAD(Uint8Array.of(0x31)).setAuthTag(sealed.subarray(-12));
    assert.deepEqual(new Uint8Array(decipher.update(sealed.subarray(5, -12))), plain);
    decipher.final();
  });

  it("open no more when any bit was changed or any end is cut off", () => {
    const sealed = atMeter.seal(7n, new Uint8Array(20).fill(5));
    const open = (bytes: Uint8Array): Uint8Array | undefined => {
      try {
        return atSupplier.open(7n, bytes);
      } catch (error) {
        assert.ok(hasCode(error, "wire/malformed"), String(error));
        return undefined;
      }
    };
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(open(flipped), undefined, `bit ${bit}`);
    }
    for (let length = 0; length < sealed.length; length++)
      assert.equal(open(sealed.subarray(0, length)), undefined, `${length} bytes`);
  });

  it("agree on nothing with a key of no curve", () => {
    assert.equal(itemSealer(crypto, meter, new Uint8Array(65).fill(4), pair), undefined);
  });

  it("are a suite's, whatever the payload's codec", () => {
    // As text: what a payload writes is nothing that sealing depends on.
    const suite = gbcsCredentials({
      write: (_, results) => new TextEncoder().encode(JSON.stringify(results)),
      read: (_, plain) => JSON.parse(new TextDecoder().decode(plain)) as OperationResult[],
    });
    const [sender, reader] = [
      suite.hiddenValues(crypto, meter, supplier.publicKey, pair)!,
      suite.hiddenValues(crypto, supplier, meter.publicKey, pair)!,
    ];
    const results: OperationResult[] = [{ status: 0, value: 42 }] as OperationResult[];
    const header = (counter: bigint) => ({ kind: 2, code: 0x24, counter }) as const;
    const sealed = sender.seal(header(9n), results)!;
    assert.deepEqual(reader.open(header(9n), sealed), results);
    assert.equal(reader.open(header(8n), sealed), undefined);
    assert.equal(suite.hiddenValues(crypto, meter, new Uint8Array(65), pair), undefined);
  });
});

/** Encrypted items of a payload, found by their security header and the length before it (DLMS, GBZ). */
function itemsOf(payload: Uint8Array): readonly Uint8Array[] {
  const gbz = payload[0] === 0x01 && payload[1] === 0x09;
  const items: Uint8Array[] = [];
  for (let at = 3; at + 17 <= payload.length; at++) {
    if (toHex(payload.subarray(at, at + 5)) !== "3100000000") continue;
    const [third = 0, second = 0, first = 0] = payload.subarray(at - 3, at);
    const wide = gbz || third === 0x82;
    const length = wide ? second * 256 + first : first;
    if (length < 17 || at + length > payload.length) continue;
    items.push(payload.subarray(at, at + length));
    at += length - 1;
  }
  return items;
}

describe("hidden values and the RTDS", () => {
  it("opens every encrypted item of the reference messages, and seals it again byte for byte", function () {
    const store = loadX509Keys(rtds(this, "keystore"));
    const counts = {
      messages: 0,
      dlms: 0,
      gbz: 0,
      forms: new Map<number, number>(),
      unopened: [] as string[],
      marks: 0,
    };
    for (const file of messageFiles([rtds(this, "messages")])) {
      if (!/RESPONSE|ALERT/.test(basename(file))) continue;
      const envelope: GbcsEnvelope = gbcsWire.peek(readMessageFile(file));
      const items = itemsOf(envelope.payload);
      counts.marks += toHex(envelope.payload).split("3100000000").length - 1;
      if (items.length === 0) continue;
      const { counter, ...messagePair } = hiddenContextOf(envelope);
      const [device, party] = [messagePair.originator, messagePair.target].map((eui) =>
        store.party(euiText(eui)),
      );
      const own = agreement(crypto, party!.keys.ka!.secret!);
      const sealer = itemSealer(crypto, own, device!.keys.ka!.publicKey, messagePair)!;
      for (const item of items) {
        const plain = sealer.open(counter, item);
        if (plain === undefined) counts.unopened.push(basename(file));
        else assert.equal(toHex(sealer.seal(counter, plain)), toHex(item));
        counts[envelope.payload[0] === 0x01 ? "gbz" : "dlms"]++;
      }
      counts.messages++;
      const { otherInformation: info } = envelope;
      const form = info.party === undefined ? 2 : info.originatorCounter === undefined ? 18 : 26;
      counts.forms.set(form, (counts.forms.get(form) ?? 0) + 1);
    }
    console.log("      hidden:", counts);
    const forms = new Map([
      [2, 33],
      [18, 2],
      [26, 1],
    ]);
    assert.deepEqual(counts, { messages: 36, dlms: 16, gbz: 31, forms, unopened: [], marks: 47 });
  });
});
