/** COSE keys: CWT certificates (`.cwt`, their bytes) and private keys (`.key`, 64 hex digits: seed or scalar). */

import type { Certificate } from "../../firmware/wire/suite.ts";
import { suites } from "../../firmware/wire/suites.ts";
import type { Crypto } from "../../hal/board.ts";
import { readHexText } from "../input/hex-text.ts";
import { textOf } from "../input/text.ts";
import { badKeys, type KeyFiles, loadKeys, readKeyFile } from "./key-files.ts";
import type { KeyStore } from "./key-store.ts";

/** Like `loadX509Keys`. Certificates are taken as they are: whose they are, not who issued them, is checked. */
export function loadCwtKeys(dir: string, crypto: Crypto): KeyStore {
  return loadKeys(dir, "cwt", (files) => {
    const certificate = files.certificate === undefined ? undefined : readLeaf(files, files.certificate);
    const secret = files.secret === undefined ? undefined : readSecret(files.secret);
    return { certificate, own: secret && publicOf(files, secret, crypto), secret };
  });
}

function readLeaf({ eui, use }: KeyFiles, path: string): Certificate {
  const certificate = parse(path);
  const usage = use === "ds" ? "sign" : "agree";
  if (certificate.subject !== eui)
    throw badKeys(path, `certifies ${certificate.subject}, its file name says ${eui}`);
  if (certificate.usage !== usage)
    throw badKeys(path, `is to ${certificate.usage}, its file name says to ${usage}`);
  return certificate;
}

function parse(path: string): Certificate {
  const bytes = readKeyFile(path);
  try {
    return suites.cose.certificates.read(new Uint8Array(bytes));
  } catch (error) {
    if (textOf(bytes)?.includes("-----BEGIN ")) throw badKeys(path, "is PEM, not a CWT certificate");
    throw badKeys(path, "is not a CWT certificate", error);
  }
}

function readSecret(path: string): Uint8Array {
  const text = textOf(readKeyFile(path)) ?? "";
  const secret = readHexText(text);
  if (secret instanceof Uint8Array && secret.length === 32) return secret;
  const isPem = text.includes("-----BEGIN ");
  throw badKeys(
    path,
    `is not a private key: expected 64 hexadecimal digits${isPem ? ", and this is PEM, a key of the GBCS wire" : ""}`,
  );
}

function publicOf({ use }: KeyFiles, secret: Uint8Array, crypto: Crypto): Uint8Array {
  return use === "ds"
    ? suites.cose.signer(crypto, secret).publicKey
    : suites.cose.agreement(crypto, secret).publicKey;
}
