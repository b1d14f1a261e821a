/** Whose keys are known: one entry a party, whichever kind of certificate named it. */
import type { Role } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";

/** One key: what verifying needs, and the private half where it is known. */
export interface PartyKey {
  /** GBCS: uncompressed P-256 point, 65 bytes. COSE: Ed25519 or X25519 key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly secret?: Uint8Array;
  /** As its bytes. */
  readonly certificate?: Uint8Array;
}

/** `ds` digital signature, `ka` key agreement, `pp-ka` key agreement for prepayment. */
export type KeyUse = "ds" | "ka" | "pp-ka";

export interface Party {
  readonly eui: Eui64;
  /** Undefined when only private keys without a certificate are known. */
  readonly role?: Role | "device";
  readonly keys: Readonly<Partial<Record<KeyUse, PartyKey>>>;
}

/** A key file that was left out, and why: `path problem`. */
export type UnusableKey = string;

export class KeyStore {
  /** Key files that contradict themselves: nothing is checked with them. */
  readonly unusable: UnusableKey[] = [];
  readonly #parties = new Map<Eui64, Party>();

  add(eui: Eui64, use: KeyUse, key: PartyKey, role?: Role | "device"): void {
    const known = this.#parties.get(eui);
    const party = { eui, keys: { ...known?.keys, [use]: key } };
    const named = role ?? known?.role;
    this.#parties.set(eui, named === undefined ? party : { ...party, role: named });
  }

  get size(): number {
    return this.#parties.size;
  }

  get parties(): readonly Party[] {
    return [...this.#parties.values()];
  }

  party(eui: Eui64): Party | undefined {
    return this.#parties.get(eui);
  }

  withRole(role: Role): readonly Party[] {
    return [...this.#parties.values()].filter((party) => party.role === role);
  }
}
