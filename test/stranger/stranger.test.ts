import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { listen } from "../../harness/rig/emulate/listen.ts";
import { EmulatedDevice } from "../../harness/rig/emulate/serve-device.ts";
import { writeKeys } from "../../harness/rig/emulate/write-keys.ts";

const program = fileURLToPath(new URL("stranger.py", import.meta.url));

/** A Python that has what the stranger needs. */
const python = ["/usr/bin/python3", "python3"].find(
  (one) => spawnSync(one, ["-c", "import cbor2, cryptography"]).status === 0,
);

/** Runs the stranger with this very Node.js for the boards that it starts. */
async function stranger(...args: string[]): Promise<{ code: number | null; output: string }> {
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const child = spawn(python!, [program, ...args], { env: { ...process.env, PATH: path } });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, output };
}

describe("stranger's head end, written from the documentation alone", function () {
  this.timeout(180_000);

  before(function () {
    if (python !== undefined) return;
    console.warn(
      "      skipped: no python3 with cbor2 and cryptography (python3-cbor2, python3-cryptography)",
    );
    this.skip();
  });

  it("reads, commands, is refused, hears alerts, and verifies every answer up to the root", async () => {
    const { code, output } = await stranger();
    assert.equal(code, 0, output);
    for (const [device, least] of [
      ["ESME", 40],
      ["CHF", 20],
    ] as const) {
      const held = output.match(new RegExp(`^ok {5}${device}: `, "gm")) ?? [];
      assert.ok(held.length >= least, `${held.length} checks of ${device}:\n${output}`);
    }
    for (const reason of [
      "malformed",
      "not-a-command",
      "not-for-me",
      "unknown-use-case",
      "unknown-party",
      "role",
    ])
      assert.match(output, new RegExp(`^ok .*refused: .*: ${reason}, `, "m"));
    for (const reason of ["replay", "protection", "mac", "signature", "format"])
      assert.match(output, new RegExp(`^ok .*refused: .*: ${reason}`, "m"));
  });

  it("ends with 1 when a certificate does not lead to the root", async () => {
    const keys = mkdtempSync(join(tmpdir(), "meterbench-"));
    const emulated = await EmulatedDevice.start({ type: "ESME", framing: "raw" });
    const listening = await listen("tcp://:0", (line) => emulated.serve(line));
    try {
      writeKeys(keys, emulated.device);
      const file = join(keys, `${emulated.device.eui}-ds.cwt`);
      const certificate = readFileSync(file);
      certificate.subarray(-64).fill(0);
      writeFileSync(file, certificate);
      const address = listening.address.replace("tcp://", "");
      const { code, output } = await stranger("ESME", address, keys);
      assert.equal(code, 1, output);
      assert.match(output, /Refused: the signature is wrong/);
    } finally {
      await listening.close();
      await emulated.stop();
      rmSync(keys, { recursive: true });
    }
  });
});
