/** MCUboot images: header, payload, protected and unprotected TLVs, trailer; the hash is checked. */
import { createHash } from "node:crypto";
import { behindImage, type TrailerInFile } from "../../firmware/bootloader/padding.ts";
import { toHex } from "../../hal/base/hex.ts";
import { Annotator, type DecodedNode, hexNumber, noFit, numberOf, shownBytes } from "./node.ts";

const MAGIC = "3DB8F396";
const flagNames: Readonly<Record<number, string>> = {
  4: "AES-128 encrypted",
  8: "AES-256 encrypted",
  16: "not bootable",
  32: "RAM load",
  256: "ROM fixed",
  512: "LZMA1",
  1024: "LZMA2",
  2048: "ARM thumb filter",
};
const ENCRYPTED = 0x0c;
const tlvNames: Readonly<Record<number, string>> = {
  1: "key hash",
  2: "public key",
  16: "SHA-256",
  17: "SHA-384",
  18: "SHA-512",
  32: "RSA-2048 signature",
  34: "ECDSA signature",
  35: "RSA-3072 signature",
  36: "Ed25519 signature",
  37: "signature is over the image itself",
  48: "key for RSA-2048",
  49: "key for AES key wrap",
  50: "key for P-256",
  51: "key for X25519",
  64: "dependency",
  80: "security counter",
  96: "boot record",
  116: "vendor UUID",
  117: "class UUID",
};
const hashes: Readonly<Record<number, string>> = { 16: "sha256", 17: "sha384", 18: "sha512" };
/** Images one behind the other that are taken apart; more are no message of anyone's. */
const MAX_IMAGES = 4;
const MAX_TLVS = 64;

/** The image at the start of `bytes`, and what is behind it: padding, a trailer, further images. */
export function decodeMcuboot(bytes: Uint8Array): DecodedNode {
  return decodeImage(bytes, 0, MAX_IMAGES);
}

function decodeImage(bytes: Uint8Array, base: number, imagesLeft: number): DecodedNode {
  const a = new Annotator(bytes, base);
  a.expect("magic", MAGIC);
  const little = (name: string, length: number, note?: (v: number) => string | undefined) =>
    a.unsigned(name, length, note, true);
  little("load address", 4, (v) => hexNumber(v, 8));
  const headerBytes = little("header size", 2);
  const protectedBytes = little("protected TLVs size", 2, (v) => (v === 0 ? "none" : undefined));
  const payloadBytes = little("image size", 4);
  const flags = little("flags", 4, namesOfFlags);
  const version = takeVersion(a);
  little("padding", 4);
  if (headerBytes < 32) throw noFit(8, `header size ${headerBytes}, at least 32 expected`);
  if (headerBytes > 32) a.take("header padding", headerBytes - 32);
  a.take("payload", payloadBytes);
  const hashed = headerBytes + payloadBytes + protectedBytes;
  const check = {
    bytes: bytes.subarray(0, hashed),
    encrypted: (flags & ENCRYPTED) !== 0,
    digests: new Map(),
  };
  const children = protectedBytes === 0 ? [] : [takeTlvs(a, "protected", "0869", check)];
  if (children[0] !== undefined && children[0].bytes !== protectedBytes)
    throw noFit(
      10,
      `protected TLVs: header says ${protectedBytes} bytes, their own head ${children[0].bytes}`,
    );
  children.push(takeTlvs(a, "unprotected", "0769", check));
  children.push(...takeRest(a, imagesLeft - 1));
  return a.node(`MCUboot image, version ${version}`, children);
}

function namesOfFlags(flags: number): string {
  const names = Object.entries(flagNames).filter(([bit]) => (flags & Number(bit)) !== 0);
  return names.map(([, name]) => name).join(", ") || "none";
}

function takeVersion(a: Annotator): string {
  let text = "";
  a.take("version", 8, (b) => {
    text = versionOf(b);
    return text;
  });
  return text;
}

const versionOf = (b: Uint8Array): string =>
  `${b[0]}.${b[1]}.${numberOf(b.subarray(2, 4), true)}+${numberOf(b.subarray(4, 8), true)}`;

interface HashCheck {
  readonly bytes: Uint8Array;
  readonly encrypted: boolean;
  /** Digests computed so far: a hostile image may repeat a hash TLV, the work is done once. */
  readonly digests: Map<string, string>;
}

