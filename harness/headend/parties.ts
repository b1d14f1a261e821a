/** The remote parties of a run: who they are, what they sign and agree keys with, and their counters. */

import type { Role } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Agreement } from "../../firmware/wire/suite.ts";
import type { Signer } from "../../hal/board.ts";

export type PartyName =
  | "supplier"
  | "secondSupplier"
  | "networkOperator"
  | "accessControlBroker"
  | "transitionalCoS"
  | "recovery"
  | "wanProvider"
  | "contingency"
  | "loadController";

/** One key pair, and the certificate that binds its public key to the holder. */
export interface SigningKey {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly signer: Signer;
  readonly certificate: Uint8Array;
}
export interface AgreementKey {
  /** 32 bytes. */
  readonly secret: Uint8Array;
  readonly agreement: Agreement;
  readonly publicKey: Uint8Array;
  readonly certificate: Uint8Array;
}

/** The keys a party uses from one credential change to the next. */
export interface PartyKeys {
  readonly sign: SigningKey;
  readonly agree: AgreementKey;
  /** The supplier's second agreement key, for prepayment top-up. */
  readonly prepay: AgreementKey;
}

/** A key pair from elsewhere: 32 bytes, and a certificate of its public key. */
export interface GivenKey {
  readonly secret: Uint8Array;
  readonly certificate: Uint8Array;
}

/** Keys of others' making, of parties that have them; what is left out is made. */
export type GivenKeys = {
  readonly [name in PartyName]?: { readonly [use in keyof PartyKeys]?: GivenKey };
};

/** Role and EUI-64 of each party: the identities of the published reference messages. */
export const partyIdentities: Readonly<Record<PartyName, { readonly role: Role; readonly eui: Eui64 }>> = {
  supplier: { role: "supplier", eui: "90B3D51F30010000" },
  secondSupplier: { role: "supplier", eui: "90B3D51F30030000" },
  networkOperator: { role: "networkOperator", eui: "90B3D51F30020000" },
  accessControlBroker: { role: "accessControlBroker", eui: "90B3D51F30000002" },
  transitionalCoS: { role: "transitionalCoS", eui: "90B3D51F30000004" },
  recovery: { role: "recovery", eui: "90B3D51F30000001" },
  wanProvider: { role: "wanProvider", eui: "90B3D51F30000007" },
  /** Who holds the root's contingency key. */
  contingency: { role: "root", eui: "90B3D51F30FF0000" },
  loadController: { role: "loadController", eui: "90B3D51F30010008" },
};

export const partyNames = Object.keys(partyIdentities) as PartyName[];

/** A remote party: its keys now, and its originator counter, which never goes back. */
export class Party {
  readonly name: PartyName;
  readonly role: Role;
  readonly eui: Eui64;
  keys: PartyKeys;
  /** The counter of the last command this party originated. */
  counter = 1000n;
  /** The counter of the last top-up token that this supplier vended. */
  tokenCounter = 0;

  constructor(name: PartyName, keys: PartyKeys) {
    this.name = name;
    this.role = partyIdentities[name].role;
    this.eui = partyIdentities[name].eui;
    this.keys = keys;
  }

  nextCounter(): bigint {
    this.counter += 1n;
    return this.counter;
  }
}
