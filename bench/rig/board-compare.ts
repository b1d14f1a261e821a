/** Two results of one board, or of two, beside each other. */
import type { BoardBenchResult } from "./board.ts";
import type { BoardTiming } from "./timing.ts";

export interface BoardChange {
  /** The task, and of it what was measured: `switch/move p99`, `upload`, `clock`. */
  readonly name: string;
  readonly unit: "ms" | "KiB/s" | "ppm";
  /** Undefined where only one of the two has it. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** `other`: it differs, and neither is better (a clock's drift). `gone`, `new`: only one of the two has it. */
  readonly verdict: "slower" | "faster" | "same" | "other" | "gone" | "new";
}

/** Beyond chance: further apart than four times both noises, and than a twentieth; the tail than a quarter. */
const noiseFactor = 4;
const leastShare = 0.05;
const leastTailShare = 0.25;

/** What changed, measure by measure, in the order of the later result; what is gone stands last. */
export function compareBoards(before: BoardBenchResult, after: BoardBenchResult): BoardChange[] {
  return [...timingChanges(before, after), ...uploadChange(before, after), ...clockChange(before, after)];
}

function timingChanges(before: BoardBenchResult, after: BoardBenchResult): BoardChange[] {
  const now = after.timings.flatMap((timing): BoardChange[] => {
    const then = before.timings.find(({ name }) => name === timing.name);
    if (then === undefined) return [only("new", timing.name, "ms", undefined, timing.p50Ms)];
    return [p50Change(then, timing), p99Change(then, timing)];
  });
  const names = new Set(after.timings.map(({ name }) => name));
  const gone = before.timings.filter(({ name }) => !names.has(name));
  return [...now, ...gone.map(({ name, p50Ms }) => only("gone", name, "ms", p50Ms, undefined))];
}

function p50Change(then: BoardTiming, now: BoardTiming): BoardChange {
  const chanceMs = Math.max(noiseFactor * (now.noiseMs + then.noiseMs), leastShare * then.p50Ms);
  return lessIsBetter(now.name, then.p50Ms, now.p50Ms, chanceMs);
}

/** The tail has no noise of its own measured: that of the middle, and a larger share, stand for it. */
function p99Change(then: BoardTiming, now: BoardTiming): BoardChange {
  const chanceMs = Math.max(2 * noiseFactor * (now.noiseMs + then.noiseMs), leastTailShare * then.p99Ms);
  return lessIsBetter(`${now.name} p99`, then.p99Ms, now.p99Ms, chanceMs);
}

function uploadChange({ upload: then }: BoardBenchResult, { upload: now }: BoardBenchResult): BoardChange[] {
  const [before, after] = [kib(then?.uploadBytesPerS), kib(now?.uploadBytesPerS)];
  if (before === undefined && after === undefined) return [];
  if (before === undefined || after === undefined)
    return [only(after === undefined ? "gone" : "new", "upload", "KiB/s", before, after)];
  const spread = noiseFactor * ((then?.noiseShare ?? 0) + (now?.noiseShare ?? 0));
  const chance = Math.max(spread, leastShare) * before;
  const verdict = Math.abs(after - before) <= chance ? "same" : after > before ? "faster" : "slower";
  return [{ name: "upload", unit: "KiB/s", before, after, verdict }];
}

function clockChange({ clock: then }: BoardBenchResult, { clock: now }: BoardBenchResult): BoardChange[] {
  if (then === undefined && now === undefined) return [];
  if (then === undefined || now === undefined)
    return [only(now === undefined ? "gone" : "new", "clock", "ppm", then?.ppm, now?.ppm)];
  const same = Math.abs(now.ppm - then.ppm) <= now.uncertaintyPpm + then.uncertaintyPpm;
  return [{ name: "clock", unit: "ppm", before: then.ppm, after: now.ppm, verdict: same ? "same" : "other" }];
}

function lessIsBetter(name: string, before: number, after: number, chance: number): BoardChange {
  const verdict = Math.abs(after - before) <= chance ? "same" : after > before ? "slower" : "faster";
  return { name, unit: "ms", before, after, verdict };
}

const only = (
  verdict: "gone" | "new",
  name: string,
  unit: BoardChange["unit"],
  before: number | undefined,
  after: number | undefined,
): BoardChange => ({ name, unit, before, after, verdict });

const kib = (bytesPerS: number | undefined): number | undefined => bytesPerS && bytesPerS / 1024;
