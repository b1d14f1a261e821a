/** Keys of others, from a folder of PEM files: those that parties begin with, and those that XML is signed by. */
import { createPublicKey } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readAnyCertificate } from "../../firmware/wire/gbcs/x509/read.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import { CodedError, hasCode, messageOf } from "../../hal/base/coded-error.ts";
import type { Crypto } from "../../hal/board.ts";
import {
  type GivenKey,
  type GivenKeys,
  type PartyKeys,
  partyIdentities,
  partyNames,
} from "../headend/parties.ts";
import type { Users } from "../headend/users.ts";
import { readXmlCertificate, type XmlCertificate, type XmlSigner } from "../headend/xml-signing.ts";
import { publicBytes, readKeyObject } from "../input/key-file.ts";

const MAX_FILES = 2000;
const MAX_FILE_BYTES = 16_384;

const uses = { ds: "sign", ka: "agree", "pp-ka": "prepay", xml: "xml" } as const;
type Use = (typeof uses)[keyof typeof uses];

export interface KeyFolder {
  readonly parties: GivenKeys;
  /** What users' signatures on XML are checked with, besides those of the run. */
  readonly users: readonly XmlCertificate[];
  /** Signs what the DCC sends, where the folder has such a key. */
  readonly dcc: XmlSigner | undefined;
}

interface Entry {
  readonly path: string;
  readonly eui: string;
  readonly use: Use;
  readonly certificate: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array | undefined;
}

/**
 * Reads `<EUI-64>-{ds,ka,pp-ka,xml}.pem` (a certificate) and the `.key` beside it, as `writeKeys` writes them; other files are not
 * looked at, nor are keys of holders that are no party of a home's. Throws `serve/keys` with what is wrong with a file.
 */
export function readKeyFolder(dir: string, crypto: Crypto): KeyFolder {
  const entries = namesIn(dir).flatMap((name) => entryOf(dir, name));
  if (entries.length === 0)
    throw fault(dir, "expected <EUI-64>-{ds,ka,pp-ka,xml}.pem of parties or users, got none");
  const xml = entries.filter(({ use }) => use === "xml").map((entry) => xmlOf(entry, crypto));
  return {
    parties: partiesOf(entries),
    users: xml.filter(({ role }) => role === "user"),
    dcc: xml.find((each): each is XmlSigner => each.role === "dcc" && "secret" in each),
  };
}

/** Those whose certificates a folder has sign by these, too; whom the run does not know asks as Other User. */
export function addKeysOf(users: Users, { users: certificates }: KeyFolder): Users {
  for (const certificate of certificates) {
    const { subject: eui } = certificate;
    if (users.get(eui) === undefined) users.add({ eui, roles: ["OU"], signingKeys: [], status: "active" });
    users.certify(certificate);
  }
  return users;
}

function namesIn(dir: string): readonly string[] {
  try {
    const names = readdirSync(dir).filter((name) => /\.pem$/i.test(name));
    if (names.length > MAX_FILES)
      throw fault(dir, `expected at most ${MAX_FILES} certificates, got ${names.length}`);
    return names.sort();
  } catch (error) {
    if (hasCode(error, "serve/keys")) throw error;
    throw fault(dir, `expected a folder that can be read (${messageOf(error)})`, error);
  }
}

function entryOf(dir: string, name: string): readonly Entry[] {
  const [, stem = "", eui = "", use] = /^(([0-9a-f]{16})-(ds|ka|pp-ka|xml))\.pem$/i.exec(name) ?? [];
  const isOfParty = partyNames.some((each) => partyIdentities[each].eui === eui.toUpperCase());
  if (use === undefined || !(isOfParty || use.toLowerCase() === "xml")) return [];
  const path = join(dir, name);
  const certificate = certificateIn(path);
  const secret = secretIn(join(dir, `${stem}.key`), certificate);
  return [
    { path, eui: eui.toUpperCase(), use: uses[use.toLowerCase() as keyof typeof uses], certificate, secret },
  ];
}

function certificateIn(path: string): Uint8Array {
  const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;
  const [, base64] = block.exec(contentOf(path).toString("latin1")) ?? [];
  if (base64 === undefined) throw fault(path, "expected a certificate in PEM, got none");
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  attempt(path, () => readAnyCertificate(bytes));
  return bytes;
}

/** Undefined where there is no such file. */
function secretIn(path: string, certificate: Uint8Array): Uint8Array | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const key = readKeyObject(contentOf(path), "private");
  if (typeof key === "string") throw fault(path, key);
  const point = publicBytes(createPublicKey(key));
  if (typeof point === "string" || point.kind !== "p256")
    throw fault(path, "expected a private key on P-256");
  if (!sameBytes(point.bytes, readAnyCertificate(certificate).publicKey))
    throw fault(path, "expected the private key of the certificate beside it, got another");
  return Uint8Array.from(Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url"));
}

function contentOf(path: string): Buffer {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > MAX_FILE_BYTES)
    throw fault(path, `expected a file of at most ${MAX_FILE_BYTES} bytes`);
  return readFileSync(path);
}

function xmlOf({ path, eui, certificate, secret }: Entry, crypto: Crypto): XmlCertificate | XmlSigner {
  const read = attempt(path, () => readXmlCertificate(certificate, crypto));
  if (read.subject !== eui) throw fault(path, `expected a certificate of ${eui}, got one of ${read.subject}`);
  return secret === undefined ? read : { ...read, secret, sign: crypto.p256Signer(secret).sign };
}

function partiesOf(entries: readonly Entry[]): GivenKeys {
  const of = partyNames.map((name) => {
    const own = entries.filter(({ eui, use }) => eui === partyIdentities[name].eui && use !== "xml");
    return [name, Object.fromEntries(own.flatMap((entry) => keyOf(entry)))] as const;
  });
  return Object.fromEntries(of.filter(([, keys]) => Object.keys(keys).length > 0));
}

function keyOf({
  path,
  eui,
  use,
  certificate,
  secret,
}: Entry): readonly (readonly [keyof PartyKeys, GivenKey])[] {
  if (secret === undefined || use === "xml") return [];
  const { subject, usage } = readAnyCertificate(certificate);
  if (subject !== eui) throw fault(path, `expected a certificate of ${eui}, got one of ${subject}`);
  const wanted = use === "sign" ? "sign" : "agree";
  if (usage !== wanted)
    throw fault(path, `expected a certificate of a key to ${wanted}, got one to ${usage}`);
  return [[use, { secret, certificate }]];
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!hasCode(error, "certificate")) throw error;
    throw fault(path, messageOf(error), error);
  }
}

const fault = (path: string, problem: string, cause?: unknown): CodedError =>
  new CodedError("serve/keys", `${path}: ${problem}`, { path }, cause);
