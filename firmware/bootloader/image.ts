/**
 * Reads an MCUboot image (little endian): 32-byte header, payload, protected TLVs, TLVs. Every length is
 * checked against the bytes that are there before it is used; what is wrong is refused with its own reason.
 */
import { refuse } from "./refusals.ts";
import { type ImageVersion, readVersion } from "./version.ts";

export const HEADER_BYTES = 32;
const MAGIC = 0x96f3b83d;
const INFO_BYTES = 4;
const INFO_MAGIC = 0x6907;
const PROTECTED_INFO_MAGIC = 0x6908;
/** More than any tool writes; keeps the cost of a hostile area small. */
const MAX_TLVS = 64;

/** The payload is encrypted with AES-128-CTR. */
export const FLAG_AES128 = 0x04;

/** The bootloader copies the image to memory, and runs it there. */
export const FLAG_RAM_LOAD = 0x20;
/** The image runs from the address in flash that it was linked for. */
export const FLAG_ROM_FIXED = 0x100;

/** TLV types of mcuboot's image.h that this bootloader knows. */
export const TlvType = {
  keyHash: 0x01,
  publicKey: 0x02,
  sha256: 0x10,
  sha384: 0x11,
  sha512: 0x12,
  rsa2048: 0x20,
  ecdsa: 0x22,
  rsa3072: 0x23,
  ed25519: 0x24,
  sigPure: 0x25,
  encRsa: 0x30,
  encAesKw: 0x31,
  encEcies: 0x32,
  encX25519: 0x33,
  dependency: 0x40,
  securityCounter: 0x50,
} as const;

const names = new Map<number, string>(Object.entries(TlvType).map(([name, type]) => [type, name]));
const unprotectedTypes = new Set<number>(Object.values(TlvType).filter((type) => type < TlvType.dependency));

