/** GBCS keys: X.509 certificates (`.pem`) and PKCS #8 private keys (`.key`), P-256, PEM. */

import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { type Role, roleByNumber } from "../../firmware/model/index.ts";
import { toLowerHex } from "../../hal/base/hex.ts";
import { publicBytes, readKeyObject } from "../input/key-file.ts";
import { textOf } from "../input/text.ts";
import { badKeys, type KeyFiles, loadKeys, readKeyFile } from "./key-files.ts";
import type { KeyStore } from "./key-store.ts";

/** Key usage extension (2.5.29.15) in DER, up to its bits. */
const KEY_USAGE = /0603551d0f(?:0101ff)?04040302..(..)/;
const USAGE_BITS = { ds: 0x80, ka: 0x08, "pp-ka": 0x08 } as const;

/**
 * Reads a key folder. A file that contradicts itself is left out and named in `unusable`; a folder that
 * cannot be read, or has no usable key, throws `verify/keys`.
 */
export function loadX509Keys(dir: string): KeyStore {
  return loadKeys(dir, "pem", (files) => {
    const certificate =
      files.certificate === undefined ? undefined : readCertificate(files, files.certificate);
    const secretKey = files.secret === undefined ? undefined : readSecret(files.secret);
    const own = secretKey && point(createPublicKey(secretKey), files.secret);
    const secret = secretKey && Buffer.from(secretKey.export({ format: "jwk" }).d ?? "", "base64url");
    return { certificate, own, secret };
  });
}

function readCertificate({ eui, use }: KeyFiles, path: string) {
  const certificate = parse(path);
  const der = toLowerHex(certificate.raw);
  if (!der.includes(eui.toLowerCase()))
    throw badKeys(path, `does not certify ${eui}, which its file name says`);
  const usage = Number.parseInt(KEY_USAGE.exec(der)?.[1] ?? "0", 16);
  if ((usage & USAGE_BITS[use]) === 0)
    throw badKeys(
      path,
      `does not allow the use that its file name says (${use}): key usage bits ${usage.toString(16)}`,
    );
  return {
    publicKey: point(certificate.publicKey, path),
    role: roleOf(certificate.subject, path),
    bytes: new Uint8Array(certificate.raw),
  };
}

/** Organisations carry their role number, two hex digits, as OU; devices have no subject. */
function roleOf(subject: string | undefined, path: string): Role | "device" {
  if (subject === undefined || subject === "") return "device";
  const unit = /^OU=([0-9A-F]{2})$/im.exec(subject)?.[1];
  const number = unit === undefined ? -1 : Number.parseInt(unit, 16);
  const role = roleByNumber(number);
  if (role === undefined)
    throw badKeys(path, `has subject "${subject.replaceAll("\n", ", ")}": expected OU = a role, 00 to 08`);
  return role;
}

function readSecret(path: string): KeyObject {
  const key = readKeyObject(readKeyFile(path), "private");
  if (typeof key === "string") throw badKeys(path, key);
  return key;
}

function parse(path: string): X509Certificate {
  const file = readKeyFile(path);
  const text = textOf(file);
  try {
    return new X509Certificate(text ?? file);
  } catch (error) {
    throw badKeys(path, "is not PEM of the kind its name says", error);
  }
}

/** Uncompressed, 65 bytes, whatever form the file had it in. */
function point(key: KeyObject, path: string | undefined): Buffer {
  const found = publicBytes(key);
  if (typeof found !== "string" && found.kind === "p256") return Buffer.from(found.bytes);
  const what = typeof found === "string" ? found : `holds a key of type ${found.kind}`;
  throw badKeys(path ?? "key", `holds no P-256 key: it ${what}`);
}
