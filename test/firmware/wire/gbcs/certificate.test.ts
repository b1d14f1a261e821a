import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { type Role, roles } from "../../../../firmware/model/index.ts";
import { der, derUnsigned, Tag } from "../../../../firmware/wire/gbcs/der.ts";
import { gbcsCredentials, gbcsSuite } from "../../../../firmware/wire/gbcs/suite.ts";
import { nameText } from "../../../../firmware/wire/gbcs/x509/name.ts";
import type { CertificateClaims } from "../../../../firmware/wire/suite.ts";
import { hasCode } from "../../../../hal/base/coded-error.ts";
import type { Signer } from "../../../../hal/board.ts";
import { cryptoByName } from "../../../../hal/crypto/index.ts";
import { hex, toHex } from "../../../support/shared-data.ts";
import { caPoints } from "./certificates.ts";
import { crypto, noValues } from "./parties.ts";

const suite = gbcsCredentials(noValues);
const { read, verifyChain, verifySelfIssued, issue } = suite.certificates;
const signer = (fill: number) => crypto.p256Signer(new Uint8Array(32).fill(fill));
const root = signer(1);
const authority = signer(2);
const rootName = "90B3D51F30000000";
const authorityName = "90B3D51F30000007";
const deviceName = "00DB1234567890A0";
const now = 1_700_000_000;

const rootClaims: CertificateClaims = {
  subject: rootName,
  role: "root",
  usage: "certify",
  publicKey: root.publicKey,
  notBeforeS: now - 2000,
  notAfterS: now + 1_000_000_000, // beyond 2049: the other form of time
  serial: Uint8Array.of(1),
};
const authorityClaims: CertificateClaims = {
  ...rootClaims,
  subject: authorityName,
  role: "issuingAuthority",
  publicKey: authority.publicKey,
  notAfterS: now + 1000,
  serial: Uint8Array.of(0x80, 1),
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
const supplierClaims: CertificateClaims = {
  ...deviceClaims,
  subject: "90B3D51F30010000",
  role: "supplier",
  notAfterS: now + 500,
};
const rootCertificate = issue(rootClaims, root, rootName, crypto);
const authorityCertificate = issue(authorityClaims, root, rootName, crypto);
const issued = (claims: Partial<CertificateClaims>, by: Signer = authority, name = authorityName) =>
  issue({ ...deviceClaims, ...claims }, by, name, crypto);
const deviceCertificate = issued({});
const supplierCertificate = issued(supplierClaims);

const verify = (leaf: Uint8Array, path = [authorityCertificate], nowS: number | undefined = now) =>
  verifyChain(leaf, path, root, nowS, crypto);
const refusedAs = (code: string, work: () => unknown, note?: string) =>
  assert.throws(work, { code: `certificate/${code}` }, note);

/** Replaces one run of bytes of the signed part (`from`, `to`: hex of one length) and signs anew. */
function resigned(certificate: Uint8Array, from: string, to: string, by: Signer = authority): Uint8Array {
  const text = toHex((read(certificate) as { signed?: Uint8Array }).signed!);
  assert.equal(text.split(from).length, 2, `${from} once`);
  const signed = hex(text.replace(from, to));
  const raw = by.sign(signed);
  const signature = der(0x30, derUnsigned(raw.slice(0, 32)), derUnsigned(raw.slice(32)));
  return der(0x30, signed, hex("300a06082a8648ce3d040302"), der(0x03, Uint8Array.of(0), signature));
}

const claimsOf = fc.record({
  subject: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => toHex(bytes).toUpperCase()),
  role: fc.constantFrom("device" as const, ...(Object.keys(roles) as Role[])),
  usage: fc.constantFrom("sign" as const, "agree" as const, "certify" as const),
  publicKey: fc.integer({ min: 4, max: 200 }).map((fill) => signer(fill).publicKey),
  notBeforeS: fc.integer({ min: 0, max: 0xffff_ffff }),
  notAfterS: fc.option(fc.integer({ min: 0, max: 0xffff_ffff }), { nil: undefined }),
  serial: fc.uint8Array({ minLength: 1, maxLength: 16 }).filter(([first]) => first !== 0),
});

