import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { objects, useCaseByCode } from "../../../firmware/model/index.ts";
import { issueCertificate } from "../../../firmware/wire/cose/certificate.ts";
import { agreement, keyId, valueKey } from "../../../firmware/wire/cose/keys.ts";
import { sealValues } from "../../../firmware/wire/cose/sensitive.ts";
import { coseWire } from "../../../firmware/wire/cose/wire.ts";
import { type Header, Kind, type Message, NEVER } from "../../../firmware/wire/message.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { type DecodedNode, decode } from "../../../harness/decode/index.ts";
import { hex, readJson, toHex, vectors } from "../../support/shared-data.ts";

const crypto = nodeCrypto();
const signer = crypto.ed25519Signer(new Uint8Array(32).fill(7));
const kid = keyId(crypto, signer.publicKey);
const mac = crypto.hmacSha256(new Uint8Array(32).fill(9));
const supplier = "90B3D51F30010000";
const meter = "00DB1234567890A0";

const header = (kind: Kind, code: number, more: Partial<Header> = {}): Header => ({
  kind,
  code,
  originator: kind === Kind.command ? supplier : meter,
  target: kind === Kind.command ? meter : supplier,
  counter: 1000n,
  ...more,
});
const signed = (message: Message) => coseWire.sign(coseWire.encode(message), signer.sign, kid);
const maced = (message: Message) => coseWire.protect(coseWire.encode(message), mac, kid);
const value = (node: DecodedNode, name: string) => node.fields.find((f) => f.name === name)?.value;
const innermost = (node: DecodedNode): DecodedNode => (node.children[0] ? innermost(node.children[0]) : node);

const disable: Message = {
  header: header(Kind.command, 0x0050),
  operations: [{ kind: "call", object: objects.supplyControl.id, member: 1, value: 0x34 }],
};

