import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { encrypt0, openEncrypt0, readEncrypt0 } from "../../../../firmware/wire/cose/encrypt0.ts";
import { mac0Valid, readMac0 } from "../../../../firmware/wire/cose/mac0.ts";
import { readSign1, sign1Valid } from "../../../../firmware/wire/cose/sign1.ts";
import { Algorithm, authenticated } from "../../../../firmware/wire/cose/structure.ts";
import type { Verifier } from "../../../../hal/board.ts";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { hex, readJson, toHex, vectors } from "../../../support/shared-data.ts";

/** A case of cose-wg/Examples, as far as used here. */
interface CoseCase {
  fail?: boolean;
  input: {
    plaintext: string;
    sign0?: { key: Record<string, string>; external?: string; alg: string };
    mac0?: Recipients;
    encrypted?: Recipients;
  };
  intermediates: { ToBeSign_hex?: string; ToMac_hex?: string; AAD_hex?: string };
  output: { cbor: string };
}
interface Recipients {
  external?: string;
  recipients: { key: { k: string } }[];
}

const crypto = nodeCrypto();
const utf8 = (text: string) => new TextEncoder().encode(text);
const base64url = (text: string) => Uint8Array.from(Buffer.from(text, "base64url"));

/** Cases whose input has `field`, by file name; an independent signature or tag over bytes that are not ours. */
function cases(context: Mocha.Context, folder: string, field: keyof CoseCase["input"]) {
  const path = vectors(context, join("cose/cose-wg", folder));
  return readdirSync(path)
    .map((file) => ({ file, test: readJson<CoseCase>(join(path, file)) }))
    .filter(({ test }) => test.input[field] !== undefined);
}

