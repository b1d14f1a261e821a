/** Finds the files of a key folder: `<EUI-64>-{ds,ka,pp-ka}.<extension>`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import { KeyStore, type KeyUse } from "./key-store.ts";

export interface KeyFiles {
  readonly eui: Eui64;
  readonly use: KeyUse;
  /** Paths. */
  readonly certificate?: string;
  readonly secret?: string;
}

const NAME = /^([0-9a-f]{16})-(ds|ka|pp-ka)\.(\w+)$/i;

/** Sorted by party and use. Throws `verify/keys` when the folder cannot be read or holds no keys. */
function keyFiles(dir: string, certificateExtension: "pem" | "cwt"): readonly KeyFiles[] {
  const found = new Map<string, KeyFiles>();
  for (const name of list(dir)) {
    const [, eui, use, extension] = NAME.exec(name) ?? [];
    if (eui === undefined || use === undefined) continue;
    const part =
      extension === "key" ? "secret" : extension === certificateExtension ? "certificate" : undefined;
    if (part === undefined) continue;
    const base = { eui: eui.toUpperCase(), use: use.toLowerCase() as KeyUse };
    const id = `${base.eui}-${base.use}`;
    found.set(id, { ...base, ...found.get(id), [part]: join(dir, name) });
  }
  if (found.size > 0) return [...found.values()];
  const hint = otherWire(dir, certificateExtension);
  throw badKeys(dir, `holds no file named <EUI-64>-{ds,ka,pp-ka}.{${certificateExtension},key}${hint}`);
}

/** By the extension of their certificates. */
const wires = { pem: "gbcs", cwt: "cose" } as const;

/** A wire whose keys there are files of. */
export type KeyedWire = (typeof wires)[keyof typeof wires];
export const keyedWires: readonly KeyedWire[] = Object.values(wires);

/** What to do when the folder holds certificates of the other wire; empty when it does not. */
function otherWire(dir: string, extension: keyof typeof wires): string {
  const other = extension === "pem" ? "cwt" : "pem";
  const count = list(dir).filter((name) => NAME.exec(name)?.[3]?.toLowerCase() === other).length;
  if (count === 0) return "";
  return `; it holds ${count} certificates of the ${wires[other]} wire (.${other}): give --wire ${wires[other]}, or the ${wires[extension]} keys`;
}

function list(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch (error) {
    throw badKeys(dir, "cannot be read as a folder; give the folder that holds the keys (--keys)", error);
  }
}

export function readKeyFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw badKeys(path, "cannot be read", error);
  }
}

export function badKeys(path: string, problem: string, cause?: unknown): CodedError {
  const detail = cause instanceof Error ? ` (${cause.message})` : "";
  return new CodedError("verify/keys", `keys: ${path} ${problem}${detail}`, { path, problem }, cause);
}

/** What the files of one key say: the certificate, the private key, and the public key that belongs to it. */
export interface ReadKey {
  readonly certificate:
    | { readonly publicKey: Uint8Array; readonly role: Role | "device"; readonly bytes: Uint8Array }
    | undefined;
  readonly secret: Uint8Array | undefined;
  readonly own: Uint8Array | undefined;
}

/** Reads every key of a folder; one whose `read` throws `verify/keys` is left out and named. */
export function loadKeys(
  dir: string,
  extension: "pem" | "cwt",
  read: (files: KeyFiles) => ReadKey,
): KeyStore {
  const store = new KeyStore();
  for (const files of keyFiles(dir, extension)) {
    try {
      addKey(store, files, read(files));
    } catch (error) {
      if (!hasCode(error, "verify/keys")) throw error;
      store.unusable.push((error as CodedError).message);
    }
  }
  if (store.size === 0)
    throw badKeys(
      dir,
      `has no usable key${otherWire(dir, extension)}; the first problem: ${store.unusable[0]}`,
    );
  return store;
}

function addKey(store: KeyStore, files: KeyFiles, { certificate, secret, own }: ReadKey): void {
  if (own && certificate && !sameBytes(own, certificate.publicKey))
    throw badKeys(files.secret ?? "", `is not the private key of ${files.certificate}`);
  const publicKey = certificate?.publicKey ?? own;
  if (publicKey === undefined) return;
  const key = {
    publicKey,
    ...(secret && { secret }),
    ...(certificate && { certificate: certificate.bytes }),
  };
  store.add(files.eui, files.use, key, certificate?.role);
}