function takeTlvs(outer: Annotator, kind: string, magic: string, check: HashCheck): DecodedNode {
  const total = numberOf(outer.bytes.subarray(outer.at + 2, outer.at + 4), true);
  const place = outer.place;
  if (total < 4 || total > outer.left)
    throw noFit(place, `${kind} TLVs: ${total} bytes announced, ${outer.left} are left`);
  const a = new Annotator(outer.bytes.subarray(outer.at, outer.at + total), place);
  a.expect("TLV magic", magic);
  a.unsigned("TLV area size", 2, undefined, true);
  for (let i = 0; a.left > 0; i++) {
    if (i === MAX_TLVS) throw noFit(a.place, `more than ${MAX_TLVS} TLVs`);
    takeTlv(a, check);
  }
  outer.at += total;
  return a.node(`${kind} TLVs`);
}

function takeTlv(a: Annotator, check: HashCheck): void {
  const head = a.bytes.subarray(a.at, a.at + 4);
  const type = numberOf(head.subarray(0, 2), true);
  const length = numberOf(head.subarray(2, 4), true);
  if (head.length < 4 || length > a.left - 4)
    throw noFit(a.place, `TLV ${hexNumber(type, 4)} runs past its area`);
  const name = tlvNames[type] ?? (type >= 0xa0 && (type & 0xff) >= 0xa0 ? "vendor TLV" : "unknown TLV");
  const value = a.bytes.subarray(a.at + 4, a.at + 4 + length);
  a.fields.push({
    name: `${name} (${hexNumber(type, 2)})`,
    value:
      type === 0x50 && length === 4
        ? String(numberOf(value, true))
        : length <= 96
          ? toHex(value)
          : shownBytes(value),
    offset: a.place,
    length: 4 + length,
    ...hashNote(type, value, check),
  });
  a.at += 4 + length;
}

function hashNote(type: number, value: Uint8Array, check: HashCheck): { note?: string } {
  const algorithm = hashes[type];
  if (algorithm === undefined) return {};
  if (check.encrypted) return { note: "over the plain image, which is encrypted here" };
  const digest = check.digests.get(algorithm) ?? createHash(algorithm).update(check.bytes).digest("hex");
  check.digests.set(algorithm, digest);
  const matches = digest.toUpperCase() === toHex(value);
  return { note: matches ? "matches the image" : "DOES NOT MATCH the image" };
}

/** A padded image fills its slot; then a trailer ends it. Another image, or what is neither, is not dropped. */
function takeRest(a: Annotator, imagesLeft: number): DecodedNode[] {
  const rest = a.bytes.subarray(a.at);
  const { trailer, strayAt, isImage } = behindImage(rest);
  if (strayAt === undefined) {
    const magicAt = rest.length - (trailer === undefined ? 0 : 16);
    if (magicAt > 0) a.take("slot padding", magicAt, (b) => `${b.length} bytes`);
    if (trailer !== undefined)
      a.take("trailer magic", 16, (b) => ({ value: toHex(b), note: trailerNote(trailer) }));
    return [];
  }
  if (strayAt > 0) a.take("padding", strayAt, (b) => `${b.length} bytes`);
  if (isImage && imagesLeft > 0) {
    const child = behind(a.bytes.subarray(a.at), a.place, imagesLeft);
    if (child !== undefined) {
      a.take("another image", a.left, (b) => ({
        value: `${b.length} bytes`,
        note: "behind the first; see below",
      }));
      return [child];
    }
  }
  const note = isImage
    ? "begins like another image, and is none that can be read"
    : "neither padding nor a trailer: appended by something, or a damaged copy";
  a.take("bytes behind the image", a.left, (b) => ({ value: shownBytes(b), note }));
  return [];
}

function behind(bytes: Uint8Array, base: number, imagesLeft: number): DecodedNode | undefined {
  try {
    const { format, ...node } = decodeImage(bytes, base, imagesLeft);
    return { ...node, format: `${format}, behind the first` };
  } catch {
    return undefined;
  }
}

const swapTypes: Readonly<Record<number, string>> = { 2: "test", 3: "permanent", 4: "revert" };

function trailerNote({ align, imageOk, copyDone, swapInfo }: TrailerInFile): string {
  const swap = swapTypes[swapInfo & 0x0f];
  const said = [
    `marked for swap, alignment ${align === 8 ? "up to 8" : align}`,
    imageOk === 1 && "confirmed",
    copyDone === 1 && "copy done",
    swap !== undefined && `${swap} swap begun`,
  ];
  return said.filter(Boolean).join(", ");
}
