/** The CRCs of the field: three of 16 bits for short frames, CRC-32 for the journal, which pays it on every commit. */

/** CRC-16/X-25: polynomial 0x1021 reflected, start and final XOR 0xFFFF. `123456789` gives 0x906E. */
export const crc16X25 = (bytes: Uint8Array): number => reflected16(bytes, 0xffff) ^ 0xffff;

/** CRC-16/KERMIT, the FCS of IEEE 802.15.4 (7.2.1.9): as X-25, without the XORs. `123456789` gives 0x2189. */
export const crc16Kermit = (bytes: Uint8Array): number => reflected16(bytes, 0);

function reflected16(bytes: Uint8Array, start: number): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
}

const xmodem = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff) >>> 0;
  return crc;
});

/** CRC-16/XMODEM: polynomial 0x1021, starts at 0, nothing reflected, no final XOR. `123456789` gives 0x31C3. */
export function crc16Xmodem(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ xmodem[(crc >> 8) ^ byte]!;
  return crc;
}

const POLYNOMIAL = 0xedb88320;

/** One table of 256 entries for each of eight bytes, end to end: table k advances a byte by k more bytes. */
const tables = makeTables();

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? POLYNOMIAL ^ (c >>> 1) : c >>> 1;
    made[n] = c;
  }
  for (let n = 256; n < made.length; n++) {
    const before = made[n - 256]!;
    made[n] = made[before & 0xff]! ^ (before >>> 8);
  }
  return made;
}

/**
 * CRC-32 (IEEE 802.3, reflected) of `bytes[from, to)`, eight bytes a step, as an unsigned number.
 * `123456789` gives 0xCBF43926.
 */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length): number {
  const t = tables;
  let c = -1;
  let at = from;
  for (const end = to - 7; at < end; at += 8) {
    c ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    c =
      t[0x700 + (c & 0xff)]! ^
      t[0x600 + ((c >>> 8) & 0xff)]! ^
      t[0x500 + ((c >>> 16) & 0xff)]! ^
      t[0x400 + (c >>> 24)]! ^
      t[0x300 + bytes[at + 4]!]! ^
      t[0x200 + bytes[at + 5]!]! ^
      t[0x100 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < to; at++) c = t[(c ^ bytes[at]!) & 0xff]! ^ (c >>> 8);
  return ~c >>> 0;
}
