import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { Scheduler } from "../../../hal/mock/index.ts";
import { BoardLock, type LockOwner, lockHolder } from "../../../harness/rig/lock.ts";
import { schedulerTimers } from "../../support/timers.ts";

/** A program that takes a lock of its own and prints what came of it; with `hold` it then waits to be killed. */
const contender = `
  import { appendFileSync } from "node:fs";
  import { BoardLock } from "./harness/rig/lock.ts";
  const [folder, mode, uid] = process.argv.slice(-3);
  // Only now: neither this Node.js nor the tree need be within the other user's reach.
  if (uid !== "own") {
    process.setgroups([]);
    process.setgid(Number(uid));
    process.setuid(Number(uid));
  }
  process.umask(0o077);
  if (mode === "race") {
    let [taken, overlaps] = [0, 0];
    const inside = folder + ".inside";
    const { rmSync, writeFileSync } = await import("node:fs");
    for (const end = Date.now() + 1500; Date.now() < end; ) {
      let lock;
      try { lock = BoardLock.take("left", "/dev/left", { folder }); } catch (error) {
        if (error.code !== "rig/locked") throw error;
        continue;
      }
      try { writeFileSync(inside, "", { flag: "wx" }); } catch { overlaps++; }
      taken++;
      rmSync(inside, { force: true });
      lock.release();
    }
    console.log(JSON.stringify({ taken, overlaps }));
  } else {
    try {
      const lock = BoardLock.take("left", "/dev/left", { folder });
      console.log("taken");
      if (mode === "hold") await new Promise((resolve) => setTimeout(resolve, 60_000));
      else if (mode === "die") process.kill(process.pid, "SIGKILL");
      else if (mode === "release") lock.release();
      process.exit(0);
    } catch (error) {
      console.log(error.code + ": " + error.message + "; " + error.data?.advice);
    }
  }
`;

