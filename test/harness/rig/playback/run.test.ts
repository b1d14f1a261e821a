import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { MockBoard, Scheduler, SeededRandom } from "../../../../hal/mock/index.ts";
import { Command, ServedBoard } from "../../../../hal/serial/parts/index.ts";
import { encodeFrame, frameReceiver, type SmpFraming } from "../../../../hal/serial/smp/index.ts";
import { realTimers } from "../../../../hal/serial/timers.ts";
import { Pace } from "../../../../harness/premises/pace.ts";
import { type Listening, listen } from "../../../../harness/rig/emulate/listen.ts";
import { EmulatedDevice } from "../../../../harness/rig/emulate/serve-device.ts";
import { commandLine } from "../../../support/command-line.ts";

describe("a recorded run", function () {
  this.timeout(120_000);
  let folder: string;
  const locks = process.env.METERBENCH_LOCKS;
  const stops: (() => Promise<unknown>)[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-"));
    process.env.METERBENCH_LOCKS = join(folder, "locks");
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
    if (locks === undefined) delete process.env.METERBENCH_LOCKS;
    else process.env.METERBENCH_LOCKS = locks;
    rmSync(folder, { recursive: true });
  });
  const file = (name: string) => join(folder, name);

  /** A board that lends its parts, on a TCP port, in real time. */
  async function lendingBoard(framing: SmpFraming): Promise<Listening> {
    const scheduler = new Scheduler();
    const parts = { mains: { holdUpCapacityJ: 1e6 }, loadSwitch: true } as const;
    const random = new SeededRandom("lent");
    const common = { scheduler, random, id: "lent", startUtcMs: Date.now(), crypto: nodeCrypto() };
    const board = new MockBoard({ ...common, parts });
    board.powerOn();
    const stop = new AbortController();
    const running = new Pace(scheduler, realTimers).run(() => false, Number.POSITIVE_INFINITY, stop.signal);
    stops.push(async () => {
      stop.abort();
      await running;
    });
    const listening = await listen("tcp://:0", (line) => {
      const served = new ServedBoard(board, line, { timers: realTimers, framing, bufBytes: 1024 });
      return () => served.close();
    });
    stops.push(() => listening.close());
    return listening;
  }

  async function record(
    target: string,
    patterns: readonly string[],
    name: string,
    rig: readonly string[] = [],
  ) {
    const args = ["run", ...patterns, "--target", target, ...rig, "--out", file("out"), "--json"];
    const { exitCode, stdout, stderr } = await commandLine([...args, "--record", file(name)]);
    assert.equal(exitCode, 0, stdout + stderr);
  }
  const playBack = (name: string) => commandLine(["replay", file(name), "--json"]);

  it("of a file of the user's does not run that file again unless the command line names it", async () => {
    const { address } = await lendingBoard("console");
    writeFileSync(file("rig.yaml"), `boards:\n  - {id: lent, port: "${address}", framing: console}\n`);
    const own = file("own.mjs");
    const code = (said: string) =>
      `globalThis.ranOwn = ${JSON.stringify(said)}; it("is mine", () => {}); it("is mine, too", () => {});`;
    writeFileSync(own, code("recorded"));
    await record("lent", [own], "own.rec", ["--rig", file("rig.yaml")]);
    writeFileSync(own, code("played back"));
    const ran = () => (globalThis as { ranOwn?: string }).ranOwn;
    assert.equal(ran(), "recorded");
    const refused = await playBack("own.rec");
    assert.equal(refused.exitCode, 2, refused.stderr);
    assert.equal(JSON.parse(refused.stdout).error.code, "replay/code");
    assert.match(refused.stdout, /--scenario /);
    assert.equal(ran(), "recorded");
    const other = await commandLine(["replay", file("own.rec"), "--scenario", file("rig.yaml")]);
    assert.equal(other.exitCode, 2);
    assert.equal(ran(), "recorded");
    const told = await commandLine(["replay", file("own.rec"), "--scenario", own]);
    assert.equal(told.exitCode, 0, told.stdout + told.stderr);
    assert.equal(ran(), "played back");
  });

  for (const framing of ["console", "raw"] as const)
    it(`of the model on a board is the same without the board (${framing} framing)`, async () => {
      const { address } = await lendingBoard(framing);
      writeFileSync(file("rig.yaml"), `boards:\n  - {id: lent, port: "${address}", framing: ${framing}}\n`);
      const patterns = ["reads back what was set", "refuses to announce a device twice"];
      await record("lent", patterns, `${framing}.rec`, ["--rig", file("rig.yaml")]);
      const { exitCode, stdout, stderr } = await playBack(`${framing}.rec`);
      assert.equal(exitCode, 0, stdout + stderr);
      const { divergence, notes, scenarios } = JSON.parse(stdout);
      assert.deepEqual([divergence, notes], [undefined, []]);
      assert.deepEqual(
        scenarios.map(({ status }: { status: string }) => status),
        ["passed", "passed"],
      );
    });

  it("in which one byte was another diverges there, with both requests told", async () => {
    const rows = readFileSync(file("console.rec"), "utf8").split("\n");
    const programs = rows.flatMap((row, at) => (commandOf(row) === Command.flashProgram ? [at] : []));
    const at = programs[Math.floor(programs.length / 2)] as number;
    rows[at] = flipped(rows[at] as string);
    writeFileSync(file("changed.rec"), rows.join("\n"));
    const { exitCode, stdout } = await playBack("changed.rec");
    assert.equal(exitCode, 1);
    const { divergence } = JSON.parse(stdout);
    assert.equal(divergence.why, "the host asked for something else");
    assert.equal(divergence.event, at - 1);
    assert.notEqual(divergence.expected.slice(16), divergence.got.slice(16));
    const told = await commandLine(["replay", file("changed.rec")]);
    assert.match(
      told.stdout,
      new RegExp(`at row ${at + 1} of the file.*\nrecorded\nSMP group 64.*command 3`, "s"),
    );
  });

  it("of which the end is missing is compared as far as it goes, and says so", async () => {
    const text = readFileSync(file("console.rec"), "utf8");
    writeFileSync(file("cut.rec"), text.slice(0, text.length / 2));
    const { exitCode, stdout } = await playBack("cut.rec");
    assert.equal(exitCode, 0, stdout);
    assert.match(JSON.parse(stdout).notes[0], /cut off/);
  });

  it("with a header that is not ours is refused: exit 2", async () => {
    const [header = "", ...rows] = readFileSync(file("console.rec"), "utf8").split("\n");
    for (const [change, says] of [
      [{ run: { target: "x" } }, /header's run/],
      [{ board: { kind: "toaster" } }, /header's board\.kind/],
      [{ command: [] }, /does not say what made it/],
    ] as const) {
      writeFileSync(
        file("bad.rec"),
        [JSON.stringify({ ...JSON.parse(header), ...change }), ...rows].join("\n"),
      );
      const { exitCode, stderr } = await commandLine(["replay", file("bad.rec")]);
      assert.equal(exitCode, 2);
      assert.match(stderr, says);
    }
  });

  // A hub's WAN takes its real time, so it is asked less.
  for (const [type, pattern, least] of [
    ["ESME", "under test", 20],
    ["CHF", "CHF: read", 4],
  ] as const)
    it(`of a board under test (${type}) is the same without it, whatever the time is by then`, async () => {
      const emulated = await EmulatedDevice.start({ type });
      stops.push(() => emulated.stop());
      const { address, close } = await listen("tcp://:0", (line) => emulated.serve(line));
      await record(address, [pattern], `${type}.rec`);
      await close();
      const { exitCode, stdout, stderr } = await playBack(`${type}.rec`);
      assert.equal(exitCode, 0, stdout + stderr);
      const { scenarios } = JSON.parse(stdout) as { scenarios: { status: string }[] };
      assert.ok(
        scenarios.every(({ status }) => status !== "failed"),
        stdout,
      );
      assert.ok(scenarios.filter(({ status }) => status === "passed").length >= least);
    });
});

function packetOf(row: string): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  if (!row.includes('"out"')) return undefined;
  const receiver = frameReceiver("console", {
    onPacket(packet) {
      found = packet;
    },
  });
  receiver.push(Buffer.from(JSON.parse(row).hex, "hex"));
  return found;
}

const commandOf = (row: string): number | undefined => packetOf(row)?.[7];

/** The row's packet with its last byte changed, in a frame whose CRC is right. */
function flipped(row: string): string {
  const packet = packetOf(row) as Uint8Array;
  packet[packet.length - 1] = (packet.at(-1) as number) ^ 1;
  return JSON.stringify({
    ...JSON.parse(row),
    hex: Buffer.from(encodeFrame("console", packet)).toString("hex"),
  });
}
