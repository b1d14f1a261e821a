/**
 * The inverse modulo a number by Lehmer's form of Euclid's algorithm (Knuth, 4.5.2 L): the quotients come from the leading
 * bits, in plain numbers, and are applied to the BigInts many at a time. Twice as fast as dividing the BigInts for each.
 */

/** Leading bits looked at: sums and products of them stay exact in a double. */
const LEADING_BITS = 52;
/** Coefficients up to here take up half of those bits; the other half keeps the quotients certain. */
const MAX_COEFFICIENT = 2 ** (LEADING_BITS / 2);

/** x with a·x ≡ 1 (mod `modulus`), 0 < x < `modulus`. Throws RangeError unless 0 < a < `modulus` and they have no common divisor. */
export function modularInverse(a: bigint, modulus: bigint): bigint {
  // At all times u ≡ a·s and v ≡ a·t (mod modulus), and u > v.
  let [u, v, s, t] = [modulus, a, 0n, 1n];
  while (v > 0n) {
    const { uu, uv, vu, vv } = quotientSteps(u, v) ?? oneStep(u / v);
    [u, v, s, t] = [uu * u + uv * v, vu * u + vv * v, uu * s + uv * t, vu * s + vv * t];
  }
  if (u !== 1n || a >= modulus) throw new RangeError("modular inverse: expected 0 < a < modulus, coprime");
  const x = s % modulus;
  return x < 0n ? x + modulus : x;
}

/** New (u, v) = (uu·u + uv·v, vu·u + vv·v). */
interface Step {
  readonly uu: bigint;
  readonly uv: bigint;
  readonly vu: bigint;
  readonly vv: bigint;
}

const oneStep = (quotient: bigint): Step => ({ uu: 0n, uv: 1n, vu: 1n, vv: -quotient });

/** All steps whose quotients the leading bits leave no doubt about; undefined when there is not one. */
function quotientSteps(u: bigint, v: bigint): Step | undefined {
  const shift = BigInt(Math.max(0, Math.ceil(Math.log2(Number(u))) + 1 - LEADING_BITS));
  let [x, y] = [Number(u >> shift), Number(v >> shift)];
  let [uu, uv, vu, vv] = [1, 0, 0, 1];
  while (y + vu !== 0 && y + vv !== 0) {
    const q = Math.floor((x + uu) / (y + vu));
    if (q !== Math.floor((x + uv) / (y + vv))) break;
    const [nextU, nextV] = [uu - q * vu, uv - q * vv];
    if (Math.abs(nextU) > MAX_COEFFICIENT || Math.abs(nextV) > MAX_COEFFICIENT) break;
    [uu, uv, vu, vv] = [vu, vv, nextU, nextV];
    [x, y] = [y, x - q * y];
  }
  return uv === 0 ? undefined : { uu: BigInt(uu), uv: BigInt(uv), vu: BigInt(vu), vv: BigInt(vv) };
}
