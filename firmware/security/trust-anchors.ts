/**
 * Trust anchors: who a device believes. One public key a cell, kept in the journal; verifiers and MACs are
 * made ready at a party's first message, and kept: no later command pays for key set-up, and no start for parties that are silent.
 */
import { concat } from "../../hal/base/bytes.ts";
import { euiBytes, euiText } from "../../hal/base/eui64.ts";
import type { Crypto, Verifier } from "../../hal/board.ts";
import type { Journal, JournalChange } from "../kernel/journal.ts";
import { type CellName, cellByKey, cellKey, type Role } from "../model/index.ts";
import type { Eui64 } from "../wire/message.ts";
import type { Agreement, ContextMac, HiddenValues, Suite } from "../wire/suite.ts";

export interface Anchor {
  readonly cell: CellName;
  readonly holder: Eui64;
  readonly publicKey: Uint8Array;
  /** 8 bytes: names the key in messages. */
  readonly keyId: Uint8Array;
  /** Of a root: its contingency key, wrapped. */
  readonly contingency?: Uint8Array;
}

/** A remote party this device knows: its role, and its keys, each made ready when first asked for. */
export interface Party {
  readonly eui: Eui64;
  /** The EUI-64, 8 bytes. */
  readonly bytes: Uint8Array;
  readonly role: Role;
  /** Checks the party's signatures; absent when the device holds no signing key of it. */
  readonly verify?: Verifier | undefined;
  /** MAC of the party's commands: made by the ACB, whoever originates (facts §1.5). */
  readonly commandMac?: ContextMac | undefined;
  /** MAC of what this device sends to the party; absent when the device holds no agreement key of it. */
  readonly replyMac?: ContextMac | undefined;
  /** Hides values that only the party may read. */
  readonly hidden?: HiddenValues | undefined;
}

export interface OwnAgreement {
  readonly eui64: Eui64;
  /** The one in force when asked. */
  agreement(): Agreement;
}

const prefix = "anchor/";
/** Journal key of a cell, e.g. "anchor/2/1/0": role, usage, cell usage. */
export const anchorKey = (cell: CellName): string => prefix + cellKey(cell);

const keyAt = 17;

/** holder 8 ‖ key id 8 ‖ length of the public key 1 ‖ public key ‖ contingency key, if it has one. */
export function encodeAnchor(anchor: Anchor): Uint8Array {
  const { holder, keyId, publicKey, contingency = new Uint8Array() } = anchor;
  return concat(euiBytes(holder), keyId, Uint8Array.of(publicKey.length), publicKey, contingency);
}

export function decodeAnchor(key: string, bytes: Uint8Array): Anchor {
  const cell = cellByKey(key.slice(prefix.length)) as CellName;
  const keyEnd = keyAt + (bytes[keyAt - 1] as number);
  return {
    cell,
    holder: euiText(bytes.subarray(0, 8)),
    keyId: bytes.slice(8, 16),
    publicKey: bytes.slice(keyAt, keyEnd),
    ...(bytes.length > keyEnd ? { contingency: bytes.slice(keyEnd) } : {}),
  };
}

export class TrustAnchors {
  readonly #journal: Journal;
  readonly #crypto: Crypto;
  readonly #suite: Suite;
  readonly #own: OwnAgreement;
  readonly #ownBytes: Uint8Array;
  readonly #cells = new Map<string, Anchor>();
  #parties = new Map<Eui64, Party>();

  /** Loads the cells from `journal`; a new device's journal has none, and takes `factory`'s. */
  static async open(
    journal: Journal,
    factory: readonly Omit<Anchor, "keyId">[],
    crypto: Crypto,
    own: OwnAgreement,
    suite: Suite,
  ): Promise<TrustAnchors> {
    if (journal.keys(prefix).length === 0)
      await journal.commit(
        factory.map((seed) => ({
          key: anchorKey(seed.cell),
          value: encodeAnchor({ ...seed, keyId: suite.keyId(crypto, seed.publicKey) }),
        })),
      );
    return new TrustAnchors(journal, crypto, own, suite);
  }

  private constructor(journal: Journal, crypto: Crypto, own: OwnAgreement, suite: Suite) {
    this.#journal = journal;
    this.#crypto = crypto;
    this.#suite = suite;
    this.#own = own;
    this.#ownBytes = euiBytes(own.eui64);
    for (const key of journal.keys(prefix))
      this.#cells.set(key, decodeAnchor(key, journal.get(key) as Uint8Array));
    this.#prepare();
  }

