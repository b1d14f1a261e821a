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
  /** Suppliers before, the latest last, and what each had used at most: one that comes again starts there. */
  readonly former: readonly (readonly [supplier: string, highest: number])[];
}

const capacity = 100;
const maxFormer = 16;

export const isUsed = ({ floor, counters }: UsedTokens, counter: number): boolean =>
  counter <= floor || counters.includes(counter);

export const highestUsed = ({ floor, counters }: UsedTokens): number => Math.max(floor, counters.at(-1) ?? 0);

export function use(tokens: UsedTokens, counter: number): UsedTokens {
  const counters = [...tokens.counters, counter].sort((a, b) => a - b);
  const left = counters.length > capacity ? counters.shift() : undefined;
  return { ...tokens, floor: Math.max(tokens.floor, left ?? 0), counters };
}

/** The tokens of `supplier` from now on, from `floor` on: none that it had used before is taken again. */
export function issuedBy(tokens: UsedTokens, supplier: string, floor: number): UsedTokens {
  if (tokens.supplier === supplier) return { ...tokens, floor: Math.max(tokens.floor, floor) };
  const before = tokens.former.find(([one]) => one === supplier)?.[1] ?? 0;
  const others = tokens.former.filter(([one]) => one !== supplier);
  const left = tokens.supplier === "" ? [] : [[tokens.supplier, highestUsed(tokens)] as const];
  const former = [...others, ...left].slice(-maxFormer);
  return { supplier, floor: Math.max(before, floor), counters: [], former };
}