/** True: opens; otherwise the reason it was refused for. */
function outcome(open: () => boolean): true | string {
  try {
    return open() || "not authentic";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("COSE_Sign1 of cose-wg", () => {
  const outcomes = (context: Mocha.Context, folder: string) =>
    Object.fromEntries(cases(context, folder, "sign0").map(({ file, test }) => [file, checkSign1(test)]));

  it("verifies the passing cases and refuses each failing one for its reason", function () {
    assert.deepEqual(outcomes(this, "sign1-tests"), {
      "sign-fail-01.json": "wire/malformed", // CBOR tag 998
      "sign-fail-02.json": "not authentic",
      "sign-fail-03.json": "wire/algorithm", // -999
      "sign-fail-04.json": "wire/algorithm", // "unknown"
      "sign-fail-06.json": "not authentic", // a protected header added
      "sign-fail-07.json": "not authentic", // one removed
      "sign-pass-01.json": true, // protected h'a0'
      "sign-pass-02.json": true, // external data
      "sign-pass-03.json": true, // untagged
    });
  });

  it("verifies Ed25519 and P-256, and refuses algorithms it does not have", function () {
    assert.deepEqual(outcomes(this, "eddsa-examples"), {
      "eddsa-sig-01.json": true,
      "eddsa-sig-02.json": "no such key", // Ed448
    });
    assert.deepEqual(outcomes(this, "ecdsa-examples"), {
      "ecdsa-sig-01.json": true,
      "ecdsa-sig-02.json": "no such key", // P-384
      "ecdsa-sig-03.json": "no such key", // P-521
      "ecdsa-sig-04.json": "wire/algorithm", // P-256 with SHA-512
    });
  });
});

function checkSign1({ fail, input, intermediates, output }: CoseCase): true | string {
  const { key, external } = input.sign0!;
  const known = verifierOf(key);
  if (known === undefined) return "no such key";
  return outcome(() => {
    const structure = readSign1(hex(output.cbor));
    const aad = hex(external ?? "");
    const valid = sign1Valid(structure, known.algorithm, known.verify, aad);
    const input = authenticated("Signature1", structure.protectedBytes, aad, structure.content);
    if (!fail) assert.equal(toHex(input), intermediates.ToBeSign_hex!.toLowerCase());
    return valid;
  });
}

function verifierOf(key: Record<string, string>): { algorithm: number; verify: Verifier } | undefined {
  const coordinate = (name: string) =>
    key[`${name}_hex`] ? hex(key[`${name}_hex`]!) : padded(base64url(key[name]!), 32);
  if (key.crv === "Ed25519")
    return { algorithm: Algorithm.eddsa, verify: crypto.ed25519Verifier(coordinate("x")) };
  if (key.crv !== "P-256") return undefined;
  const point = Uint8Array.from([4, ...coordinate("x"), ...coordinate("y")]);
  return { algorithm: Algorithm.es256, verify: crypto.p256Verifier(point) };
}

const padded = (bytes: Uint8Array, length: number) =>
  Uint8Array.from([...new Uint8Array(length - bytes.length), ...bytes]);

describe("COSE_Mac0 of cose-wg", () => {
  it("verifies the passing cases and refuses each failing one for its reason", function () {
    const outcomes = cases(this, "mac0-tests", "mac0").map(({ file, test }) => [file, checkMac0(test)]);
    assert.deepEqual(Object.fromEntries(outcomes), {
      "HMac-01.json": true,
      "mac-fail-01.json": "wire/malformed", // CBOR tag 992
      "mac-fail-02.json": "not authentic",
      "mac-fail-03.json": "wire/algorithm", // -999
      "mac-fail-04.json": "wire/algorithm", // "Unknown"
      "mac-fail-06.json": "not authentic", // a protected header added
      "mac-fail-07.json": "not authentic", // one removed
      "mac-pass-01.json": true, // protected h'a0'
      "mac-pass-02.json": true, // external data
      "mac-pass-03.json": true, // untagged
    });
  });
});

function checkMac0({ fail, input, intermediates, output }: CoseCase): true | string {
  const { external, recipients } = input.mac0!;
  const mac = crypto.hmacSha256(base64url(recipients[0]!.key.k));
  return outcome(() => {
    const structure = readMac0(hex(output.cbor));
    const aad = hex(external ?? "");
    const macInput = authenticated("MAC0", structure.protectedBytes, aad, structure.content);
    if (!fail) assert.equal(toHex(macInput), intermediates.ToMac_hex!.toLowerCase());
    return mac0Valid(structure, mac, aad);
  });
}

describe("COSE_Encrypt0 of cose-wg", () => {
  const outcomes = (context: Mocha.Context, folder: string) =>
    Object.fromEntries(
      cases(context, folder, "encrypted").map(({ file, test }) => [file, checkEncrypt0(test)]),
    );

  it("decrypts the passing cases and refuses each failing one for its reason", function () {
    assert.deepEqual(outcomes(this, "encrypted-tests"), {
      "aes-gcm-01.json": true,
      "enc-fail-01.json": "wire/malformed", // CBOR tag 995
      "enc-fail-02.json": "not authentic",
      "enc-fail-03.json": "wire/algorithm", // -999
      "enc-fail-04.json": "wire/algorithm", // "Unknown"
      "enc-fail-06.json": "not authentic", // a protected header added
      "enc-fail-07.json": "not authentic", // one removed
      "enc-pass-01.json": true, // protected h'a0'
      "enc-pass-02.json": true, // external data
      "enc-pass-03.json": true, // untagged
    });
  });

  it("decrypts A128GCM and refuses the other algorithms by name", function () {
    assert.deepEqual(outcomes(this, "aes-gcm-examples"), {
      "aes-gcm-enc-01.json": true,
      "aes-gcm-enc-02.json": "wire/algorithm", // A192GCM
      "aes-gcm-enc-03.json": "wire/algorithm", // A256GCM
      "aes-gcm-enc-04.json": "not authentic", // its tag was changed
    });
    const ccm = outcomes(this, "aes-ccm-examples");
    assert.equal(Object.keys(ccm).length, 8);
    for (const [file, got] of Object.entries(ccm)) assert.equal(got, "wire/algorithm", file);
  });

  it("seals what it opens, for any external data", () => {
    const key = new Uint8Array(16).fill(1);
    const iv = new Uint8Array(12).fill(2);
    const sealed = encrypt0(crypto, utf8("readings"), key, iv, utf8("context"));
    assert.deepEqual(openEncrypt0(crypto, readEncrypt0(sealed), key, utf8("context")), utf8("readings"));
    assert.equal(openEncrypt0(crypto, readEncrypt0(sealed), key, utf8("another")), undefined);
    assert.equal(openEncrypt0(crypto, readEncrypt0(sealed), new Uint8Array(16), utf8("context")), undefined);
  });
});

function checkEncrypt0({ fail, input, intermediates, output }: CoseCase): true | string {
  const { external, recipients } = input.encrypted!;
  const key = base64url(recipients[0]!.key.k);
  return outcome(() => {
    const structure = readEncrypt0(hex(output.cbor));
    const aad = hex(external ?? "");
    const encStructure = authenticated("Encrypt0", structure.protectedBytes, aad);
    if (!fail) assert.equal(toHex(encStructure), intermediates.AAD_hex!.toLowerCase());
    const plaintext = openEncrypt0(crypto, structure, key, aad);
    if (plaintext !== undefined) assert.deepEqual(plaintext, utf8(input.plaintext));
    return plaintext !== undefined;
  });
}

describe("what any COSE structure must not have", () => {
  const refusedAs = (bytes: string, message: RegExp) => assert.throws(() => readSign1(hex(bytes)), message);

  it("headers marked critical, one algorithm in each bucket, keys twice, a detached payload, bytes behind it", () => {
    refusedAs("8444a1028104a04040", /critical/);
    refusedAs("8443a10127a101274040", /one algorithm/);
    refusedAs("8445a201270127a04040", /ascending keys/);
    refusedAs("8443a10127a0f640", /content/);
    refusedAs("8443a10127a0404000", /the end/);
    refusedAs("8343a10127a040", /4 items/);
    refusedAs("8444a101f400a04040", /algorithm/);
  });
});
