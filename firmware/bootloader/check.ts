/**
 * Would this image boot? The bootloader asks before it swaps, the flasher before it sends a byte. Cheapest
 * first: structure, slot fit, hash, key, signature, dependencies, security counter, version.
 */
import { sameBytes } from "../../hal/base/bytes.ts";
import { toLowerHex } from "../../hal/base/hex.ts";
import type { Crypto } from "../../hal/board.ts";
import { plainRegion } from "./decrypt.ts";
import { findTlv, type McubootImage, parseImage, type Tlv, TlvType, viewOf } from "./image.ts";
import { type ImageKey, imageVerifier, subjectPublicKeyInfo } from "./keys.ts";
import { requirePadding } from "./padding.ts";
import { refuse } from "./refusals.ts";
import { compareVersions, type ImageVersion, readVersion, versionText } from "./version.ts";

export interface CheckOptions {
  readonly crypto: Crypto;
  /** Keys that may have signed; undefined leaves the signature unchecked (and none is required). */
  readonly keys?: readonly ImageKey[] | undefined;
  /** X25519 secret, 32 bytes, for encrypted images. */
  readonly decryptionKey?: Uint8Array | undefined;
  /** Flags taken besides those that the bootloader here knows (see {@link parseImage}). */
  readonly alsoFlags?: number | undefined;
  /** What the slot takes: its size minus the trailer. */
  readonly maxImageBytes?: number | undefined;
  /** Bytes of trailer that a padded file may end with. */
  readonly trailerBytes?: number | undefined;
  /** The board's stored security counter: the image must carry one at least as high. */
  readonly securityCounter?: number | undefined;
  /** Refuse what is older than this. */
  readonly notOlderThan?: ImageVersion | undefined;
  /** Versions of the board's other images, by number: dependencies must be met by them. Undefined: unchecked. */
  readonly otherImages?: ReadonlyMap<number, ImageVersion> | undefined;
}

export interface CheckedImage {
  readonly image: McubootImage;
  /** The hash TLV's value: how SMP names the image. */
  readonly hash: Uint8Array;
  readonly signature: "verified" | "unchecked" | "absent";
  readonly securityCounter: number | undefined;
}

/** Throws `image/<reason>` (refusals.ts) unless the image would boot. */
export function checkImage(file: Uint8Array, options: CheckOptions): CheckedImage {
  const image = parseImage(file, options.alsoFlags);
  requirePadding(image, file, options.trailerBytes);
  const { maxImageBytes = Number.POSITIVE_INFINITY } = options;
  if (image.bytes.length > maxImageBytes)
    refuse("too-large", `${image.bytes.length} bytes do not fit into the slot's ${maxImageBytes}`, {
      imageBytes: image.bytes.length,
      maxImageBytes,
    });
  const region = plainRegion(image, options.decryptionKey, options.crypto);
  const hash = checkHash(image, region, options.crypto);
  const signature = checkSignature(image, region, hash, options);
  checkDependencies(image, options.otherImages);
  const securityCounter = checkCounter(image, options.securityCounter);
  const oldest = options.notOlderThan;
  if (oldest && compareVersions(image.version, oldest) < 0)
    refuse("version", `${versionText(image.version)} is older than ${versionText(oldest)}, which runs`);
  return { image, hash, signature, securityCounter };
}

/** The one hash TLV over the plain region. */
function checkHash(image: McubootImage, region: Uint8Array, crypto: Crypto): Uint8Array {
  const tlvs = [TlvType.sha256, TlvType.sha384, TlvType.sha512].flatMap(
    (type) => findTlv(image.tlvs, type) ?? [],
  );
  if (tlvs.length > 1) refuse("tlv-duplicate", "there are hashes of two kinds");
  const [tlv] = tlvs;
  if (tlv === undefined) return refuse("hash-missing", "there is no hash TLV");
  const digest = digestOf(tlv.type, crypto)(region);
  if (tlv.value.length !== digest.length)
    refuse("tlv-length", `the hash TLV has ${tlv.value.length} bytes, expected ${digest.length}`);
  if (!sameBytes(digest, tlv.value))
    refuse("hash", "header, payload or protected TLVs differ from their hash");
  return tlv.value;
}

/** The hash function that a hash TLV names. */
function digestOf(type: number, crypto: Crypto): (data: Uint8Array) => Uint8Array {
  if (type === TlvType.sha512) return crypto.sha512;
  return type === TlvType.sha384 ? crypto.sha384 : crypto.sha256;
}

const signatureKinds = new Map([
  [TlvType.ed25519, "ed25519"],
  [TlvType.ecdsa, "p256"],
  [TlvType.rsa2048, undefined],
  [TlvType.rsa3072, undefined],
] as const) as ReadonlyMap<number, ImageKey["kind"] | undefined>;

