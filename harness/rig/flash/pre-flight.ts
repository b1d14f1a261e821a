/** Would the file boot? Asked on the host, before a byte is sent. */
import { readFileSync } from "node:fs";
import { type CheckedImage, checkImage } from "../../../firmware/bootloader/check.ts";
import {
  FLAG_AES128,
  FLAG_RAM_LOAD,
  FLAG_ROM_FIXED,
  findTlv,
  TlvType,
} from "../../../firmware/bootloader/image.ts";
import type { ImageKey } from "../../../firmware/bootloader/keys.ts";
import { trailerBytes } from "../../../firmware/bootloader/trailer.ts";
import { CodedError, hasCode } from "../../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { imageContent } from "../../input/image-content.ts";
import { compressedPoint, publicBytes, readKeyObject } from "../../input/key-file.ts";

/** What the file must satisfy; all of it is optional but the structure and the hash. */
export interface PreFlightOptions {
  /** Keys that may have signed; undefined leaves signatures unchecked. */
  readonly keys?: readonly ImageKey[] | undefined;
  /** X25519 secret for encrypted images. */
  readonly decryptionKey?: Uint8Array | undefined;
  readonly securityCounter?: number | undefined;
  /** Take images that are loaded into memory or fixed to an address: for bootloaders that pick the higher version. */
  readonly byVersion?: boolean | undefined;
}

export interface ImageFile extends CheckedImage {
  /** What is sent: the image without the padding and the trailer that a file may end with. */
  readonly bytes: Uint8Array;
}

/** Slots of up to 1,024 sectors, of the widest write units: what a padded file may end with. */
const MAX_TRAILER_BYTES = trailerBytes(1024, 512, 512);

/** Of images for bootloaders that pick the higher version and copy nothing into place. */
const BY_VERSION_FLAGS = FLAG_RAM_LOAD | FLAG_ROM_FIXED;

/** Throws `image/<reason>` with what to do in `data.advice`. */
export function preFlight(file: Uint8Array, options: PreFlightOptions = {}): ImageFile {
  const alsoFlags = options.byVersion ? BY_VERSION_FLAGS : 0;
  const checks = { ...options, alsoFlags, crypto: nodeCrypto(), trailerBytes: MAX_TRAILER_BYTES };
  try {
    const checked = checkImage(file, checks);
    return { ...checked, bytes: checked.image.bytes };
  } catch (error) {
    if (hasCode(error, "image/magic")) throw placed(error as CodedError, file);
    throw options.byVersion ? error : withByVersion(error);
  }
}

/** RAM load and ROM-fixed images are taken when that is asked for. */
function withByVersion(error: unknown): unknown {
  if (!(error instanceof CodedError) || error.code !== "image/flags") return error;
  if (Number(error.data.flags) & ~(BY_VERSION_FLAGS | FLAG_AES128)) return error;
  const advice =
    "It is loaded into memory, or fixed to an address: give --by-version for a board whose bootloader takes such images.";
  return new CodedError(error.code, error.message, { ...error.data, advice }, error);
}

/** A file that begins with something else may hold an image further on: a bootloader and its application, say. */
function placed(error: CodedError, file: Uint8Array): CodedError {
  const at = Buffer.from(file.buffer, file.byteOffset, file.length).indexOf(IMAGE_MAGIC);
  if (at < 0) return error;
  const advice = `An image begins at byte ${at}: flash that part alone (tail -c +${at + 1} FILE).`;
  return new CodedError(
    error.code,
    `${error.message}; an image begins at byte ${at}`,
    { ...error.data, at, advice },
    error,
  );
}

const IMAGE_MAGIC = Uint8Array.of(0x3d, 0xb8, 0xf3, 0x96);

/** What a bootloader must be built for to take it: `plain, hashed with SHA-256, signed with Ed25519`. */
export function describeImage({ hash, image }: CheckedImage): string {
  const has = (type: number) => findTlv(image.tlvs, type) !== undefined;
  const rsa = has(TlvType.rsa2048) || has(TlvType.rsa3072) ? "RSA" : undefined;
  const curve = hash.length === 48 ? "P-384" : "P-256"; // as MCUboot pairs them
  const kind = has(TlvType.ed25519) ? "Ed25519" : has(TlvType.ecdsa) ? `ECDSA ${curve}` : rsa;
  const whole = has(TlvType.sigPure) ? " over the whole of it" : "";
  return [
    image.flags & FLAG_AES128 ? "encrypted" : "plain",
    `hashed with SHA-${8 * hash.length}`,
    kind === undefined ? "not signed" : `signed with ${kind}${whole}`,
  ].join(", ");
}

/** The image file of that name: bytes, or Intel HEX. Throws `cli/usage` when it cannot be read. */
export function readImageFile(path: string): Uint8Array {
  const content = imageContent(new Uint8Array(read(path, "the image that the build signed")));
  if (content instanceof Uint8Array) return content;
  const { line, column, fault } = content;
  throw new CodedError("cli/usage", `flash: ${path}, line ${line}, column ${column}: ${fault}`, {
    ...content,
    advice: "Give the image that imgtool signed, as bytes (.bin) or as Intel HEX.",
  });
}

/**
 * A public or private key, PEM or DER, or a raw public one (32, 33 or 65 bytes), Ed25519 or P-256: what images are signed
 * with. Throws `cli/usage`, naming what the file is instead.
 */
export function readKeyFile(path: string): ImageKey {
  const content = new Uint8Array(read(path, "a PEM file with an Ed25519 or P-256 key"));
  if (content.length === 32) return { kind: "ed25519", publicKey: content };
  if (content.length === 65 && content[0] === 4) return { kind: "p256", publicKey: content };
  const key = compressedPoint(content) ?? readKeyObject(content, "public");
  const found = typeof key === "string" ? key : publicBytes(key);
  if (typeof found === "string") throw keyError(path, `it ${found}`);
  if (found.kind === "x25519")
    throw keyError(path, "it is neither Ed25519 nor P-256, but X25519, which signs nothing");
  return { kind: found.kind, publicKey: found.bytes };
}

/** A private X25519 key: what encrypted images open with. */
export function readDecryptionKey(path: string): Uint8Array {
  const advice = "Give the PEM file of the private X25519 key that the board decrypts images with.";
  const key = readKeyObject(read(path, "a PEM file with a private X25519 key"), "private");
  if (typeof key === "string") throw keyError(path, `it ${key}`, advice);
  if (key.asymmetricKeyType !== "x25519")
    throw keyError(path, `it is no X25519 key, but of type ${key.asymmetricKeyType}`, advice);
  return new Uint8Array(key.export({ format: "der", type: "pkcs8" }).subarray(-32));
}

function read(path: string, expected: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CodedError(
      "cli/usage",
      `flash: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { advice: `Expected ${expected}.` },
      cause,
    );
  }
}

function keyError(
  path: string,
  what: string,
  advice = "Give the PEM file that the image was signed with, or its public key.",
): CodedError {
  return new CodedError("cli/usage", `flash: key ${path}: ${what}`, { advice });
}
