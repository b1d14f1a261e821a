import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../../../harness/cli/program.ts";
import { commandLine } from "../../support/command-line.ts";

describe("command line, used wrongly", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-"));
    writeFileSync(join(folder, "plain-file"), "x");
    writeFileSync(join(folder, "odd.hex"), "ABC");
    writeFileSync(join(folder, "rig.yaml"), "board: []\n");
    const header = { format: "meterbench-line-recording/1", line: "x", command: ["run", "--target", "x"] };
    writeFileSync(join(folder, "run.rec"), `${JSON.stringify(header)}\n`);
  });
  after(() => rmSync(folder, { recursive: true }));

  const cases: readonly (readonly [what: string, args: () => string[], says: RegExp])[] = [
    ["an unknown command", () => ["fly"], /unknown command 'fly'/],
    ["an unknown option", () => ["run", "--sede", "1"], /unknown option '--sede'/],
    ["a seed that is no number", () => ["run", "--seed", "x1"], /--seed x1 .*whole number from 0/s],
    ["a seed out of range", () => ["run", "--seed", "4294967296"], /whole number from 0 to 4294967295/],
    ["an unknown wire", () => ["run", "--wire", "dlms"], /--wire dlms .*cose, gbcs or both/s],
    ["an unknown target", () => ["run", "--target", "board9"], /no target "board9".*mock/s],
    [
      "a pattern that matches nothing",
      () => ["run", "zeppelin", "--out", join(folder, "o")],
      /"zeppelin".*list scenarios/s,
    ],
    [
      "an output folder that is a file",
      () => ["run", "--out", join(folder, "plain-file", "x")],
      /cannot be written.*--out DIR/s,
    ],
    [
      "a kind of list there is not",
      () => ["list", "meters"],
      /"meters".*scenarios, boards, ports, requests, usecases, objects/s,
    ],
    ["verify without keys", () => ["verify", folder, "--wire", "gbcs"], /required option '--keys <dir>'/],
    [
      "verify with an unknown wire",
      () => ["verify", folder, "--wire", "x", "--keys", folder],
      /--wire x .*gbcs or cose/s,
    ],
    [
      "decode of words",
      () => ["decode", "hello there"],
      /neither a file that can be read nor an even number of hex digits/,
    ],
    [
      "decode of what is no message",
      () => ["decode", join(folder, "odd.hex")],
      /no message or frame known here.*Check that the bytes are whole/s,
    ],
    ["a count of rounds that is none", () => ["bench", "--rounds", "0"], /--rounds 0 .*1 to 1000/s],
    [
      "a time scale below real time",
      () => ["run", "--target", "x", "--time-scale", "0.5"],
      /--time-scale 0.5 .*from 1/s,
    ],
    [
      "a rig file that is not there",
      () => ["list", "boards", "--rig", join(folder, "no.yaml")],
      /no\.yaml: cannot be read.*--rig FILE/s,
    ],
    [
      "a rig file with a mistake, with its line and column",
      () => ["doctor", "--rig", join(folder, "rig.yaml")],
      /rig\.yaml:1:1: .*unknown key "board"; did you mean "boards"/,
    ],
    [
      "an emulated device there is not",
      () => ["emulate", "--port", "tcp://:0", "--device", "gas"],
      /esme or hub/,
    ],
    ["an address nobody can listen on", () => ["emulate", "--port", "tcp://x"], /no address to listen on/],
    [
      "a time that is none",
      () => ["monitor", "--board", "/dev/nothing", "--seconds", "soon"],
      /--seconds soon is no time/,
    ],
    ["a recording that is none", () => ["replay", join(folder, "odd.hex")], /odd\.hex:1:4: /],
    [
      "a recording of what cannot be played back",
      () => ["replay", join(folder, "run.rec")],
      /was made by run.*cannot be played back/s,
    ],
    [
      "a comparison with no result",
      () => ["bench", "--board", "/dev/nothing", "--compare", join(folder, "odd.hex")],
      /--compare .*odd\.hex/,
    ],
    [
      "an address of no kind",
      () => ["monitor", "--board", "http://x:1"],
      /no address of a line\n.*Expected tcp/,
    ],
    [
      "an address without a port",
      () => ["doctor", "--board", "tcp://localhost"],
      /Expected tcp:\/\/host:port/,
    ],
    [
      "a recording that cannot be kept",
      () => ["monitor", "--board", "tcp://127.0.0.1:1", "--record", "/no/such/folder/x"],
      /\/no\/such\/folder\/x cannot be written.*--record FILE/s,
    ],
    [
      "a port to emulate on that is none",
      () => ["emulate", "--port", "nope"],
      /no port "nope".*tcp:\/\/:PORT/s,
    ],
    ...["--save", "--compare", "--runs"].map(
      (option) =>
        [
          `${option} of a bench of no board`,
          () => ["bench", option, "20"],
          new RegExp(`${option} is for a board.*--board ID`, "s"),
        ] as const,
    ),
    ["--rounds of a board", () => ["bench", "--board", "x", "--rounds", "2"], /--rounds is for the tasks/],
    ["a task of a board", () => ["bench", "cose", "--board", "x"], /"cose" is for the tasks/],
    [
      "a time scale on the mock",
      () => ["run", "--time-scale", "2"],
      /--time-scale is for a board.*--target/s,
    ],
    ["a recording of the mock", () => ["run", "--record", "x"], /--record is for a board/],
    ["a bench that is none", () => ["bench", "warp"], /no task is named warp/],
  ];

  for (const [what, args, says] of cases) {
    it(`refuses ${what}, says what was expected, and exits 2`, async () => {
      const before = readdirSync(folder);
      const { exitCode, stdout, stderr } = await commandLine(args());
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, says);
      assert.equal(stdout, "");
      assert.deepEqual(
        readdirSync(folder).filter((name) => name !== "o"),
        before.filter((name) => name !== "o"),
      );
    });
  }

  it("says the same as one JSON document with --json", async () => {
    const { exitCode, stdout } = await commandLine(["run", "--seed", "x", "--json"]);
    assert.equal(exitCode, 2);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string; advice: string } };
    assert.equal(error.code, "cli/usage");
    assert.match(error.advice, /whole number/);
  });

  it("says so as JSON of what the parser of options refuses, too", async () => {
    for (const [args, says] of [
      [["run", "--sede", "1", "--json"], /unknown option '--sede'/],
      [["verify", "--json", "--wire", "cose", "--keys", "x"], /missing required argument 'path'/],
      [["fly", "--json"], /unknown command 'fly'/],
    ] as const) {
      const { exitCode, stdout, stderr } = await commandLine(args);
      assert.equal(exitCode, 2);
      assert.equal(stderr, "");
      const { error } = JSON.parse(stdout);
      assert.equal(error.code, "cli/usage");
      assert.match(error.message, says);
      assert.match(error.advice, /--help/);
    }
  });

  it("prints its help, with an example, for every command", async () => {
    const { stdout: root } = await commandLine(["--help"]);
    assert.ok(root.split("\n").every((line) => line.length <= 80));
    for (const command of program().commands.map((each) => each.name())) {
      const { exitCode, stdout } = await commandLine([command, "--help"]);
      assert.equal(exitCode, 0);
      assert.match(stdout, new RegExp(`Examples?:\\n  meterbench ${command}`));
      assert.ok(
        stdout.split("\n").every((line) => line.length <= 80),
        `${command} --help is wider than 80 columns`,
      );
    }
  });
});
