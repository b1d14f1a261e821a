/** Ways to spoil a message, each by a seeded random: bit flips, truncations, splices, type swaps, nested lengths. */
import type { SeededRandom } from "../../hal/mock/index.ts";

/** The bytes to spoil, others of the same kind to splice with, and where choices come from. */
type Mutation = (bytes: Uint8Array, other: Uint8Array, random: SeededRandom) => Uint8Array;

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

const place = (bytes: Uint8Array, random: SeededRandom): number => random.below(Math.max(1, bytes.length));

/** Tags and heads of DLMS, DER and CBOR, and lengths that promise much. */
const telling = [
  0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x09, 0x0a, 0x0c, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x1b, 0x30,
  0x31, 0x3b, 0x40, 0x5b, 0x5f, 0x7b, 0x80, 0x81, 0x82, 0x83, 0x84, 0x9b, 0x9f, 0xa0, 0xbf, 0xd1, 0xd9, 0xf6,
  0xfb, 0xff,
];

function overwritten(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [i, value] of values.entries()) if (at + i < copy.length) copy[at + i] = value;
  return copy;
}

export const mutations: Readonly<Record<string, Mutation>> = {
  bits: (bytes, _other, random) => {
    const copy = Uint8Array.from(bytes);
    for (let i = random.below(4); i >= 0; i--) {
      const at = place(copy, random);
      copy[at] = copy[at]! ^ (1 << random.below(8));
    }
    return copy;
  },
  truncation: (bytes, _other, random) => bytes.slice(0, place(bytes, random)),
  hole: (bytes, _other, random) => {
    const from = place(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(16)));
  },
  splice: (bytes, other, random) =>
    joined(bytes.subarray(0, place(bytes, random)), other.subarray(place(other, random))),
  insertion: (bytes, other, random) => {
    const at = place(bytes, random);
    const from = place(other, random);
    return joined(bytes.subarray(0, at), other.subarray(from, from + random.below(64)), bytes.subarray(at));
  },
  type: (bytes, _other, random) =>
    overwritten(bytes, place(bytes, random), telling[random.below(telling.length)]!),
  length: (bytes, _other, random) =>
    overwritten(bytes, place(bytes, random), 0x80 + random.below(8), ...random.bytes(random.below(5))),
  /** A head repeated: containers inside containers. */
  nest: (bytes, _other, random) => {
    const at = place(bytes, random);
    const head = bytes.subarray(at, at + 1 + random.below(3));
    const times = Array.from({ length: 1 + random.below(300) }, () => head);
    return joined(bytes.subarray(0, at), ...times, bytes.subarray(at));
  },
};

/** One of them, by chance. */
export function spoilt(bytes: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  const all = Object.values(mutations);
  return all[random.below(all.length)]!(bytes, other, random);
}
