import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Scheduler } from "../../../hal/mock/index.ts";
import { hookPower } from "../../../harness/rig/power.ts";
import type { PowerHooks, RigBoard } from "../../../harness/rig/rig-file.ts";
import { schedulerTimers } from "../../support/timers.ts";

describe("a board's power by command", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-power-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const board = (power: Partial<PowerHooks>): RigBoard => ({
    id: "left",
    port: "/dev/it's $& here; rm -rf x",
    kind: "serial",
    labels: [],
    power: { offS: 0.001, timeoutS: 5, ...power },
  });

  it("runs the rig file's commands, with the board's names quoted", async () => {
    const log = join(folder, "log");
    const hook = (word: string) => `printf '${word} %s %s\\n' {id} {port} >> ${log}`;
    await hookPower(board({ on: hook("on"), off: hook("off") }))?.cycle();
    const port = "/dev/it's $& here; rm -rf x";
    assert.equal(readFileSync(log, "utf8"), `off left ${port}\non left ${port}\n`);
  });

  it("says what a command that failed had to say", async () => {
    await assert.rejects(
      hookPower(board({ on: "echo no such relay >&2; exit 3" }))?.on() ?? Promise.resolve(),
      /board left: power on ended with exit code 3: no such relay/,
    );
  });

  it("leaves running what a command has left running", async () => {
    await hookPower(board({ on: "sleep 20 & exit 0" }))?.on();
    await assert.rejects(
      hookPower(board({ on: "sleep 1 & echo off; exit 1" }))?.on() ?? Promise.resolve(),
      /: off$/,
    );
  });

  it("ends a command that does not end", async () => {
    const scheduler = new Scheduler();
    const power = hookPower(board({ off: "sleep 600", timeoutS: 20 }), schedulerTimers(scheduler));
    const ending = assert.rejects(power?.off() ?? Promise.resolve(), /did not end within 20 s/);
    await scheduler.runUntil(20_000);
    await ending;
  });

  it("says when there is no such command", async () => {
    await assert.rejects(
      hookPower(board({}))?.off() ?? Promise.resolve(),
      /power off is not in the rig file/,
    );
    assert.equal(hookPower({ id: "x", kind: "serial", labels: [] }), undefined);
  });
});
