import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { missingTools } from "../../../hal/emulated/index.ts";
import { readJson, vectors } from "../../support/shared-data.ts";
import { slowMs, temporaryFolder } from "./emulated-bench.ts";

const agent = fileURLToPath(new URL("../../../hal/emulated/agent", import.meta.url));
const main = fileURLToPath(new URL("./ed25519-main.c", import.meta.url));

const hostCompiler = { program: "cc", debianPackage: "gcc", purpose: "runs the agent's Ed25519 here" };

interface Case {
  readonly key: string;
  readonly message: string;
  readonly signature: string;
}
interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
  }[];
}

describe("the agent's Ed25519, compiled for the host", function () {
  this.timeout(slowMs);
  const program = join(temporaryFolder(), "ed25519");

  before(function () {
    if (missingTools([hostCompiler]).length > 0) {
      console.warn("      skipped: no C compiler (cc) for this machine");
      this.skip();
    }
    const sources = ["ed25519.c", "field25519.c", "sha512.c", "base.c"].map((name) => join(agent, name));
    const options = ["-std=gnu11", "-O1", "-ffreestanding", "-Wno-parentheses", `-I${agent}`, "-o", program];
    const { status, stderr } = spawnSync("cc", [...options, main, ...sources], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  function verify(cases: readonly Case[]): boolean[] {
    const lines = cases.map(
      ({ key, message, signature }) => `${key} ${message || "-"} ${signature || "-"}\n`,
    );
    const { stdout } = spawnSync(program, { input: lines.join(""), encoding: "utf8" });
    return stdout
      .trim()
      .split("\n")
      .map((line) => line === "1");
  }

  it("accepts exactly case 3 of speccheck (github.com/novifinancial/ed25519-speccheck)", function () {
    const path = vectors(this, "ed25519/speccheck_cases.json");
    const cases = readJson<{ message: string; pub_key: string; signature: string }[]>(path);
    const accepted = verify(
      cases.map(({ message, pub_key: key, signature }) => ({ key, message, signature })),
    );
    assert.deepEqual(
      accepted.flatMap((yes, index) => (yes ? [index] : [])),
      [3],
    );
  });

  it("agrees with every case of Wycheproof (ed25519_test.json)", function () {
    const { testGroups } = readJson<Wycheproof>(vectors(this, "ed25519/wycheproof_ed25519_test.json"));
    const tests = testGroups.flatMap((group) =>
      group.tests.map((test) => ({ ...test, key: group.publicKey.pk })),
    );
    const accepted = verify(tests.map(({ key, msg, sig }) => ({ key, message: msg, signature: sig })));
    assert.ok(tests.length > 100);
    for (const [index, { tcId, result }] of tests.entries())
      assert.equal(accepted[index], result === "valid", `case ${tcId}`);
  });
});
