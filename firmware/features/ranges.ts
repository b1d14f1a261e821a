/** Ranges of log reads. */
import type { EventLog, LogEntry } from "../kernel/event-log.ts";
import { refused } from "./serve.ts";

/** UTC seconds, both ends inclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The bounds of a log read; undefined when they are reversed. No selector is everything. */
export function readRange(range: Range | undefined): readonly [fromS: number, toS: number] | undefined {
  if (range === undefined) return [0, 0xffff_ffff];
  return range.from <= range.to ? [range.from, range.to] : undefined;
}

/** A log's entries in a range, oldest first, each as it is told. */
export function readEntries<T>(log: EventLog, range: Range | undefined, told: (entry: LogEntry) => T) {
  const bounds = readRange(range);
  return bounds === undefined ? refused : { value: log.entries(...bounds).map(told) };
}
