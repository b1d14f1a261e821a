import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as immediate } from "node:timers/promises";
import { ModelBoard } from "../../../../bench/rig/model-board.ts";
import { unsignedImage } from "../../../../bench/rig/unsigned-image.ts";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import { LineSession } from "../../../../hal/serial/line/index.ts";
import { pause } from "../../../../hal/serial/timers.ts";
import { type FlashEvent, flashBoards } from "../../../../harness/rig/flash/flash-boards.ts";
import type { OpenedBoard } from "../../../../harness/rig/open-board.ts";
import type { RigBoard } from "../../../../harness/rig/rig-file.ts";
import { makeImage, signer, testKey } from "../../../firmware/bootloader/images.ts";
import { commandLine } from "../../../support/command-line.ts";
import { tcpBoard } from "../../../support/tcp-board.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";
import { coming, running } from "./flash-bench.ts";

const rigBoard = (id: string): RigBoard => ({ id, kind: "serial", port: id, labels: [] });

describe("flashing many boards at once", () => {
  it("reports on each, and lets one's failure stop no other", async () => {
    const scheduler = new Scheduler();
    const timers = schedulerTimers(scheduler);
    const ids = ["good", "silent", "gone", "wrong-key"];
    const boards = new Map<string, ModelBoard>();
    for (const id of ids) {
      const board = new ModelBoard({ timers, keys: [testKey] });
      board.provision(running);
      await settled(scheduler, board.start());
      boards.set(id, board);
    }
    boards.get("silent")!.faults.silent = true;
    boards.get("gone")!.plugged = false;
    const events: FlashEvent[] = [];
    let closed = 0;
    const open = async (board: RigBoard): Promise<OpenedBoard> => {
      const model = boards.get(board.id)!;
      const line = await LineSession.open(board.id, { timers, open: () => model.open() });
      const close = async () => {
        closed++;
        await line.close();
      };
      return { board, line, close, power: undefined, emulated: undefined };
    };
    const work = flashBoards(ids.map(rigBoard), coming, {
      mode: "confirm",
      timers,
      open,
      preFlight: ({ id }) => ({
        keys: [id === "wrong-key" ? { kind: "ed25519", publicKey: new Uint8Array(32) } : testKey],
      }),
      onEvent: (event) => events.push(event),
    });
    const reports = await settled(scheduler, work);
    assert.deepEqual(
      reports.map(({ board, outcome, phase, error }) => [board, outcome, phase, error?.code]),
      [
        ["good", "confirmed", "confirm", undefined],
        ["silent", "rig-failed", "connect", "rig/board-lost"],
        ["gone", "rig-failed", "connect", "line/not-found"],
        ["wrong-key", "image-failed", "check", "image/key-unknown"],
      ],
    );
    assert.equal(closed, 2, "what was opened is closed");
    const { uploadedBytes, version, signature } = reports[0]!;
    assert.deepEqual([uploadedBytes, version, signature], [coming.length, "2.0.0", "verified"]);
    assert.equal(boards.get("wrong-key")!.lines, undefined, "not a byte was sent");
    const good = events.filter(({ board }) => board === "good");
    assert.equal(good.filter(({ kind }) => kind === "done").length, 1);
    assert.ok(good.filter(({ kind }) => kind === "progress").length <= 101);
    assert.equal(good.findLast(({ kind }) => kind === "progress")?.doneBytes, coming.length);
  });

  it("goes by what the rig file says of a board: its counter, its self-test, its time-outs, its power", async () => {
    const scheduler = new Scheduler();
    const timers = schedulerTimers(scheduler);
    const flashOne = async (own: Partial<RigBoard>, act: (model: ModelBoard) => void = () => {}) => {
      const model = new ModelBoard({ timers, keys: [testKey] });
      model.provision(running);
      await settled(scheduler, model.start());
      const power = {
        on: () => model.start(),
        off: async () => model.power.turnOff(),
        cycle: () => model.start(),
      };
      const open = async (): Promise<OpenedBoard> => {
        const line = await LineSession.open("left", { timers, open: () => model.open() });
        return { board, line, close: () => line.close(), power, emulated: undefined };
      };
      const board = { ...rigBoard("left"), ...own };
      const onEvent = ({ phase, kind }: FlashEvent) => phase === "boot" && kind === "phase" && act(model);
      const options = { mode: "confirm", timers, open, onEvent, preFlight: () => ({}) } as const;
      const startMs = scheduler.nowMs;
      const work = flashBoards([board], coming, options);
      let done = false;
      void work.finally(() => {
        done = true;
      });
      // A command of the rig file runs in real time, everything else in the scheduler's.
      while (!done) await scheduler.runUntil(scheduler.nowMs + 10).then(() => immediate());
      return { ...(await work)[0]!, tookMs: scheduler.nowMs - startMs };
    };
    const counter = await flashOne({ securityCounter: 7 });
    assert.match(counter.error?.code ?? "", /^image\/(security-)?counter/);
    const failing = await flashOne({
      selfTest: "echo no click at {id} >&2; exit 3",
      flash: { selfTestTimeoutS: 3600 },
    });
    assert.equal(failing.outcome, "image-failed");
    assert.match(
      failing.error?.message ?? "",
      /ended with exit code 3: no click at left.*back on its old image/,
    );
    assert.match(failing.error?.advice ?? "", /See selfTest of board left in the rig file/);
    const passing = await flashOne({
      selfTest: "test $METERBENCH_BOARD = left",
      flash: { selfTestTimeoutS: 3600 },
    });
    assert.equal(passing.outcome, "confirmed");
    const revived = await flashOne({ flash: { bootTimeoutS: 2 } }, (model) =>
      timers.after(20, () => model.power.turnOff()),
    );
    assert.equal(revived.outcome, "confirmed");
    assert.ok(revived.tookMs < 10_000, `${revived.tookMs}`);
  });

  it("ends all that are not done when it is told to, with how far each was", async () => {
    const scheduler = new Scheduler();
    const timers = schedulerTimers(scheduler);
    const board = new ModelBoard({ timers, keys: [testKey] });
    board.provision(running);
    await settled(scheduler, board.start());
    const stop = new AbortController();
    const events: FlashEvent[] = [];
    let closed = 0;
    const open = async (rig: RigBoard): Promise<OpenedBoard> => {
      if (rig.id === "opens-late") await pause(timers, 5000);
      const line = await LineSession.open(rig.id, { timers, open: () => board.open() });
      const close = async () => {
        closed++;
        await line.close();
      };
      return { board: rig, line, close, power: undefined, emulated: undefined };
    };
    const work = flashBoards([rigBoard("under-way"), rigBoard("opens-late")], coming, {
      ...{ mode: "confirm", timers, open, signal: stop.signal, preFlight: () => ({}) },
      onEvent(event) {
        events.push(event);
        if (event.kind === "progress" && (event.doneBytes ?? 0) > coming.length / 2) stop.abort();
      },
    });
    const reports = await settled(scheduler, work);
    assert.deepEqual(
      reports.map(({ outcome, phase, error }) => [outcome, phase, error?.code]),
      [
        ["rig-failed", "upload", "rig/interrupted"],
        ["rig-failed", "connect", "rig/interrupted"],
      ],
    );
    const percent = Math.floor((100 * (reports[0]?.uploadedBytes ?? 0)) / coming.length);
    assert.equal(reports[0]?.error?.message, `interrupted at ${percent} %`);
    assert.match(reports[0]?.error?.advice ?? "", /goes on where it stopped/);
    await scheduler.run(() => closed === 2, 10_000);
    assert.equal(closed, 2, "the one that opens late is closed then");
    assert.deepEqual(
      ["under-way", "opens-late"].map((id) => events.findLast((event) => event.board === id)?.kind),
      ["done", "done"],
    );
  });

  it("tells when the line goes away and comes back", async () => {
    const scheduler = new Scheduler();
    const timers = schedulerTimers(scheduler);
    const board = new ModelBoard({ timers, keys: [testKey] });
    board.provision(running);
    await settled(scheduler, board.start());
    const events: FlashEvent[] = [];
    const open = async (rig: RigBoard): Promise<OpenedBoard> => {
      const line = await LineSession.open(rig.id, { timers, open: () => board.open() });
      return { board: rig, line, close: () => line.close(), power: undefined, emulated: undefined };
    };
    let unplugged = false;
    const work = flashBoards([rigBoard("loose")], coming, {
      ...{ mode: "confirm", timers, open, preFlight: () => ({}) },
      onEvent(event) {
        events.push(event);
        if (event.kind !== "progress" || unplugged) return;
        unplugged = true;
        board.unplug();
        timers.after(500, () => {
          board.plugged = true;
        });
      },
    });
    const [report] = await settled(scheduler, work);
    assert.equal(report?.outcome, "confirmed");
    assert.deepEqual(
      events
        .filter(({ kind }) => kind === "line")
        .slice(0, 2)
        .map(({ line, phase }) => [line, phase]),
      [
        ["lost", "upload"],
        ["back", "upload"],
      ],
    );
  });
});

