/** imgtool's images and MCUboot's test keys from the shared vectors, and images made here, signed with a test seed. */

import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ImageKey, subjectPublicKeyInfo } from "../../../firmware/bootloader/keys.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { readKeyFile } from "../../../harness/rig/flash/pre-flight.ts";
import { vectors } from "../../support/shared-data.ts";

export const crypto = nodeCrypto();

export interface Vectors {
  readonly image: (name: string) => Uint8Array;
  readonly root: ImageKey;
  readonly other: ImageKey;
  readonly p256: ImageKey;
  readonly decryptionKey: Uint8Array;
}

/** Made by mcuboot's imgtool 2.4.0 with MCUboot's published test keys. */
export function imgtoolVectors(context: Mocha.Context): Vectors {
  const dir = vectors(context, "mcuboot/imgtool-2.4.0");
  const read = (name: string) => readFileSync(join(dir, name));
  const key = (name: string) => readKeyFile(join(dir, name));
  const secret = createPrivateKey(read("enc-x25519-priv.pem")).export({ format: "der", type: "pkcs8" });
  return {
    image: (name) => new Uint8Array(read(name)),
    root: key("root-ed25519.pem"),
    other: key("root-ed25519-2.pem"),
    p256: key("root-ec-p256.pem"),
    decryptionKey: new Uint8Array(secret.subarray(-32)),
  };
}

/** RFC 8032 §7.1 test 1. */
const seed = Uint8Array.from(
  Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex"),
);
export const signer = crypto.ed25519Signer(seed);
export const testKey: ImageKey = { kind: "ed25519", publicKey: signer.publicKey };

export interface MadeImage {
  readonly payload: Uint8Array;
  /** major, minor, revision, build */
  readonly version?: readonly [number, number, number, number];
  /** Type and value of each. */
  readonly protectedTlvs?: readonly (readonly [number, Uint8Array])[];
  /** Replaces hash, key hash and signature. */
  readonly tlvs?: readonly (readonly [number, Uint8Array])[];
  readonly flags?: number;
}

/** An image as imgtool makes it: SHA-256, key hash, Ed25519. */
export function makeImage(made: MadeImage): Uint8Array {
  const inside = made.protectedTlvs ? area(0x6908, made.protectedTlvs) : new Uint8Array(0);
  const header = new Uint8Array(32);
  const view = new DataView(header.buffer);
  const [major, minor, revision, build] = made.version ?? [1, 2, 3, 4];
  view.setUint32(0, 0x96f3b83d, true);
  view.setUint16(8, 32, true);
  view.setUint16(10, inside.length, true);
  view.setUint32(12, made.payload.length, true);
  view.setUint32(16, made.flags ?? 0, true);
  header.set([major, minor], 20);
  view.setUint16(22, revision, true);
  view.setUint32(24, build, true);
  const region = Buffer.concat([header, made.payload, inside]);
  const hash = crypto.sha256(region);
  const keyHash = crypto.sha256(subjectPublicKeyInfo(testKey));
  const tlvs = made.tlvs ?? [
    [0x10, hash],
    [0x01, keyHash],
    [0x24, signer.sign(hash)],
  ];
  return new Uint8Array(Buffer.concat([region, area(0x6907, tlvs)]));
}

function area(magic: number, tlvs: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const body = Buffer.concat(tlvs.flatMap(([type, value]) => [u16(type), u16(value.length), value]));
  return Buffer.concat([u16(magic), u16(body.length + 4), body]);
}

const u16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >> 8);

/** The reason in the error that `action` throws; "none" when it throws nothing. */
export function reason(action: () => unknown): string {
  try {
    action();
    return "none";
  } catch (error) {
    const { code } = error as { code?: string };
    if (!code?.startsWith("image/")) throw error;
    return code.slice("image/".length);
  }
}