describe("a board's lock", () => {
  let folder: string;
  let scheduler: Scheduler;
  /** Of the clock that stands still while a machine sleeps and its timers do too. */
  let asleepMs = 0;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-locks-"));
    scheduler = new Scheduler();
    asleepMs = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const startMs = Date.UTC(2026, 11, 1);
  const utcMs = () => startMs + scheduler.nowMs + asleepMs;
  const options = (what = "meterbench flash") => ({
    folder,
    what,
    timers: schedulerTimers(scheduler),
    utcMs,
  });
  const take = (what?: string, port = "/dev/left") => BoardLock.take("left", port, options(what));
  const change = ({ path }: BoardLock, fields: Partial<LockOwner>) =>
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...fields }));
  const contend = (mode: string, uid: number | "own" = "own", where = folder) =>
    spawn(
      process.execPath,
      ["--import=tsx", "--input-type=module", "-e", contender, "--", where, mode, String(uid)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
  const said = async (child: ReturnType<typeof contend>): Promise<string> => {
    let text = "";
    child.stdout?.on("data", (chunk) => {
      text += chunk;
    });
    await once(child, "close");
    return text.trim();
  };

  it("keeps a second run away, and says who has it", () => {
    take("meterbench monitor");
    assert.throws(
      () => take(),
      (error) => {
        assert.ok(error instanceof CodedError);
        assert.equal(error.code, "rig/locked");
        assert.match(
          error.message,
          new RegExp(
            `left is in use by meterbench monitor \\(process ${process.pid} on .*, user .*, since 2026-12-01T00`,
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

  it("is of the address, however it is written", () => {
    take("a", "tcp://127.0.0.1:4061");
    const same = [
      "tcp://localhost:4061",
      "tcp://LOCALHOST:04061/",
      "tcp://[::1]:4061",
      "rfc2217://localhost:4061",
    ];
    for (const name of same) assert.throws(() => take("b", name), /in use by a/, name);
    for (const name of ["tcp://127.0.0.1:4062", "tcp://bench:4061", "tcp://no address"])
      take("c", name).release();
  });

  it("of a dead process frees itself", () => {
    const { pid } = spawnSync("true");
    change(take(), { pid });
    take().release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("of a process that has ended, and whose parent does not ask, frees itself", async function () {
    if (!existsSync("/proc/self/stat")) this.skip();
    // The shell becomes a program that never fetches the end of its child.
    const parent = spawn("/bin/sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [chunk] = await once(parent.stdout as NodeJS.ReadableStream, "data");
    const pid = Number(String(chunk));
    const stat = () => readFileSync(`/proc/${pid}/stat`, "utf8");
    while (!stat().includes(") Z ")) await setImmediate();
    const processStart = stat()
      .slice(stat().lastIndexOf(")") + 2)
      .split(" ")[19];
    change(take(), { pid, processStart });
    assert.equal(lockHolder("/dev/left", folder, utcMs()), undefined);
    take().release();
    parent.kill();
  });

  it("of a process whose number another has now frees itself", function () {
    if (!existsSync("/proc/self/stat")) this.skip();
    change(take(), { processStart: "1" });
    take().release();
  });

  it("on another machine holds until it expires", async () => {
    change(take(), { host: "elsewhere", pid: 1, token: "x" });
    const frozen = { ...options(), timers: schedulerTimers(new Scheduler()) };
    assert.throws(() => BoardLock.take("left", "/dev/left", frozen), /on elsewhere/);
    asleepMs = 59_000;
    assert.throws(() => BoardLock.take("left", "/dev/left", frozen), /on elsewhere/);
    asleepMs = 60_000;
    BoardLock.take("left", "/dev/left", frozen).release();
  });

  it("is renewed while its owner lives", async () => {
    const lock = take();
    await scheduler.runUntil(3_600_000);
    assert.throws(() => take(), /in use/);
    assert.equal(lockHolder("/dev/left", folder, utcMs())?.board, "left");
    lock.release();
    assert.equal(lockHolder("/dev/left", folder, utcMs()), undefined);
  });

  it("tells an owner that slept over its time that another has it, and does not take the other's away", async () => {
    const lost: string[] = [];
    const lock = take();
    lock.onLost((by) => lost.push(by));
    asleepMs = 61_000;
    const other = take("meterbench run");
    await scheduler.runUntil(21_000);
    assert.match(lost[0] ?? "", /^meterbench run/);
    lock.release();
    assert.ok(existsSync(other.path));
    assert.throws(() => take(), /in use by meterbench run/);
  });

  it("goes on with an owner that slept over its time, when nobody has taken it", async () => {
    const lock = take();
    lock.onLost(() => assert.fail("it was not lost"));
    asleepMs = 600_000;
    await scheduler.runUntil(21_000);
    assert.throws(() => take(), /in use/);
  });

  it("tells its owner when somebody removes it", async () => {
    const lost: string[] = [];
    const lock = take();
    lock.onLost((by) => lost.push(by));
    rmSync(lock.path);
    await scheduler.runUntil(21_000);
    assert.match(lost[0] ?? "", /removed the lock/);
  });

  it("that is torn or no lock at all frees itself", () => {
    const lock = take();
    for (const text of ['{"pid":', "null", "[]", ""]) {
      writeFileSync(lock.path, text);
      take().release();
    }
  });

  it("is never had by two of many processes that ask for it again and again", async () => {
    const results = await Promise.all(["a", "b", "c"].map(() => said(contend("race"))));
    const counts = results.map((text) => JSON.parse(text) as { taken: number; overlaps: number });
    assert.deepEqual(
      counts.map(({ overlaps }) => overlaps),
      [0, 0, 0],
    );
    for (const { taken } of counts) assert.ok(taken > 0, JSON.stringify(counts));
  });

  describe("among users of one machine", () => {
    const alice = 64_001;
    const bob = 64_002;
    before(function () {
      if (process.getuid?.() !== 0) this.skip();
    });
    beforeEach(() => chmodSync(folder, 0o755));

    it("keeps the second away while the first has it, and is free when the first was killed", async () => {
      const shared = join(folder, "shared");
      mkdirSync(shared);
      chmodSync(shared, 0o1777);
      const first = contend("hold", alice, shared);
      await once(first.stdout as NodeJS.ReadableStream, "data");
      assert.match(await said(contend("release", bob, shared)), /^rig\/locked: .*user 64001/);
      first.kill("SIGKILL");
      await once(first, "close");
      assert.equal(await said(contend("die", bob, shared)), "taken");
      assert.equal(await said(contend("release", alice, shared)), "taken");
      assert.equal(readdirSync(shared).length, 1, "each clears away his own; the other's is in nobody's way");
    });

    it("lies in a folder that all may write, whoever made it", async () => {
      chmodSync(folder, 0o777);
      const made = join(folder, "made");
      assert.equal(await said(contend("release", alice, made)), "taken");
      assert.equal(statSync(made).mode & 0o7777, 0o1777);
      assert.equal(await said(contend("release", bob, made)), "taken");
    });

    it("says whose folder shuts him out, and what to do", async () => {
      const words = await said(contend("release", alice));
      assert.match(
        words,
        /^rig\/lock-folder: .*belongs to user 0, mode 755.*permission denied.*; Let its owner run `chmod 1777/,
      );
    });
  });
});
