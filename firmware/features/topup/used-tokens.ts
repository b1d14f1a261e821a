/**
 * Which tokens of a supplier were accepted: the highest hundred counters (GBCS 14.1), and a floor that what was left out
 * of them raises, so that no token is accepted twice in whatever order they come. Pure.
 */

/** Counters of tokens: the upper half of an originator counter, 32 bits. */
export interface UsedTokens {
  /** Whose they are, EUI-64. */
  readonly supplier: string;
  /** At and below it every token counts as used. */
  readonly floor: number;
  /** Ascending. */
  readonly counters: readonly number[];
}

const capacity = 100;

export const isUsed = ({ floor, counters }: UsedTokens, counter: number): boolean =>
  counter <= floor || counters.includes(counter);

export const highestUsed = ({ floor, counters }: UsedTokens): number => Math.max(floor, counters.at(-1) ?? 0);

export function use(tokens: UsedTokens, counter: number): UsedTokens {
  const counters = [...tokens.counters, counter].sort((a, b) => a - b);
  const left = counters.length > capacity ? counters.shift() : undefined;
  return { ...tokens, floor: Math.max(tokens.floor, left ?? 0), counters };
}