describe("decode, COSE", () => {
  it("shows a critical command layer by layer, down to the named operation", () => {
    const bytes = coseWire.protect(signed(disable), mac, kid);
    const node = decode(bytes);
    assert.equal(node.format, "COSE_Mac0 of command ECS43 disable supply");
    assert.equal(value(node, "algorithm"), "HMAC 256/256 (5)");
    assert.equal(node.children[0]?.format, "COSE_Sign1 of command ECS43 disable supply");
    assert.equal(value(node.children[0]!, "key identifier"), toHex(kid).toUpperCase());
    const message = innermost(node);
    assert.equal(value(message, "originator"), supplier);
    assert.equal(value(message, "target"), meter);
    assert.equal(value(message, "counter"), "1000");
    assert.equal(value(message, "operation 1"), "call supplyControl.execute = 52 (disable)");
  });

  it("places content, signature and MAC where they stand", () => {
    const bytes = coseWire.protect(signed(disable), mac, kid);
    for (let node: DecodedNode | undefined = decode(bytes); node !== undefined; node = node.children[0]) {
      for (const field of node.fields.filter((f) => ["MAC", "signature"].includes(f.name))) {
        const there = bytes.subarray(field.offset, field.offset! + field.length!);
        assert.equal(toHex(there).toUpperCase(), field.value, field.name);
      }
    }
    const layers = [decode(bytes), decode(bytes).children[0]!];
    assert.deepEqual(
      layers.map((n) => n.fields.some((f) => ["MAC", "signature"].includes(f.name))),
      [true, true],
    );
  });

  it("reads a pre-command without protection", () => {
    assert.match(decode(coseWire.encode(disable)).format, /^command ECS43 disable supply, unprotected/);
  });

  it("names results after the command's operations, with dates, units and outcomes", () => {
    const operations = useCaseByCode(0x0042)!.steps;
    const results = operations.map(() => ({ status: 0 as const, value: 2500 }));
    const limits = innermost(decode(maced({ header: header(Kind.response, 0x0042), results })));
    assert.equal(value(limits, "loadLimiter.threshold"), "success: 2500 W, s");
    const log: Message = {
      header: header(Kind.response, 0x0048, { timeS: 1_767_225_600 }),
      results: [{ status: 0, value: [[1_767_225_599, 0x8f36, new Uint8Array(0)]] }],
    };
    const node = innermost(decode(signed(log)));
    assert.equal(value(node, "time"), "2026-01-01 00:00:00 UTC");
    assert.equal(
      value(node, "eventLog.buffer"),
      "success: [2025-12-31 23:59:59 UTC 0x8F36 supply back after an outage of three minutes or more (empty)]",
    );
    const refused: Message = { header: header(Kind.response, 0x0052), results: [{ status: 3 }] };
    assert.equal(value(innermost(decode(maced(refused))), "supplyState.controlState"), "readWriteDenied");
  });

  it("spells ranges, activation times and cancellations", () => {
    const range: Message = {
      header: header(Kind.command, 0x0037),
      operations: [{ kind: "get", object: objects.importProfile.id, member: 2, value: [0, 1_767_225_600] }],
    };
    const text = value(innermost(decode(maced(range))), "operation 1");
    assert.equal(text, "get importProfile.buffer = now or the beginning to 2026-01-01 00:00:00 UTC");
    const cancel: Message = {
      header: header(Kind.command, 0x0043),
      operations: [{ kind: "set", object: objects.loadLimitPeriod.id, member: 6, value: NEVER }],
    };
    assert.match(value(innermost(decode(signed(cancel))), "operation 1") ?? "", /= never or the end$/);
  });

  it("reads alerts, and supplementary parties", () => {
    const supplementary = { party: "90B3D51F30020000", counter: 5n };
    const alert: Message = {
      header: header(Kind.alert, 0x0067, { timeS: 1, supplementary }),
      alertCode: 0x8f36,
      values: [1, 2n ** 60n, hex("0102"), ["x", null, true]],
    };
    const node = innermost(decode(signed(alert)));
    assert.equal(value(node, "alert code"), "0x8F36");
    assert.match(node.fields.find((f) => f.name === "alert code")?.note ?? "", /supply back after an outage/);
    assert.equal(value(node, "value 3"), "0102");
    assert.equal(value(node, "value 4"), "[x, null, true]");
    assert.equal(value(node, "supplementary"), supplementary.party);
  });

  it("shows encrypted values as what they are", () => {
    const peer = crypto.x25519PublicKey(new Uint8Array(32).fill(3));
    const pair = { originator: hex(meter), target: hex(supplier) };
    const key = valueKey(crypto, agreement(crypto, new Uint8Array(32).fill(2)), peer, pair)!;
    const context = { ...pair, kind: 2, counter: 1000n };
    const sealed = sealValues(crypto, key, context, [{ status: 0, value: [1, 2] }]);
    const message: Message = {
      header: header(Kind.response, 0x0027),
      results: [{ status: 0, value: sealed }],
    };
    const node = decode(maced(message)).children[0]!;
    assert.equal(node.fields.find((f) => f.name === "result 1")?.note, "encrypted values");
    assert.equal(node.children[0]?.format, "COSE_Encrypt0");
    assert.equal(value(node.children[0]!, "algorithm"), "A128GCM (1)");
  });

  it("reads certificates", () => {
    const claims = {
      subject: meter,
      role: "device",
      usage: "sign",
      publicKey: signer.publicKey,
      notBeforeS: 1_767_225_600,
      notAfterS: undefined,
      serial: hex("0102"),
    } as const;
    const node = decode(issueCertificate(claims, signer, "90B3D51F30000000", crypto));
    assert.equal(node.format, `COSE_Sign1 of CWT certificate of ${meter}`);
    const claim = (name: string) => value(node.children[0]!, name);
    assert.deepEqual(
      [claim("role"), claim("usage"), claim("valid from"), claim("valid until"), claim("issuer")],
      ["device", "sign", "2026-01-01 00:00:00 UTC", "no expiry", "90B3D51F30000000"],
    );
  });

  it("reads foreign COSE too: the cose-wg examples of Sign1, Mac0 and Encrypt0", function () {
    type Example = { fail?: boolean; output: { cbor: string } };
    let read = 0;
    for (const folder of ["sign1-tests", "mac0-tests", "eddsa-examples", "aes-gcm-examples"]) {
      const directory = join(vectors(this, "cose/cose-wg"), folder);
      for (const name of readdirSync(directory).filter((n) => n.endsWith(".json"))) {
        const example = readJson<Example>(join(directory, name));
        const bytes = hex(example.output.cbor);
        if (example.fail || bytes[0]! < 0xd0 || bytes[0]! > 0xd2) continue;
        assert.match(decode(bytes).format, /^COSE_(Sign1|Mac0|Encrypt0)/, name);
        read++;
      }
    }
    assert.ok(read >= 10, `${read} examples`);
  });

  it("breaks off with the place when a message is cut", () => {
    const bytes = coseWire.protect(signed(disable), mac, kid);
    for (let length = 1; length < bytes.length; length++)
      assert.throws(() => decode(bytes.subarray(0, length)), { code: "decode/unknown" }, `${length} bytes`);
    assert.throws(() => decode(bytes.subarray(0, 60)), /COSE message: byte \d+: COSE_Mac0: /);
  });
});
