import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MeterbenchError } from "../../../firmware/kernel/errors.ts";
import { Scheduler } from "../../../hal/mock/index.ts";
import { BoardLock, lockHolder } from "../../../harness/rig/lock.ts";
import { schedulerTimers } from "../../support/timers.ts";

describe("a board's lock", () => {
  let folder: string;
  let scheduler: Scheduler;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-locks-"));
    scheduler = new Scheduler();
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const startMs = Date.UTC(2026, 11, 1);
  const options = (what = "meterbench flash") => ({
    folder,
    what,
    timers: schedulerTimers(scheduler),
    utcMs: () => startMs + scheduler.nowMs,
  });
  const take = (what?: string, port = "/dev/left") => BoardLock.take("left", port, options(what));
  const forge = (change: Record<string, unknown>) => {
    const lock = take();
    writeFileSync(
      lock.path,
      JSON.stringify({ ...JSON.parse(readFileSync(lock.path, "utf8")), token: "x", ...change }),
    );
  };

  it("keeps a second run away, and says who has it", () => {
    take("meterbench monitor");
    assert.throws(
      () => take(),
      (error) => {
        assert.ok(error instanceof MeterbenchError);
        assert.equal(error.code, "rig/locked");
        assert.match(
          error.message,
          new RegExp(
            `left is in use by meterbench monitor \\(process ${process.pid} on .*, since 2026-12-01T00`,
          ),
        );
        return true;
      },
    );
  });

  it("is free after its release, and leaves nothing behind", () => {
    const lock = take();
    lock.release();
    lock.release();
    assert.deepEqual(readdirSync(folder), []);
    take().release();
  });

  it("is of the device, whatever name it is called by", () => {
    const device = join(folder, "ttyUSB0");
    writeFileSync(device, "");
    symlinkSync(device, join(folder, "by-id"));
    take("a", device);
    assert.throws(() => take("b", join(folder, "by-id")), /in use by a/);
    take("c", join(folder, "other")).release();
  });

  it("of a dead process frees itself", () => {
    const { pid } = spawnSync("true");
    forge({ pid });
    take().release();
  });

  it("of a process whose number another has now frees itself", function () {
    if (!existsSync("/proc/self/stat")) this.skip();
    forge({ processStart: "1" });
    take().release();
  });

  it("on another machine holds until it expires", async () => {
    forge({ host: "elsewhere", pid: 1 });
    assert.throws(() => take(), /on elsewhere/);
    await scheduler.runUntil(59_000);
    assert.throws(() => take(), /on elsewhere/);
    await scheduler.runUntil(60_000);
    take().release();
  });

  it("is renewed while its owner lives", async () => {
    const lock = take();
    await scheduler.runUntil(3_600_000);
    assert.throws(() => take(), /in use/);
    assert.equal(lockHolder("/dev/left", folder, startMs + scheduler.nowMs)?.board, "left");
    lock.release();
    assert.equal(lockHolder("/dev/left", folder, startMs + scheduler.nowMs), undefined);
  });

  it("tells its owner when another has it, and does not take the other's away", async () => {
    const lost: string[] = [];
    const lock = take();
    lock.onLost((by) => lost.push(by));
    const other = JSON.parse(readFileSync(lock.path, "utf8"));
    writeFileSync(lock.path, JSON.stringify({ ...other, token: "other", what: "meterbench run" }));
    await scheduler.runUntil(21_000);
    assert.match(lost[0] ?? "", /^meterbench run/);
    lock.release();
    assert.ok(existsSync(lock.path));
  });

  it("that is torn or no lock at all frees itself", () => {
    const lock = take();
    writeFileSync(lock.path, '{"pid":');
    take().release();
  });
});
