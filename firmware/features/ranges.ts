/** Ranges of log reads. */

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