  cell(name: CellName): Anchor | undefined {
    return this.#cells.get(anchorKey(name));
  }

  /** The secret that this device shares with the holder of an agreement cell; undefined when there is none. */
  shared(name: CellName): { readonly holder: Eui64; readonly secret: Uint8Array } | undefined {
    const anchor = this.cell(name);
    const secret = anchor && this.#own.agreement().agree(anchor.publicKey);
    return anchor && secret && { holder: anchor.holder, secret };
  }

  party(eui: Eui64): Party | undefined {
    return this.#parties.get(eui);
  }

  /** Who holds the cells of `role`: the signing cell names the holder, else the agreement cell. */
  holder(role: Role): Party | undefined {
    const anchor =
      this.cell({ role, usage: "sign", cellUsage: "management" }) ??
      this.cell({ role, usage: "agree", cellUsage: "management" });
    return anchor && this.#parties.get(anchor.holder);
  }

  /** Checks signatures by the root's contingency key; undefined when `symmetricKey` does not open it. */
  contingencyVerifier(symmetricKey: Uint8Array): Verifier | undefined {
    const root = this.cell({ role: "root", usage: "certify", cellUsage: "management" });
    if (root?.contingency === undefined) return undefined;
    const publicKey = this.#suite.contingency.unwrap(this.#crypto, symmetricKey, root.contingency);
    return publicKey && this.#suite.verifier(this.#crypto, publicKey);
  }

  /** The journal changes that put `anchors` into their cells; {@link adopt} them once committed. */
  changes(anchors: readonly Anchor[]): JournalChange[] {
    return anchors.map((anchor) => ({ key: anchorKey(anchor.cell), value: encodeAnchor(anchor) }));
  }

  adopt(anchors: readonly Anchor[]): void {
    for (const anchor of anchors) this.#cells.set(anchorKey(anchor.cell), anchor);
    this.#prepare();
  }

  /** Of a bench's faults: the flash has lost the root. */
  async loseRoot(): Promise<void> {
    const key = anchorKey({ role: "root", usage: "certify", cellUsage: "management" });
    await this.#journal.commit([{ key, value: null }]);
    this.#cells.delete(key);
    this.#prepare();
  }

  /** The device's own agreement key is another: whatever is made of it is made anew. */
  renew(): void {
    this.#prepare();
  }

  #prepare(): void {
    const parties = new Map<Eui64, Party>();
    const own = agreeingOnce(this.#own.agreement());
    for (const { cell, holder } of this.#cells.values())
      if (!parties.has(holder)) parties.set(holder, this.#prepareParty(own, holder, cell.role));
    this.#parties = parties;
  }

  #prepareParty(own: Agreement, eui: Eui64, role: Role): Party {
    const key = (usage: "sign" | "agree", of: Role = role) => {
      const anchor = this.cell({ role: of, usage, cellUsage: "management" });
      return anchor !== undefined && (of !== role || anchor.holder === eui) ? anchor.publicKey : undefined;
    };
    const bytes = euiBytes(eui);
    const command = { originator: bytes, target: this.#ownBytes };
    const reply = { originator: this.#ownBytes, target: bytes };
    const [signKey, agreeKey, brokerKey] = [key("sign"), key("agree"), key("agree", "accessControlBroker")];
    const { macs, hiddenValues, verifier } = this.#suite;
    const crypto = this.#crypto;
    const verify = once(() => signKey && verifier(crypto, signKey));
    const commandMac = once(() => brokerKey && macs(crypto, own, brokerKey, command));
    const replyMac = once(() => agreeKey && macs(crypto, own, agreeKey, reply));
    const hidden = once(() => agreeKey && hiddenValues(crypto, own, agreeKey, reply));
    return {
      ...{ eui, bytes, role },
      get verify() {
        return verify();
      },
      get commandMac() {
        return commandMac();
      },
      get replyMac() {
        return replyMac();
      },
      get hidden() {
        return hidden();
      },
    };
  }
}

/** What `make` makes, made when first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The MACs of many parties, and of both directions, are made of one secret: the ACB's. */
function agreeingOnce(own: Agreement): Agreement {
  const agreed = new Map<Uint8Array, Uint8Array | undefined>();
  return {
    publicKey: own.publicKey,
    agree(peerPublic) {
      if (!agreed.has(peerPublic)) agreed.set(peerPublic, own.agree(peerPublic));
      return agreed.get(peerPublic);
    },
  };
}
