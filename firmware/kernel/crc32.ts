/** CRC-32 (IEEE 802.3, reflected 0xEDB88320), four bytes a step: the journal pays it on every commit. */
const tables = makeTables();

function makeTables(): readonly Uint32Array[] {
  const made = [0, 1, 2, 3].map(() => new Uint32Array(256)) as [Uint32Array, ...Uint32Array[]];
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    made[0][n] = c;
  }
  for (let n = 0; n < 256; n++) {
    for (let t = 1; t < 4; t++) {
      const before = made[t - 1]?.[n] as number;
      (made[t] as Uint32Array)[n] = (made[0][before & 0xff] as number) ^ (before >>> 8);
    }
  }
  return made;
}

const [T0, T1, T2, T3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** CRC-32 of `bytes[from, to)`, as an unsigned number. */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let c = 0xffffffff;
  let at = from;
  for (const end = to - 3; at < end; at += 4) {
    c ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    c =
      (T3[c & 0xff] as number) ^
      (T2[(c >>> 8) & 0xff] as number) ^
      (T1[(c >>> 16) & 0xff] as number) ^
      (T0[c >>> 24] as number);
  }
  for (; at < to; at++) c = (T0[(c ^ (bytes[at] as number)) & 0xff] as number) ^ (c >>> 8);
  return ~c >>> 0;
}
