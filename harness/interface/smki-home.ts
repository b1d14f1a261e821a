/** The certificates of a home on the GBCS wire: all that its run's PKI has issued, each as it stands with its holder now. */
import { type AnyCertificate, readAnyCertificate } from "../../firmware/wire/gbcs/x509/read.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import type { HeadEnd } from "../headend/head-end.ts";
import type { Party } from "../headend/parties.ts";
import type { Users } from "../headend/users.ts";
import { type SmkiCertificate, type SmkiStatus, type SmkiStore, smkiCertificate } from "./smki.ts";

interface Issued {
  readonly read: AnyCertificate;
  readonly certificate: SmkiCertificate;
}

/** Those that users sign XML by are there, too. Whether a new one of a device's is on its way is not told: it is not in use. */
export class HomeSmki implements SmkiStore {
  readonly #headEnd: Pick<HeadEnd, "pki" | "devices" | "parties">;
  readonly #users: Users;
  readonly #nowS: () => number;
  /** Certificates do not change: each is read once. */
  readonly #read = new WeakMap<Uint8Array, Issued>();

  /** `nowS`: the run's time, UTC seconds. */
  constructor(headEnd: Pick<HeadEnd, "pki" | "devices" | "parties">, users: Users, nowS: () => number) {
    this.#headEnd = headEnd;
    this.#users = users;
    this.#nowS = nowS;
  }

  list(): readonly SmkiCertificate[] {
    const nowS = this.#nowS();
    const inUse = this.#inUse();
    return this.#all().map((bytes) => {
      const { read, certificate } = this.#issued(bytes);
      return { ...certificate, status: statusOf(read, inUse, nowS) };
    });
  }

  #all(): readonly Uint8Array[] {
    const signers = [...this.#users.certificates.values()];
    return [...this.#headEnd.pki.issued, ...signers.map(({ bytes }) => bytes)];
  }

  #issued(bytes: Uint8Array): Issued {
    const known = this.#read.get(bytes);
    if (known !== undefined) return known;
    const issued = { read: readAnyCertificate(bytes), certificate: smkiCertificate(bytes) };
    this.#read.set(bytes, issued);
    return issued;
  }

  /** Public keys in force, by holder; of other holders all are. */
  #inUse(): ReadonlyMap<string, readonly Uint8Array[]> {
    const { devices, parties } = this.#headEnd;
    const ofDevices = devices.map((each) => [each.eui, [each.signPublicKey, each.agreePublicKey]] as const);
    const ofParties = Object.values(parties).map((party) => [party.eui, keysOf(party)] as const);
    return new Map([...ofDevices, ...ofParties]);
  }
}

const keysOf = ({ keys: { sign, agree, prepay } }: Party): readonly Uint8Array[] => [
  sign.signer.publicKey,
  agree.publicKey,
  prepay.publicKey,
];

/** Roles that a party's or a device's key in force may have; those of authorities and of XML are in use while they are valid. */
function statusOf(
  { subject, role, publicKey, notAfterS, usage }: AnyCertificate,
  inUse: ReadonlyMap<string, readonly Uint8Array[]>,
  nowS: number,
): SmkiStatus {
  if (notAfterS !== undefined && nowS > notAfterS) return "E";
  const keys = inUse.get(subject);
  const replaceable = usage !== "certify" && (role === "device" || role < 0x80);
  if (keys === undefined || !replaceable) return "I";
  return keys.some((key) => sameBytes(key, publicKey)) ? "I" : "N";
}
