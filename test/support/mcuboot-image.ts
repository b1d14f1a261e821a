/** Makes small MCUboot images: header, payload, optional protected TLVs, and the hash TLV. No signatures. */
import { createHash } from "node:crypto";

export interface McubootImageOptions {
  /** "major.minor.revision" or "major.minor.revision+build". */
  readonly version: string;
  readonly payload: Uint8Array;
  /** At least 32, padded with zeros. */
  readonly headerBytes?: number;
  readonly flags?: number;
  /** Which hash it carries; SHA-256 by default. */
  readonly hash?: keyof typeof hashTlvs;
  /** Goes into the protected area as TLV 0x50. */
  readonly securityCounter?: number;
  /** TLVs after the hash, such as a signature that somebody made. */
  readonly extraTlvs?: readonly { readonly type: number; readonly value: Uint8Array }[];
}

const hashTlvs = { sha256: 0x10, sha384: 0x11, sha512: 0x12 } as const;

export interface McubootImage {
  readonly bytes: Uint8Array;
  /** The hash TLV: what SMP calls the image's hash. */
  readonly hash: Uint8Array;
  readonly version: string;
}

export function mcubootImage(options: McubootImageOptions): McubootImage {
  const protectedArea =
    options.securityCounter === undefined
      ? Buffer.alloc(0)
      : tlvArea(0x6908, [{ type: 0x50, value: u32(options.securityCounter) }]);
  const hashed = Buffer.concat([header(options, protectedArea.length), options.payload, protectedArea]);
  const hash = Uint8Array.from(
    createHash(options.hash ?? "sha256")
      .update(hashed)
      .digest(),
  );
  const trailing = tlvArea(0x6907, [
    { type: hashTlvs[options.hash ?? "sha256"], value: hash },
    ...(options.extraTlvs ?? []),
  ]);
  return { bytes: Uint8Array.from(Buffer.concat([hashed, trailing])), hash, version: options.version };
}

function header(options: McubootImageOptions, protectedBytes: number): Buffer {
  const bytes = Buffer.alloc(options.headerBytes ?? 32);
  const [major, minor, revision, build] = options.version.split(/[.+]/).map(Number);
  bytes.writeUInt32LE(0x96f3b83d, 0);
  bytes.writeUInt16LE(bytes.length, 8);
  bytes.writeUInt16LE(protectedBytes, 10);
  bytes.writeUInt32LE(options.payload.length, 12);
  bytes.writeUInt32LE(options.flags ?? 0, 16);
  bytes.writeUInt8(major!, 20);
  bytes.writeUInt8(minor!, 21);
  bytes.writeUInt16LE(revision!, 22);
  bytes.writeUInt32LE(build ?? 0, 24);
  return bytes;
}

function tlvArea(magic: number, tlvs: readonly { type: number; value: Uint8Array }[]): Buffer {
  const entries = tlvs.map(({ type, value }) => Buffer.concat([u16(type), u16(value.length), value]));
  const body = Buffer.concat(entries);
  return Buffer.concat([u16(magic), u16(body.length + 4), body]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
