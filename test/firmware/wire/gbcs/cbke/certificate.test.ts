import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CERTIFICATE_BYTES,
  issueCertificate,
  KeyUse,
  privateKeyOf,
  publicKeyOf,
  readCertificate,
} from "../../../../../firmware/wire/gbcs/cbke/certificate.ts";
import * as curve from "../../../../../firmware/wire/gbcs/cbke/curve.ts";
import { implicitSigner } from "../../../../../firmware/wire/gbcs/cbke/mqv.ts";
import { hasCode } from "../../../../../hal/base/coded-error.ts";
import { authorityOf, crypto, DEVICE, flipped, NOW_S, partyOf } from "./parties.ts";

const { BASE, multiply, samePoint } = curve;
const authority = authorityOf("authority");
const certificateOf = (party: ReturnType<typeof partyOf>) => party.options.credential.certificate;
const seed = fc.uint8Array({ minLength: curve.SEED_BYTES, maxLength: curve.SEED_BYTES });

describe("CBKE: implicit certificates", () => {
  it("says again what it was issued for, and its holder has the private half of its key", () =>
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        fc.integer({ min: 0, max: 2 ** 40 - 1 }),
        fc.option(fc.integer({ min: 0, max: 0xffff_fffe }), { nil: undefined }),
        fc.constantFrom(KeyUse.sign, KeyUse.agree, KeyUse.sign | KeyUse.agree),
        seed,
        seed,
        (serial, notBeforeS, validForS, use, requestSeed, ownSeed) => {
          const notAfterS = validForS === undefined ? undefined : notBeforeS + validForS;
          const claims = { serial, notBeforeS, notAfterS, use, subject: DEVICE };
          const request = curve.scalarFrom(requestSeed);
          const asked = multiply(request, BASE)!;
          const issued = issueCertificate(crypto, authority, claims, asked, ownSeed);
          assert.equal(issued.certificate.length, CERTIFICATE_BYTES);
          const { bytes, point, ...read } = readCertificate(issued.certificate);
          assert.deepEqual(read, { ...claims, issuer: authority.name });
          assert.ok(curve.isOnCurve(point) && bytes !== issued.certificate);
          const secret = privateKeyOf(crypto, issued, request, authority.point);
          const key = publicKeyOf(crypto, readCertificate(issued.certificate), authority.point);
          assert.deepEqual(implicitSigner(secret).publicKey, curve.encodePoint(key));
        },
      ),
      { seed: 1, numRuns: 8 },
    ));

  it("gives another key, or none, for each of its bits that is flipped", () => {
    const certificate = certificateOf(partyOf("device", DEVICE));
    const key = publicKeyOf(crypto, readCertificate(certificate), authority.point);
    const counts = { refused: 0, otherKey: 0 };
    for (let bit = 0; bit < 8 * CERTIFICATE_BYTES; bit += 5) {
      try {
        const other = publicKeyOf(crypto, readCertificate(flipped(certificate, bit)), authority.point);
        assert.ok(!samePoint(other, key), `bit ${bit}`);
        counts.otherKey++;
      } catch (error) {
        assert.ok(hasCode(error, "cbke"), `${error}`);
        counts.refused++;
      }
    }
    console.log(`      ${JSON.stringify(counts)}`);
    assert.ok(counts.refused > 30 && counts.otherKey > 40);
  });

  it("refuses another length, type, curve, hash and use", () => {
    const good = certificateOf(partyOf("device", DEVICE));
    const changed = (at: number, value: number) => good.map((byte, i) => (i === at ? value : byte));
    const bad: [string, Uint8Array][] = [
      ["empty", new Uint8Array(0)],
      ["suite 1's length", good.subarray(0, 48)],
      ["one byte short", good.subarray(1)],
      ["one byte more", Uint8Array.of(...good, 0)],
      ["type with extensions", changed(0, 1)],
      ["another curve", changed(9, 0x0c)],
      ["another hash", changed(10, 0x07)],
      ["no use", changed(36, 0)],
      ["a use that is none", changed(36, 0x89)],
    ];
    for (const [what, bytes] of bad)
      assert.throws(
        () => readCertificate(bytes),
        (error) => hasCode(error, "cbke/certificate"),
        what,
      );
    assert.throws(
      () => readCertificate(changed(37, 4)),
      (error) => hasCode(error, "cbke/point"),
    );
  });

  it("is not issued for times that it cannot hold, nor for a point that is no key", () => {
    const seedBytes = new Uint8Array(curve.SEED_BYTES).fill(9);
    const claims = { serial: 1n, subject: DEVICE, use: KeyUse.agree, notAfterS: undefined };
    const issue = (notBeforeS: number, notAfterS?: number, asked: curve.FinitePoint = BASE) =>
      issueCertificate(crypto, authority, { ...claims, notBeforeS, notAfterS }, asked, seedBytes);
    for (const [from, to] of [[-1], [0.5], [2 ** 40], [NOW_S, NOW_S - 1], [0, 0xffff_ffff]] as const)
      assert.throws(
        () => issue(from, to),
        (error) => hasCode(error, "cbke/certificate"),
        `${from} to ${to}`,
      );
    assert.throws(
      () => issue(0, undefined, { x: BASE.x, y: BASE.x }),
      (error) => hasCode(error, "cbke/point"),
    );
  });

  it("is not taken by one who did not ask for it, nor from another authority", () => {
    const seedBytes = new Uint8Array(curve.SEED_BYTES).fill(9);
    const claims = { serial: 1n, subject: DEVICE, use: KeyUse.agree, notBeforeS: 0, notAfterS: undefined };
    const issued = issueCertificate(crypto, authority, claims, multiply(77n, BASE)!, seedBytes);
    privateKeyOf(crypto, issued, 77n, authority.point);
    for (const [request, by] of [
      [78n, authority],
      [77n, authorityOf("another")],
    ] as const)
      assert.throws(
        () => privateKeyOf(crypto, issued, request, by.point),
        (error) => hasCode(error, "cbke/certificate"),
      );
  });
});
