import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  EmulatedBoard,
  EmulatedError,
  missingTools,
  readFlash,
  writeFlash,
} from "../../../hal/emulated/index.ts";
import { requireTools } from "../../../hal/emulated/tools.ts";
import { openLine } from "../../../hal/serial/line/index.ts";
import { os, SmpClient } from "../../../hal/serial/smp/index.ts";
import { deadline, pause, realTimers } from "../../../hal/serial/timers.ts";
import {
  ask,
  emulatedBench,
  patternBytes,
  skipWithoutTools,
  slowMs,
  temporaryFolder,
} from "./emulated-bench.ts";

describe("the tools of an emulated board", () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  it("are reported missing with the Debian packages that bring them", () => {
    process.env.PATH = "/nowhere";
    const packages = missingTools().map((tool) => tool.debianPackage);
    assert.deepEqual(packages, ["qemu-system-arm", "socat", "gcc-arm-none-eabi"]);
    assert.throws(() => requireTools("socat"), {
      code: "emulated/missing-tools",
      data: { packages: ["socat"] },
    });
    delete process.env.PATH;
    assert.equal(missingTools().length, 3);
  });

  it("stop a board from starting, with a typed error, before it leaves a trace", async () => {
    process.env.PATH = "/nowhere";
    const dir = join(temporaryFolder(), "never");
    await assert.rejects(EmulatedBoard.start({ dir }), /apt-get install .*qemu-system-arm socat/);
    assert.equal(existsSync(dir), false);
  });
});

describe("an emulated board's power", function () {
  this.timeout(slowMs);
  const bench = emulatedBench({ id: "power" });

  it("comes back with the flash as it was, on a serial path that never went away", async () => {
    const { board, smp } = bench();
    const data = patternBytes("flash", 500);
    await smp.request("write", 64, 3, { off: 0, data });
    for (let cut = 0; cut < 3; cut++) {
      await bench().powerCycle();
      assert.equal(await os.echo(smp, "alive"), "alive");
      assert.deepEqual(await ask(smp, "read", 64, 2, { off: 0, len: 500 }), { data });
    }
    assert.deepEqual(readFlash(board.flashPath, "data", 0, 500), data);
  });

  it("being off refuses what needs it, loses what is sent, and can be cut twice", async () => {
    const { board, line, smp } = bench();
    await board.powerCut();
    await board.powerCut();
    assert.equal(board.powered, false);
    for (const call of [() => board.reset(), () => board.stimulus("mains 1"), () => board.qmp("stop")])
      await assert.rejects(call, { code: "emulated/no-power" });
    await line.write(new TextEncoder().encode("bytes for a dead board".repeat(20)));
    await pause(realTimers, 50);
    await board.powerOn();
    await board.powerOn();
    assert.deepEqual(await ask(smp, "read", 2, 0, { name: "smp" }), {
      name: "smp",
      fields: { packets: 1, requests: 1, errors: 0, bad_base64: 0, bad_crc: 0, too_long: 0 },
    });
  });

  it("cut during a start ends that start with an error", async () => {
    const { board } = bench();
    await board.powerCut();
    const start = board.powerOn();
    const failed = assert.rejects(start, { code: "emulated/died" });
    await board.powerCut();
    await failed;
    await board.powerOn();
  });

  it("cut during a reset or a stimulus ends their waits", async () => {
    const { board } = bench();
    const reset = assert.rejects(board.reset(), { name: "EmulatedError" });
    await board.powerCut();
    await reset;
    await board.powerOn();
    await board.qmp("stop"); // a stopped machine answers no stimulus
    const stimulus = assert.rejects(board.stimulus("mains 1"), { code: "emulated/no-power" });
    await board.powerCut();
    await stimulus;
    await board.powerOn();
  });

  it("tells who listens", async () => {
    const { board } = bench();
    const seen: boolean[] = [];
    const cancel = board.onPower((on) => void seen.push(on));
    await bench().powerCycle();
    cancel();
    await bench().powerCycle();
    assert.deepEqual(seen, [false, true]);
  });

  it("hands QMP's refusals on", () =>
    assert.rejects(bench().board.qmp("make-coffee"), { code: "emulated/refused" }));

  it("sleeps when there is nothing to do", async () => {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8")
      .trim()
      .split(" ");
    const qemu = children.find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("qemu"));
    const ticks = () => {
      const fields = readFileSync(`/proc/${qemu}/stat`, "utf8").split(" ");
      return Number(fields[13]) + Number(fields[14]);
    };
    const before = ticks();
    await pause(realTimers, 1_000);
    assert.ok(ticks() - before <= 10, "more than 10 % of a core");
  });
});

