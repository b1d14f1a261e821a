/** Users as a folder of their certificates (PEM) tells them: those of others' test keys, e.g. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { roleByNumber } from "../../firmware/model/index.ts";
import { readAnyCertificate } from "../../firmware/wire/gbcs/x509/read.ts";
import { CodedError, hasCode, messageOf } from "../../hal/base/coded-error.ts";
import type { Crypto } from "../../hal/board.ts";
import { type RegisteredUser, rolesOfParty, Users } from "../headend/users.ts";
import { readXmlCertificate, xmlRoles } from "../headend/xml-signing.ts";
import { type SmkiCertificate, smkiCertificate } from "./smki.ts";

const MAX_FILES = 2000;
const MAX_FILE_BYTES = 16_384;

/** EUI-64, role, serial number and usage of each are the certificate's own; its file's name says nothing. */
export interface LoadedCertificates {
  readonly certificates: readonly SmkiCertificate[];
  /** What is wrong with each file that holds none. */
  readonly unusable: readonly string[];
}

/** The first certificate of each `.pem`, `.crt` and `.cer` of a folder. Throws `interface/certificates` for a folder that cannot be read, or holds too many. */
export function loadUserCertificates(dir: string): LoadedCertificates {
  const names = list(dir);
  if (names.length > MAX_FILES)
    throw fault(dir, `expected at most ${MAX_FILES} certificates, got ${names.length}`);
  const certificates: SmkiCertificate[] = [];
  const unusable: string[] = [];
  for (const name of names) {
    try {
      certificates.push(smkiCertificate(read(join(dir, name))));
    } catch (error) {
      if (!hasCode(error, "certificate") && !hasCode(error, "interface")) throw error;
      unusable.push(`${name}: ${messageOf(error)}`);
    }
  }
  return { certificates, unusable };
}

function list(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
      .filter((name) => /\.(?:pem|crt|cer)$/i.test(name))
      .sort();
  } catch (error) {
    throw fault(dir, "expected a folder that can be read", error);
  }
}

/** DER. */
function read(path: string): Uint8Array {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > MAX_FILE_BYTES)
    throw fault(path, `expected a file of at most ${MAX_FILE_BYTES} bytes`);
  const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;
  const [, base64] = block.exec(readFileSync(path, "latin1")) ?? [];
  if (base64 === undefined) throw fault(path, "expected a certificate in PEM, got none");
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

const fault = (path: string, problem: string, cause?: unknown): CodedError =>
  new CodedError("interface/certificates", `${path}: ${problem}`, { path }, cause);

/**
 * The users whose certificates to sign XML by are among `certificates`: they act as their organisation's certificates say (2 a
 * supplier, 3 a network operator, 8 a load controller), and as Other User where there are none. No file-signing key is among
 * them: their files are signed by what signs their XML.
 */
export function usersOfCertificates(certificates: readonly SmkiCertificate[], crypto: Crypto): Users {
  const users = new Users();
  const signers = certificates.filter(({ role }) => role === xmlRoles.user);
  for (const eui of new Set(signers.map(({ subject }) => subject))) {
    const own = certificates.filter(({ subject }) => subject === eui);
    const [signer] = own.filter(({ role }) => role === xmlRoles.user) as [SmkiCertificate];
    users.add({ ...userOf(eui, own), fileKey: readXmlCertificate(signer.bytes, crypto).verify });
  }
  for (const { bytes } of signers) users.certify(readXmlCertificate(bytes, crypto));
  return users;
}

function userOf(eui: string, own: readonly SmkiCertificate[]): RegisteredUser {
  const known = own.flatMap((each) => {
    const role = each.role === "device" ? undefined : roleByNumber(each.role);
    return role === undefined ? [] : [{ ...each, roles: rolesOfParty[role] ?? [] }];
  });
  const roles = [...new Set(known.flatMap((each) => each.roles))];
  const [sign, agree] = (["DS", "KA"] as const).map((usage) =>
    known.findLast((each) => each.usage === usage),
  );
  const signing = known.filter(({ usage }) => usage === "DS");
  return {
    ...{ eui, roles: roles.length > 0 ? roles : ["OU"], status: "active" },
    signingKeys: signing.map(({ bytes }) => readAnyCertificate(bytes).publicKey),
    ...(sign && agree && { credentials: { sign: sign.bytes, agree: agree.bytes } }),
  };
}
