import type { Crypto } from "../../hal/board.ts";

const headerBytes = 32;
const tlvBytes = 4 + 4 + 32;

/** Bytes of an image around its payload. */
export const hashedImageOverheadBytes = headerBytes + tlvBytes;

/** An MCUboot image that nobody has signed: header, payload, and the TLV with the SHA-256 of both. */
export function hashedImage(
  crypto: Pick<Crypto, "sha256">,
  payload: Uint8Array,
  [major, minor, revision]: readonly [number, number, number] = [0, 0, 0],
): Uint8Array {
  const file = new Uint8Array(payload.length + hashedImageOverheadBytes);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x96f3b83d, true);
  view.setUint16(8, headerBytes, true);
  view.setUint32(12, payload.length, true);
  view.setUint8(20, major);
  view.setUint8(21, minor);
  view.setUint16(22, revision, true);
  file.set(payload, headerBytes);
  const tlvAt = headerBytes + payload.length;
  view.setUint16(tlvAt, 0x6907, true);
  view.setUint16(tlvAt + 2, tlvBytes, true);
  view.setUint16(tlvAt + 4, 0x10, true);
  view.setUint16(tlvAt + 6, 32, true);
  file.set(crypto.sha256(file.subarray(0, tlvAt)), tlvAt + 8);
  return file;
}