export interface Tlv {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface McubootImage {
  readonly headerBytes: number;
  readonly loadAddress: number;
  readonly flags: number;
  readonly version: ImageVersion;
  readonly payload: Uint8Array;
  readonly protectedTlvs: readonly Tlv[];
  readonly tlvs: readonly Tlv[];
  /** Header, payload and protected TLVs as stored: what hash and signature cover (before decryption, if encrypted). */
  readonly covered: Uint8Array;
  /** The whole image, TLVs included, without any padding or trailer. */
  readonly bytes: Uint8Array;
}

interface Header {
  readonly headerBytes: number;
  readonly protectedBytes: number;
  readonly payloadBytes: number;
  readonly loadAddress: number;
  readonly flags: number;
  readonly version: ImageVersion;
}

/**
 * Parses the image at the start of `bytes`; what follows it is the caller's (see `padding.ts`). `alsoFlags`: bits that
 * are taken besides encryption, for images of other boards' bootloaders.
 */
export function parseImage(bytes: Uint8Array, alsoFlags = 0): McubootImage {
  const header = parseHeader(bytes, alsoFlags);
  const payloadEnd = header.headerBytes + header.payloadBytes;
  if (payloadEnd + INFO_BYTES > bytes.length)
    refuse(
      "size",
      `header ${header.headerBytes} + payload ${header.payloadBytes} and a TLV area do not fit`,
      {
        bytes: bytes.length,
      },
    );
  const coveredEnd = payloadEnd + header.protectedBytes;
  const protectedTlvs = readProtected(bytes, payloadEnd, header.protectedBytes);
  const area = readArea(bytes, coveredEnd, INFO_MAGIC, "TLV area");
  checkPlaces(protectedTlvs, area.tlvs);
  return {
    ...header,
    payload: bytes.subarray(header.headerBytes, payloadEnd),
    protectedTlvs,
    tlvs: area.tlvs,
    covered: bytes.subarray(0, coveredEnd),
    bytes: bytes.subarray(0, area.end),
  };
}

/** The header alone, for whoever has only the first 32 bytes. Refuses magic, header size and flags. */
export function parseHeader(bytes: Uint8Array, alsoFlags = 0): Header {
  if (bytes.length < HEADER_BYTES)
    refuse("truncated", `an image starts with ${HEADER_BYTES} bytes of header, got ${bytes.length}`);
  const view = viewOf(bytes);
  const magic = view.getUint32(0, true);
  if (magic !== MAGIC)
    refuse("magic", `expected magic 0x${MAGIC.toString(16)}, got 0x${magic.toString(16).padStart(8, "0")}`);
  const headerBytes = view.getUint16(8, true);
  if (headerBytes < HEADER_BYTES)
    refuse("header-size", `header size ${headerBytes} is below ${HEADER_BYTES}`, { headerBytes });
  return {
    headerBytes,
    protectedBytes: view.getUint16(10, true),
    payloadBytes: view.getUint32(12, true),
    loadAddress: view.getUint32(4, true),
    flags: requireFlags(view.getUint32(16, true), alsoFlags),
    version: readVersion(view, 20),
  };
}

/** The first TLV of a type outside the protected area. */
export function findTlv(tlvs: readonly Tlv[], type: number): Tlv | undefined {
  return tlvs.find((tlv) => tlv.type === type);
}

/** Only plain and AES-128 encrypted images for slots that the CPU runs from in place. */
function requireFlags(flags: number, also: number): number {
  const own = (flags & ~also) >>> 0;
  if (own === 0 || own === FLAG_AES128) return flags;
  return refuse("flags", `flags 0x${flags.toString(16)} are not supported (expected 0 or 4)`, { flags });
}

function readProtected(bytes: Uint8Array, at: number, expectedBytes: number): readonly Tlv[] {
  const magic = viewOf(bytes).getUint16(at, true);
  if (expectedBytes === 0) {
    if (magic === PROTECTED_INFO_MAGIC)
      refuse("protected-size", "the header says there are no protected TLVs, and there are");
    return [];
  }
  if (magic === INFO_MAGIC)
    refuse("protected-size", `the header says ${expectedBytes} bytes of protected TLVs, and there are none`);
  const area = readArea(bytes, at, PROTECTED_INFO_MAGIC, "protected TLV area");
  if (area.end - at !== expectedBytes)
    refuse(
      "protected-size",
      `header says ${expectedBytes} bytes of protected TLVs, the area ${area.end - at}`,
    );
  return area.tlvs;
}

function readArea(bytes: Uint8Array, at: number, magic: number, what: string): { tlvs: Tlv[]; end: number } {
  if (at + INFO_BYTES > bytes.length) refuse("size", `the ${what} at ${at} is past the end`, { at });
  const view = viewOf(bytes);
  const found = view.getUint16(at, true);
  if (found !== magic)
    refuse("tlv-magic", `${what} at ${at}: expected 0x${magic.toString(16)}, got 0x${found.toString(16)}`);
  const end = at + view.getUint16(at + 2, true);
  if (end > bytes.length || end < at + INFO_BYTES)
    refuse("tlv-length", `the ${what} at ${at} says it ends at ${end}, the image at ${bytes.length}`);
  return { tlvs: readTlvs(bytes, at + INFO_BYTES, end), end };
}

function readTlvs(bytes: Uint8Array, start: number, end: number): Tlv[] {
  const view = viewOf(bytes);
  const tlvs: Tlv[] = [];
  for (let at = start; at < end; ) {
    const valueAt = at + INFO_BYTES;
    const valueEnd = valueAt <= end ? valueAt + view.getUint16(at + 2, true) : Number.POSITIVE_INFINITY;
    if (valueEnd > end || tlvs.length === MAX_TLVS)
      refuse("tlv-length", `the TLV at ${at} reaches past its area's end ${end}, or is one of too many`, {
        at,
      });
    tlvs.push({ type: view.getUint16(at, true), value: bytes.subarray(valueAt, valueEnd) });
    at = valueEnd;
  }
  return tlvs;
}

/** Hashes, keys and signatures outside the protected area, all else inside; each at most once. */
function checkPlaces(inside: readonly Tlv[], outside: readonly Tlv[]): void {
  for (const { type } of inside)
    if (unprotectedTypes.has(type)) refuse("tlv-place", `${tlvName(type)} stands among the protected TLVs`);
  for (const { type } of outside) {
    if (type === TlvType.dependency || type === TlvType.securityCounter)
      refuse("tlv-place", `${tlvName(type)} stands outside the protected TLVs`);
    if (!unprotectedTypes.has(type)) refuse("tlv-unknown", `unprotected TLV ${tlvName(type)} is not known`);
  }
  const once = [...outside, ...inside.filter(({ type }) => type === TlvType.securityCounter)];
  const seen = new Set<number>();
  for (const { type } of once) {
    if (seen.has(type)) refuse("tlv-duplicate", `${tlvName(type)} is there more than once`);
    seen.add(type);
  }
}

export const tlvName = (type: number): string =>
  names.get(type) ?? `type 0x${type.toString(16).padStart(4, "0")}`;

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
