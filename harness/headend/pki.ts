/**
 * A test PKI, made on the spot for each run from its seed: a root, one issuing authority, and
 * certificates for every party and device. Worth nothing outside the run.
 */

import type { JoiningIdentity } from "../../firmware/devices/provision.ts";
import type { Role } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { CertificateClaims, EstablishmentAuthority, Suite } from "../../firmware/wire/suite.ts";
import type { Crypto, Signer } from "../../hal/board.ts";
import type { SeededRandom } from "../../hal/mock/random.ts";
import {
  type AgreementKey,
  type GivenKey,
  type GivenKeys,
  Party,
  type PartyKeys,
  type PartyName,
  partyIdentities,
  partyNames,
  type SigningKey,
} from "./parties.ts";
import { XmlAuthority } from "./xml-signing.ts";

const rootName: Eui64 = partyIdentities.contingency.eui;
const nextRootName: Eui64 = "90B3D51F30FF0002";
const issuingName: Eui64 = "90B3D51F30FF0001";
const tenYearsS = 10 * 365 * 86_400;

/** What a device is made with: its secrets and the certificates for them. */
export interface DeviceKeys {
  /** 32 bytes. */
  readonly signSeed: Uint8Array;
  readonly sign: SigningKey;
  readonly agree: AgreementKey;
  /** What it joins with, on wires that have credentials of their own for that. */
  readonly joining?: JoiningIdentity;
}

export interface TestPkiOptions {
  readonly crypto: Crypto;
  readonly suite: Suite;
  readonly random: SeededRandom;
  /** Start of every certificate's validity, UTC seconds. */
  readonly notBeforeS: number;
  /** Its parties begin with these, for whom there are such. */
  readonly given?: GivenKeys;
}

export class TestPki {
  readonly rootName = rootName;
  readonly rootPublicKey: Uint8Array;
  /** The root's own certificate, self-signed. */
  readonly rootCertificate: Uint8Array;
  readonly issuingCertificate: Uint8Array;
  /** Opens the contingency key that the root's certificate carries wrapped: a secret, until it is needed. */
  readonly contingencyKey: Uint8Array;
  readonly wrappedContingencyKey: Uint8Array;
  readonly parties: Readonly<Record<PartyName, Party>>;
  /** Certifies who signs XML, whatever the wire. */
  readonly xml: XmlAuthority;
  /** Every certificate of the run but those of XML, as they came. */
  readonly issued: Uint8Array[] = [];
  readonly #crypto: Crypto;
  readonly #suite: Suite;
  readonly #random: SeededRandom;
  readonly #notBeforeS: number;
  readonly #root: Signer;
  readonly #issuing: Signer;
  /** Who certifies what devices join with, where that is another. */
  readonly #joining: EstablishmentAuthority | undefined;

  constructor({ crypto, suite, random, notBeforeS, given }: TestPkiOptions) {
    this.#crypto = crypto;
    this.#suite = suite;
    this.#random = random;
    this.#notBeforeS = notBeforeS;
    this.#root = suite.signer(crypto, random.bytes(32));
    this.#issuing = suite.signer(crypto, random.bytes(32));
    this.rootPublicKey = this.#root.publicKey;
    this.issuingCertificate = this.#certify(issuingName, "issuingAuthority", this.#issuing.publicKey);
    this.parties = Object.fromEntries(
      partyNames.map((name) => {
        const keys = { ...this.partyKeys(name), ...this.#given(given?.[name]) };
        return [name, new Party(name, keys)];
      }),
    ) as Record<PartyName, Party>;
    this.contingencyKey = random.bytes(32);
    const { publicKey } = this.parties.contingency.keys.sign.signer;
    this.wrappedContingencyKey = suite.contingency.wrap(
      crypto,
      this.contingencyKey,
      random.bytes(12),
      publicKey,
    );
    this.rootCertificate = this.#certify(rootName, "root", this.#root.publicKey);
    this.xml = new XmlAuthority({ crypto, random: random.fork("xml"), notBeforeS });
    const joining = random.fork("joining");
    this.#joining = suite.keyEstablishment.credentials?.authority(crypto, issuingName, (n) =>
      joining.bytes(n),
    );
  }