function checkSignature(
  image: McubootImage,
  region: Uint8Array,
  hash: Uint8Array,
  { keys, crypto }: CheckOptions,
): CheckedImage["signature"] {
  const signatures = image.tlvs.filter(({ type }) => signatureKinds.has(type));
  if (signatures.length > 1) refuse("tlv-duplicate", "there is more than one signature");
  const [tlv] = signatures;
  if (keys === undefined) return tlv ? "unchecked" : "absent";
  if (tlv === undefined) return refuse("signature-missing", "it is not signed");
  const kind = signatureKinds.get(tlv.type);
  if (kind === undefined) refuse("signature-type", "it is signed with RSA");
  const key = findKey(image, keys, hash.length, crypto);
  if (key.kind !== kind) refuse("signature-type", `its key is ${key.kind} and its signature ${kind}`);
  checkOrder(image.tlvs, tlv);
  const pure = signedWhole(image);
  // Ed25519 signs the hash itself, unless SIG_PURE; ECDSA is over SHA-256 of the region, as it hashes itself.
  const message = kind === "ed25519" && !pure ? hash : region;
  if (!imageVerifier(key, crypto)(message, tlv.value)) refuse("signature", "its signature is wrong");
  return "verified";
}

/** The given key that the image names, by hash (as long as the image's own) or in full. */
function findKey(
  image: McubootImage,
  keys: readonly ImageKey[],
  hashBytes: number,
  crypto: Crypto,
): ImageKey {
  const byHash = findTlv(image.tlvs, TlvType.keyHash)?.value;
  const full = findTlv(image.tlvs, TlvType.publicKey)?.value;
  if (byHash && full) refuse("tlv-duplicate", "it names its key twice");
  if (!byHash && !full) refuse("key-unknown", "it does not say which key signed it");
  const digest = hashBytes === 64 ? crypto.sha512 : hashBytes === 48 ? crypto.sha384 : crypto.sha256;
  const named = byHash ?? digest(full as Uint8Array);
  const given = keys.map((key) => ({ key, hash: digest(subjectPublicKeyInfo(key)) }));
  const found = given.find(({ hash }) => sameBytes(hash, named));
  if (found !== undefined) return found.key;
  const list = given.map(({ key, hash }) => `${key.kind} ${shortHash(hash)}`).join(", ") || "no key";
  return refuse("key-unknown", `it was signed with key ${shortHash(named)}; given: ${list}`);
}

const shortHash = (hash: Uint8Array): string => `${toLowerHex(hash.subarray(0, 6))}…`;

/** imgtool's order, which a bootloader that reads in one pass relies on: hash, key, signature. */
function checkOrder(tlvs: readonly Tlv[], signature: Tlv): void {
  const hashAt = tlvs.findIndex(({ type }) => type >= TlvType.sha256 && type <= TlvType.sha512);
  const keyAt = tlvs.findIndex(({ type }) => type === TlvType.keyHash || type === TlvType.publicKey);
  if (hashAt > keyAt || keyAt > tlvs.indexOf(signature))
    refuse("tlv-order", "expected the hash, then the key, then the signature");
}

/** SIG_PURE: the signature is over the whole region, not its hash. */
function signedWhole(image: McubootImage): boolean {
  const pure = findTlv(image.tlvs, TlvType.sigPure)?.value;
  if (pure === undefined) return false;
  if (pure.length !== 1 || pure[0] !== 1) refuse("tlv-length", "the SIG_PURE TLV must be one byte, 01");
  return true;
}

function checkDependencies(image: McubootImage, others: CheckOptions["otherImages"]): void {
  for (const { type, value } of image.protectedTlvs) {
    if (type !== TlvType.dependency) continue;
    if (value.length !== 12) refuse("tlv-length", `a dependency TLV has ${value.length} bytes, expected 12`);
    if (others === undefined) continue;
    const view = viewOf(value);
    const number = view.getUint8(0);
    const needed = readVersion(view, 4);
    const present = others.get(number);
    if (present === undefined || compareVersions(present, needed) < 0)
      refuse("dependency", `it needs image ${number} at ${versionText(needed)} or later`, {
        image: number,
        needed: versionText(needed),
        present: present && versionText(present),
      });
  }
}

function checkCounter(image: McubootImage, stored: number | undefined): number | undefined {
  const value = findTlv(image.protectedTlvs, TlvType.securityCounter)?.value;
  if (value !== undefined && value.length !== 4)
    refuse("tlv-length", `the security counter TLV has ${value.length} bytes, expected 4`);
  const counter = value && viewOf(value).getUint32(0, true);
  if (stored !== undefined && (counter === undefined || counter < stored))
    refuse("security-counter", `its security counter is ${counter ?? "missing"}, the board's ${stored}`, {
      counter,
      stored,
    });
  return counter;
}
