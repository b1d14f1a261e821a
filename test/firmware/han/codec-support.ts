/** Arbitraries and checks that all codec tests share. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { euiText } from "../../../hal/base/eui64.ts";

export const u8 = fc.integer({ min: 0, max: 0xff });
export const u16 = fc.integer({ min: 0, max: 0xffff });
export const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
export const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
export const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
export const eui = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(euiText);
export const seed = { seed: 20 };
export const optional = <T>(arbitrary: fc.Arbitrary<T>, name: string) =>
  fc.option(arbitrary, { nil: undefined }).map((value) => (value === undefined ? {} : { [name]: value }));

/** Whatever the bytes are: a value, or a refusal in our own words. */
export function neverCrashes(decode: (bytes: Uint8Array) => unknown, maxLength = 130): void {
  const calm = (input: Uint8Array): void => {
    try {
      decode(input);
    } catch (error) {
      assert.ok(error instanceof CodedError && error.code === "han/malformed", String(error));
    }
  };
  fc.assert(fc.property(bytes(maxLength), calm), { ...seed, numRuns: 500 });
}

export const kinds = <T>(
  name: string,
  samples: readonly T[],
  encode: (v: T) => Uint8Array,
  decode: (b: Uint8Array) => unknown,
) => {
  it(`${name}: each form comes back as it was, and no part of it does`, () => {
    for (const sample of samples) {
      const encoded = encode(sample);
      assert.deepEqual(decode(encoded), sample);
      assert.throws(() => decode(encoded.slice(0, -1)), CodedError);
      assert.throws(() => decode(Uint8Array.of(...encoded, 0)), CodedError);
    }
    assert.throws(() => decode(Uint8Array.of(0xee)), CodedError);
    neverCrashes(decode);
  });
};

export const A = "00DB1234567890A0";
export const B = "00DB1234567890A1";
export const K = Uint8Array.from({ length: 16 }, (_, i) => i);
