/**
 * The binary field F(2^283): polynomials over two elements modulo x^283 + x^12 + x^7 + x^5 + 1. An element is 9
 * words of 32 bits, lowest first; bit i of the whole is the factor of x^i. Addition is XOR, and its own inverse.
 *
 * Nothing here changes its arguments. Times depend on values: fit for a model, not for a chip that others can time.
 */
export type Element = Int32Array;

const WORDS = 9;
/** Bits of an element that stand in its top word. */
const TOP_BITS = 283 - 32 * (WORDS - 1);
export const FIELD_BYTES = 36;

export const zero: Element = new Int32Array(WORDS);
export const one: Element = small(1);

export function small(value: number): Element {
  const element = new Int32Array(WORDS);
  element[0] = value;
  return element;
}

/** From 36 bytes, most significant first; undefined when they are 2^283 or more. */
export function fromBytes(bytes: Uint8Array): Element | undefined {
  const element = new Int32Array(WORDS);
  const view = new DataView(bytes.buffer, bytes.byteOffset, FIELD_BYTES);
  for (let i = 0; i < WORDS; i++) element[i] = view.getUint32(4 * (WORDS - 1 - i));
  return element[WORDS - 1]! >>> TOP_BITS === 0 ? element : undefined;
}

export function toBytes(element: Element): Uint8Array {
  const bytes = new Uint8Array(FIELD_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < WORDS; i++) view.setUint32(4 * (WORDS - 1 - i), element[i]!);
  return bytes;
}

export const isZero = (a: Element): boolean => a.every((word) => word === 0);
export const same = (a: Element, b: Element): boolean => a.every((word, i) => word === b[i]);
/** The factor of x^0. */
export const lowBit = (a: Element): number => a[0]! & 1;

export function add(a: Element, b: Element): Element {
  const sum = new Int32Array(WORDS);
  for (let i = 0; i < WORDS; i++) sum[i] = a[i]! ^ b[i]!;
  return sum;
}

/** Scratch of every product, so that none is collected: nothing here waits in between. */
const product = new Int32Array(2 * WORDS);
const multiples = new Int32Array(16 * WORDS);

/** Left to right, four bits of `a` at a time, from a table of the 16 multiples of `b` by them. */
export function multiply(a: Element, b: Element): Element {
  fillMultiples(b);
  product.fill(0);
  for (let shift = 28; shift >= 0; shift -= 4) {
    for (let i = 0; i < WORDS; i++) addMultiple(i, ((a[i]! >>> shift) & 15) * WORDS);
    if (shift > 0) shiftLeft4();
  }
  return reduce();
}

/** Written out: the one place where it is three times as fast as a loop. */
function addMultiple(at: number, row: number): void {
  product[at]! ^= multiples[row]!;
  product[at + 1]! ^= multiples[row + 1]!;
  product[at + 2]! ^= multiples[row + 2]!;
  product[at + 3]! ^= multiples[row + 3]!;
  product[at + 4]! ^= multiples[row + 4]!;
  product[at + 5]! ^= multiples[row + 5]!;
  product[at + 6]! ^= multiples[row + 6]!;
  product[at + 7]! ^= multiples[row + 7]!;
  product[at + 8]! ^= multiples[row + 8]!;
}

/** b times each polynomial of degree 3 or less, 9 words each: 286 bits at most, which fit. */
function fillMultiples(b: Element): void {
  multiples.set(b, WORDS);
  for (let u = 2; u < 16; u += 2) {
    const half = (u >>> 1) * WORDS;
    for (let k = 0, carry = 0; k < WORDS; k++) {
      const word = multiples[half + k]!;
      const doubled = (word << 1) | carry;
      multiples[u * WORDS + k] = doubled;
      multiples[(u + 1) * WORDS + k] = doubled ^ b[k]!;
      carry = word >>> 31;
    }
  }
}

function shiftLeft4(): void {
  for (let i = product.length - 1; i > 0; i--) product[i] = (product[i]! << 4) | (product[i - 1]! >>> 28);
  product[0] = product[0]! << 4;
}

/** Each byte with a zero between any two of its bits: squaring is linear over two elements. */
const spread = Uint16Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let i = 0; i < 8; i++) bits |= ((byte >>> i) & 1) << (2 * i);
  return bits;
});

export function square(a: Element): Element {
  for (let i = 0; i < WORDS; i++) {
    const word = a[i]!;
    product[2 * i] = spread[word & 0xff]! | (spread[(word >>> 8) & 0xff]! << 16);
    product[2 * i + 1] = spread[(word >>> 16) & 0xff]! | (spread[word >>> 24]! << 16);
  }
  return reduce();
}

/** Of the product. x^283 is x^12 + x^7 + x^5 + 1, and so x^288, where word 9 begins, x^17 + x^12 + x^10 + x^5. */
function reduce(): Element {
  for (let i = 2 * WORDS - 1; i >= WORDS; i--) {
    const word = product[i]!;
    product[i - 9]! ^= (word << 17) ^ (word << 12) ^ (word << 10) ^ (word << 5);
    product[i - 8]! ^= (word >>> 15) ^ (word >>> 20) ^ (word >>> 22) ^ (word >>> 27);
  }
  const over = product[WORDS - 1]! >>> TOP_BITS;
  product[0]! ^= over ^ (over << 5) ^ (over << 7) ^ (over << 12);
  product[WORDS - 1]! &= 2 ** TOP_BITS - 1;
  return product.slice(0, WORDS);
}

export function squareTimes(a: Element, times: number): Element {
  let result = a;
  for (let i = 0; i < times; i++) result = square(result);
  return result;
}

/** 1/a as a^(2^283 − 2), by Itoh and Tsujii: a^(2^k − 1) for k along the bits of 282. Of zero: zero. */
export function invert(a: Element): Element {
  let power = a;
  let k = 1;
  for (const bit of (282).toString(2).slice(1)) {
    power = multiply(squareTimes(power, k), power);
    k *= 2;
    if (bit === "1") {
      power = multiply(square(power), a);
      k += 1;
    }
  }
  return square(power);
}

/** A z with z² + z = a, one of two (the other is z + 1); undefined for the half of all elements that have none. */
export function solveQuadratic(a: Element): Element | undefined {
  let halfTrace = a;
  for (let i = 0; i < 141; i++) halfTrace = add(squareTimes(halfTrace, 2), a);
  return same(add(square(halfTrace), halfTrace), a) ? halfTrace : undefined;
}
