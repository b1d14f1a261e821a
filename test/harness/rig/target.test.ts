import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingTools } from "../../../hal/emulated/index.ts";
import { Scheduler } from "../../../hal/mock/index.ts";
import { pause } from "../../../hal/serial/timers.ts";
import { Pace } from "../../../harness/premises/pace.ts";
import { mockOnly, needs, needsOf } from "../../../harness/scenarios/applies-to.ts";
import { commandLine } from "../../support/command-line.ts";
import { schedulerTimers } from "../../support/timers.ts";

describe("what a scenario needs", () => {
  const node = (parent?: object) => ({ parent }) as unknown as Mocha.Suite & Mocha.Test;
  it("is said by the nearest: a test, its suite, or nobody, and then it is for the mock", () => {
    const suite = node();
    const plain = node(suite);
    const special = node(suite);
    assert.match(needsOf(plain).mockOnly ?? "", /does not say/);
    needs(suite, { boards: true, timeScale: 5 });
    assert.deepEqual(needsOf(plain), { boards: true, timeScale: 5 });
    mockOnly(special, "it cannot");
    assert.equal(needsOf(special).mockOnly, "it cannot");
  });
});

describe("pace of virtual beside real time", () => {
  it("passes no more than the scale allows, and ends when the condition holds", async () => {
    const real = new Scheduler();
    const timers = schedulerTimers(real);
    const virtual = new Scheduler();
    const pace = new Pace(virtual, timers, 10);
    let rung = false;
    virtual.after(5000, () => {
      rung = true;
    });
    const running = pace.run(() => rung, 60_000);
    for (let ms = 0; ms < 495; ms += 5) {
      await real.runUntil(ms);
      assert.equal(rung, false, `at ${ms} ms`);
    }
    for (let ms = 495; ms <= 520; ms += 5) await real.runUntil(ms);
    assert.equal(await running, true);
  });

  it("ends at its limit, and at the signal", async () => {
    const real = new Scheduler();
    const timers = schedulerTimers(real);
    const running = new Pace(new Scheduler(), timers, 1).run(() => false, 100);
    for (let ms = 0; ms <= 200; ms += 5) await real.runUntil(ms);
    assert.equal(await running, false);
    const stop = new AbortController();
    const endless = new Pace(new Scheduler(), timers).run(() => false, Number.POSITIVE_INFINITY, stop.signal);
    void pause(timers, 50).then(() => stop.abort());
    for (let ms = 205; ms <= 400; ms += 5) await real.runUntil(ms);
    assert.equal(await endless, false);
  });
});

describe("scenarios on the emulated board", function () {
  this.timeout(120_000);
  let folder: string;
  before(function () {
    const missing = missingTools().map(({ program }) => program);
    if (missing.length > 0) {
      console.warn(`      skipped: needs ${missing.join(", ")} (see meterbench doctor)`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "meterbench-"));
    writeFileSync(join(folder, "rig.yaml"), "boards:\n  - {id: twin, kind: emulated, dir: twin}\n");
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  it("are for a board that doctor starts and looks at when it is named, and leaves alone otherwise", async () => {
    const doctor = async (...args: string[]) => {
      const { stdout } = await commandLine(["doctor", "--rig", join(folder, "rig.yaml"), "--json", ...args]);
      const { findings } = JSON.parse(stdout) as {
        findings: { name: string; found: string; advice?: string }[];
      };
      return findings.find(({ name }) => name === "board twin");
    };
    assert.match((await doctor())?.advice ?? "", /doctor --board twin/);
    assert.match((await doctor("--board", "twin"))?.found ?? "", /^ready, .*bootloader: swap with scratch, /);
  });

  it("have the outcome of the mock; those for the mock alone say why", async () => {
    const rig = ["--target", "twin", "--rig", join(folder, "rig.yaml"), "--out", join(folder, "out")];
    const words = [
      "reads back what was set",
      "old command after the meter",
      "at most once, the power cut torn",
    ];
    const { exitCode, stderr } = await commandLine(["run", ...words, ...rig]);
    assert.equal(exitCode, 0, stderr);
    const run = JSON.parse(readFileSync(join(folder, "out", "run.json"), "utf8"));
    assert.deepEqual(run.totals, { passed: 2, failed: 0, skipped: 1 });
    const [skipped] = run.scenarios.filter((s: { status: string }) => s.status === "skipped");
    assert.match(skipped.reason, /^mock only: it cuts the power inside a flash operation/);
  });
});
