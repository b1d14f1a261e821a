import assert from "node:assert/strict";
import { encode, type Item } from "../../../../firmware/wire/cose/cbor.ts";
import {
  issueCertificate,
  MAX_CERTIFICATE_BYTES,
  readCertificate,
  verifyChain,
} from "../../../../firmware/wire/cose/certificate.ts";
import { keyId } from "../../../../firmware/wire/cose/keys.ts";
import { sign1 } from "../../../../firmware/wire/cose/sign1.ts";
import type { CertificateClaims } from "../../../../firmware/wire/suite.ts";
import { CodedError } from "../../../../hal/base/coded-error.ts";
import type { Signer } from "../../../../hal/board.ts";
import { cryptoByName } from "../../../../hal/crypto/index.ts";
import { crypto } from "./parties.ts";

const signer = (fill: number) => crypto.ed25519Signer(new Uint8Array(32).fill(fill));
const root = signer(1);
const authority = signer(2);
const rootName = "90B3D51F30000001";
const authorityName = "90B3D51F30000007";
const deviceName = "00DB1234567890A0";
const now = 1_700_000_000;

const authorityClaims: CertificateClaims = {
  subject: authorityName,
  role: "issuingAuthority",
  usage: "certify",
  publicKey: authority.publicKey,
  notBeforeS: now - 1000,
  notAfterS: now + 1000,
  serial: Uint8Array.of(1),
};
const deviceClaims: CertificateClaims = {
  subject: deviceName,
  role: "device",
  usage: "sign",
  publicKey: signer(3).publicKey,
  notBeforeS: now - 100,
  notAfterS: undefined,
  serial: Uint8Array.of(2, 3),
};
const authorityCertificate = issueCertificate(authorityClaims, root, rootName, crypto);
const deviceCertificate = issueCertificate(deviceClaims, authority, authorityName, crypto);

const verify = (leaf: Uint8Array, path = [authorityCertificate], nowS: number | undefined = now) =>
  verifyChain(leaf, path, root, nowS, crypto);
const issue = (changes: Partial<CertificateClaims>, by: Signer = authority, name = authorityName) =>
  issueCertificate({ ...deviceClaims, ...changes }, by, name, crypto);