describe("a GBCS certificate", () => {
  it("gives back its claims, for every role and usage (property)", () => {
    fc.assert(
      fc.property(claimsOf, (claims) => {
        const certificate = read(issued(claims));
        for (const [name, value] of Object.entries(claims))
          assert.deepEqual(certificate[name as keyof CertificateClaims], value, name);
        assert.equal(certificate.issuer, authorityName);
        assert.deepEqual(certificate.issuerKeyId, gbcsSuite.keyId(crypto, authority.publicKey));
      }),
      { numRuns: 60 },
    );
  });

  it("is parsed and verified by OpenSSL, and no library differs about the chain", () => {
    const [rootX, authorityX, deviceX, supplierX] = [
      rootCertificate,
      authorityCertificate,
      deviceCertificate,
      supplierCertificate,
    ].map((bytes) => new X509Certificate(bytes)) as [
      X509Certificate,
      X509Certificate,
      X509Certificate,
      X509Certificate,
    ];
    assert.ok(rootX.verify(rootX.publicKey) && rootX.checkIssued(rootX) && rootX.ca);
    assert.ok(authorityX.verify(rootX.publicKey) && authorityX.checkIssued(rootX) && authorityX.ca);
    for (const leaf of [deviceX, supplierX]) {
      assert.ok(leaf.verify(authorityX.publicKey) && leaf.checkIssued(authorityX) && !leaf.ca);
      assert.ok(!leaf.verify(rootX.publicKey));
    }
    assert.match(supplierX.subject, /OU=02/);
    assert.equal(deviceX.validTo, "Dec 31 23:59:59 9999 GMT");
    assert.equal(deviceX.serialNumber, "0203");
    assert.equal(new Date(rootX.validTo).getTime() / 1000, rootClaims.notAfterS);
    for (const name of ["noble", "node"] as const) {
      const library = cryptoByName(name)!;
      assert.equal(
        verifyChain(deviceCertificate, [authorityCertificate], root, now, library).subject,
        deviceName,
      );
      assert.equal(verifySelfIssued(rootCertificate, library).role, "root");
    }
    assert.equal(verify(deviceCertificate, undefined, undefined).role, "device");
  });

  it("is refused with its own reason", () => {
    const bad = (code: string, leaf: Uint8Array, path?: Uint8Array[], nowS?: number) =>
      refusedAs(code, () => verify(leaf, path, nowS), code);
    bad("wrong-issuer", deviceCertificate, []); // the authority's key is not the root's
    bad("wrong-issuer", issued({}, authority, rootName)); // names another issuer than the path has
    bad("wrong-issuer", issued({}, signer(9))); // by a key that the path does not have
    bad("wrong-issuer", deviceCertificate, [issue(authorityClaims, signer(9), rootName, crypto)]);
    bad("wrong-usage", deviceCertificate, [
      issue({ ...authorityClaims, usage: "sign" }, root, rootName, crypto),
    ]);
    bad("self-issued", issued({ role: "issuingAuthority", subject: authorityName }));
    bad("self-issued", rootCertificate, []);
    bad("expired", deviceCertificate, undefined, now + 1001); // the authority's certificate
    bad("expired", supplierCertificate, undefined, now + 501);
    bad("not-yet-valid", deviceCertificate, undefined, now - 101);
    bad("path-too-long", deviceCertificate, new Array(4).fill(authorityCertificate));
    bad("malformed", new Uint8Array(0));
    bad("malformed", new Uint8Array(suite.certificates.maxBytes + 1));
    assert.equal(verify(supplierCertificate, undefined, now + 500).role, "supplier");
  });

  it("finds its own authorities among those that a command brings, in any order", () => {
    const other = issue(
      { ...authorityClaims, subject: "90B3D51F30000008", publicKey: signer(5).publicKey },
      root,
      rootName,
      crypto,
    );
    const path = [other, supplierCertificate, authorityCertificate];
    for (const certificates of [path, path.toReversed()])
      assert.equal(verify(deviceCertificate, certificates).subject, deviceName);
    assert.equal(verify(authorityCertificate, path).subject, authorityName, "by the root itself");
    refusedAs("wrong-issuer", () => verify(deviceCertificate, path.slice(0, 2)));
    const next = issue(
      { ...rootClaims, subject: "90B3D51F30000009", publicKey: signer(8).publicKey },
      root,
      rootName,
      crypto,
    );
    assert.equal(verify(next, path).role, "root", "beside authorities of other certificates");
  });

  it("is refused below an authority that may certify no authorities", () => {
    const below = signer(5);
    const made = issued({ ...authorityClaims, subject: "90B3D51F30000008", publicKey: below.publicKey });
    const second = resigned(made, "060355040b0c023030", "060355040b0c023037");
    const leaf = issued({}, below, "90B3D51F30000008");
    refusedAs("path-too-long", () => verify(leaf, [second, authorityCertificate]));
  });

  it("is refused when the key it names is not the one that signed, or is no point of the curve", () => {
    const forged = issued({}, { publicKey: authority.publicKey, sign: signer(9).sign });
    refusedAs("bad-signature", () => verify(forged));
    const nowhere = authority.publicKey.slice();
    nowhere[64]! ^= 1;
    const lost = issue({ ...authorityClaims, publicKey: nowhere }, root, rootName, crypto);
    refusedAs("bad-signature", () =>
      verify(issued({}, { publicKey: nowhere, sign: authority.sign }), [lost]),
    );
  });

  it("is refused for each rule of its profile that it breaks, though its issuer signed it so", () => {
    const cases: readonly [string, string, string, string][] = [
      ["malformed", "a003020102", "a003020101", "version 2"],
      ["malformed", "02020203", "02028203", "a negative serial number"],
      ["malformed", "02020203", "02020003", "a serial number with a needless zero"],
      ["malformed", "2a8648ce3d030107", "2a8648ce3d030106", "another curve"],
      ["malformed", "03420004", "03420005", "a point of another form"],
      ["malformed", "170d3233", "170d3634", "a date that its form does not have: 1964"],
      ["malformed", "32333131313432323131", "32333131333232323131", "day 32"],
      ["malformed", "0603551d0e0", "0603551d0d0", "no subject key identifier"],
      ["malformed", "0603551d0f0101ff", "0603551d0f010101", "TRUE of another value"],
      ["malformed", "0603551d0f0101ff", "0603551d370101ff", "a critical extension that nobody knows"],
      ["malformed", "0603551d0e0", "0603551d230", "an extension twice"],
      ["malformed", "060355040b0c02", "060355040a1f02", "an attribute's tag of several bytes"],
      ["malformed", "2b06010505070804", "2b06010505070805", "another kind of name"],
      [
        "malformed",
        toHex(gbcsSuite.keyId(crypto, deviceClaims.publicKey)),
        "4000000000000001",
        "another key's name",
      ],
      ["wrong-usage", "03020780", "030206c0", "to sign and not to deny"],
      ["wrong-usage", "03020780", "03020388", "to sign and to agree"],
      ["wrong-policy", "2a863a0001848fb90f01020104", "2a863a0001848fb90f01020105", "a policy of its own"],
    ];
    for (const [code, from, to, note] of cases) {
      const broken = resigned(deviceCertificate, from, to);
      refusedAs(code, () => verify(broken), note);
    }
    const ou = (digits: string) =>
      resigned(supplierCertificate, "060355040b0c023032", `060355040b0c02${digits}`);
    refusedAs("wrong-role", () => read(ou("3746")), "OU 7F");
    refusedAs("malformed", () => read(ou("7a7a")), "OU zz");
    assert.equal(read(ou("3033")).role, "networkOperator");
    const any = resigned(
      deviceCertificate,
      "060d2a863a0001848fb90f01020104",
      "0604551d2000060755042d01020304",
    );
    refusedAs("malformed", () => read(any), "two object identifiers in a policy");
  });

  it("is refused for any bit changed and any end cut off, with a code of its own", () => {
    for (const certificate of [
      deviceCertificate,
      supplierCertificate,
      authorityCertificate,
      rootCertificate,
    ]) {
      const prove = (bytes: Uint8Array) => {
        if (certificate === rootCertificate) return verifySelfIssued(bytes, crypto);
        return certificate === authorityCertificate ? verify(deviceCertificate, [bytes]) : verify(bytes);
      };
      prove(certificate);
      for (let bit = 0; bit < certificate.length * 8; bit++) {
        const flipped = certificate.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        assert.throws(
          () => prove(flipped),
          (error) => hasCode(error, "certificate"),
          `bit ${bit}`,
        );
      }
      for (let length = 0; length < certificate.length; length++)
        refusedAs("malformed", () => prove(certificate.subarray(0, length)), `${length} bytes`);
      refusedAs("malformed", () => prove(Uint8Array.of(...certificate, 0)));
    }
  }).timeout(120_000);

  it("is read or refused, whatever bytes it is (property)", () => {
    const spliced = fc
      .tuple(
        fc.nat(500),
        fc.nat(500),
        fc.uint8Array({ maxLength: 30 }),
        fc.constantFrom(deviceCertificate, rootCertificate),
      )
      .map(([at, skip, bytes, base]) =>
        Uint8Array.of(...base.subarray(0, at), ...bytes, ...base.subarray(at + skip)),
      );
    fc.assert(
      fc.property(fc.oneof(spliced, fc.uint8Array({ maxLength: 1100 })), (bytes) => {
        try {
          read(bytes);
        } catch (error) {
          assert.ok(hasCode(error, "certificate"), String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("of a root says only that it signed itself", () => {
    assert.equal(verifySelfIssued(rootCertificate, crypto).subject, rootName);
    refusedAs("wrong-issuer", () => verifySelfIssued(authorityCertificate, crypto));
    const forged = issue(rootClaims, { publicKey: root.publicKey, sign: signer(9).sign }, rootName, crypto);
    refusedAs("bad-signature", () => verifySelfIssued(forged, crypto));
    const named = issue(rootClaims, { publicKey: signer(9).publicKey, sign: root.sign }, rootName, crypto);
    refusedAs("wrong-issuer", () => verifySelfIssued(named, crypto));
    const next = issue(
      { ...rootClaims, subject: "90B3D51F30000009", publicKey: signer(8).publicKey },
      root,
      rootName,
      crypto,
    );
    assert.equal(verify(next, []).role, "root", "a root that follows is certified by the one before");
  });
});

describe("a GBCS contingency key", () => {
  const { wrap, unwrap, wrappedKeyBytes } = suite.contingency;
  const symmetric = new Uint8Array(32).fill(7);
  const { publicKey } = signer(6);
  const wrapped = wrap(crypto, symmetric, new Uint8Array(12).fill(9), publicKey);

  it("stands in the root's certificate until the symmetric key is known", () => {
    const certificate = issue({ ...rootClaims, contingency: wrapped }, root, rootName, crypto);
    const proved = verifySelfIssued(certificate, crypto);
    assert.equal(proved.contingency?.length, wrappedKeyBytes);
    assert.deepEqual(unwrap(crypto, symmetric, proved.contingency!), publicKey);
    assert.ok(new X509Certificate(certificate).verify(new X509Certificate(certificate).publicKey));
    assert.ok(!toHex(certificate).includes(toHex(publicKey)));
  });

  it("opens by no other key, and not when anything was changed, nor to a point of no curve", () => {
    assert.equal(unwrap(crypto, new Uint8Array(32).fill(8), wrapped), undefined);
    assert.equal(unwrap(crypto, symmetric.subarray(1), wrapped), undefined);
    assert.equal(unwrap(crypto, symmetric, wrapped.subarray(1)), undefined);
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const flipped = wrapped.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(unwrap(crypto, symmetric, flipped), undefined, `bit ${bit}`);
    }
    const nowhere = wrap(crypto, symmetric, new Uint8Array(12), new Uint8Array(65).fill(4));
    assert.equal(unwrap(crypto, symmetric, nowhere), undefined);
  });
});

describe("a GBCS public key", () => {
  it("has 65 bytes, is usable when it is a point of the curve, and its name is method 2 of RFC 5280", () => {
    const { publicKey } = signer(4);
    assert.equal(publicKey.length, suite.publicKeyBytes);
    const nowhere = publicKey.map((byte, i) => (i === 64 ? byte ^ 1 : byte));
    for (const usage of ["sign", "agree", "certify"] as const) {
      assert.ok(gbcsSuite.keyUsable(crypto, usage, publicKey));
      for (const bad of [nowhere, publicKey.subarray(1), new Uint8Array(65), new Uint8Array(0)])
        assert.ok(!gbcsSuite.keyUsable(crypto, usage, bad));
    }
    assert.equal(toHex(gbcsSuite.keyId(crypto, caPoints.root)), "48cf1b32697c4669");
  });
});

describe("a GBCS name as text", () => {
  const attribute = (oid: string, value: Uint8Array) =>
    der(Tag.set, der(Tag.sequence, der(Tag.oid, hex(oid)), value));
  const text = (words: string) => der(Tag.utf8String, new TextEncoder().encode(words));
  const name = (...attributes: Uint8Array[]) => nameText(der(Tag.sequence, ...attributes));

  it("has its last attribute first, what is no text in hex, and what could be taken for a divider escaped (RFC 2253)", () => {
    assert.equal(name(attribute("55040b", text("07")), attribute("550403", text("Z1"))), "CN=Z1,OU=07");
    assert.equal(name(attribute("550403", text(' a,b+"\\ '))), 'CN=\\ a\\,b\\+\\"\\\\\\ ');
    const bits = der(Tag.bitString, Uint8Array.of(0, 0x90));
    assert.equal(name(attribute("55042d", bits)), "2.5.4.45=#03020090");
    assert.equal(name(attribute("2a864886f70d010901", text("x"))), "1.2.840.113549.1.9.1=x");
    assert.equal(name(), "");
  });
});
