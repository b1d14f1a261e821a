import { nodeCrypto } from "../../hal/crypto/index.ts";
import { hashedImage, hashedImageOverheadBytes } from "../../harness/rig/hashed-image.ts";

/** An image of that length, TLVs included, with a hash and no signature. `fill` makes images differ. */
export function unsignedImage(bytes: number, fill: number): Uint8Array {
  const payload = Uint8Array.from({ length: bytes - hashedImageOverheadBytes }, (_, i) => {
    const at = 32 + i;
    return (at * 31 + (at >> 8) * (fill + 1)) & 0xff;
  });
  return hashedImage(nodeCrypto(), payload);
}
