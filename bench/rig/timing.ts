import { median } from "../median.ts";

/** One thing that was timed, milliseconds. */
export interface BoardTiming {
  readonly name: string;
  readonly runs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Of the medians of ten pieces of the run, the median distance from their median: what chance alone moves. */
  readonly noiseMs: number;
  /** How many runs took up to so long; the limits double. */
  readonly histogram: readonly { readonly upToMs: number; readonly count: number }[];
}

/** Percentiles, noise and histogram of milliseconds in the order they were measured. */
export function timing(name: string, samples: readonly number[]): BoardTiming {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
  const size = Math.max(1, Math.floor(samples.length / 10));
  const medians: number[] = [];
  for (let from = 0; from + size <= samples.length; from += size)
    medians.push(median(samples.slice(from, from + size)));
  const middle = median(medians);
  return {
    name,
    runs: samples.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    noiseMs: median(medians.map((each) => Math.abs(each - middle))),
    histogram: histogram(sorted),
  };
}

function histogram(sorted: readonly number[]): { upToMs: number; count: number }[] {
  const rows: { upToMs: number; count: number }[] = [];
  let taken = 0;
  for (let upToMs = 0.125; taken < sorted.length; upToMs *= 2) {
    const beyond = sorted.findIndex((value) => value > upToMs);
    const reached = beyond < 0 ? sorted.length : beyond;
    if (reached > taken) rows.push({ upToMs, count: reached - taken });
    taken = reached;
  }
  return rows;
}
