import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunReport } from "../../../harness/reports/run-report.ts";
import { commandLine } from "../../support/command-line.ts";
import { hasTshark, tshark } from "../../support/tshark.ts";

describe("meterbench run", function () {
  this.timeout(60_000);
  let folder: string;
  const out = (name: string) => join(folder, name);
  const read = (...path: string[]) => readFileSync(out(join(...path)), "utf8");
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("leaves every file of the contract, says where the report is and how to run it again", async () => {
    const { exitCode, stdout, stderr } = await commandLine(["run", "step by step", "--out", out("a")]);
    assert.equal(exitCode, 0, stderr);
    const files = [
      "capture.pcapng",
      "events.ndjson",
      "junit.xml",
      "report.html",
      "run.json",
      "zigbee_pc_keys",
    ];
    assert.deepEqual(readdirSync(out("a")).sort(), files);
    assert.match(stdout, /1 passed.*0 failed.*0 skipped.*seed 1/s);
    assert.match(stdout, /again {3}meterbench run "step by step" --wire cose --target mock --seed 1/);
    const run = JSON.parse(read("a", "run.json")) as RunReport;
    assert.deepEqual(run.totals, { passed: 1, failed: 0, skipped: 0 });
    assert.equal(run.scenarios[0]?.file, "commissioning.scenario.ts");
    assert.ok((run.scenarios[0]?.virtualS ?? 0) > 5);
  });

  it("makes a report that fetches nothing from elsewhere", () => {
    const page = read("a", "report.html");
    assert.doesNotMatch(page, /<(script|link|img|iframe)[^>]*\s(src|href)=|@import|url\(/);
    assert.match(page, /all passed/);
    assert.match(page, /commission device/);
  });

  it("gives the same events, byte for byte, for the same seed, and others for another", async () => {
    await commandLine(["run", "step by step", "--out", out("b")]);
    await commandLine(["run", "step by step", "--seed", "2", "--out", out("c")]);
    assert.equal(read("b", "events.ndjson"), read("a", "events.ndjson"));
    assert.notEqual(read("c", "events.ndjson"), read("a", "events.ndjson"));
  });

  it("prints run.json, and nothing else, with --json", async () => {
    const { exitCode, stdout, stderr } = await commandLine([
      "run",
      "step by step",
      "--json",
      "--out",
      out("d"),
    ]);
    assert.equal(exitCode, 0);
    assert.equal(stderr, "");
    assert.equal(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`, read("d", "run.json"));
  });

  it("writes a capture that tshark opens with the keys: nothing malformed, no bad MIC", function () {
    if (!hasTshark()) this.skip();
    const keys = read("a", "zigbee_pc_keys").trim().split("\n");
    const options = keys.flatMap((key) => ["-o", `uat:zigbee_pc_keys:${key}`]);
    const shark = (...args: string[]) => tshark("-r", out("a/capture.pcapng"), ...options, ...args);
    const bad = "_ws.malformed || wpan.fcs_ok == 0 || _ws.expert.severity >= 0x800000";
    assert.equal(shark("-Y", bad), "");
    assert.ok(shark("-Y", "zbee_zcl").split("\n").length > 10, "the keys open the ZCL frames");
    // A payload that its MIC does not prove stays encrypted, and its key unnamed.
    assert.equal(shark("-Y", "zbee_sec.encrypted_payload || (zbee_nwk.security == 1 && !zbee.sec.key)"), "");
  });

  it("runs a scenario of the user's own; one that fails gives exit 1 and a report with its messages decoded", async () => {
    const file = out("mine.scenario.mjs");
    const harness = new URL("../../../harness/index.ts", import.meta.url).href;
    writeFileSync(
      file,
      `import { premises } from ${JSON.stringify(harness)};
       describe("my home", () => {
         it("is as I wish", async function () {
           const home = await premises(this);
           await home.commission();
           throw new Error("it is not <b>so</b>");
         });
         it("is left for later");
       });`,
    );
    const { exitCode, stdout } = await commandLine(["run", file, "--out", out("e")]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /0 passed.*1 failed.*1 skipped/s);
    const page = read("e", "report.html");
    assert.match(page, /it is not &lt;b&gt;so&lt;\/b&gt;/);
    assert.match(page, /COSE_Sign1 of response ECS70 set clock/);
    assert.match(read("e", "junit.xml"), /<failure[^>]*it is not/);
  });

  it("says when nothing ran, and why, each reason once", async () => {
    const file = out("skips.scenario.mjs");
    writeFileSync(file, `describe("mine", () => { it("a"); it("b"); it("c"); });`);
    const { exitCode, stdout, stderr } = await commandLine(["run", file, "--out", out("f")]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /3 skipped .*\nskipped 3: no reason given\n/);
    assert.match(stderr, /nothing ran: all 3 skipped, 3 of them because: no reason given/);
  });

  it("leaves an earlier run's files as they were when it refuses to run", async () => {
    const before = read("a", "run.json");
    const { exitCode } = await commandLine(["run", "zeppelin", "--out", out("a")]);
    assert.equal(exitCode, 2);
    assert.equal(read("a", "run.json"), before);
    assert.ok(!existsSync(out("a/run.json.part")));
  });
});
