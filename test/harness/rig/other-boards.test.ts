import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type BoardReport, flashBoards } from "../../../harness/rig/flash/flash-boards.ts";
import type { RigBoard } from "../../../harness/rig/rig-file.ts";
import { makeImage } from "../../firmware/bootloader/images.ts";
import { old, otherBench, payload, recovery, rigBoard, version } from "../../support/other-bench.ts";
import type { OtherBoardOptions } from "../../support/other-boards.ts";

const next = makeImage({ payload: payload(11), version: version(2) });
const same = makeImage({ payload: payload(13), version: version(1) });
const ramLoad = makeImage({ payload: payload(11), version: version(2), flags: 0x20 });
const romFixed = makeImage({ payload: payload(11), version: version(2), flags: 0x100 });

/** Hashed with another algorithm, and not signed. */
function hashed(type: number, algorithm: string, major: number): Uint8Array {
  const made = { payload: payload(17), version: version(major) };
  const region = makeImage({ ...made, tlvs: [] }).subarray(0, 32 + 3000);
  return makeImage({ ...made, tlvs: [[type, createHash(algorithm).update(region).digest()]] });
}

const sha512 = hashed(0x12, "sha512", 2);

interface Expected {
  /** An outcome, or an error's code. */
  readonly ends: string;
  readonly says?: RegExp;
  readonly advises?: RegExp;
  readonly notes?: RegExp;
  readonly uploads: number;
  /** Major version of what runs then; undefined: nothing does. */
  readonly runs: number | undefined;
}

type Row = readonly [
  name: string,
  board: OtherBoardOptions,
  expected: Expected,
  image?: Uint8Array,
  how?: { readonly mode?: "test"; readonly byVersion?: true; readonly rig?: Partial<RigBoard> },
];

const confirmed = { ends: "confirmed", uploads: 1, runs: 2 };
const picking = { boots: "by-version" } as const;
const test = { mode: "test" } as const;
const byVersion = { byVersion: true } as const;

