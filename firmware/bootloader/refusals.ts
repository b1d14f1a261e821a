/** Why an MCUboot image is refused: one word for each reason, as `image/<reason>` in the error's code. */
import { CodedError } from "../../hal/base/coded-error.ts";

/** Each reason, with what to do about it. */
const advice = {
  truncated: "The file ends inside the image: build or copy it again.",
  magic: "This is no MCUboot image: sign the build's output with imgtool.",
  "header-size": "Sign with a header of at least 32 bytes (imgtool -H).",
  flags: "Sign without RAM load, ROM address, compression or the non-bootable mark.",
  size: "The header's image size reaches past the end: build or copy the image again.",
  "too-large": "Make the image smaller, or the slot larger.",
  "protected-size": "The header disagrees with the protected TLV area: sign the image again.",
  "tlv-magic": "No TLV area follows the payload: the header was changed, or the image was never signed.",
  "tlv-length": "A TLV reaches past its area or has the wrong length: sign the image again.",
  "tlv-duplicate": "Sign the image once only.",
  "tlv-unknown": "Sign with an imgtool that this bootloader knows; put custom TLVs in the protected area.",
  "tlv-place":
    "Dependencies, counters and custom TLVs belong in the protected area, hashes and keys outside it.",
  "tlv-order": "The key must come before the signature, and the hash before both: sign with imgtool.",
  "trailing-bytes": "Give imgtool's output as it is: something was appended to it, or the copy is damaged.",
  "trailing-image": "Give a file of one image: cut it there (head -c), and flash the other one by itself.",
  "hash-missing": "Sign the image with imgtool: it writes the hash.",
  hash: "The image was changed after it was signed: build or copy it again.",
  encrypted: "Give the decryption key, or an image that is not encrypted.",
  decryption: "The image was encrypted for another board's key.",
  "signature-missing": "Sign the image with the board's key.",
  "signature-type": "Sign with Ed25519 or ECDSA P-256.",
  "key-unknown": "Sign with the board's key, or give the key that it was signed with.",
  signature: "The signature is not by the given key over this image: sign it again.",
  dependency: "Flash the images that it depends on first.",
  "security-counter": "Sign with a security counter at least as high as the board's (imgtool -s).",
  version: "Use a version higher than the one that runs, or allow the downgrade.",
} as const;

export type ImageReason = keyof typeof advice;

/** Throws `image/<reason>`; `data.advice` says what to do next. */
export function refuse(reason: ImageReason, message: string, data: Record<string, unknown> = {}): never {
  throw new CodedError(`image/${reason}`, `image: ${message}`, {
    reason,
    advice: advice[reason],
    ...data,
  });
}
