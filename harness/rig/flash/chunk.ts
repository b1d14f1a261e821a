/** The piece of a file that exactly fills one packet. */
import { encodePayload, HEADER_BYTES, image } from "../../../hal/serial/smp/index.ts";

/**
 * Pieces are whole multiples of this, but for the last: an image header, and of whatever flash parts write at once.
 * What fills no such unit a board keeps in memory, where a reset takes it, or it sends it back at once (MCUboot's
 * recovery answers the offset before it).
 */
export const UNIT_BYTES = 32;

/**
 * The next piece from `off`, as large as a packet of `packetBytes` (header and payload) takes in whole units, or what
 * is left. At offset 0 the first packet's fields go with it.
 */
export function nextChunk(
  file: Uint8Array,
  off: number,
  packetBytes: number,
  start: image.UploadStart,
): image.UploadChunk {
  const first = off === 0 ? { first: start } : {};
  const empty =
    HEADER_BYTES + encodePayload(image.uploadPayload({ off, data: new Uint8Array(0), ...first })).length;
  const room = packetBytes - empty;
  const dataBytes = Math.max(1, room - (lengthBytes(room) - 1));
  const whole = dataBytes < UNIT_BYTES ? dataBytes : dataBytes - (dataBytes % UNIT_BYTES);
  return {
    off,
    data: file.subarray(off, off + (off + dataBytes < file.length ? whole : dataBytes)),
    ...first,
  };
}

/** Bytes that CBOR spends on the length of a byte string that is to fill `room` (RFC 8949 §3). */
function lengthBytes(room: number): number {
  if (room <= 23) return 1;
  return room <= 256 ? 2 : room <= 65_537 ? 3 : 5;
}
