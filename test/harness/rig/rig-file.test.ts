import assert from "node:assert/strict";
import { resolve } from "node:path";
import fc from "fast-check";
import { MeterbenchError } from "../../../firmware/kernel/errors.ts";
import { chooseBoard, chooseBoards } from "../../../harness/rig/find.ts";
import { loadRig, readRig } from "../../../harness/rig/rig-file.ts";

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

  const wrong: readonly [what: string, text: string, says: RegExp][] = [
    [
      "an unknown key, with the one that was meant",
      "boards:\n  - id: a\n    port: /dev/x\n    bauds: 9600\n",
      /^rig\.yaml:4:5: boards\.0: unknown key "bauds"; did you mean "baud"\?/,
    ],
    [
      "an unknown key that is near to none",
      "boards:\n  - id: a\n    port: /dev/x\n    colour: red\n",
      /rig\.yaml:4:5: .*"colour"; expected one of id, name, port/,
    ],
    ["broken YAML", "boards:\n  - id: [a\n", /^rig\.yaml:\d+:\d+: /],
    ["no boards", "boards: []\n", /^rig\.yaml:1:1: boards: /],
    ["nothing at all", "", /^rig\.yaml:1:1: boards: /],
    ["a board without a port", "boards:\n  - id: a\n", /rig\.yaml:2:5: board a has no port/],
    [
      "an emulated board with a port",
      "boards:\n  - id: a\n    kind: emulated\n    port: x\n",
      /rig\.yaml:4:5: .*makes its own port/,
    ],
    [
      "two boards on one port",
      "boards:\n  - {id: a, port: /dev/x}\n  - {id: b, port: /dev/x}\n",
      /rig\.yaml:3:13: port \/dev\/x is taken by board a/,
    ],
    [
      "a baud rate that is none",
      "boards:\n  - {id: a, port: x, baud: fast}\n",
      /rig\.yaml:2:22: boards\.0\.baud: /,
    ],
    [
      "an id with a space",
      'boards:\n  - {id: "a b", port: x}\n',
      /rig\.yaml:2:6: boards\.0\.id: letters, digits/,
    ],
    [
      "an unknown power key",
      "boards:\n  - id: a\n    port: x\n    power:\n      onn: y\n",
      /rig\.yaml:5:7: boards\.0\.power: unknown key "onn"; did you mean "on"/,
    ],
  ];
  for (const [what, text, says] of wrong)
    it(`refuses ${what}, with line and column`, () => {
      assert.throws(
        () => readRig(text),
        (error) => {
          assert.ok(error instanceof MeterbenchError);
          assert.match(error.code, /^rig-file\//);
          assert.match(error.message, says);
          return true;
        },
      );
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
          assert.ok(error instanceof MeterbenchError, String(error));
          assert.match(error.message, /^rig\.yaml:\d+:\d+: /);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("that is named must be there; without one there are ports, and an emulated board for the asking", () => {
    assert.throws(() => loadRig("/nowhere/rig.yaml"), /cannot be read/);
    const none = { file: undefined, boards: [] };
    assert.equal(chooseBoard(none, "/dev/ttyACM0").port, "/dev/ttyACM0");
    assert.equal(chooseBoard(none, "emulated").kind, "emulated");
    assert.throws(() => chooseBoards(none, "all"), /no rig file/);
  });
});

describe("boards by name", () => {
  const rig = readRig(good, "rig.yaml");
  it("are found by id, name, label or port", () => {
    assert.deepEqual(
      chooseBoards(rig, ["lab"]).map(({ id }) => id),
      ["left", "right"],
    );
    assert.deepEqual(
      chooseBoards(rig, ["left", "lab"]).map(({ id }) => id),
      ["left", "right"],
    );
    assert.equal(chooseBoard(rig, "Left bench").id, "left");
    assert.equal(chooseBoard(rig, "tcp://other:1").port, "tcp://other:1");
    assert.equal(chooseBoards(rig, "all").length, 3);
  });
  it("are meant once, however often and by whatever name", () => {
    const port = rig.boards[0]?.port as string;
    assert.deepEqual(
      chooseBoards(rig, ["right", "lab", port, "left"]).map(({ id }) => id),
      ["right", "left"],
    );
    assert.equal(chooseBoards({ file: undefined, boards: [] }, ["tcp://a:1", "tcp://a:1"]).length, 1);
  });
  it("that mean several are refused where one is wanted", () => {
    assert.throws(() => chooseBoard(rig, "lab"), /means 2 boards \(left, right\)/);
  });
  it("that are not there get the nearest one as advice", () => {
    assert.throws(
      () => chooseBoard(rig, "rigth"),
      (error) => error instanceof MeterbenchError && /right/.test(String(error.data.advice)),
    );
  });
});
