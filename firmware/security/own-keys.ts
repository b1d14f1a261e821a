/**
 * A device's own keys: one to sign with and one to agree with, each with its certificate. The factory made the first
 * ones. A pair made later waits until its certificate comes; until then, and for ever without it, the former serves.
 */
import { concat } from "../../hal/base/bytes.ts";
import type { Crypto, Signer } from "../../hal/board.ts";
import type { Journal, JournalChange } from "../kernel/journal.ts";
import type { Agreement, Suite } from "../wire/suite.ts";

/** What a device's own key may do. */
export type OwnUsage = "sign" | "agree";

/** Secrets of 32 bytes, and the certificates for their public halves. */
export interface FactoryKeys {
  readonly signSeed: Uint8Array;
  readonly agreeSecret: Uint8Array;
  readonly signCertificate: Uint8Array;
  readonly agreeCertificate: Uint8Array;
}

/** What a bench puts in the place of a secret that nobody has: it serves until another pair is in force. */
export interface StandIns {
  readonly signer?: Signer | undefined;
  readonly agreement?: Agreement | undefined;
}

interface Held<K> {
  readonly key: K;
  /** Names the key in messages, 8 bytes. */
  readonly keyId: Uint8Array;
  readonly certificate: Uint8Array;
}

const SECRET_BYTES = 32;
const inForce = (usage: OwnUsage): string => `own-key/${usage}`;
const waiting = (usage: OwnUsage): string => `own-key-waiting/${usage}`;

export class OwnKeys {
  readonly #journal: Journal;
  readonly #crypto: Crypto;
  readonly #suite: Suite;
  readonly #factory: FactoryKeys;
  readonly #standIns: StandIns;
  #sign: Held<Signer>;
  #agree: Held<Agreement>;

  constructor(journal: Journal, crypto: Crypto, suite: Suite, factory: FactoryKeys, standIns: StandIns = {}) {
    this.#journal = journal;
    this.#crypto = crypto;
    this.#suite = suite;
    this.#factory = factory;
    this.#standIns = standIns;
    this.#sign = this.#signHeld();
    this.#agree = this.#agreeHeld();
  }

  get signer(): Signer {
    return this.#sign.key;
  }

  get signKeyId(): Uint8Array {
    return this.#sign.keyId;
  }

  get agreement(): Agreement {
    return this.#agree.key;
  }

  get agreeKeyId(): Uint8Array {
    return this.#agree.keyId;
  }

  certificate(usage: OwnUsage): Uint8Array {
    return usage === "sign" ? this.#sign.certificate : this.#agree.certificate;
  }

  /** Of the pair that waits for its certificate; undefined when none does. */
  waitingKey(usage: OwnUsage): Uint8Array | undefined {
    const secret = this.#journal.get(waiting(usage));
    return secret && this.publicKeyOf(usage, secret);
  }

  publicKeyOf(usage: OwnUsage, secret: Uint8Array): Uint8Array {
    const { signer, agreement } = this.#suite;
    return (usage === "sign" ? signer : agreement)(this.#crypto, secret).publicKey;
  }

  /** The change that has a fresh secret wait, in the place of one that did. */
  waitChange(usage: OwnUsage, secret: Uint8Array): JournalChange {
    return { key: waiting(usage), value: secret };
  }

  /** The changes that put the pair that waits in force; {@link adopt} it once they are committed. */
  installChanges(usage: OwnUsage, certificate: Uint8Array): JournalChange[] {
    const secret = this.#journal.get(waiting(usage)) as Uint8Array;
    return [
      { key: inForce(usage), value: concat(secret, certificate) },
      { key: waiting(usage), value: null },
    ];
  }

  /** The change that shows another certificate for the key in force: for a bench. */
  certificateChange(usage: OwnUsage, certificate: Uint8Array): JournalChange {
    const { signSeed, agreeSecret } = this.#factory;
    const secret = this.#journal.get(inForce(usage))?.subarray(0, SECRET_BYTES);
    return {
      key: inForce(usage),
      value: concat(secret ?? (usage === "sign" ? signSeed : agreeSecret), certificate),
    };
  }

  adopt(usage: OwnUsage): void {
    if (usage === "sign") this.#sign = this.#signHeld();
    else this.#agree = this.#agreeHeld();
  }

  #signHeld(): Held<Signer> {
    const { signSeed, signCertificate } = this.#factory;
    return this.#held("sign", signSeed, signCertificate, this.#standIns.signer, this.#suite.signer);
  }

  #agreeHeld(): Held<Agreement> {
    const { agreeSecret, agreeCertificate } = this.#factory;
    return this.#held(
      "agree",
      agreeSecret,
      agreeCertificate,
      this.#standIns.agreement,
      this.#suite.agreement,
    );
  }

  #held<K extends { readonly publicKey: Uint8Array }>(
    usage: OwnUsage,
    factorySecret: Uint8Array,
    factoryCertificate: Uint8Array,
    standIn: K | undefined,
    make: (crypto: Crypto, secret: Uint8Array) => K,
  ): Held<K> {
    const kept = this.#journal.get(inForce(usage));
    const secret = kept?.slice(0, SECRET_BYTES) ?? factorySecret;
    const ofFactory = secret.every((byte, i) => byte === factorySecret[i]);
    const key = ofFactory && standIn !== undefined ? standIn : make(this.#crypto, secret);
    const keyId = this.#suite.keyId(this.#crypto, key.publicKey);
    return { key, keyId, certificate: kept?.slice(SECRET_BYTES) ?? factoryCertificate };
  }
}
