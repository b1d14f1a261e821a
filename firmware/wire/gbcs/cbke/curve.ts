/**
 * The curve sect283k1 (SEC 2 §3.3.1): y² + xy = x³ + 1 over F(2^283). Its group has 4n points, n prime; the n of
 * them that the base point generates are the only public keys.
 */
import { CodedError } from "../../../../hal/base/coded-error.ts";
import { fromHex } from "../../../../hal/base/hex.ts";
import * as field from "./field.ts";
import { Digits } from "./frobenius.ts";

const { add: sum, multiply: times, square } = field;

/** A point in the plane; undefined is the point at infinity, the group's zero. */
export type Point = { readonly x: field.Element; readonly y: field.Element } | undefined;
export type FinitePoint = NonNullable<Point>;

export const ORDER = 0x01ffffffffffffffffffffffffffffffffffe9ae2ed07577265dff7f94451e061e163c61n;
export const COFACTOR = 4n;
export const SCALAR_BYTES = 36;
/** A compressed point: 02 or 03, then x. */
export const POINT_BYTES = 37;

const element = (hex: string) => field.fromBytes(fromHex(hex))!;
export const BASE: FinitePoint = {
  x: element("0503213F78CA44883F1A3B8162F188E553CD265F23C1567A16876913B0C2AC2458492836"),
  y: element("01CCDA380F1C9E318D90F95D07E5426FE87E45C0E8184698E45962364E34116177DD2259"),
};

// --- the group ---

/** López-Dahab coordinates: x = X/Z, y = Y/Z²; Z = 0 is the point at infinity. */
interface Projective {
  readonly x: field.Element;
  readonly y: field.Element;
  readonly z: field.Element;
}

const INFINITY: Projective = { x: field.one, y: field.zero, z: field.zero };
const lift = (point: FinitePoint): Projective => ({ ...point, z: field.one });

function lower({ x, y, z }: Projective): Point {
  if (field.isZero(z)) return undefined;
  const inverse = field.invert(z);
  return { x: times(x, inverse), y: times(y, square(inverse)) };
}

/** Of points of order 2 and of infinity: infinity, as Z becomes 0. */
function double({ x, y, z }: Projective): Projective {
  const xx = square(x);
  const zz = square(z);
  const z4 = square(zz);
  const outZ = times(xx, zz);
  const outX = sum(square(xx), z4);
  return { x: outX, y: sum(times(z4, outZ), times(outX, sum(square(y), z4))), z: outZ };
}

/** τ of `frobenius.ts`. */
const frobenius = ({ x, y, z }: Projective): Projective => ({ x: square(x), y: square(y), z: square(z) });

/** p + q, for any two. */
function addMixed(p: Projective, q: FinitePoint): Projective {
  if (field.isZero(p.z)) return lift(q);
  const a = sum(p.y, times(q.y, square(p.z)));
  const b = sum(p.x, times(q.x, p.z));
  // The same x: the same point, or its negative.
  if (field.isZero(b)) return field.isZero(a) ? double(p) : INFINITY;
  const c = times(p.z, b);
  const z = square(c);
  const e = times(a, c);
  const x = sum(sum(square(a), times(square(b), c)), e);
  const f = sum(x, times(q.x, z));
  const g = times(sum(q.x, q.y), square(z));
  return { x, y: sum(times(sum(e, z), f), g), z };
}

export function add(p: Point, q: Point): Point {
  if (p === undefined || q === undefined) return p ?? q;
  return lower(addMixed(lift(p), q));
}

const opposite = ({ x, y }: FinitePoint): FinitePoint => ({ x, y: sum(x, y) });
export const negate = (point: Point): Point => point && opposite(point);

export const samePoint = (p: Point, q: Point): boolean =>
  p === undefined || q === undefined ? p === q : field.same(p.x, q.x) && field.same(p.y, q.y);

/** Digits of a multiplication, and of the multiples of a point that it takes; of the base point's, which are kept. */
const [digits, plainDigits, baseDigits] = [new Digits(4), new Digits(2), new Digits(7)];
let baseMultiples: readonly Point[] | undefined;

/** `scalar` times the point; `scalar` not negative. */
export function multiply(scalar: bigint, point: Point): Point {
  if (point === undefined) return undefined;
  if (point !== BASE) return combined(digits.ofScalar(scalar), multiplesOf(point, digits));
  baseMultiples ??= multiplesOf(BASE, baseDigits);
  return combined(baseDigits.ofScalar(scalar), baseMultiples);
}

/** What the digits 1, 3, 5, … do to the point. */
const multiplesOf = (point: FinitePoint, { units }: Digits): Point[] =>
  units.map((unit) => combined(plainDigits.of(unit), [point]));

