/**
 * Scalars in powers of τ, the map that squares both coordinates of a point of sect283k1: as doubling goes, it is nearly free.
 * For every point τ² = −τ − 2, so that a sum of such powers is some a + bτ (Solinas, "Efficient arithmetic on Koblitz
 * curves", 2000).
 */

/** a + bτ. */
type Tau = readonly [a: bigint, b: bigint];

const DEGREE = 283;

const times = ([a, b]: Tau, [c, d]: Tau): Tau => [a * c - 2n * b * d, a * d + b * c - b * d];
const norm = ([a, b]: Tau): bigint => a * a - a * b + 2n * b * b;

function powerOfTau(exponent: number): Tau {
  let power: Tau = [1n, 0n];
  for (let i = 0; i < exponent; i++) power = times(power, [0n, 1n]);
  return power;
}

/** A short one that is the same modulo `modulus`. */
function remainder(value: Tau, modulus: Tau): Tau {
  const [m, n] = modulus;
  const [a, b] = times(value, [m - n, -n]);
  const size = norm(modulus);
  const [c, d] = times([nearest(a, size), nearest(b, size)], modulus);
  return [value[0] - c, value[1] - d];
}

function nearest(part: bigint, size: bigint): bigint {
  const twice = 2n * part + size;
  const quotient = twice / (2n * size);
  return quotient * 2n * size > twice ? quotient - 1n : quotient;
}

/** τ^283 − 1, which makes zero of every point: to be squared 283 times changes no element of the field. */
const vanishing = ((): Tau => {
  const [a, b] = powerOfTau(DEGREE);
  return [a - 1n, b];
})();

/** What digits up to 2^(width − 1) are made of. */
export class Digits {
  /** What the digits 1, 3, 5, … stand for: short ones that are the same modulo τ^width. */
  readonly units: readonly Tau[];
  readonly #width: number;
  /** What τ is when all is taken modulo τ^width: a whole number modulo 2^width. */
  readonly #root: bigint;

  constructor(width: number) {
    const modulus = powerOfTau(width);
    const odd = Array.from({ length: 2 ** (width - 2) }, (_, i) => BigInt(2 * i + 1));
    this.units = odd.map((number) => remainder([number, 0n], modulus));
    this.#width = width;
    let root = 0n;
    while ((root * root + root + 2n) % (1n << BigInt(width)) !== 0n) root += 2n;
    this.#root = root;
  }

  /** Odd digits and zeros, of τ^0 first: their sum does to every point of the curve what `scalar` does. */
  ofScalar(scalar: bigint): number[] {
    return this.of(remainder([scalar, 0n], vanishing));
  }

  /** Of `width` in a row one is not 0. */
  of(value: Tau): number[] {
    const digits: number[] = [];
    let [a, b] = value;
    while (a !== 0n || b !== 0n) {
      const digit = (a & 1n) === 0n ? 0 : Number(BigInt.asIntN(this.#width, a + this.#root * b));
      digits.push(digit);
      if (digit !== 0) {
        const [c, d] = this.units[Math.abs(digit) >> 1]!;
        [a, b] = digit > 0 ? [a - c, b - d] : [a + c, b + d];
      }
      const half = a / 2n;
      [a, b] = [b - half, -half];
    }
    return digits;
  }
}
