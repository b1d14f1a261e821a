/** The DCC's users: who they are, as whom they act, and which of them a signed request is from. */
import type { Role, UserRole } from "../../firmware/model/index.ts";
import { readAnyCertificate } from "../../firmware/wire/gbcs/x509/read.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { DccUser } from "./dcc/access.ts";
import { type PartyName, partyIdentities } from "./parties.ts";
import type { TestPki } from "./pki.ts";
import type { XmlCertificate, XmlSigner } from "./xml-signing.ts";

export interface RegisteredUser extends DccUser {
  /** Only an active one is served. */
  status: "active" | "suspended";
  /** URL to which responses and alerts are pushed; without one they are kept. */
  pushAddress?: string;
  /** Certificates of the keys that devices know it by: those now in force. */
  readonly credentials?: { readonly sign: Uint8Array; readonly agree: Uint8Array };
}

/** Why a request is not from whom it says: `data.reason` of `headend/user`. */
export type NotFrom = "unknown" | "signer" | "role" | "period";

export class Users {
  readonly #users = new Map<Eui64, RegisteredUser>();
  readonly #certificates = new Map<bigint, XmlCertificate>();

  /** Throws `headend/user` for one whose EUI-64 is taken. */
  add(user: RegisteredUser): void {
    if (this.#users.has(user.eui)) throw fault("taken", `expected each user once, got ${user.eui} again`);
    this.#users.set(user.eui, user);
  }

  get(eui: Eui64): RegisteredUser | undefined {
    return this.#users.get(eui);
  }

  all(): readonly RegisteredUser[] {
    return [...this.#users.values()];
  }

  /**
   * From now on what it signs counts. Throws `headend/user` for a serial number that another holder or key has; of the
   * same key it is the certificate made anew, and stands in the other's stead.
   */
  certify(certificate: XmlCertificate): void {
    const { serial } = certificate;
    const known = this.#certificates.get(serial);
    if (known !== undefined && !isSameHolder(known, certificate))
      throw fault(
        "taken",
        `expected each serial number once, got ${serial} again, of ${certificate.subject}`,
      );
    this.#certificates.set(serial, certificate);
  }

  /** Nothing that it signed counts any longer. */
  revoke(serial: bigint): void {
    this.#certificates.delete(serial);
  }

  /** By serial number: those whose signatures count. */
  get certificates(): ReadonlyMap<bigint, XmlCertificate> {
    return this.#certificates;
  }

  /**
   * The user that a request is from: its RequestID's originator must have signed it, with a user's certificate that
   * is valid at `nowS`. Throws `headend/user` with `data.reason`, a {@link NotFrom}. Status and roles are not looked at.
   */
  originatorOf(signer: XmlCertificate, originator: Eui64, nowS: number): RegisteredUser {
    const { subject, role, serial, notBeforeS, notAfterS } = signer;
    if (role !== "user")
      throw fault(
        "role",
        `certificate ${serial}: expected a user's (OU 87) on a request, got the DCC's (OU 89)`,
      );
    if (subject !== originator)
      throw fault(
        "signer",
        `request of ${originator}: expected it to have signed, got ${subject}: users sign for themselves alone`,
      );
    if (nowS < notBeforeS || nowS > (notAfterS ?? Number.POSITIVE_INFINITY))
      throw fault(
        "period",
        `certificate ${serial}: expected it to be valid at ${nowS}, got ${notBeforeS} to ${notAfterS ?? "the end"}`,
      );
    const user = this.#users.get(originator);
    if (user === undefined)
      throw fault("unknown", `expected a user of the DCC's, got ${originator}: register it`);
    return user;
  }
}

const isSameHolder = (one: XmlCertificate, other: XmlCertificate): boolean =>
  one.subject === other.subject && one.role === other.role && sameBytes(publicKey(one), publicKey(other));
const publicKey = ({ bytes }: XmlCertificate): Uint8Array => readAnyCertificate(bytes).publicKey;

const fault = (reason: NotFrom | "taken", message: string): CodedError =>
  new CodedError("headend/user", message, { reason });

/** As whom a party of a role asks; parties that are the DCC's own ask nothing. */
export const rolesOfParty: { readonly [role in Role]?: readonly UserRole[] } = {
  supplier: ["IS", "ES", "GS"],
  networkOperator: ["ED", "GT"],
  loadController: ["LC"],
};

/** A user's file-signing key, another than the one it signs XML by. */
export const fileSigner = (pki: TestPki, eui: Eui64): XmlSigner => pki.xml.signer(eui, "user", 1);

/** One that no device knows: that of the published test keys. */
export const otherUserEui: Eui64 = "00DB123456780004";

/** The users of a run: its parties that are users, and an Other User who is also a supplier's agent; each signs by its own key of the run's. */
export function usersOfRun(pki: TestPki): Users {
  const users = new Users();
  for (const [name, { eui, role }] of Object.entries(partyIdentities)) {
    const roles = rolesOfParty[role];
    if (roles !== undefined) users.add(partyUser(pki, name as PartyName, eui, roles));
  }
  const fileKey = fileSigner(pki, otherUserEui).verify;
  users.add({ eui: otherUserEui, roles: ["OU", "RSA"], signingKeys: [], status: "active", fileKey });
  for (const { eui } of users.all()) users.certify(pki.xml.signer(eui, "user"));
  return users;
}

const partyUser = (
  pki: TestPki,
  name: PartyName,
  eui: Eui64,
  roles: readonly UserRole[],
): RegisteredUser => ({
  ...{ eui, roles, status: "active", fileKey: fileSigner(pki, eui).verify },
  get signingKeys() {
    return [pki.parties[name].keys.sign.signer.publicKey];
  },
  get credentials() {
    const { sign, agree } = pki.parties[name].keys;
    return { sign: sign.certificate, agree: agree.certificate };
  },
});
