/** The reference certificates: those of the key store, and those that messages carry. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageFiles, readMessageFile } from "../../../../harness/verify/message-files.ts";
import { hex, toHex } from "../../../support/shared-data.ts";

/** DER by file name; a file that holds no certificate (one is a bare key) is left out. */
export function storedCertificates(keystore: string): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const name of readdirSync(keystore).sort()) {
    const [, base64] =
      /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(readFileSync(join(keystore, name), "latin1")) ?? [];
    if (base64 !== undefined) found.set(name, Uint8Array.from(Buffer.from(base64, "base64")));
  }
  return found;
}

/** Distinct certificates that messages carry, with the names of the files: found by how an X.509 one begins. */
export function carriedCertificates(messages: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of messageFiles([messages])) {
    const text = toHex(readMessageFile(file));
    for (const { index } of text.matchAll(/3082....3082....a003020102/g)) {
      const length = 4 + Number.parseInt(text.slice(index + 4, index + 8), 16);
      const der = text.slice(index, index + 2 * length);
      found.set(der, [...(found.get(der) ?? []), file]);
    }
  }
  return found;
}

/** Points of the reference authorities, recovered from the signatures they made. */
export const caPoints = {
  root: hex(
    "040691e68b45c57e2ec7974ef6d1360a50da01576e0ee0b3b4c67f64127120e63f31771cc9dcbd5ae007d0c6170951d7035bcefc8b1f81805e0fd0f7a555dcca78",
  ),
  devices: hex(
    "041f3b1aa71f247df76435b0e3ed8808991abbf7340d5b726fd45d076403de664ed67b6e2d3b59880ba0fe4fd8a7abe9c2ed61afc8eb28b653c6266f6f0d8b7c8f",
  ),
};