const rows: readonly Row[] = [
  ["a Zephyr application", { mode: 1 }, confirmed],
  ["a Zephyr application that tells nothing of its bootloader", {}, confirmed],
  ["a Zephyr application, tested", {}, { ends: "reverted", uploads: 1, runs: 1 }, next, test],
  ["a server of version 1", { version: 1 }, confirmed],
  ["a server of version 1, tested", { version: 1 }, { ends: "reverted", uploads: 1, runs: 1 }, next, test],
  [
    "a board without the params command",
    { without: ["0/6"] },
    { ...confirmed, notes: /CONFIG_MCUMGR_GRP_OS_MCUMGR_PARAMS=y/ },
  ],
  ["a board without echo", { without: ["0/0"] }, confirmed],
  [
    "a board without the image group",
    { without: ["1"] },
    { ends: "rig/refused", says: /image command 0/, advises: /CONFIG_MCUMGR_GRP_IMG=y/, uploads: 0, runs: 1 },
  ],
  ["an image hashed with SHA-384", {}, confirmed, hashed(0x11, "sha384", 2)],
  ["an image hashed with SHA-512", {}, confirmed, sha512],
  ["an image hashed with SHA-512, tested", {}, { ends: "reverted", uploads: 1, runs: 1 }, sha512, test],
  [
    "serial recovery",
    recovery,
    { ...confirmed, notes: /serial recovery: the upload goes over the application/ },
  ],
  [
    "serial recovery, for a test",
    recovery,
    {
      ends: "rig/no-revert",
      says: /serial recovery.*only image/,
      advises: /--confirm/,
      uploads: 0,
      runs: undefined,
    },
    next,
    test,
  ],
  [
    "serial recovery without hashes",
    { ...recovery, hashes: false },
    { ...confirmed, notes: /without their hash.*cannot be proven there/ },
  ],
  [
    "serial recovery built with an echo",
    { ...recovery, recoveryWith: ["0/0"] },
    { ...confirmed, notes: /serial recovery/ },
  ],
  [
    "serial recovery built with an echo, that accepts nothing it has",
    { ...recovery, recoveryWith: ["0/0"], accepts: (image) => image !== old },
    { ...confirmed, notes: /serial recovery/ },
  ],
  [
    "serial recovery built with slot info",
    { ...recovery, recoveryWith: ["1/6"] },
    { ...confirmed, notes: /serial recovery/ },
  ],
  [
    "an application that lists no image hashed with SHA-512",
    { lists: (image) => image[20] !== 2 },
    { ends: "image/not-taken", says: /lists no image with its hash.*SHA-512/, uploads: 1, runs: 1 },
    sha512,
  ],
  ["serial recovery without params", { ...recovery, without: ["0/6"] }, confirmed],
  [
    "serial recovery before an application that lists no images",
    { ...recovery, applicationWithout: ["1"] },
    {
      ends: "rig/unproven",
      says: /lists no images/,
      advises: /CONFIG_MCUMGR_GRP_IMG=y/,
      uploads: 1,
      runs: 2,
    },
  ],
  [
    "a board that cannot be reset",
    { without: ["0/5"] },
    { ends: "rig/refused", says: /os command 5/, advises: /CONFIG_REBOOT=y/, uploads: 1, runs: 1 },
  ],
  [
    "serial recovery without hashes, that says builds",
    { ...recovery, hashes: false, saysBuild: true },
    { ...confirmed, notes: /cannot be proven there/ },
  ],
  [
    "an application that lists no hashes and says builds, and runs that version",
    { hashes: false, saysBuild: true },
    { ends: "rig/unproven", uploads: 0, runs: 1 },
    same,
  ],
  [
    "serial recovery that does not accept the image",
    { ...recovery, accepts: (image) => image === old },
    {
      ...{ ends: "image/not-taken", says: /lists no image with its hash \(it lists nothing\)/, uploads: 1 },
      advises: /Sign the image for this board's bootloader/,
      runs: undefined,
    },
  ],
  [
    "a bootloader that picks the higher version, unasked",
    picking,
    {
      ends: "rig/by-version",
      says: /picks the higher version at reset/,
      advises: /--by-version/,
      uploads: 0,
      runs: 1,
    },
  ],
  [
    "a bootloader that picks the higher version",
    picking,
    { ...confirmed, notes: /picks the higher version at reset/ },
    next,
    byVersion,
  ],
  [
    "the same with a RAM-load image, by its rig file",
    { ...picking, mode: 6 },
    confirmed,
    ramLoad,
    { rig: { byVersion: true } },
  ],
  ["the same with a RAM-load image", { ...picking, mode: 6 }, confirmed, ramLoad, byVersion],
  ["the same with a ROM-fixed image", { ...picking, mode: 4 }, confirmed, romFixed, byVersion],
  [
    "the same with a RAM-load image, unasked",
    { ...picking, mode: 6 },
    { ends: "image/flags", says: /flags 0x20/, advises: /--by-version/, uploads: 0, runs: 1 },
    ramLoad,
  ],
  [
    "a board that swaps, with a RAM-load image",
    { mode: 1 },
    { ends: "image/flags", says: /not for this board, which swaps/, uploads: 0, runs: 1 },
    ramLoad,
    byVersion,
  ],
  [
    "a bootloader that picks the higher version, for a test",
    picking,
    { ends: "rig/no-revert", says: /picks the higher version at reset/, uploads: 0, runs: 1 },
    next,
    { mode: "test", byVersion: true },
  ],
  [
    "a bootloader that picks the higher version, with one that is not higher",
    picking,
    { ends: "image/version", says: /1\.0\.0 is not above 1\.0\.0, which the board has/, uploads: 0, runs: 1 },
    same,
    byVersion,
  ],
  [
    "an application that lists no hashes",
    { hashes: false },
    { ...confirmed, notes: /told by its version alone/ },
  ],
  [
    "an application that lists no hashes, and runs that version",
    { hashes: false },
    { ends: "rig/unproven", says: /whether it is this file nobody could tell/, uploads: 0, runs: 1 },
    same,
  ],
  [
    "a bootloader that picks the higher version, with the image in the slot already",
    { ...picking, second: next },
    { ...confirmed, uploads: 0 },
    next,
    byVersion,
  ],
  ["a flash that spoils what it gets, once", { spoils: 1 }, { ...confirmed, uploads: 2 }],
  [
    "a flash that spoils what it gets",
    { spoils: 9 },
    { ends: "rig/compare", advises: /flash or its SMP server is bad/, uploads: 2, runs: 1 },
  ],
  [
    "a port that goes away with the reset, before a fragile UART",
    { portGoneMs: 3000, fragileMs: 600 },
    confirmed,
  ],
  ["raw framing", { framing: "raw" }, confirmed, next, { rig: { framing: "raw" } }],
  [
    "raw framing, after half a packet",
    { framing: "raw", halfPacket: true },
    confirmed,
    next,
    { rig: { framing: "raw" } },
  ],
  ["console framing, after half a packet", { halfPacket: true }, confirmed],
  [
    "raw framing, asked in console framing",
    { framing: "raw" },
    { ends: "rig/board-lost", advises: /answers in raw framing: give --framing raw/, uploads: 0, runs: 1 },
  ],
  [
    "console framing, asked in raw framing",
    {},
    {
      ends: "rig/board-lost",
      advises: /answers in console framing: give --framing console/,
      uploads: 0,
      runs: 1,
    },
    next,
    { rig: { framing: "raw" } },
  ],
  ["a UART that stays deaf when asked within 600 ms of a reset", { fragileMs: 600 }, confirmed],
  [
    "a UART that stays deaf after its reset",
    { losesReceiver: true },
    {
      ends: "rig/board-lost",
      says: /though it prints: it has lost its receiver/,
      advises: /nothing is wrong with cable/,
      uploads: 1,
      runs: 2,
    },
  ],
];