/** The sum of the digits' multiples, each squared as often as its place says. */
function combined(ofPowers: readonly number[], multiples: readonly Point[]): Point {
  let result = INFINITY;
  for (let i = ofPowers.length - 1; i >= 0; i--) {
    result = frobenius(result);
    const digit = ofPowers[i]!;
    const multiple = digit === 0 ? undefined : multiples[Math.abs(digit) >> 1];
    if (multiple !== undefined) result = addMixed(result, digit > 0 ? multiple : opposite(multiple));
  }
  return lower(result);
}

// --- bytes ---

export function isOnCurve({ x, y }: FinitePoint): boolean {
  const left = times(y, sum(y, x));
  return field.same(left, sum(times(square(x), x), field.one));
}

/**
 * Is a point of the curve four times another? The group is cyclic and has 4n points, so these are the multiples of
 * the base point. (x, y) is twice some (u, v) when λ² + λ = x has a solution, and u² is then y + x(λ + 1); a square
 * and its root are both soluble, or neither is.
 */
function isFourfold({ x, y }: FinitePoint): boolean {
  const slope = field.solveQuadratic(x);
  if (slope === undefined) return false;
  return field.solveQuadratic(sum(y, times(x, sum(slope, field.one)))) !== undefined;
}

/** Throws `cbke/point` unless the point is of order n: on the curve, not infinity, of no small or mixed order. */
export function assertPublic(point: Point, what: string): asserts point is FinitePoint {
  if (point === undefined) throw refused(what, "a point of the plane", "infinity");
  if (!isOnCurve(point)) throw refused(what, "a point on sect283k1", "one that is not on it");
  if (!isFourfold(point))
    throw refused(what, "a point of the order of the base point", "one of small or mixed order");
}

/** A public key from its compressed form (SEC 1 §2.3.4). Throws `cbke/point` as {@link assertPublic} does. */
export function decodePoint(bytes: Uint8Array, what: string): FinitePoint {
  if (bytes.length !== POINT_BYTES)
    throw refused(what, `${POINT_BYTES} bytes, a compressed point`, `${bytes.length}`);
  const sign = bytes[0]! - 2;
  if (sign !== 0 && sign !== 1) throw refused(what, "02 or 03 in front", `${bytes[0]}`);
  const x = field.fromBytes(bytes.subarray(1));
  if (x === undefined) throw refused(what, "x below 2^283", "more");
  const point = { x, y: ordinate(x, sign, what) };
  assertPublic(point, what);
  return point;
}

/** With y = xz the curve says z² + z = x + 1/x²; `sign` is the low bit of z. */
function ordinate(x: field.Element, sign: number, what: string): field.Element {
  if (field.isZero(x)) return field.one;
  const z = field.solveQuadratic(sum(x, square(field.invert(x))));
  if (z === undefined) throw refused(what, "the x of a point on sect283k1", "another");
  return times(x, field.lowBit(z) === sign ? z : sum(z, field.one));
}

export function encodePoint({ x, y }: FinitePoint): Uint8Array {
  const bytes = new Uint8Array(POINT_BYTES);
  bytes[0] = 2 + field.lowBit(times(y, field.invert(x)));
  bytes.set(field.toBytes(x), 1);
  return bytes;
}

function refused(what: string, expected: string, got: string): CodedError {
  const message = `${what}: expected ${expected}, got ${got}; no key is agreed with it`;
  return new CodedError("cbke/point", message, { what, expected, got });
}

// --- scalars ---

export function integerOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

export function encodeScalar(scalar: bigint): Uint8Array {
  const bytes = new Uint8Array(SCALAR_BYTES);
  for (let i = SCALAR_BYTES - 1, left = scalar; i >= 0; i--, left >>= 8n) bytes[i] = Number(left & 0xffn);
  return bytes;
}

/** A private key, 1 to n − 1. Throws `cbke/scalar`; the error does not tell the value. */
export function decodeScalar(bytes: Uint8Array): bigint {
  const scalar = bytes.length === SCALAR_BYTES ? integerOf(bytes) : 0n;
  if (scalar > 0n && scalar < ORDER) return scalar;
  throw new CodedError(
    "cbke/scalar",
    `private key: expected ${SCALAR_BYTES} bytes, a number from 1 to n − 1 of sect283k1, got ${bytes.length} bytes of another`,
    { bytes: bytes.length },
  );
}

/** Entropy that a scalar is made of: 8 bytes more than it has, so that no value is likelier than others. */
export const SEED_BYTES = SCALAR_BYTES + 8;
/** A private key from {@link SEED_BYTES} fresh random bytes. */
export const scalarFrom = (seed: Uint8Array): bigint => (integerOf(seed) % (ORDER - 1n)) + 1n;
