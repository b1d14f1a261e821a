/** Whether two byte strings are the same. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xff);
