import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmulatedBoard, missingTools } from "../../../hal/emulated/index.ts";
import { readControlKey } from "../../../harness/rig/control-key.ts";
import { commandLine } from "../../support/command-line.ts";
import { mcubootImage } from "../../support/mcuboot-image.ts";

describe("a board that obeys signed commands only, in a rig", function () {
  this.timeout(120_000);
  let folder = "";
  const file = (name: string) => join(folder, name);
  const rig = () => ["--rig", file("rig.yaml")];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-control-"));
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(file("control.pem"), privateKey.export({ format: "pem", type: "pkcs8" }));
    writeFileSync(
      file("ec.pem"),
      generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "pkcs8" }),
    );
    writeFileSync(
      file("rig.yaml"),
      "boards:\n  - { id: strict, kind: emulated, dir: strict, controlKey: control.pem }\n",
    );
    writeFileSync(
      file("app.bin"),
      mcubootImage({ version: "2.0.0", payload: Buffer.alloc(9000, "app") }).bytes,
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("counts on from the time, whatever was sent before, and never back", () => {
    let utcMs = 1000;
    const key = readControlKey(file("control.pem"), () => utcMs);
    assert.deepEqual([key.nextCounter(), key.nextCounter()], [1_000_000, 1_000_001]);
    utcMs = 5;
    assert.equal(key.nextCounter(), 1_000_002);
    utcMs = 2000;
    assert.equal(key.nextCounter(), 2_000_000);
  });

  it("has a key that must be a private Ed25519 one", () => {
    for (const [name, message] of [
      ["ec.pem", /it is a key of type ec/],
      ["rig.yaml", /cannot be used/],
      ["nowhere.pem", /ENOENT/],
    ] as const)
      assert.throws(() => readControlKey(file(name)), { code: "rig-file/control-key", message });
  });

  it("is flashed and runs scenarios; without the key it refuses", async function () {
    const missing = missingTools().map(({ program }) => program);
    if (missing.length > 0) {
      console.warn(`      skipped: needs ${missing.join(", ")} (see meterbench doctor)`);
      this.skip();
    }
    const flash = await commandLine(["flash", file("app.bin"), "--unsigned", "--all", ...rig()]);
    assert.equal(flash.exitCode, 0, flash.stdout + flash.stderr);
    const run = ["run", "never announced", "--target", "strict", "--out", file("out"), ...rig()];
    const { exitCode, stdout, stderr } = await commandLine(run);
    assert.equal(exitCode, 0, stdout + stderr);

    const { publicKey } = readControlKey(file("control.pem"));
    const board = await EmulatedBoard.start({ dir: file("strict"), id: "strict", controlKey: publicKey });
    try {
      const other = mcubootImage({ version: "3.0.0", payload: Buffer.alloc(900, "other") }).bytes;
      writeFileSync(file("other.bin"), other);
      const refused = await commandLine([
        "flash",
        file("other.bin"),
        "--unsigned",
        "--board",
        board.portPath,
      ]);
      assert.equal(refused.exitCode, 3);
      assert.match(refused.stdout, /wants this command signed/);
    } finally {
      await board.stop();
    }
  });
});
