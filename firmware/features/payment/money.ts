/**
 * Money, exactly: whole units of 10^-5 of the currency (millipence or millicent, as DUIS names them), and of what a
 * price makes beyond them the fraction, carried until it is a unit. Pure.
 */

/** Powers of ten of a unit in the currency's own, pounds or euros. */
export const unitScale = -5;

/** `n` times 10^`e`, `e` at most 0: what is less than a unit. */
export interface Fraction {
  readonly n: bigint;
  readonly e: number;
}

export const noFraction: Fraction = { n: 0n, e: 0 };

/** Splits `amount` times 10^`e` units, with the fraction left from before, into whole units and what is left. */
export function wholeUnits(amount: bigint, e: number, left: Fraction): { units: bigint; left: Fraction } {
  const scale = Math.min(e, left.e, 0);
  const total = amount * 10n ** BigInt(e - scale) + left.n * 10n ** BigInt(left.e - scale);
  const one = 10n ** BigInt(-scale);
  const rest = ((total % one) + one) % one;
  return { units: (total - rest) / one, left: rest === 0n ? noFraction : { n: rest, e: scale } };
}

export function least(first: bigint, ...others: readonly bigint[]): bigint {
  let found = first;
  for (const one of others) if (one < found) found = one;
  return found;
}
export const notNegative = (amount: bigint): bigint => (amount > 0n ? amount : 0n);

/** As the wire shows an amount: one beyond its 32 bits as the last it has. */
export const shown = (amount: bigint, least = -(2 ** 31), most = 2 ** 31 - 1): number =>
  Number(amount < BigInt(least) ? BigInt(least) : amount > BigInt(most) ? BigInt(most) : amount);
