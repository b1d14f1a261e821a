import { nodeCrypto } from "../../hal/crypto/index.ts";

/** An image of that length, TLVs included, with a hash and no signature. `fill` makes images differ. */
export function unsignedImage(bytes: number, fill: number): Uint8Array {
  const tlvBytes = 4 + 4 + 32;
  const file = new Uint8Array(bytes);
  const view = new DataView(file.buffer);
  const payloadBytes = bytes - 32 - tlvBytes;
  view.setUint32(0, 0x96f3b83d, true);
  view.setUint16(8, 32, true);
  view.setUint32(12, payloadBytes, true);
  for (let at = 32; at < 32 + payloadBytes; at++) file[at] = (at * 31 + (at >> 8) * (fill + 1)) & 0xff;
  const tlvAt = 32 + payloadBytes;
  view.setUint16(tlvAt, 0x6907, true);
  view.setUint16(tlvAt + 2, tlvBytes, true);
  view.setUint16(tlvAt + 4, 0x10, true);
  view.setUint16(tlvAt + 6, 32, true);
  file.set(nodeCrypto().sha256(file.subarray(0, tlvAt)), tlvAt + 8);
  return file;
}
