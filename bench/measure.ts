/**
 * Times tasks beside their floors. Machines are noisy, so a task and its floor take turns in short rounds and
 * the ratio is the median over the rounds: what slows one slows the other.
 */
import { Bench, type Fn } from "tinybench";
import { median } from "./median.ts";

export interface BenchTask {
  /** wire/kind/library, e.g. "cose/critical/sodium". */
  readonly name: string;
  readonly run: Fn;
  /** Runs before each round, not timed: makes fresh input, resets state. */
  readonly prepare?: () => Promise<void> | void;
  /** The bare operations that the task cannot do without. */
  readonly floor?: { readonly name: string; readonly run: Fn };
  /** Most runs in one round, where input is used up. */
  readonly maxRuns?: number;
}

/** One line of `bench --json`. */
export interface BenchResult {
  readonly name: string;
  readonly opsPerS: number;
  readonly meanUs: number;
  readonly p99Us: number;
  readonly floor?: { readonly name: string; readonly meanUs: number };
  /** Floor time ÷ task time: 1 is the limit. Of the median runs; the median over the rounds. */
  readonly ratioToFloor?: number;
}

export interface BenchSettings {
  readonly rounds: number;
  /** Milliseconds a task (and its floor) run in one round. */
  readonly roundMs: number;
}

/** Rounds that only warm up, so that what is timed is compiled code. */
const warmUpRounds = 2;

interface Sample {
  readonly meanUs: number;
  /** The median run of the round: a ratio made of these is not moved by what else the machine does. */
  readonly p50Us: number;
  readonly p99Us: number;
}

export async function measure(task: BenchTask, settings: BenchSettings): Promise<BenchResult> {
  const own: Sample[] = [];
  const floors: Sample[] = [];
  for (let round = -warmUpRounds; round < settings.rounds; round++) {
    await task.prepare?.();
    const floor = task.floor ? await time(task.floor.name, task.floor.run, settings.roundMs) : undefined;
    const sample = await time(task.name, task.run, settings.roundMs, task.maxRuns);
    if (round < 0) continue;
    own.push(sample);
    if (floor) floors.push(floor);
  }
  const meanUs = median(own.map((s) => s.meanUs));
  const result = { name: task.name, opsPerS: 1e6 / meanUs, meanUs, p99Us: median(own.map((s) => s.p99Us)) };
  if (!task.floor) return result;
  return {
    ...result,
    floor: { name: task.floor.name, meanUs: median(floors.map((s) => s.meanUs)) },
    ratioToFloor: median(own.map((s, i) => (floors[i] as Sample).p50Us / s.p50Us)),
  };
}

async function time(name: string, run: Fn, roundMs: number, maxRuns?: number): Promise<Sample> {
  // With a limit on the runs the round is made of exactly those; otherwise of as many as fit.
  const limits = maxRuns === undefined ? { time: roundMs, iterations: 16 } : { time: 0, iterations: maxRuns };
  const bench = new Bench({ ...limits, warmup: false, throws: true });
  bench.add(name, run);
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result === undefined || !("latency" in result)) throw new Error(`bench: ${name} gave no result`);
  // tinybench speaks milliseconds.
  const { mean, p50, p99 } = result.latency;
  return { meanUs: mean * 1000, p50Us: p50 * 1000, p99Us: p99 * 1000 };
}