describe("meterbench flash", () => {
  let dir = "";
  const locks = process.env.METERBENCH_LOCKS;
  const path = (name: string): string => join(dir, name);
  before(() => {
    dir = mkdtempSync(join(tmpdir(), "meterbench-flash-"));
    process.env.METERBENCH_LOCKS = path("locks");
    writeFileSync(path("app.bin"), coming);
    writeFileSync(path("changed.bin"), coming.with(600, coming[600]! ^ 1));
    writeFileSync(path("raw.key"), signer.publicKey);
    writeFileSync(path("other.key"), new Uint8Array(32).fill(3));
  });
  after(() => {
    if (locks === undefined) delete process.env.METERBENCH_LOCKS;
    else process.env.METERBENCH_LOCKS = locks;
    rmSync(dir, { recursive: true, force: true });
  });

  it("flashes all boards of a rig file, with events and one JSON document", async () => {
    const [one, two] = [await tcpBoard(), await tcpBoard()];
    const rig = [one, two].map(
      ({ relay }, i) => `  - { id: b${i}, port: "${relay.address}", imageKey: raw.key }`,
    );
    writeFileSync(path("rig.yaml"), `boards:\n${rig.join("\n")}\n`);
    const args = [
      "flash",
      path("app.bin"),
      "--all",
      "--rig",
      path("rig.yaml"),
      "--events",
      path("e.ndjson"),
      "--json",
    ];
    const { exitCode, stdout, stderr } = await commandLine(args);
    assert.equal(exitCode, 0, stderr);
    const { mode, boards } = JSON.parse(stdout);
    assert.equal(mode, "confirm");
    assert.deepEqual(
      boards.map((b: { outcome: string; signature: string }) => [b.outcome, b.signature]),
      [
        ["confirmed", "verified"],
        ["confirmed", "verified"],
      ],
    );
    assert.equal(stdout.trimEnd().split("\n").length, 1, "the document is one line");
    assert.equal(stderr, readFileSync(path("e.ndjson"), "utf8"), "progress is lines of JSON, too");
    const events = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.ok(events.some((event) => event.board === "b1" && event.phase === "self-test"));
    for (const { board, relay } of [one, two]) {
      assert.equal((await board.slots().primary.image()).version.major, 2);
      await relay.close();
    }
  });

  it("tells rig from image by its exit code, and what to do", async () => {
    const { relay, board } = await tcpBoard();
    const image = ["flash", path("changed.bin"), "--board", relay.address];
    const changed = await commandLine(image);
    assert.equal(changed.exitCode, 1);
    assert.match(changed.stdout, /image-failed .*check/);
    assert.match(changed.stdout, /differ from their hash\n {2}The image was changed after it was signed/);
    const wrongKey = await commandLine([
      "flash",
      path("app.bin"),
      "--board",
      relay.address,
      "--key",
      path("other.key"),
    ]);
    assert.equal(wrongKey.exitCode, 1);
    assert.equal(board.lines, undefined);
    await relay.close();
    const gone = await commandLine(["flash", path("app.bin"), "--board", relay.address]);
    assert.equal(gone.exitCode, 3);
    assert.match(gone.stdout, /0 of 1 boards proven, .*1 failed/);
  });

  it("tests and goes back with --test", async () => {
    const { relay, board } = await tcpBoard();
    const { exitCode, stdout, stderr } = await commandLine([
      ...["flash", path("app.bin"), "--board", relay.address, "--test", "--window", "1"],
    ]);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /reverted +1\.0\.0 → 2\.0\.0/);
    assert.match(stdout, /1 of 1 boards proven, signature unchecked \(give --key PEM/);
    assert.match(stderr, /upload/);
    assert.equal((await board.slots().primary.image()).version.major, 1);
    await relay.close();
  });

  it("takes the image last, too, and a board that is named twice once", async () => {
    const { relay } = await tcpBoard();
    const { exitCode, stdout } = await commandLine([
      ...["flash", "--key", path("raw.key"), "--board", relay.address, relay.address, path("app.bin")],
    ]);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /1 of 1 boards proven\n/);
    await relay.close();
  });

  it("says that the image is missing where --board has taken all words", async () => {
    const { exitCode, stderr } = await commandLine(["flash", "--board", "tcp://127.0.0.1:1", path("no.bin")]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /missing required argument 'image'.*no\.bin" is no file: give the image first/s);
  });

  it("takes an image without a signature only when that is said", async () => {
    const { relay, board } = await tcpBoard({ keys: undefined });
    writeFileSync(path("unsigned.bin"), unsignedImage(2000, 2));
    const args = ["flash", path("unsigned.bin"), "--board", relay.address];
    const refused = await commandLine(args);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stdout, /it is not signed\n.*or give --unsigned/);
    assert.match(refused.stdout, /0 of 1 boards proven, 1 failed/);
    assert.equal(board.lines, undefined, "not a byte was sent");
    const taken = await commandLine([...args, "--unsigned"]);
    assert.equal(taken.exitCode, 0, taken.stdout);
    assert.match(taken.stdout, /1 of 1 boards proven, signature unchecked/);
    await relay.close();
  });

  it("refuses an older image with --no-downgrade", async () => {
    const { relay } = await tcpBoard();
    writeFileSync(path("old.bin"), makeImage({ payload: new Uint8Array(64), version: [0, 9, 0, 0] }));
    const args = ["flash", path("old.bin"), "--board", relay.address];
    const { exitCode, stdout } = await commandLine([...args, "--no-downgrade"]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /0\.9\.0 is older than 1\.0\.0/);
    await relay.close();
  });

  for (const [what, args] of [
    ["no board", []],
    ["boards twice over", ["--all", "--board", "x"]],
    ["--test with --confirm", ["--board", "/dev/null", "--test", "--confirm"]],
    ["a window that is no number", ["--board", "/dev/null", "--window", "x"]],
    ["a key that is none", ["--board", "/dev/null", "--key", "package.json"]],
    ["a decryption key of another kind", ["--board", "/dev/null", "--decryption-key", "package.json"]],
    ["a recording that cannot be", ["--board", "/dev/null", "--record", "/no/such/dir/r"]],
    ["a rate that is none", ["--board", "/dev/null", "--baud", "fast"]],
    ["a framing there is not", ["--board", "/dev/null", "--framing", "slip"]],
    ["an address that is none", ["--board", "tcp://localhost"]],
    ["an events file that cannot be", ["--board", "/dev/null", "--events", "/no/such/dir/e"]],
    ["a rig file that is not there", ["--all", "--rig", "no-such-rig.yaml"]],
  ] as const)
    it(`ends with 2 for ${what}`, async () => {
      const { exitCode, stderr } = await commandLine(["flash", path("app.bin"), ...args]);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, /^error: /m);
    });

  it("ends with 2 for an image file that cannot be read", async () => {
    assert.equal((await commandLine(["flash", path("none.bin"), "--board", "/dev/null"])).exitCode, 2);
  });
});
