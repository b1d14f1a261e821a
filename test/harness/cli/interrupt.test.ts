import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { socketFolder } from "../../../hal/emulated/processes.ts";
import { pause, realTimers } from "../../../hal/serial/timers.ts";
import { commandLine } from "../../support/command-line.ts";
import { tcpBoard } from "../../support/tcp-board.ts";
import { coming } from "../rig/flash/flash-bench.ts";

/** What the process does at Ctrl-C, without a signal that mocha would hear too. */
const ctrlC = (): void => process.listeners("SIGINT").at(-1)?.("SIGINT");

/** Looks again and again; a command that opens its board late lets go of it late. */
async function eventually(condition: () => boolean): Promise<void> {
  const endMs = realTimers.nowMs() + 10_000;
  while (!condition()) {
    assert.ok(realTimers.nowMs() < endMs, `never: ${condition}`);
    await pause(realTimers, 10);
  }
}

describe("an interrupted command", function () {
  this.timeout(20_000);
  let folder: string;
  const locks = process.env.METERBENCH_LOCKS;
  const path = (name: string): string => join(folder, name);
  const locked = (): number => (existsSync(path("locks")) ? readdirSync(path("locks")).length : 0);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-"));
    process.env.METERBENCH_LOCKS = path("locks");
    writeFileSync(path("app.bin"), coming);
  });
  after(() => {
    if (locks === undefined) delete process.env.METERBENCH_LOCKS;
    else process.env.METERBENCH_LOCKS = locks;
    rmSync(folder, { recursive: true });
  });

  it("flash ends with 3, says how far it was and that it goes on there, and lets go of the board", async () => {
    const { relay, board } = await tcpBoard();
    board.faults.silent = true;
    const args = ["flash", path("app.bin"), "--board", relay.address, "--json"];
    const command = commandLine(args);
    await eventually(() => locked() === 1);
    ctrlC();
    const { exitCode, stdout } = await command;
    assert.equal(exitCode, 3);
    const [report] = JSON.parse(stdout).boards;
    assert.equal(report.outcome, "rig-failed");
    assert.deepEqual(report.error, {
      code: "rig/interrupted",
      message: "interrupted in phase connect",
      advice: "Flash again: it goes on where it stopped.",
    });
    await eventually(() => locked() === 0);
    await relay.close();
  });

  it("bench lets go of its board", async () => {
    const { relay, board } = await tcpBoard();
    board.faults.silent = true;
    const command = commandLine(["bench", "--board", relay.address]);
    await eventually(() => locked() === 1);
    ctrlC();
    const { exitCode, stderr } = await command;
    await eventually(() => locked() === 0);
    await relay.close();
    assert.equal(exitCode, 3);
    assert.match(stderr, /interrupted/);
  });

  it("monitor ends well: an interruption is its usual end", async () => {
    const { relay } = await tcpBoard();
    const record = path("m.rec");
    const command = commandLine(["monitor", "--board", relay.address, "--record", record]);
    await eventually(() => existsSync(record) && readFileSync(record).length > 0); // it is open
    ctrlC();
    const { exitCode } = await command;
    await relay.close();
    assert.equal(exitCode, 0);
    assert.equal(locked(), 0);
  });

  it("run keeps what has run, and skips the rest as interrupted", async () => {
    const file = path("mine.scenario.mjs");
    writeFileSync(
      file,
      `describe("mine", () => {
         it("is over", () => {});
         it("never ends", () => new Promise(() => { process.stopMine?.(); }));
         it("comes later", () => {});
       });`,
    );
    const command = commandLine(["run", file, "--out", path("out"), "--json"]);
    Object.assign(process, { stopMine: ctrlC });
    const { exitCode, stdout } = await command;
    assert.equal(exitCode, 3);
    const run = JSON.parse(stdout);
    assert.deepEqual(
      run.scenarios.map(({ status, reason }: { status: string; reason?: string }) => [status, reason]),
      [
        ["passed", undefined],
        ["skipped", "interrupted"],
        ["skipped", "interrupted"],
      ],
    );
    assert.deepEqual(JSON.parse(readFileSync(path("out/run.json"), "utf8")), run);
    assert.ok(existsSync(path("out/report.html")));
  });

  it("leaves no folder of sockets for ever: the next start sweeps those of the dead", () => {
    const [dead, alive] = ["dead", "alive"].map((name) =>
      mkdtempSync(join(tmpdir(), `meterbench-qemu-${name}`)),
    ) as [string, string];
    writeFileSync(join(dead, "owner"), `4194304 ${hostname()}`); // above the kernel's highest number
    writeFileSync(join(alive, "owner"), `${process.pid} ${hostname()}`);
    const mine = socketFolder();
    assert.deepEqual([dead, alive, mine].map(existsSync), [false, true, true]);
    for (const left of [alive, mine]) rmSync(left, { recursive: true });
  });
});