  /** The issuing authority's key, which signs every certificate but its own. */
  get issuer(): { readonly publicKey: Uint8Array } {
    return { publicKey: this.#issuing.publicKey };
  }

  /** Fresh keys for a party, certified for its role: the first ones, or those of a credential change. */
  partyKeys(name: PartyName): PartyKeys {
    const { eui, role } = partyIdentities[name];
    return {
      sign: this.signingKey(eui, role).key,
      agree: this.agreementKey(eui, role),
      prepay: this.agreementKey(eui, role),
    };
  }

  #given({ sign, agree, prepay }: NonNullable<GivenKeys[PartyName]> = {}): Partial<PartyKeys> {
    for (const key of [sign, agree, prepay]) if (key !== undefined) this.issued.push(key.certificate);
    return {
      ...(sign && { sign: this.#signing(sign) }),
      ...(agree && { agree: this.#agreeing(agree) }),
      ...(prepay && { prepay: this.#agreeing(prepay) }),
    };
  }

  #signing({ secret: seed, certificate }: GivenKey): SigningKey {
    return { seed, signer: this.#suite.signer(this.#crypto, seed), certificate };
  }

  #agreeing({ secret, certificate }: GivenKey): AgreementKey {
    const agreement = this.#suite.agreement(this.#crypto, secret);
    return { secret, agreement, publicKey: agreement.publicKey, certificate };
  }

  /** Keys and certificates of a device. */
  deviceKeys(eui: Eui64): DeviceKeys {
    const { seed, key } = this.signingKey(eui, "device");
    const keys = { signSeed: seed, sign: key, agree: this.agreementKey(eui, "device") };
    const authority = this.#joining;
    if (authority === undefined) return keys;
    const credential = authority.certify(eui, this.#notBeforeS);
    return { ...keys, joining: { ...credential, authorityKey: authority.publicKey } };
  }

  /** Also for attacks: a key whose certificate this PKI issues for any subject and role. */
  signingKey(subject: Eui64, role: Role | "device"): { readonly seed: Uint8Array; readonly key: SigningKey } {
    const seed = this.#random.bytes(32);
    const signer = this.#suite.signer(this.#crypto, seed);
    const certificate = this.issue(subject, role, "sign", signer.publicKey);
    return { seed, key: { seed, signer, certificate } };
  }

  agreementKey(subject: Eui64, role: Role | "device"): AgreementKey {
    const secret = this.#random.bytes(32);
    const agreement = this.#suite.agreement(this.#crypto, secret);
    const { publicKey } = agreement;
    return { secret, agreement, publicKey, certificate: this.issue(subject, role, "agree", publicKey) };
  }

  /** A certificate by the issuing authority. Devices' certificates do not expire. */
  issue(subject: Eui64, role: Role | "device", usage: "sign" | "agree", publicKey: Uint8Array): Uint8Array {
    return this.#issued(this.#claims(subject, role, usage, publicKey), this.#issuing, issuingName);
  }

  #issued(claims: CertificateClaims, issuer: Signer, issuerName: Eui64): Uint8Array {
    const certificate = this.#suite.certificates.issue(claims, issuer, issuerName, this.#crypto);
    this.issued.push(certificate);
    return certificate;
  }

  /** The certificate that a device has asked for (CS02c); `own` is its signing key in force. Throws `certificate/…`. */
  certifyRequest(request: Uint8Array, own: Uint8Array): Uint8Array {
    const asked = this.#suite.certificates.readRequest(request, own, this.#crypto);
    return this.issue(asked.subject, "device", asked.usage === "agree" ? "agree" : "sign", asked.publicKey);
  }

  /** A root that is to follow the present one, certified by it. */
  nextRootCertificate(): Uint8Array {
    const next = this.#suite.signer(this.#crypto, this.#random.bytes(32));
    return this.#certify(nextRootName, "root", next.publicKey);
  }

  #certify(subject: Eui64, role: Role, publicKey: Uint8Array): Uint8Array {
    const contingency = role === "root" ? this.wrappedContingencyKey : undefined;
    const claims = { ...this.#claims(subject, role, "certify", publicKey), contingency };
    return this.#issued(claims, this.#root, rootName);
  }

  #claims(
    subject: Eui64,
    role: Role | "device",
    usage: CertificateClaims["usage"],
    publicKey: Uint8Array,
  ): CertificateClaims {
    const notAfterS = role === "device" ? undefined : this.#notBeforeS + tenYearsS;
    return {
      subject,
      role,
      usage,
      publicKey,
      notBeforeS: this.#notBeforeS,
      notAfterS,
      serial: this.#random.bytes(16),
    };
  }
}