describe("a certificate", () => {
  it("gives back its claims, for every role and usage", () => {
    const read = readCertificate(deviceCertificate);
    const { subject, role, usage, publicKey, notBeforeS, notAfterS, serial } = read;
    assert.deepEqual({ subject, role, usage, publicKey, notBeforeS, notAfterS, serial }, deviceClaims);
    assert.equal(read.issuer, authorityName);
    assert.deepEqual(read.issuerKeyId, keyId(crypto, authority.publicKey));
    for (const role of ["root", "supplier", "networkOperator", "accessControlBroker", "device"] as const)
      for (const usage of ["sign", "agree", "certify"] as const) {
        const certificate = readCertificate(issue({ role, usage, notAfterS: now }));
        assert.deepEqual([certificate.role, certificate.usage, certificate.notAfterS], [role, usage, now]);
      }
  });

  it("is proved through its authority up to the root, by every library, with or without a time", () => {
    for (const name of ["noble", "node", "sodium"] as const) {
      const library = cryptoByName(name);
      if (library === undefined) continue;
      const proved = verifyChain(deviceCertificate, [authorityCertificate], root, now, library);
      assert.equal(proved.subject, deviceName);
    }
    assert.equal(
      verifyChain(deviceCertificate, [authorityCertificate], root, undefined, crypto).role,
      "device",
    );
    assert.equal(verify(authorityCertificate, []).subject, authorityName);
  });

  it("is refused with its own reason", () => {
    const refusedAs = (code: string, leaf: Uint8Array, path?: Uint8Array[], nowS?: number) =>
      assert.throws(() => verify(leaf, path, nowS), { code: `certificate/${code}` });
    refusedAs("wrong-issuer", deviceCertificate, []); // claims the root's signature, names another key
    refusedAs("wrong-issuer", issue({}, authority, rootName)); // names another issuer than the path has
    refusedAs("wrong-issuer", issue({}, signer(9))); // signed by a key that the path does not have
    refusedAs("wrong-usage", deviceCertificate, [
      issueCertificate({ ...authorityClaims, usage: "sign" }, root, rootName, crypto),
    ]);
    refusedAs("self-issued", issue({ subject: authorityName }));
    refusedAs("self-issued", issue({ subject: rootName }, root, rootName), []);
    refusedAs("expired", deviceCertificate, undefined, now + 1001); // the authority's certificate
    refusedAs("expired", issue({ notAfterS: now - 1 }));
    refusedAs("not-yet-valid", deviceCertificate, undefined, now - 101);
    refusedAs("path-too-long", deviceCertificate, new Array(4).fill(authorityCertificate));
    refusedAs("malformed", new Uint8Array(0));
    refusedAs("malformed", new Uint8Array(MAX_CERTIFICATE_BYTES + 1));
  });

  it("is refused when the key it names is not the one that signed", () => {
    const { content } = readCertificate(deviceCertificate).structure;
    const forged = sign1(content, signer(9).sign, keyId(crypto, authority.publicKey));
    assert.throws(() => verify(forged), { code: "certificate/bad-signature" });
  });

  it("is refused for any bit changed", () => {
    for (const [index, certificate] of [deviceCertificate, authorityCertificate].entries())
      for (let bit = 0; bit < certificate.length * 8; bit++) {
        const flipped = certificate.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const chain = index === 0 ? [flipped, authorityCertificate] : [deviceCertificate, flipped];
        assert.throws(() => verify(chain[0]!, [chain[1]!]), CodedError, `bit ${bit}`);
      }
  });

  it("is refused when a claim is missing or has another form", () => {
    const good = new Map<Item, Item>([
      [1, authorityName],
      [2, deviceName],
      [5, now],
      [7, Uint8Array.of(1)],
      [
        8,
        new Map<Item, Item>([
          [
            1,
            new Map<Item, Item>([
              [1, 1],
              [-1, 6],
              [-2, deviceClaims.publicKey],
            ]),
          ],
        ]),
      ],
      [-65537, 127],
      [-65538, 1],
    ]);
    const withClaim = (label: number, claim: Item | undefined) => {
      const claims = new Map(good);
      if (claim === undefined) claims.delete(label);
      else claims.set(label, claim);
      return sign1(encode(claims), authority.sign, keyId(crypto, authority.publicKey));
    };
    assert.equal(readCertificate(withClaim(5, now)).subject, deviceName);
    const key = (type: Item, curve: Item, x: Item) =>
      new Map<Item, Item>([
        [
          1,
          new Map<Item, Item>([
            [1, type],
            [-1, curve],
            [-2, x],
          ]),
        ],
      ]);
    const bad: [number, Item | undefined][] = [
      ...[...good.keys()].map((label) => [label as number, undefined] as [number, undefined]),
      [1, "not an EUI-64"],
      [2, deviceName.toLowerCase()],
      [4, -1],
      [4, 2 ** 32],
      [5, "now"],
      [7, new Uint8Array(0)],
      [7, new Uint8Array(17)],
      [8, 1],
      [8, new Map()],
      [8, key(2, 6, deviceClaims.publicKey)],
      [8, key(1, 4, deviceClaims.publicKey)],
      [8, key(1, 6, new Uint8Array(31))],
      [-65537, 99],
      [-65538, 4],
    ];
    for (const [label, claim] of bad)
      assert.throws(
        () => readCertificate(withClaim(label, claim)),
        { code: "certificate/malformed" },
        `${label}`,
      );
  });

  it("cannot be issued for a name that is no EUI-64", () => {
    assert.throws(() => issue({ subject: "meter" }), { code: "wire/eui64" });
  });
});
