import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { openLine, readRecording } from "../../../../hal/serial/line/index.ts";
import { SerialBoard } from "../../../../hal/serial/parts/index.ts";
import { image, os, SmpClient } from "../../../../hal/serial/smp/index.ts";
import { realTimers } from "../../../../hal/serial/timers.ts";
import type { RunReport } from "../../../../harness/reports/run-report.ts";
import { type Listening, listen } from "../../../../harness/rig/emulate/listen.ts";
import { EmulatedDevice } from "../../../../harness/rig/emulate/serve-device.ts";
import { BoardLock } from "../../../../harness/rig/lock.ts";
import { makeImage } from "../../../firmware/bootloader/images.ts";
import { commandLine } from "../../../support/command-line.ts";

describe("a device of the model on a TCP port", function () {
  this.timeout(60_000);
  let folder: string;
  let emulated: EmulatedDevice;
  let listening: Listening;
  const locks = process.env.METERBENCH_LOCKS;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-"));
    process.env.METERBENCH_LOCKS = join(folder, "locks");
    emulated = await EmulatedDevice.start({ type: "ESME" });
    listening = await listen("tcp://:0", (line) => emulated.serve(line));
  });
  after(async () => {
    if (locks === undefined) delete process.env.METERBENCH_LOCKS;
    else process.env.METERBENCH_LOCKS = locks;
    await listening.close();
    await emulated.stop();
    rmSync(folder, { recursive: true });
  });
  const file = (name: string) => join(folder, name);

  it("listens on this machine alone unless told otherwise", () => {
    assert.match(listening.address, /^tcp:\/\/127\.0\.0\.1:\d+$/);
  });

  it("speaks SMP: echo, buffers, images, reset into the same image", async () => {
    const line = await openLine(listening.address);
    const smp = new SmpClient(line, { timers: realTimers });
    assert.equal(await os.echo(smp, "hello"), "hello");
    assert.deepEqual(await smp.params(), { bufSize: 2048, bufCount: 4, source: "board" });
    const [running] = await image.readState(smp);
    assert.deepEqual([running?.version, running?.active, running?.confirmed], ["0.1.0", true, true]);
    const said = new Promise<string>((resolve) => void smp.onConsole(resolve));
    await os.reset(smp);
    assert.match(await said, /0\.1\.0/);
    assert.equal((await image.readState(smp))[0]?.version, "0.1.0");
    smp.close();
    await line.close();
  });

  it("feels what the bench does to it, and its parts are those of its board", async () => {
    const line = await openLine(listening.address);
    const board = await SerialBoard.connect(line, { crypto: nodeCrypto(), timers: realTimers });
    await board.stimulate({ tamper: { magnet: true } });
    assert.equal((await board.tamper?.read())?.magnet, true);
    await board.stimulate({ tamper: { magnet: false } });
    const { sectorBytes, sectorCount } = board.flash.geometry;
    await board.flash.program((sectorCount - 1) * sectorBytes, Uint8Array.of(1));
    await board.flash.erase(sectorCount - 1);
    await assert.rejects(async () => board.flash.read(sectorCount * sectorBytes, 1));
    board.close();
    await line.close();
  });

  it("is monitored, and the recorded session is the same when it is played back", async () => {
    const args = ["monitor", "--board", listening.address, "--seconds", "1.2", "--record", file("m.rec")];
    const { exitCode, stdout, stderr } = await commandLine([...args, "--json"]);
    assert.equal(exitCode, 0, stderr);
    const { events } = JSON.parse(stdout) as { events: { kind: string }[] };
    assert.equal(events[0]?.kind, "board");
    assert.ok(readRecording(readFileSync(file("m.rec"), "utf8")).events.length > 4);
    const again = await commandLine(["replay", file("m.rec")]);
    assert.equal(again.exitCode, 0, again.stdout + again.stderr);
    assert.match(again.stdout, /the same, byte for byte/);
  });

  it("a recording that was changed shows the first divergence, and exits 1", async () => {
    const rows = readFileSync(file("m.rec"), "utf8").trimEnd().split("\n");
    const at = rows.findLastIndex((row) => row.includes('"out"'));
    const row = JSON.parse(rows[at] as string);
    rows[at] = JSON.stringify({ ...row, hex: row.hex.replace(/..$/, "21") });
    writeFileSync(file("bad.rec"), `${rows.join("\n")}\n`);
    const { exitCode, stdout } = await commandLine(["replay", file("bad.rec"), "--json"]);
    assert.equal(exitCode, 1);
    const { divergence } = JSON.parse(stdout);
    assert.equal(divergence.event, at - 1);
    assert.equal(divergence.why, "the host wrote other bytes");
    assert.equal(divergence.expected, "21");
    assert.equal(divergence.got, "0a");
  });

  it("is listed with who it is and what it runs; one that is not there says so", async () => {
    writeFileSync(
      file("rig.yaml"),
      `boards:\n  - {id: here, port: "${listening.address}", kind: device}\n  - {id: gone, port: "tcp://127.0.0.1:1"}\n`,
    );
    const { exitCode, stdout } = await commandLine(["list", "boards", "--rig", file("rig.yaml"), "--json"]);
    assert.equal(exitCode, 3, "a board of the rig is not well");
    const [mock, here, gone] = JSON.parse(stdout);
    assert.deepEqual([mock.id, mock.ok, here.ok, gone.ok], ["mock", true, true, false]);
    assert.deepEqual(here.buffer, { bytes: 2048, count: 4, told: true });
    assert.deepEqual(here.bootloader, { mode: "swap with scratch", noDowngrade: false });
    assert.deepEqual([here.health, here.identity, here.version], ["ready", "esme (ESME)", "0.1.0"]);
    assert.ok(here.parts.includes("message"));
    assert.match(gone.health, /refuses the connection/);
    assert.match(gone.advice, /running/);
    const table = await commandLine(["list", "boards", "--rig", file("rig.yaml")]);
    assert.match(table.stdout, /^id +health +kind/);
    assert.match(table.stdout, /^gone: .*refuses the connection\n {2}Is the server/m);
  });

  it("is looked at by doctor: what it runs, what its bootloader does, what to do where it does not answer", async () => {
    const { exitCode, stdout } = await commandLine(["doctor", "--rig", file("rig.yaml")]);
    assert.equal(exitCode, 3);
    assert.match(
      stdout,
      /^ok +board here +ready, runs 0\.1\.0, bootloader: swap with scratch, takes a downgrade, 4 buffers/m,
    );
    assert.match(stdout, /^wrong +board gone .*\n +Is the server .* running/m);
    assert.match(stdout, /^ok +rig file +.*rig\.yaml: here, gone/m);
  });

  it("is found well by doctor; one that is not there makes it exit 3", async () => {
    const doctor = (id: string) =>
      commandLine(["doctor", "--rig", file("rig.yaml"), "--board", id, "--json"]);
    assert.notEqual((await doctor("here")).exitCode, 3);
    const { exitCode, stdout } = await doctor("gone");
    assert.equal(exitCode, 3);
    assert.equal(JSON.parse(stdout).findings.at(-1).status, "wrong");
  });

  it("a board that another run holds is left alone: exit 3, with the holder", async () => {
    const lock = BoardLock.take("here", listening.address, { what: "meterbench flash" });
    const { exitCode, stderr } = await commandLine([
      "monitor",
      "--board",
      listening.address,
      "--seconds",
      "1",
    ]);
    lock.release();
    assert.equal(exitCode, 3);
    assert.match(stderr, /in use by meterbench flash \(process \d+/);
  });

  it("passes the run for boards under test, and lists what applies there alone, with the board's identity", async () => {
    const args = ["run", "under test", "reads back what was set", "--target", listening.address];
    const { exitCode, stdout, stderr } = await commandLine([...args, "--out", file("out"), "--json"]);
    assert.equal(exitCode, 0, stdout + stderr);
    const run = JSON.parse(stdout) as RunReport;
    assert.ok(run.scenarios.filter(({ status }) => status === "passed").length >= 15);
    assert.ok(
      run.scenarios.every(({ name, reason }) => !name.startsWith("load limit") && reason === undefined),
    );
    assert.ok((run.notApplicable ?? 0) > 0);
    assert.equal(run.board?.kind, "ESME");
    assert.match(
      readFileSync(file("out/junit.xml"), "utf8"),
      /<property name="board" value="[^"]+ \(ESME\)"\/>/,
    );
    const page = readFileSync(file("out/report.html"), "utf8");
    assert.match(page, /(\d+) of \1 that apply passed, \d+ do(es)? not apply here/);
  });

  it("is benched, and compared with itself", async () => {
    const args = ["bench", "--board", listening.address, "--runs", "20", "--json"];
    const first = await commandLine([...args, "--save", file("bench.json")]);
    assert.equal(first.exitCode, 0, first.stderr);
    const result = JSON.parse(first.stdout);
    assert.equal(result.board.id, "esme");
    const names = result.timings.map((task: { name: string }) => task.name);
    assert.deepEqual(names.slice(0, 2), ["smp/echo", "board/clock-read"]);
    assert.ok(names.includes("flash/erase-sector") && names.includes("switch/move"), names.join());
    assert.ok(result.upload.shareOfLine > 0);
    const second = await commandLine([...args, "--compare", file("bench.json")]);
    const { changes } = JSON.parse(second.stdout) as { changes: { name: string; verdict: string }[] };
    assert.equal(changes.length, 2 * result.timings.length + 2, "middle and tail of each, upload, clock");
    assert.ok(changes.every(({ verdict }) => verdict !== "gone" && verdict !== "new"));
  });

  it("is flashed, and that session is the same too, wherever the image is by then", async () => {
    const path = file("app.bin");
    writeFileSync(path, makeImage({ version: [0, 2, 0, 0], payload: new Uint8Array(3000).fill(7) }));
    const args = ["flash", path, "--board", listening.address, "--record", file("f.rec")];
    const { exitCode, stdout, stderr } = await commandLine(args);
    assert.equal(exitCode, 0, stdout + stderr);
    renameSync(path, file("moved.bin"));
    const lost = await commandLine(["replay", file("f.rec")]);
    assert.equal(lost.exitCode, 2);
    assert.match(lost.stderr, /app\.bin cannot be read.*--image FILE/s);
    const again = await commandLine(["replay", file("f.rec"), "--image", file("moved.bin")]);
    assert.equal(again.exitCode, 0, again.stdout + again.stderr);
    assert.match(again.stdout, /the same, byte for byte/);
  });
});
