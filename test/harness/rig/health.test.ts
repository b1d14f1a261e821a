import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelBoard } from "../../../bench/rig/model-board.ts";
import { Scheduler } from "../../../hal/mock/index.ts";
import { type Line, linePair } from "../../../hal/serial/line/index.ts";
import { boardFinding, rigFile, serialPorts } from "../../../harness/rig/advice.ts";
import { boardHealth } from "../../../harness/rig/health.ts";
import { portRows, starterRig } from "../../../harness/rig/port-list.ts";
import { type RigBoard, readRig } from "../../../harness/rig/rig-file.ts";
import { schedulerTimers, settled } from "../../support/timers.ts";
import { running } from "./flash/flash-bench.ts";

describe("how a board is", () => {
  const scheduler = new Scheduler();
  const timers = schedulerTimers(scheduler);
  const locks = process.env.METERBENCH_LOCKS;
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-health-"));
    process.env.METERBENCH_LOCKS = join(folder, "locks");
  });
  after(() => {
    if (locks === undefined) delete process.env.METERBENCH_LOCKS;
    else process.env.METERBENCH_LOCKS = locks;
    rmSync(folder, { recursive: true });
  });
  const rigBoard: RigBoard = { id: "left", kind: "serial", port: "tcp://left:1", labels: [] };
  const look = (open: () => Promise<Line>, own: Partial<RigBoard> = {}) =>
    settled(scheduler, boardHealth({ ...rigBoard, ...own }, { timers, open }));
  const model = async (options = {}) => {
    const board = new ModelBoard({ timers, ...options });
    board.provision(running);
    await settled(scheduler, board.start());
    return board;
  };

  it("tells the version that runs, the bootloader's mode and the buffers", async () => {
    const board = await model({ bootloader: { mode: 2, noDowngrade: true } });
    const health = await look(() => board.open());
    assert.deepEqual(health.bootloader, { mode: "overwrite", noDowngrade: true });
    assert.deepEqual(boardFinding(health), {
      name: "board left",
      required: false,
      status: "ok",
      found: "ready, runs 1.0.0, bootloader: overwrite, takes no downgrade, 4 buffers of 2048 bytes",
    });
  });

  it("takes the rig file's word that there is no downgrade", async () => {
    const board = await model();
    const health = await look(() => board.open(), { noDowngrade: true });
    assert.equal(health.bootloader?.noDowngrade, true);
  });

  it("says what to do with a board that is silent, and with a line that only echoes", async () => {
    const silent = await model();
    silent.faults.silent = true;
    const mute = await look(() => silent.open(), { baud: 9600 });
    assert.equal(mute.ok, false);
    assert.match(boardFinding(mute).advice ?? "", /power and cable; asked with 9600 Bd, console framing/);
    const loop = async () => {
      const [near, far] = linePair(timers);
      far.onData((bytes) => void far.write(bytes));
      return near;
    };
    const echo = await look(loop);
    assert.deepEqual([echo.ok, echo.health], [false, "no answer: only our own requests come back"]);
    assert.match(boardFinding(echo).advice ?? "", /loop in the cable/);
  });

  it("is not well when its image key is not there, though it answers", async () => {
    const board = await model();
    const health = await look(() => board.open(), { imageKey: "/nowhere.pem", imageKeyAt: "rig.yaml:4:15" });
    assert.equal(health.ok, false);
    assert.match(health.health, /^rig\.yaml:4:15: board left: imageKey: \/nowhere\.pem cannot be read/);
  });
});

describe("the serial ports of a machine", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-ports-"));
    const device = join(folder, "sys/devices/usb1/1-2.3");
    mkdirSync(join(device, "1-2.3:1.0/ttyUSB0"), { recursive: true });
    for (const [name, text] of [
      ["idVendor", "0403"],
      ["idProduct", "6001"],
      ["serial", "0012"],
      ["product", "FT232R"],
    ] as const)
      writeFileSync(join(device, name), text);
    mkdirSync(join(folder, "sys/class/tty/ttyUSB0"), { recursive: true });
    mkdirSync(join(folder, "dev"));
    symlinkSync(join(device, "1-2.3:1.0/ttyUSB0"), join(folder, "sys/class/tty/ttyUSB0/device"));
    symlinkSync("/dev/null", join(folder, "dev/ttyUSB0"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const rows = () => portRows({ sys: join(folder, "sys"), dev: join(folder, "dev") });

  it("are listed by the name that stays, with serial number and position", async () => {
    const path = join(folder, "dev/ttyUSB0");
    const port = { path, serial: "0012", position: "1-2.3", interface: "0", product: "FT232R", byId: [] };
    assert.deepEqual(await rows(), [{ name: "0012", ...port }]);
    const [finding] = serialPorts(await rows());
    assert.equal(finding?.found, `${path} (FT232R, serial 0012, at 1-2.3, name it 0012)`);
  });

  it("make a rig file to begin with where there is none", async () => {
    const { advice } = rigFile({ file: undefined, boards: [] }, await rows());
    const [, ...lines] = (advice ?? "").split("\n");
    assert.deepEqual(
      readRig(lines.join("\n")).boards.map(({ id, port }) => [id, port]),
      [["board1", "0012"]],
    );
    assert.equal(rigFile({ file: "rig.yaml", boards: [] }, await rows()).advice, undefined);
    assert.equal(rigFile({ file: undefined, boards: [] }, []).advice, undefined);
    assert.equal(readRig(starterRig(await rows())).boards.length, 1);
  });
});
