import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import { basename } from "node:path";
import { gbcsCredentials } from "../../../../firmware/wire/gbcs/suite.ts";
import { hex, rtds, toHex } from "../../../support/shared-data.ts";
import { caPoints, carriedCertificates, storedCertificates } from "./certificates.ts";
import { crypto, noValues } from "./parties.ts";

const { read, verifyChain } = gbcsCredentials(noValues).certificates;
const refusedAs = (code: string, work: () => unknown) => assert.throws(work, { code: `certificate/${code}` });

describe("GBCS certificates and the RTDS", () => {
  const tally = (results: readonly string[]) =>
    Object.fromEntries(
      [...new Set(results)].sort().map((name) => [name, results.filter((r) => r === name).length]),
    );
  /** Proved by which authority, else the code; OpenSSL must agree about the signature. */
  const outcome = (bytes: Uint8Array, organisations: Uint8Array): string => {
    try {
      const { role, issuerKeyId } = read(bytes);
      const foreign = !["47d40af3412904a0", "4f5688d7ec933be2"].includes(toHex(issuerKeyId));
      const path = role === "device" || foreign ? [] : [organisations];
      const key = role === "device" ? caPoints.devices : caPoints.root;
      try {
        verifyChain(bytes, path, { publicKey: key }, undefined, crypto);
      } finally {
        if (!foreign)
          checkedByOpenSsl(bytes, role === "device" ? caPoints.devices : read(organisations).publicKey);
      }
      return role === "device" ? "device" : "party";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const verdicts = { good: 0, bad: 0 };
  function checkedByOpenSsl(bytes: Uint8Array, point: Uint8Array): void {
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) =>
      Buffer.from(part).toString("base64url"),
    );
    const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x: x!, y: y! }, format: "jwk" });
    verdicts[new X509Certificate(bytes).verify(key) ? "good" : "bad"]++;
  }
  const carried = (context: Mocha.Context) => carriedCertificates(rtds(context, "messages"));
  const authorityOf = (certificates: ReadonlyMap<string, readonly string[]>): Uint8Array =>
    [...certificates.keys()]
      .map(hex)
      .find((bytes) => toHex(bytes).includes("04084f5688d7ec933be2") && proves(bytes))!;
  const proves = (bytes: Uint8Array) => {
    try {
      return verifyChain(bytes, [], { publicKey: caPoints.root }, undefined, crypto).usage === "certify";
    } catch {
      return false;
    }
  };

  it("reads all 416 certificates of the key store and proves those whose authorities are known", function () {
    const certificates = storedCertificates(rtds(this, "keystore"));
    const organisations = authorityOf(carried(this));
    const results: string[] = [];
    for (const [name, bytes] of certificates) {
      const { subject, usage } = read(bytes);
      const [, eui, use] = /^(.{16})-(ds|ka|pp-ka)/.exec(name)!;
      assert.equal(usage, use === "ds" ? "sign" : "agree", name);
      // One file holds another party's certificate than its name says.
      if (name !== "90b3d51f30000007-ka.pem") assert.equal(subject, eui!.toUpperCase(), name);
      results.push(outcome(bytes, organisations));
    }
    console.log(`      ${certificates.size} read:`, tally(results), "OpenSSL:", verdicts);
    assert.deepEqual(tally(results), {
      "certificate/bad-signature": 2, // OpenSSL says the same of them
      "certificate/wrong-issuer": 2, // the load controller's, by an authority that nobody has
      device: 398,
      party: 14,
    });
    assert.deepEqual(verdicts, { good: 412, bad: 2 });
  });

  it("reads the 26 certificates that messages carry, and finds the bad ones", function () {
    const certificates = carried(this);
    const organisations = authorityOf(certificates);
    const results = [...certificates].map(([text, files]) => {
      const bytes = hex(text);
      const isAuthority = text.includes("04084f5688d7ec933be2");
      const result = isAuthority ? `authority ${proves(bytes)}` : outcome(bytes, organisations);
      return { result, name: basename(files[0]!).replace(/_.*/, "") };
    });
    const found = tally(results.map(({ result }) => result));
    console.log(`      ${certificates.size} carried:`, found);
    assert.deepEqual(found, {
      "authority false": 1,
      "authority true": 1,
      "certificate/wrong-issuer": 2,
      "certificate/wrong-usage": 1,
      device: 2,
      party: 19,
    });
    const named = (result: string) =>
      results
        .filter((r) => r.result === result)
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(named("certificate/wrong-usage"), ["CS02d"]);
    assert.deepEqual(named("certificate/wrong-issuer"), ["CS02bSupplierBySupplier", "CS03CCritical"]);
    assert.deepEqual(named("authority false"), ["CS02gLoadControllerBySupplier"]);
  });

  it("gives the error samples' outcome: an authority that is forged leads to no anchor", function () {
    const certificates = [...carried(this)];
    const holds = (name: string) => (file: string) => basename(file).startsWith(name);
    const forged = certificates.find(
      ([text, files]) => text.includes("04084f5688d7ec933be2") && files.every(holds("CS02gLoadController")),
    )!;
    const leaf = storedCertificates(rtds(this, "keystore")).get("90b3d51f30010000-ds.pem")!;
    refusedAs("wrong-issuer", () =>
      verifyChain(leaf, [hex(forged[0])], { publicKey: caPoints.root }, undefined, crypto),
    );
    const at = (nowS: number) =>
      verifyChain(leaf, [authorityOf(carried(this))], { publicKey: caPoints.root }, nowS, crypto);
    refusedAs("not-yet-valid", () => at(Date.UTC(2015, 0, 1) / 1000));
    refusedAs("expired", () => at(Date.UTC(2025, 9, 30) / 1000));
    assert.equal(at(Date.UTC(2025, 9, 29, 23, 59, 59) / 1000).subject, "90B3D51F30010000");
  });
});
