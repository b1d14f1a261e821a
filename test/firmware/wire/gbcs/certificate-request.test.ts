import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { gbcsCredentials } from "../../../../firmware/wire/gbcs/suite.ts";
import type { KeyUsage } from "../../../../firmware/wire/suite.ts";
import { SeededRandom } from "../../../../hal/mock/index.ts";
import { hex, rtds, toHex } from "../../../support/shared-data.ts";
import { crypto, noValues } from "./parties.ts";

const { request, readRequest } = gbcsCredentials(noValues).certificates;
const random = new SeededRandom("requests");
const own = crypto.p256Signer(random.bytes(32));
const subject = "00DB1234567890A0";
const made = (usage: KeyUsage, secret = random.bytes(32)) => request({ subject, usage, secret }, own, crypto);
const read = (bytes: Uint8Array) => readRequest(bytes, own.publicKey, crypto);

describe("a GBCS certificate request (PKCS#10)", () => {
  it("is read back, and proves the key that it asks for: to sign with or to agree", () => {
    for (const usage of ["sign", "agree"] as const) {
      const secret = random.bytes(32);
      const { publicKey } = crypto.p256Signer(secret);
      assert.deepEqual(read(made(usage, secret)), { subject, usage, publicKey });
    }
  });

  it("is what OpenSSL verifies", function () {
    let told: string;
    try {
      const options = { input: made("sign"), stdio: "pipe", encoding: "utf8" } as const;
      told = execFileSync("openssl", ["req", "-inform", "DER", "-verify", "-noout", "-text"], options);
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return this.skip();
      throw error;
    }
    assert.match(told, /Digital Signature/);
    assert.match(told, /Subject:\s*$/m);
  });

  it("changed in any octet is refused", () => {
    const bytes = made("sign");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ change;
        assert.throws(() => read(changed), /certificate/);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("of the reference messages is read, and has the form of ours", function () {
    const folder = join(rtds(this, "messages"), "6.17_CS02c");
    const name = readdirSync(folder).find((file) => /_SUCCESS_RESPONSE/.test(file)) as string;
    const [text] =
      /30820113.*(?=40[0-9A-F]{128}$)/i.exec(readFileSync(join(folder, name), "utf8").trim()) ?? [];
    const bytes = hex(text as string);
    const asked = read(bytes);
    assert.deepEqual([asked.subject, asked.usage], [subject, "sign"]);
    // All up to the signature, but for the key.
    const shape = (request: Uint8Array) =>
      toHex(request.subarray(4, 205)).replaceAll(/04[0-9a-f]{128}/g, "key");
    assert.equal(shape(made("sign")), shape(bytes));
  });
});
