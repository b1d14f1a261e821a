/**
 * A top-up token (UTRN): 20 decimal digits, of which the last checks the others, that carry 64 bits: 7 of zero, the low
 * 10 of the token's counter, 2 of class, 13 of value and the last 32 of a MAC (GBCS 14; facts §5.4, gbcs-rules 1 rows
 * 8 to 10 and 9). Pure.
 */

export const tokenDigits = 20;
/** What the decimal digits are above the 64 bits. */
const offset = 7_394_156_990_786_306_048n;
const counterBits = 10n;
const counterMask = (1n << counterBits) - 1n;

export interface Token {
  /** The counter modulo 1,024. */
  readonly shortCounter: bigint;
  /** In units of 10^-5 of the currency. */
  readonly amount: bigint;
  /** The 32 bits before the MAC, which it covers. */
  readonly head: Uint8Array;
  /** 4 bytes. */
  readonly mac: Uint8Array;
}

/** By class: the value is in pence (cents), or in pounds (euros). */
const unitsByClass: readonly (bigint | undefined)[] = [1000n, 100_000n];

/** Undefined for what is no token: another length, a wrong check digit, bits or a class that no token has. */
export function readToken(digits: string): Token | undefined {
  if (digits.length !== tokenDigits || !/^\d+$/.test(digits)) return undefined;
  const body = digits.slice(0, -1);
  if (checkDigit(body) !== Number(digits.at(-1))) return undefined;
  const bits = BigInt(body) - offset;
  if (bits < 0n || bits >= 1n << 57n) return undefined;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, bits);
  const unit = unitsByClass[Number((bits >> 45n) & 3n)];
  if (unit === undefined) return undefined;
  return {
    shortCounter: (bits >> 47n) & counterMask,
    amount: ((bits >> 32n) & 0x1fffn) * unit,
    head: bytes.subarray(0, 4),
    mac: bytes.subarray(4),
  };
}

/**
 * The whole counter of which a token carries ten bits: the one nearest to the highest that was accepted, 512 up or down
 * (v0.8.1 Table 27). Below zero there is none: then the ten bits are it.
 */
export function wholeCounter(highest: bigint, shortCounter: bigint): bigint {
  const short = highest & counterMask;
  const base = highest - short;
  const half = 1n << (counterBits - 1n);
  const step = 1n << counterBits;
  const near =
    shortCounter < short - half
      ? shortCounter + step
      : shortCounter > short + half
        ? shortCounter - step
        : shortCounter;
  const whole = base + near;
  return whole < 0n ? shortCounter : whole;
}

// --- Verhoeff's check digit, in GBCS's form: the permutation starts at its fourth power, the last table is one of its own ---

const multiply = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
].map((row) => [...row].map(Number));
const permute = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
].map((row) => [...row].map(Number));
const finish = [1, 2, 6, 7, 5, 8, 3, 0, 9, 4];
const firstPermutation = 4;

/** Of 19 decimal digits, read from the left. */
function checkDigit(digits: string): number {
  let sum = 0;
  [...digits].forEach((digit, at) => {
    const permuted = permute[(firstPermutation + at) % permute.length]?.[Number(digit)] as number;
    sum = multiply[sum]?.[permuted] as number;
  });
  return finish[sum] as number;
}
