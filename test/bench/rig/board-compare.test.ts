import assert from "node:assert/strict";
import type { BoardBenchResult } from "../../../bench/rig/board.ts";
import { compareBoards } from "../../../bench/rig/board-compare.ts";
import { timing } from "../../../bench/rig/timing.ts";

const samples = (ms: number) => Array.from({ length: 100 }, (_, i) => ms + (i % 5) / 100);

function result(over: Partial<BoardBenchResult> = {}): BoardBenchResult {
  return {
    board: { id: "left", kind: "test", port: "/dev/null" },
    atUtc: "2026-11-27T00:00:00Z",
    timings: [timing("echo", samples(2)), timing("erase", samples(40))],
    clock: { ppm: 10, uncertaintyPpm: 5, seconds: 60 },
    upload: {
      ...{ rawBytesPerS: 10_240, uploadBytesPerS: 10_240, unwindowedBytesPerS: 10_240, window: 3 },
      ...{ shareOfRaw: 1, unwindowedShareOfRaw: 1, noiseShare: 0.01, shareOfLine: 1 },
    },
    skipped: [],
    ...over,
  };
}

const changed = (before: BoardBenchResult, after: BoardBenchResult) =>
  compareBoards(before, after)
    .filter(({ verdict }) => verdict !== "same")
    .map(({ name, verdict }) => `${name}: ${verdict}`);

describe("two results of a board beside each other", () => {
  it("of the same board are the same", () => assert.deepEqual(changed(result(), result()), []));

  it("differ in the middle, and in the tail by itself", () => {
    const slower = result({ timings: [timing("echo", samples(3)), timing("erase", samples(40))] });
    assert.deepEqual(changed(result(), slower), ["echo: slower", "echo p99: slower"]);
    assert.deepEqual(changed(slower, result()), ["echo: faster", "echo p99: faster"]);
    const tail = [...samples(2).slice(2), 30, 30];
    const stalls = result({ timings: [timing("echo", tail), timing("erase", samples(40))] });
    assert.deepEqual(changed(result(), stalls), ["echo p99: slower"]);
  });

  it("differ in upload and clock beyond their own uncertainty", () => {
    const { upload, clock } = result();
    const halved = result({ upload: { ...upload!, uploadBytesPerS: 5000 } });
    assert.deepEqual(changed(result(), halved), ["upload: slower"]);
    assert.deepEqual(changed(result(), result({ clock: { ...clock!, ppm: 18 } })), []);
    assert.deepEqual(changed(result(), result({ clock: { ...clock!, ppm: 40 } })), ["clock: other"]);
  });

  it("name what only one of them has", () => {
    const { upload: _upload, clock: _clock, ...rest } = result({ timings: [timing("echo", samples(2))] });
    assert.deepEqual(changed(result(), rest), ["erase: gone", "upload: gone", "clock: gone"]);
    assert.deepEqual(changed(rest, result()), ["erase: new", "upload: new", "clock: new"]);
  });
});
