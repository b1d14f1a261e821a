import assert from "node:assert/strict";
import { benchBoard } from "../../../bench/rig/board.ts";
import type { CodedError } from "../../../hal/base/coded-error.ts";
import { Scheduler } from "../../../hal/mock/index.ts";
import { LineSession, linePair } from "../../../hal/serial/line/index.ts";
import { boardFinding } from "../../../harness/rig/advice.ts";
import { boardHealth } from "../../../harness/rig/health.ts";
import { BoardMonitor, monitorLine } from "../../../harness/rig/monitor.ts";
import type { RigBoard } from "../../../harness/rig/rig-file.ts";
import { describeBoard } from "../../../harness/rig/target.ts";
import { otherBench, recovery, rigBoard } from "../../support/other-bench.ts";
import type { OtherBoardOptions } from "../../support/other-boards.ts";
import { schedulerTimers, settled } from "../../support/timers.ts";

describe("boards with other people's SMP servers, looked at", () => {
  const doctor = async (options: OtherBoardOptions, own: Partial<RigBoard> = {}) => {
    const { timers, open, run } = otherBench(options);
    return boardFinding(await run(boardHealth({ ...rigBoard, ...own }, { timers, open })));
  };

  for (const [name, options, status, found, advice] of [
    [
      "without the params command",
      { without: ["0/6"] },
      "ok",
      /^ready, runs 1\.0\.0/,
      /GRP_OS_MCUMGR_PARAMS=y/,
    ],
    ["without echo", { without: ["0/0"] }, "ok", /^ready, runs 1\.0\.0/, /CONFIG_MCUMGR_GRP_OS_ECHO=y/],
    ["that tells no mode", {}, "ok", /^ready, runs 1\.0\.0/, /CONFIG_MCUMGR_GRP_OS_BOOTLOADER_INFO=y/],
    ["with neither", { without: ["0/0", "0/6"] }, "ok", /^ready, runs 1\.0\.0/, /GRP_OS_MCUMGR_PARAMS=y/],
    ["without the os group", { without: ["0"] }, "ok", /^ready, runs 1\.0\.0/, /GRP_OS_MCUMGR_PARAMS=y/],
    [
      "without the image group",
      { without: ["1"] },
      "ok",
      /^ready, tells no version/,
      /CONFIG_MCUMGR_GRP_IMG=y/,
    ],
    [
      "in serial recovery",
      recovery,
      "ok",
      /^ready, in MCUboot's serial recovery, which holds 1\.0\.0/,
      /over the application/,
    ],
    [
      "in serial recovery with no image that it accepts",
      { ...recovery, accepts: () => false },
      "ok",
      /^ready, in MCUboot's serial recovery, which accepts no image/,
      /over the application/,
    ],
    [
      "that lists nothing, and takes marks",
      { lists: () => false, without: ["1/6"] },
      "ok",
      /^ready, tells no version/,
      /NETBUF/,
    ],
    [
      "that loads images into memory",
      { mode: 6, boots: "by-version" },
      "ok",
      /bootloader: RAM load, picks the higher version/,
      /NETBUF/,
    ],
    ["of version 1", { version: 1 }, "ok", /^ready, runs 1\.0\.0/, /NETBUF_SIZE/],
    ["after half a packet", { halfPacket: true }, "ok", /^ready, runs 1\.0\.0/, /NETBUF_SIZE/],
    ["in raw framing", { framing: "raw" }, "wrong", /^no answer in console framing/, /give --framing raw/],
  ] as const)
    it(`are told for what they are by the doctor: ${name}`, async () => {
      const finding = await doctor(options);
      assert.equal(finding.status, status, finding.found);
      assert.match(finding.found, found);
      assert.match(finding.advice ?? "", advice);
    });

  const time = async (options: OtherBoardOptions) => {
    const { timers, board, run, session } = otherBench(options);
    const line = await session();
    const result = await run(benchBoard({ board: rigBoard, line }, { timers, runs: 10, uploadBytes: 2048 }));
    const skipped = new Map(result.skipped.map(({ name, reason }) => [name, reason]));
    return { board, result, skipped };
  };

  it("are timed without an upload over the application when in serial recovery, which is named", async () => {
    const { board, result, skipped } = await time(recovery);
    assert.equal(result.board.kind, "MCUboot's serial recovery");
    assert.match(skipped.get("upload") ?? "", /over the application/);
    assert.match(skipped.get("smp/echo") ?? "", /CONFIG_MCUMGR_GRP_OS_ECHO=y/);
    assert.equal(board.uploads, 0);
  });

  it("are timed for what they have, and the rest is named", async () => {
    const { result, skipped } = await time({ without: ["1"] });
    assert.deepEqual(
      result.timings.map(({ name }) => name),
      ["smp/echo"],
    );
    assert.match(skipped.get("upload") ?? "", /CONFIG_MCUMGR_GRP_IMG=y/);
    await assert.rejects(time({ framing: "raw" }), (error: { code: string; data: { advice: string } }) => {
      assert.equal(error.code, "rig/silent");
      assert.match(error.data.advice, /--framing raw/);
      return true;
    });
  });

  it("are told by a run to want the other framing", async () => {
    const { timers, run, session } = otherBench({ framing: "raw" });
    const line = await session();
    await assert.rejects(run(describeBoard(line, { timers })), (error: CodedError) => {
      assert.equal(error.code, "rig/silent");
      assert.match(String(error.data.advice), /--framing raw/);
      return true;
    });
  });

  for (const [name, options, note] of [
    ["without group 64", {}, /no SMP group 64\. Group 64 is Meterbench's own/],
    ["in serial recovery", recovery, /the board is in MCUboot's serial recovery/],
    ["in raw framing", { framing: "raw" }, /give --framing raw/],
  ] as const)
    it(`have a console all the same: ${name}`, async () => {
      const { scheduler, timers, board, session } = otherBench(options);
      const line = await session();
      const lines: string[] = [];
      const monitor = new BoardMonitor({ board: rigBoard, line }, (event) => lines.push(monitorLine(event)), {
        timers,
      });
      void monitor.start();
      await scheduler.run(() => lines.length > 0, 20_000);
      assert.match(lines[0] ?? "", note);
      assert.match(lines[0] ?? "", /the console alone, no events/);
      board.print("uart:~$ \x1b[1;32mhello\x1b[m\r\n");
      await scheduler.run(() => lines.length > 1, 5000);
      assert.match(lines[1] ?? "", /uart:~\$ \\u\{1b\}\[1;32mhello\\u\{1b\}\[m$/);
      monitor.close();
    });

  it("get no raw question typed into their shell when they print", async () => {
    const scheduler = new Scheduler();
    const timers = schedulerTimers(scheduler);
    const [near, far] = linePair(timers);
    let typed = "";
    far.onData((bytes) => {
      typed += Buffer.from(bytes).toString("latin1");
      void far.write(new TextEncoder().encode("uart:~$ \r\n"));
    });
    const line = await settled(scheduler, LineSession.open("shell", { timers, open: async () => near }));
    const notes: string[] = [];
    const monitor = new BoardMonitor({ board: rigBoard, line }, (event) => notes.push(monitorLine(event)), {
      timers,
    });
    void monitor.start();
    await scheduler.run(() => notes.some((note) => note.includes("no events")), 20_000);
    monitor.close();
    const lines = typed.split("\n").filter((text) => text !== "");
    assert.ok(lines.length >= 3 && lines.every((text) => text.startsWith("\x06\x09")), JSON.stringify(lines));
  });
});
