import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { LineError, linePair, type OpenLineOptions } from "../../../hal/serial/line/index.ts";
import { chooseBoard, chooseBoards } from "../../../harness/rig/find.ts";
import { imageKeyOf } from "../../../harness/rig/image-key.ts";
import { openBoard } from "../../../harness/rig/open-board.ts";
import { loadRig, type RigBoard, readRig } from "../../../harness/rig/rig-file.ts";

const good = `
defaults:
  baud: 921600
  imageKey: keys/app.pem
boards:
  - id: left
    name: Left bench
    port: /dev/ttyUSB0
    labels: [lab, esme]
    baud: 115200
  - id: right
    port: tcp://bench.example:4000
    kind: device
    labels: [lab]
    power: { on: "relay on {id}", off: "relay off {id}" }
  - id: twin
    kind: emulated
`;

describe("rig file", () => {
  it("gives each board what it says itself, else the defaults; files are relative to it", () => {
    const { boards } = readRig(good, "benches/rig.yaml");
    assert.deepEqual(
      boards.map(({ id, baud, kind }) => [id, baud, kind]),
      [
        ["left", 115_200, "serial"],
        ["right", 921_600, "device"],
        ["twin", 921_600, "emulated"],
      ],
    );
    assert.equal(boards[0]?.imageKey, resolve("benches/keys/app.pem"));
    assert.equal(boards[2]?.dir, resolve("benches/out/boards/twin"));
    assert.deepEqual(boards[1]?.power, { on: "relay on {id}", off: "relay off {id}", offS: 2, timeoutS: 30 });
  });

  it("carries the line's format and modem lines, and how a board is flashed; flash settings add to the defaults'", () => {
    const { boards } = readRig(`
defaults:
  format: 7E1
  dtr: false
  flash: { bootTimeoutS: 90, window: 2 }
  noDowngrade: true
boards:
  - { id: a, port: /dev/a, rts: false, flash: { window: 1, image: 1 }, securityCounter: 3, selfTest: "look {id}" }
  - { id: b, port: /dev/b, format: 8n1.5, dtr: true, noDowngrade: false }
`);
    const [a, b] = boards;
    assert.deepEqual(a?.format, { dataBits: 7, parity: "even", stopBits: 1 });
    assert.deepEqual([a?.dtr, a?.rts, b?.dtr, b?.rts], [false, false, true, undefined]);
    assert.deepEqual(a?.flash, { bootTimeoutS: 90, window: 1, image: 1 });
    assert.deepEqual([a?.securityCounter, a?.noDowngrade, a?.selfTest], [3, true, "look {id}"]);
    assert.deepEqual(b?.format, { dataBits: 8, parity: "none", stopBits: 1.5 });
    assert.deepEqual([b?.flash, b?.noDowngrade], [{ bootTimeoutS: 90, window: 2 }, false]);
  });

  it("is as the README shows it", () => {
    const readme = readFileSync("harness/rig/README.md", "utf8");
    const example = /(?: {4}.*\n)+/.exec(readme)?.[0] ?? "";
    const { boards } = readRig(example.replace(/^ {4}/gm, ""));
    assert.deepEqual(
      boards.map(({ id, flash }) => [id, flash?.bootTimeoutS]),
      [
        ["left", 90],
        ["dut", 90],
        ["twin", 90],
      ],
    );
    assert.equal(boards[0]?.dtr, false);
  });

  const left = "boards:\n  - id: left\n    port: /dev/x\n";
  const wrong: readonly [what: string, text: string, says: RegExp][] = [
    [
      "an unknown key, with the one that was meant",
      `${left}    bauds: 9600\n`,
      /^rig\.yaml:4:5: board left: unknown key "bauds"; did you mean "baud"\?/,
    ],
    [
      "an unknown key that is near to none",
      `${left}    colour: red\n`,
      /rig\.yaml:4:5: .*"colour"; expected one of id, name, port/,
    ],
    ["broken YAML", "boards:\n  - id: [a\n", /^rig\.yaml:\d+:\d+: this is no YAML: /],
    ["a list out of line", "boards:\n  - id: a\n   port: x\n", /^rig\.yaml:3:1: this is no YAML: /],
    ["no boards", "boards: []\n", /^rig\.yaml:1:9: boards: expected at least 1 entries, got \[\]/],
    ["defaults alone", "defaults: { baud: 9600 }\n", /^rig\.yaml:1:1: boards: missing; expected a list/],
    ["nothing at all", "", /^rig\.yaml:1:1: no boards: the file is empty/],
    ["only a comment", "# to do\n", /^rig\.yaml:1:1: no boards: the file is empty/],
    ["text", "boards\n", /^rig\.yaml:1:1: expected keys and values, got "boards"/],
    [
      "boards that are no list",
      "boards:\n  left: {}\n",
      /^rig\.yaml:2:3: boards: expected a list, .*got \{"left"/,
    ],
    [
      "a board without an id",
      "boards:\n  - port: x\n",
      /^rig\.yaml:2:5: board number 1: id: missing; expected an id of/,
    ],
    [
      "a board without a port",
      "boards:\n  - id: a\n",
      /rig\.yaml:2:5: board a: port: missing; expected \/dev/,
    ],
    [
      "an emulated board with a port",
      "boards:\n  - id: a\n    kind: emulated\n    port: x\n",
      /rig\.yaml:4:11: board a: port: an emulated board makes its own/,
    ],
    [
      "two boards on one port",
      "boards:\n  - {id: a, port: /dev/x}\n  - {id: b, port: /dev/x}\n",
      /rig\.yaml:3:19: board b: port \/dev\/x is taken by board a/,
    ],
    [
      "two boards at one address",
      'boards:\n  - {id: a, port: "tcp://localhost:1"}\n  - {id: b, port: "tcp://127.0.0.1:1/"}\n',
      /rig\.yaml:3:19: board b: port .* is taken by board a/,
    ],
    [
      "an address that cannot be",
      'boards:\n  - {id: a, port: "tcp://host:99999"}\n',
      /2:19: board a: port: .*from 1 to 65535/,
    ],
    [
      "a name that is always there",
      "boards:\n  - {id: mock, port: x}\n",
      /2:10: "mock" is the name of a board/,
    ],
    [
      "another name that is always there",
      "boards:\n  - {id: emulated, kind: emulated}\n",
      /"emulated" is the name/,
    ],
    ["two boards of one id", "boards:\n  - {id: a, port: x}\n  - {id: a, port: y}\n", /3:10: id a is taken/],
    [
      "a label that is another board's id",
      "boards:\n  - {id: a, port: x, labels: [lab, b]}\n  - {id: b, port: y}\n",
      /2:36: board a: label b is the id of another board/,
    ],
    [
      "a name that is another board's id",
      "boards:\n  - {id: a, port: x, name: b}\n  - {id: b, port: y}\n",
      /2:28: board a: name b is the id of another board/,
    ],
    [
      "a baud rate that is none",
      `${left}    baud: 9600bd\n`,
      /rig\.yaml:4:11: board left: baud: expected a whole number from 50 to 12000000, got "9600bd"/,
    ],
    [
      "a baud rate that is too small",
      `${left}    baud: 5\n`,
      /baud: expected a whole number from 50 .*got 5$/,
    ],
    [
      "a kind that is none",
      `${left}    kind: emulatd\n`,
      /4:11: .*kind: expected one of serial, emulated, device, got "emulatd"; did you mean "emulated"\?/,
    ],
    [
      "a format that is none",
      `${left}    format: 9N1\n`,
      /4:13: .*format: expected data bits, parity .* as 8N1 .*got "9N1"/,
    ],
    [
      "a word where yes or no is meant",
      `${left}    dtr: off\n`,
      /4:10: board left: dtr: expected true or false, got "off"/,
    ],
    [
      "a part that is none",
      `${left}    parts: [clock, flsh]\n`,
      /4:20: board left: parts: 1: .*"flsh"; did you mean "flash"/,
    ],
    [
      "a time of flashing that is none",
      `${left}    flash: { bootTimeoutS: 0 }\n`,
      /bootTimeoutS: expected a number of seconds above 0.*got 0/,
    ],
    ["an unknown flash key", `${left}    flash: { bootTimeout: 3 }\n`, /4:14: .*did you mean "bootTimeoutS"/],
    [
      "an id with a space",
      'boards:\n  - {id: "a b", port: x}\n',
      /rig\.yaml:2:10: board a b: id: expected an id of letters, digits/,
    ],
    [
      "an unknown power key",
      `${left}    power:\n      onn: y\n`,
      /rig\.yaml:5:7: board left: power: unknown key "onn"; did you mean "on"/,
    ],
  ];
  for (const [what, text, says] of wrong)
    it(`refuses ${what}, with line and column and an example that works`, () => {
      assert.throws(
        () => readRig(text),
        (error) => {
          assert.ok(error instanceof CodedError);
          assert.match(error.code, /^rig-file\//);
          assert.match(error.message, says);
          const example = String(error.data.advice).split(/works:\n/)[1] ?? "";
          assert.equal(readRig(example).boards.length, 1, "the example in the advice is one");
          return true;
        },
      );
    });

  it("tells where it names a key that is not there, or is none", () => {
    const { boards } = readRig(
      `defaults: { imageKey: nowhere.pem }\n${left}  - { id: b, port: y, imageKey: ${import.meta.filename} }\n`,
    );
    const says = (at: number, message: RegExp) =>
      assert.throws(
        () => imageKeyOf(boards[at] as RigBoard),
        (error) =>
          error instanceof CodedError && error.code === "rig-file/image-key" && message.test(error.message),
      );
    says(0, /^rig\.yaml:1:23: board left: imageKey: .*nowhere\.pem cannot be read \(ENOENT\)/);
    says(1, /^rig\.yaml:5:33: board b: imageKey: .*it holds no PEM key/);
    assert.equal(imageKeyOf({ id: "c", kind: "serial", labels: [] }), undefined);
  });

  it("answers any text with a rig or a refusal of its own", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((s) => `boards:\n  - ${s}`),
    );
    fc.assert(
      fc.property(text, (content) => {
        try {
          readRig(content);
        } catch (error) {
          assert.ok(error instanceof CodedError, String(error));
          assert.match(error.message, /^rig\.yaml:\d+:\d+: /);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("that is named must be there; without one there are ports, and an emulated board for the asking", async () => {
    assert.throws(() => loadRig("/nowhere/rig.yaml"), /cannot be read/);
    const none = { file: undefined, boards: [] };
    assert.equal((await chooseBoard(none, "/dev/ttyACM0")).port, "/dev/ttyACM0");
    assert.equal((await chooseBoard(none, "emulated")).kind, "emulated");
    await assert.rejects(chooseBoards(none, "all"), /no rig file/);
  });
});

describe("boards by name", () => {
  const rig = readRig(good, "rig.yaml");
  const find = async (name: string): Promise<string> => {
    if (name === "A50285BI") return "/dev/ttyUSB7";
    throw new LineError(name === "0403" ? "line/ambiguous" : "line/not-found", `no serial port "${name}"`);
  };
  const ids = async (...names: string[]) => (await chooseBoards(rig, names, find)).map(({ id }) => id);

  it("are found by id, name, label or port", async () => {
    assert.deepEqual(await ids("lab"), ["left", "right"]);
    assert.deepEqual(await ids("left", "lab"), ["left", "right"]);
    assert.equal((await chooseBoard(rig, "Left bench")).id, "left");
    assert.equal((await chooseBoard(rig, "tcp://other:1")).port, "tcp://other:1");
    assert.equal((await chooseBoards(rig, "all")).length, 3);
  });
  it("may be ports that are here by a USB serial or a device's name, though there is a rig file", async () => {
    assert.equal((await chooseBoard(rig, "A50285BI", find)).port, "A50285BI");
    await assert.rejects(chooseBoard(rig, "0403", find), { code: "line/ambiguous" });
  });
  it("are meant once, however often and by whatever name", async () => {
    const port = rig.boards[0]?.port as string;
    assert.deepEqual(await ids("right", "lab", port, "left"), ["right", "left"]);
    assert.equal((await chooseBoards({ file: undefined, boards: [] }, ["tcp://a:1", "tcp://a:1"])).length, 1);
  });
  it("that mean several are refused where one is wanted", async () => {
    await assert.rejects(chooseBoard(rig, "lab"), /means 2 boards \(left, right\)/);
  });
  it("that are not there get the nearest one as advice, or all there are", async () => {
    for (const [name, advice] of [
      ["rigth", /mean right\?/],
      ["emse", /mean esme\?/],
      ["kitchen", /board \(left, right, twin\), a label \(lab, esme\), or a port such as .*list ports/],
    ] as const)
      await assert.rejects(chooseBoard(rig, name, find), (error) => {
        assert.ok(error instanceof CodedError);
        assert.match(String(error.data.advice), advice);
        return true;
      });
  });

  it("open with the rig file's format, DTR and RTS", async () => {
    const locks = process.env.METERBENCH_LOCKS;
    process.env.METERBENCH_LOCKS = mkdtempSync(join(tmpdir(), "meterbench-find-"));
    try {
      const [board] = readRig(
        "boards: [{ id: a, port: /dev/nowhere, format: 7E1, dtr: false, baud: 9600 }]",
      ).boards;
      let asked: OpenLineOptions | undefined;
      const open = async (_name: string, lineOptions: OpenLineOptions) => {
        asked = lineOptions;
        return linePair()[0];
      };
      await (await openBoard(board as RigBoard, { open })).close();
      assert.deepEqual(asked?.format, { dataBits: 7, parity: "even", stopBits: 1 });
      assert.deepEqual([asked?.modemLines, asked?.baudRate], [{ dtr: false }, 9600]);
    } finally {
      rmSync(process.env.METERBENCH_LOCKS, { recursive: true });
      if (locks === undefined) delete process.env.METERBENCH_LOCKS;
      else process.env.METERBENCH_LOCKS = locks;
    }
  });
});
