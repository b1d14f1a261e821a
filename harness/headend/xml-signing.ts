/** Certificates and keys that XML of the DCC user interface is signed by: X.509 on P-256, whatever the devices' wire. */
import { issueCertificate } from "../../firmware/wire/gbcs/x509/issue.ts";
import { nameText } from "../../firmware/wire/gbcs/x509/name.ts";
import { type AnyCertificate, readAnyCertificate } from "../../firmware/wire/gbcs/x509/read.ts";
import { refused } from "../../firmware/wire/gbcs/x509/refused.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { type CodedError, hasCode } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import type { Crypto, Signer } from "../../hal/board.ts";
import type { SeededRandom } from "../../hal/mock/random.ts";

/** Numbers of the roles, as OU: a user of the DCC's, and the DCC. No device knows them. */
export const xmlRoles = { user: 0x87, dcc: 0x89 } as const;
export type XmlRole = keyof typeof xmlRoles;

/** A certificate to sign XML by, and what its signatures are checked with. It is believed because it is registered. */
export interface XmlCertificate {
  /** DER. */
  readonly bytes: Uint8Array;
  readonly serial: bigint;
  /** Name of the issuer (RFC 2253), as signatures write it. */
  readonly issuer: string;
  readonly subject: Eui64;
  readonly role: XmlRole;
  /** UTC seconds, both ends inclusive. */
  readonly notBeforeS: number;
  readonly notAfterS: number | undefined;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** With its private key. `sign` gives r ‖ s, 64 bytes. */
export interface XmlSigner extends XmlCertificate {
  /** 32 bytes. */
  readonly secret: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** Throws `certificate/…`: malformed, wrong-role, wrong-usage. */
export function readXmlCertificate(bytes: Uint8Array, crypto: Crypto): XmlCertificate {
  const read = readAnyCertificate(bytes);
  const { subject, notBeforeS, notAfterS, publicKey } = read;
  const role = (Object.keys(xmlRoles) as XmlRole[]).find((each) => xmlRoles[each] === read.role);
  if (role === undefined) throw refused("wrong-role", "OU 87 (a user) or 89 (the DCC)", `${read.role}`);
  if (read.usage !== "sign") throw refused("wrong-usage", "a key to sign", read.usage);
  return {
    ...{ bytes, serial: serialOf(read), issuer: nameText(read.issuerName), subject, role },
    ...{ notBeforeS, notAfterS, verify: verifier(publicKey, crypto) },
  };
}

export const serialOf = ({ serial }: Pick<AnyCertificate, "serial">): bigint => BigInt(`0x${toHex(serial)}`);

function verifier(publicKey: Uint8Array, crypto: Crypto): XmlCertificate["verify"] {
  try {
    return crypto.p256Verifier(publicKey);
  } catch (error) {
    if (!hasCode(error, "hal/misuse")) throw error;
    throw refused("malformed", "a public key on P-256", "a point beside it", error as CodedError);
  }
}

export interface XmlAuthorityOptions {
  readonly crypto: Crypto;
  readonly random: SeededRandom;
  /** Start of every certificate's validity, UTC seconds. */
  readonly notBeforeS: number;
}

const authorityName: Eui64 = "90B3D51F30FF0003";
const tenYearsS = 10 * 365 * 86_400;

/** The run's own authority for them. The keys of each holder follow from the seed alone, whoever else is certified. */
export class XmlAuthority {
  readonly #options: XmlAuthorityOptions;
  readonly #authority: Signer;

  constructor(options: XmlAuthorityOptions) {
    this.#options = options;
    this.#authority = options.crypto.p256Signer(options.random.fork("authority").bytes(32));
  }

  /** The same each time; `generation`: another key of the same holder's. */
  signer(subject: Eui64, role: XmlRole, generation = 0): XmlSigner {
    const { crypto, notBeforeS } = this.#options;
    const random = this.#options.random.fork(`${role}/${subject}/${generation}`);
    const secret = random.bytes(32);
    const { publicKey, sign } = crypto.p256Signer(secret);
    const claims = {
      ...{ subject, role: xmlRoles[role], usage: "sign" as const, publicKey },
      ...{ notBeforeS, notAfterS: notBeforeS + tenYearsS, serial: random.bytes(16) },
    };
    return {
      ...readXmlCertificate(issueCertificate(claims, this.#authority, authorityName), crypto),
      secret,
      sign,
    };
  }
}
