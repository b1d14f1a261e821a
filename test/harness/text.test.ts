import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { latencyRelay, type Relay } from "../../bench/rig/relay.ts";
import { realTimers } from "../../hal/serial/timers.ts";
import { BoardLock } from "../../harness/rig/lock.ts";
import { plain, plainJson, plainLine } from "../../harness/text.ts";
import { makeImage } from "../firmware/bootloader/images.ts";
import { commandLine } from "../support/command-line.ts";
import { OtherBoard, type OtherBoardOptions } from "../support/other-boards.ts";

/** Clears the screen, sets the title, moves, colours by a C1 control, turns the text's direction, forges a line. */
const hostile = "v\u001b[2J\u001b]0;owned\u0007\r\b\u0000\u007f\u009b31m\u202egnp\u2066\u2028\nok     forged";
/** Where the tests run on a terminal. */
const ownColours = new RegExp(`${String.fromCharCode(27)}\\[\\d{1,2}m`, "g");
const acting = /(?!\n)\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u;

describe("text from elsewhere", () => {
  it("has no character left that a terminal obeys, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.doesNotMatch(plainLine(text), /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        assert.doesNotMatch(plain(text), /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        assert.doesNotMatch(plainJson({ text }), acting);
        assert.deepEqual(JSON.parse(plainJson({ text })), { text });
      }),
      { seed: 4, numRuns: 500 },
    );
    assert.equal(plain("one\n\ttwo\r\n"), "one\n\ttwo\\u{d}\n");
    assert.equal(plainLine("Zähler €10 ✓"), "Zähler €10 ✓");
  });
});

describe("what a board, a lock file or a rig file says", function () {
  this.timeout(60_000);
  const locks = process.env.METERBENCH_LOCKS;
  let folder: string;
  let relay: Relay;
  const file = (name: string) => join(folder, name);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-text-"));
    process.env.METERBENCH_LOCKS = file("locks");
    writeFileSync(
      file("app.bin"),
      makeImage({ payload: new Uint8Array(900).fill(3), version: [2, 0, 0, 0] }),
    );
  });
  after(() => {
    if (locks === undefined) delete process.env.METERBENCH_LOCKS;
    else process.env.METERBENCH_LOCKS = locks;
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => relay.close());

  /** A board on a TCP port, and a rig file that names it. */
  async function serve(options: OtherBoardOptions): Promise<string> {
    const old = makeImage({ payload: new Uint8Array(900).fill(1), version: [1, 0, 0, 0] });
    const board = new OtherBoard(realTimers, old, options);
    relay = await latencyRelay(await board.open(), 0, realTimers);
    const port = relay.address;
    writeFileSync(file("rig.yaml"), `boards:\n  - { id: left, port: "${port}" }\n`);
    return port;
  }

  async function requirePlain(args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await commandLine([...args, "--rig", file("rig.yaml")]);
    const printed = `${stdout}\n${stderr}`.replace(ownColours, "");
    assert.doesNotMatch(printed, acting, args.join(" "));
    assert.doesNotMatch(printed, /^\s*ok {5}forged/m, args.join(" "));
    return printed;
  }

  const described = {
    proto: 1,
    kind: hostile,
    id: hostile,
    parts: [hostile.slice(0, 30)],
    signed: false,
    chunk: 256,
  };
  const event = { n: 1, up: 5, kind: "fault", text: hostile };
  const doctor = ["doctor", "--board", "left"];
  const list = ["list", "boards"];
  const monitor = ["monitor", "--board", "left", "--seconds", "1"];
  const flash = ["flash", "app.bin", "--board", "left", "--unsigned", "--test"];
  const bench = ["bench", "--board", "left", "--runs", "10"];

  for (const [what, commands, options] of [
    ["version", [doctor, list, flash], { versionSaid: hostile }],
    ["reason", [doctor, flash, bench], { reason: hostile, without: ["1"] }],
    ["reason in version 1", [flash], { reason: hostile, version: 1, without: ["1/1"] }],
    [
      "description and events",
      [doctor, list, monitor, bench],
      { describes: described, events: { events: [event] } },
    ],
  ] as const)
    it(`reaches a terminal as plain text: a board's ${what}`, async () => {
      await serve(options);
      let shown = "";
      for (const words of commands) {
        const args = words.map((word) => (word === "app.bin" ? file(word) : word));
        shown += await requirePlain(args);
        if (words !== bench) shown += await requirePlain([...args, "--json"]);
      }
      assert.match(shown, /owned/);
    });

  it("reaches a terminal as plain text: another's lock file", async () => {
    const port = await serve({});
    const lock = BoardLock.take("left", port, { what: hostile });
    try {
      for (const args of [["doctor"], ["list", "boards"], ["monitor", "--board", "left"]])
        assert.match(await requirePlain(args), /owned/);
    } finally {
      lock.release();
    }
  });

  it("reaches a terminal as plain text: a rig file", async () => {
    await serve({});
    for (const text of [
      `${hostile}: 1`,
      `boards:\n  - id: "a\\e[2J"\n    kind: "\\e]0;x\\a"\n`,
      `boards: \u001b[2J`,
    ]) {
      writeFileSync(file("rig.yaml"), text);
      await requirePlain(["list", "boards"]);
    }
  });
});
