import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { commandLine } from "../../support/command-line.ts";

describe("a command that takes its time", () => {
  it("says what takes so long: the benchmarks, before the first is through", async () => {
    const { exitCode, stderr } = await commandLine(["bench", "cose/critical/node", "--rounds", "1"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /^timing 1 tasks, 0\.2 s or more each \.\.\.$/m);
  });

  for (const command of ["monitor", "bench", "doctor"])
    it(`says what takes so long: the emulated board's build and start, in ${command}`, async function () {
      if (spawnSync("qemu-system-arm", ["--version"]).error) {
        console.warn("      skipped: no qemu-system-arm on the path");
        this.skip();
      }
      this.timeout(120_000);
      const words = { monitor: ["--seconds", "1"], bench: ["--runs", "10"], doctor: [] }[command] ?? [];
      const { stderr } = await commandLine([command, "--board", "emulated", ...words]);
      assert.match(stderr, /^starting the emulated board: its firmware is built where it has changed/);
    });
});