describe("boards with other people's SMP servers", () => {
  async function flash([, options, , image = next, how = {}]: Row) {
    const { timers, board, run, session } = otherBench(options);
    const { rig, mode = "confirm", byVersion } = how;
    const line = await session();
    const about = { ...rigBoard, ...rig };
    const close = () => line.close();
    const opened = { board: about, line, power: undefined, emulated: undefined, close };
    let notesBeforeUpload = "";
    const flashing = flashBoards([about], image, {
      ...{ timers, mode, preFlight: () => ({}), open: async () => opened },
      ...(byVersion && { byVersion }),
      onEvent: ({ kind, message }) => {
        if (kind === "note" && board.uploads === 0) notesBeforeUpload += `${message}\n`;
      },
    });
    const [report] = await run(flashing);
    return { board, report: report as BoardReport, notesBeforeUpload };
  }

  for (const row of rows) {
    const [name, , expected] = row;
    it(`are flashed, or refused with the right word: ${name}`, async () => {
      const { board, report, notesBeforeUpload } = await flash(row);
      const { error, outcome } = report;
      assert.equal(error?.code ?? outcome, expected.ends, error?.message);
      if (expected.says) assert.match(error?.message ?? "", expected.says);
      if (expected.advises) assert.match(error?.advice ?? "", expected.advises);
      if (expected.notes) assert.match(notesBeforeUpload, expected.notes);
      assert.doesNotMatch(`${error?.advice}`, /another cable|lower baud/);
      assert.equal(board.uploads, expected.uploads);
      assert.equal(board.runs?.[20], expected.runs);
      if (expected.uploads === 0) assert.equal(board.uploadedBytes, 0);
    });
  }

  it("are left alone when they run the image already, also where the bootloader picks it", async () => {
    for (const options of [{}, picking, { version: 1 }] as const) {
      const { board, report } = await flash(["", options, confirmed, old]);
      assert.deepEqual([report.outcome, board.uploads], ["unchanged", 0]);
    }
  });

  it("are waited for no longer than they need, also by a clock that counts in microseconds", async () => {
    const { timers, run, board, session } = otherBench({});
    let calls = 0;
    const fine = { ...timers, nowMs: () => timers.nowMs() + ++calls / 1000 };
    const line = await session();
    const opened = {
      board: rigBoard,
      line,
      power: undefined,
      emulated: undefined,
      close: () => line.close(),
    };
    const phases = new Map<string, number>();
    const flashing = flashBoards([rigBoard], next, {
      ...{ timers: fine, mode: "confirm", preFlight: () => ({}), open: async () => opened },
      onEvent: ({ kind, phase, t }) => kind === "phase" && phases.set(phase, t),
    });
    assert.equal((await run(flashing))[0]?.outcome, "confirmed");
    const waitedMs = (phases.get("self-test") ?? 0) - (phases.get("reset") ?? 0);
    assert.ok(waitedMs > 850 && waitedMs < 1500, `${waitedMs} ms`);
    assert.equal(board.deaf, false);
  });
});
