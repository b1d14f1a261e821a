/**
 * Keys of devices that were taken off the hub's log (CCS02), in case they are added again: 15 at most, the oldest
 * gives way. A device that is added again may come in on its old key in the first half of the window (CCS01).
 */
import { aesMmo } from "../../hal/base/aes-mmo.ts";
import type { Crypto } from "../../hal/board.ts";
import type { Journal, JournalChange } from "../kernel/journal.ts";
import type { Eui64 } from "../wire/message.ts";
import { Reader, Writer } from "./frames/bytes.ts";
import { type Member, NO_ADDRESS } from "./member.ts";
import type { ToldDevice } from "./restore.ts";
import { IncomingCounter } from "./stack/counters.ts";
import { type FormerKey, incomingKey, type Peer } from "./stack/peer.ts";
import { DEVICE_PREFIX } from "./store.ts";

const PREFIX = "han/old/";
const ENTRIES = 15;
const KEY_BYTES = 16;
const KEY_KNOWN = 0;
const HASH_KNOWN = 1;

export interface HistoricEntry {
  readonly eui64: Eui64;
  readonly linkKey: Uint8Array;
  readonly shortAddress: number;
  /** The lowest counter that is not a replay under this key. */
  readonly apsFloor: number;
  /** Only the key's hash is known: `linkKey` is that. */
  readonly told: boolean;
}

interface Stored extends HistoricEntry {
  readonly number: number;
}

export class HistoricLog {
  readonly #journal: Journal;
  readonly #crypto: Pick<Crypto, "aesBlock">;
  readonly #offered: { readonly peer: Peer; readonly former: FormerKey }[] = [];

  constructor(journal: Journal, crypto: Pick<Crypto, "aesBlock">) {
    this.#journal = journal;
    this.#crypto = crypto;
  }

  /** Devices, oldest first, and the hash of the key each had (CCS07). */
  devices(): readonly ToldDevice[] {
    const hash = (key: Uint8Array) => aesMmo(this.#crypto, key);
    return this.entries().map((one) => ({
      eui64: one.eui64,
      hash: one.told ? one.linkKey : hash(one.linkKey),
    }));
  }

  /** Oldest first. */
  entries(): readonly HistoricEntry[] {
    return this.#stored();
  }

  of(eui64: Eui64): HistoricEntry | undefined {
    const bytes = this.#journal.get(PREFIX + eui64);
    return bytes === undefined ? undefined : read(eui64, bytes);
  }

  /** What takes `member` off the log. */
  removal(member: Member): JournalChange[] {
    const { eui64 } = member.registration;
    const gone = [DEVICE_PREFIX + eui64, incomingKey(eui64)].map((key) => ({ key, value: null }));
    return [...gone, ...this.#changes(member)];
  }

  /** Nothing for a device without a key. */
  #changes({ registration, peer }: Member): JournalChange[] {
    const { eui64 } = registration;
    const held = peer.linkKey === undefined ? peer.former : { key: peer.linkKey, apsIn: peer.apsIn };
    if (held === undefined) return [];
    const others = this.#stored().filter((entry) => entry.eui64 !== eui64);
    const writer = new Writer().u32((this.#stored().at(-1)?.number ?? 0) + 1).bytes(held.key);
    const value = writer.u32(held.apsIn.floor).u16(peer.shortAddress).u8(KEY_KNOWN).done();
    const full = others.length >= ENTRIES && others[0] !== undefined;
    const room = full ? [{ key: PREFIX + others[0]!.eui64, value: null }] : [];
    return [...room, { key: PREFIX + eui64, value }];
  }

  /** Becomes a log of which only hashes are known: for a bench. */
  async bringTo(devices: readonly ToldDevice[]): Promise<void> {
    const old = this.#journal.keys(PREFIX).map((key) => ({ key, value: null }));
    const entries = devices.map(({ eui64, hash }, i) => {
      const writer = new Writer()
        .u32(i + 1)
        .bytes(hash)
        .u32(0)
        .u16(NO_ADDRESS);
      return { key: PREFIX + eui64, value: writer.u8(HASH_KNOWN).done() };
    });
    const kept = new Set(entries.map(({ key }) => key));
    await this.#journal.commit([...old.filter(({ key }) => !kept.has(key)), ...entries]);
  }

  /** Lets devices without keys come in on the key they had, at the address they had, until {@link withdraw}. */
  offer(members: readonly Member[]): void {
    this.withdraw();
    for (const { registration, peer } of members) {
      const entry = this.of(registration.eui64);
      if (entry === undefined || entry.told || peer.linkKey !== undefined || peer.former !== undefined)
        continue;
      if (members.some((other) => other.peer !== peer && other.peer.shortAddress === entry.shortAddress))
        continue;
      peer.shortAddress = entry.shortAddress;
      peer.former = { key: entry.linkKey, apsIn: new IncomingCounter(entry.apsFloor) };
      this.#offered.push({ peer, former: peer.former });
    }
  }

  withdraw(): void {
    for (const { peer, former } of this.#offered.splice(0))
      if (peer.former === former) peer.former = undefined;
  }

  #stored(): readonly Stored[] {
    const entries = this.#journal.keys(PREFIX).map((key) => {
      return read(key.slice(PREFIX.length), this.#journal.get(key)!);
    });
    return entries.sort((a, b) => a.number - b.number);
  }
}

function read(eui64: Eui64, bytes: Uint8Array): Stored {
  const reader = new Reader(bytes);
  const number = reader.u32("historic number");
  const linkKey = reader.bytes(KEY_BYTES, "historic key");
  const apsFloor = reader.u32("historic floor");
  const shortAddress = reader.u16("historic address");
  // Entries of older firmware end here.
  const told = reader.left > 0 && reader.u8("historic kind") === HASH_KNOWN;
  reader.end("historic entry");
  return { number, eui64, linkKey, apsFloor, shortAddress, told };
}
