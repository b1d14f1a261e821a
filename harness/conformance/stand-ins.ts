/**
 * Stands in for keys that a reference set lacks: a device agrees by the other side's private key, as both give the same
 * secret, and signs by a key made up for it, under which its signatures are then checked.
 */
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Agreement, Suite } from "../../firmware/wire/suite.ts";
import type { Crypto, Signer } from "../../hal/board.ts";
import { agreementOf, KeyStore, type KeyUse } from "../verify/index.ts";

export class StandIns {
  readonly #keys: KeyStore;
  readonly #suite: Suite;
  readonly #crypto: Crypto;

  constructor(keys: KeyStore, suite: Suite, crypto: Crypto) {
    this.#keys = keys;
    this.#suite = suite;
    this.#crypto = crypto;
  }

  /** Of a device: undefined when not even its certificate is there. */
  agreement(eui: Eui64): Agreement | undefined {
    return agreementOf(this.#keys, this.#crypto, eui);
  }

  /** 32 bytes: the device's own, or one made up. */
  signingSecret(eui: Eui64): Uint8Array {
    const own = this.#keys.party(eui)?.keys.ds?.secret;
    return own ?? this.#crypto.sha256(new TextEncoder().encode(`signing key of ${eui}`));
  }

  signer(eui: Eui64): Signer {
    return this.#suite.signer(this.#crypto, this.signingSecret(eui));
  }

  /** The keys by which answers of `devices` are checked: all that there are, and the signing keys made up for them. */
  keysToCheck(devices: Iterable<Eui64>): KeyStore {
    const store = new KeyStore();
    for (const { eui, keys, role } of this.#keys.parties)
      for (const use of Object.keys(keys) as KeyUse[]) store.add(eui, use, keys[use]!, role);
    for (const eui of devices) store.add(eui, "ds", { publicKey: this.signer(eui).publicKey }, "device");
    return store;
  }
}
