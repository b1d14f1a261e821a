import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  preFlight,
  readDecryptionKey,
  readImageFile,
  readKeyFile,
} from "../../../../harness/rig/flash/pre-flight.ts";
import { vectors } from "../../../support/shared-data.ts";
import { coming } from "./flash-bench.ts";

describe("the pre-flight check", () => {
  it("takes imgtool's images with MCUboot's keys from their PEM files, and cuts padding off", function () {
    const dir = vectors(this, "mcuboot/imgtool-2.4.0");
    const file = (name: string) => readImageFile(join(dir, name));
    const ed25519 = [readKeyFile(join(dir, "root-ed25519.pem"))];
    const p256 = [readKeyFile(join(dir, "root-ec-p256.pem"))];
    assert.equal(preFlight(file("ecdsa_p256.bin"), { keys: p256 }).signature, "verified");
    assert.equal(preFlight(file("ed25519_pure.bin"), { keys: ed25519 }).signature, "verified");
    assert.deepEqual(
      preFlight(file("ed25519_pad_confirm.bin"), { keys: ed25519 }).bytes,
      file("ed25519.bin"),
    );
    const decryptionKey = readDecryptionKey(join(dir, "enc-x25519-priv.pem"));
    assert.equal(
      preFlight(file("ed25519_enc_x25519.bin"), { keys: ed25519, decryptionKey }).signature,
      "verified",
    );
    assert.throws(() => preFlight(file("nosig.bin"), { keys: ed25519 }), { code: "image/signature-missing" });
    assert.throws(() => preFlight(file("ed25519_seccnt.bin"), { securityCounter: 6 }), {
      code: "image/security-counter",
    });
    assert.throws(() => readDecryptionKey(join(dir, "root-ed25519.pem")), { code: "cli/usage" });
  });

  it("reads public and private PEM keys and raw public ones, and says what it cannot use", () => {
    const dir = mkdtempSync(join(tmpdir(), "meterbench-keys-"));
    const write = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(dir, name), content);
      return join(dir, name);
    };
    try {
      const ed25519 = generateKeyPairSync("ed25519");
      const pub = write("pub.pem", ed25519.publicKey.export({ format: "pem", type: "spki" }));
      const priv = write("priv.pem", ed25519.privateKey.export({ format: "pem", type: "pkcs8" }));
      assert.deepEqual(readKeyFile(pub), readKeyFile(priv));
      assert.deepEqual(readKeyFile(write("raw", readKeyFile(pub).publicKey)), readKeyFile(pub));
      const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const ec = readKeyFile(write("ec.pem", p256.publicKey.export({ format: "pem", type: "spki" })));
      assert.deepEqual([ec.kind, ec.publicKey.length], ["p256", 65]);
      assert.deepEqual(readKeyFile(write("ec.raw", ec.publicKey)), ec);
      const other = generateKeyPairSync("ec", { namedCurve: "P-384" });
      const wrong = write("p384.pem", other.publicKey.export({ format: "pem", type: "spki" }));
      for (const path of [wrong, write("text", "no key"), join(dir, "missing"), dir])
        assert.throws(() => readKeyFile(path), { code: "cli/usage" });
      assert.throws(() => readDecryptionKey(priv), { code: "cli/usage" });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it("gives the reason of the refusal and what to do", () => {
    assert.throws(
      () => preFlight(coming.with(0, 0)),
      (error: { code: string; data: { reason: string; advice: string } }) =>
        error.code === "image/magic" &&
        error.data.reason === "magic" &&
        error.data.advice.includes("imgtool"),
    );
  });
});
