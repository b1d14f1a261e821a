/**
 * Small byte arrays cut from a slab: making a typed array of its own for each costs ten times as much, and
 * a message needs several. Each piece is handed out once and never taken back, so pieces never overlap.
 */
const SLAB_BYTES = 8192;
const MAX_PIECE = 1024;

let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/** `length` bytes of zero, shared with nobody (but their `.buffer` is: never use it). */
export function allocate(length: number): Uint8Array {
  if (length > MAX_PIECE) return new Uint8Array(length);
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}

/** A copy of `bytes`. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = allocate(bytes.length);
  copy.set(bytes);
  return copy;
}