describe("an emulated board's folder", function () {
  this.timeout(slowMs);
  before(function () {
    skipWithoutTools(this);
  });
  const root = temporaryFolder();

  it("belongs to one board at a time, and is free when that stops", async () => {
    const dir = join(root, "shared");
    const board = await EmulatedBoard.prepare({ dir });
    await assert.rejects(EmulatedBoard.start({ dir }), { code: "emulated/in-use" });
    await board.stop();
    const next = await EmulatedBoard.prepare({ dir });
    await next.stop();
  });

  it("keeps flash and identity for the next board that is started there", async () => {
    const dir = join(root, "kept");
    const first = await EmulatedBoard.prepare({ dir, id: "first" });
    writeFlash(first.flashPath, "data", 10, Uint8Array.of(1, 2, 3));
    await first.stop();
    const second = await EmulatedBoard.start({ dir, id: "ignored" });
    const line = await openLine(second.portPath);
    const smp = new SmpClient(line, { timers: realTimers });
    const { id } = (await smp.request("read", 64, 0)) as { id: string };
    const { data } = (await smp.request("read", 64, 2, { off: 9, len: 5 })) as { data: Uint8Array };
    assert.deepEqual([id, data], ["first", Uint8Array.of(255, 1, 2, 3, 255)]);
    smp.close();
    await line.close();
    await second.stop();
    await second.stop();
    assert.equal(existsSync(second.portPath), false);
  });

  it("with a flash of the wrong size, or an identity or image that does not fit, says so", async () => {
    const dir = join(root, "wrong");
    mkdirSync(dir);
    writeFileSync(join(dir, "flash.bin"), "");
    truncateSync(join(dir, "flash.bin"), 1000);
    await assert.rejects(EmulatedBoard.start({ dir }), {
      code: "emulated/flash-file",
      message: /1000 bytes/,
    });
    for (const options of [
      { id: "x".repeat(33) },
      { eui64: new Uint8Array(7) },
      { seed: new Uint8Array(31) },
      { image: new Uint8Array(600_000) },
    ])
      await assert.rejects(EmulatedBoard.start({ dir: join(root, "wrong-too"), ...options }), {
        code: "emulated/flash-file",
      });
    assert.equal(existsSync(join(root, "wrong-too", "flash.bin")), false);
  });

  it("goes on when a start fails: no lock, no program stays", async () => {
    const dir = join(root, "slow");
    await assert.rejects(EmulatedBoard.start({ dir, bootTimeoutMs: 1 }), { code: "line/timeout" });
    const board = await EmulatedBoard.start({ dir });
    await board.stop();
  });

  it("holds no program any more when its process was killed", async () => {
    const dir = join(root, "orphan");
    const launcher = new URL("../../../hal/emulated/index.ts", import.meta.url).href;
    const code = `const { EmulatedBoard } = await import(${JSON.stringify(launcher)});
      await EmulatedBoard.start({ dir: ${JSON.stringify(dir)} }); console.log("up"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--import=tsx", "--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const up = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
    await deadline(realTimers, 30_000, "the other process to start its board").guard(up);
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await gone;
    const board = await EmulatedBoard.start({ dir });
    await board.stop();
  });
});

describe("several emulated boards", function () {
  this.timeout(slowMs);
  before(function () {
    skipWithoutTools(this);
  });
  const root = temporaryFolder();

  it("run side by side, each its own", async () => {
    const names = ["one", "two", "three"];
    const boards = await Promise.all(names.map((name) => EmulatedBoard.start({ dir: join(root, name) })));
    const ids = boards.map(async (board) => {
      const line = await openLine(board.portPath);
      const smp = new SmpClient(line, { timers: realTimers });
      const { id, eui } = (await smp.request("read", 64, 0)) as { id: string; eui: Uint8Array };
      smp.close();
      await line.close();
      return [id, Buffer.from(eui).toString("hex")];
    });
    const seen = await Promise.all(ids);
    assert.deepEqual(
      seen.map(([id]) => id),
      names,
    );
    assert.equal(new Set(seen.map(([, eui]) => eui)).size, 3);
    await Promise.all(boards.map((board) => board.stop()));
  });
});

it("an emulated error keeps its cause", () => {
  const error = new EmulatedError("emulated/build", "text", { a: 1 }, "cause");
  assert.deepEqual([error.code, error.data, error.cause], ["emulated/build", { a: 1 }, "cause"]);
});
