/**
 * Replay protection: the highest originator counter accepted from each role, and from each party for which
 * the ACB speaks. A protected command must bring a strictly greater one.
 *
 * The record of a counter carries the command that moved it until that command is answered, so that one
 * journal commit both moves the counter and keeps the command: after a power cut neither is lost.
 */
import type { Journal, JournalChange } from "../kernel/journal.ts";
import type { Eui64, Header } from "../wire/message.ts";
import { type Role, roleNumber } from "./access.ts";

const rolePrefix = "counter/";
const partyPrefix = "counter-of/";
const pendingPrefix = "pending/";
/** A journal value holds so much of a pending command; the rest stands under keys of its own. */
const chunkBytes = 4096;
/** Supplementary parties remembered; the ACB's own counter guards those forgotten. */
const maxParties = 16;

const roleKeys = Object.fromEntries(
  Object.keys(roleNumber).map((role) => [role, rolePrefix + role]),
) as Readonly<Record<Role, string>>;

export class Counters {
  readonly #journal: Journal;
  readonly #highest = new Map<string, bigint>();
  /** True while a pending command has chunks of its own. */
  #chunked: boolean;
  /** Journal values are copied at once, so that one buffer serves for all records. */
  readonly #record = new Uint8Array(8 + chunkBytes);
  readonly #counterOnly = this.#record.subarray(0, 8);
  readonly #view = new DataView(this.#record.buffer);

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#chunked = journal.keys(pendingPrefix).length > 0;
    for (const prefix of [rolePrefix, partyPrefix])
      for (const key of journal.keys(prefix))
        this.#highest.set(key, readCounter(journal.get(key) as Uint8Array));
  }

  /** The highest counter accepted from `role`; 0 when there was none. */
  highest(role: Role): bigint {
    return this.#highest.get(roleKeys[role]) ?? 0n;
  }

  /** Would a replay-protected command with this header be new? */
  fresh(role: Role, header: Header): boolean {
    if (header.counter <= this.highest(role)) return false;
    const { supplementary } = header;
    if (supplementary?.counter === undefined) return true;
    return supplementary.counter > (this.#highest.get(partyPrefix + supplementary.party) ?? 0n);
  }

  /**
   * Commits the counters of an accepted command, and its bytes until {@link finish}. A counter whose commit
   * fails is not accepted again before a restart.
   */
  accept(role: Role, header: Header, command: Uint8Array): Promise<void> {
    const { counter, supplementary } = header;
    this.#highest.set(roleKeys[role], counter);
    this.#chunked = command.length > chunkBytes;
    const first = this.#chunked ? command.subarray(0, chunkBytes) : command;
    const own = { key: roleKeys[role], value: this.#fill(counter, first) };
    if (!this.#chunked && supplementary?.counter === undefined) return this.#journal.commit([own]);
    const changes = [own, ...chunkChanges(command)];
    if (supplementary?.counter !== undefined)
      changes.push(...this.#partyChanges(supplementary.party, supplementary.counter));
    return this.#journal.commit(changes);
  }

  /** The command has been answered: forgets its bytes, keeps the counter. */
  finish(role: Role): Promise<void> {
    const changes: JournalChange[] = [{ key: roleKeys[role], value: this.#fill(this.highest(role)) }];
    if (this.#chunked) {
      for (const chunk of this.#journal.keys(pendingPrefix)) changes.push({ key: chunk, value: null });
      this.#chunked = false;
    }
    return this.#journal.commit(changes);
  }

  /** The command that a power cut interrupted, if any. */
  pending(): { readonly role: Role; readonly command: Uint8Array } | undefined {
    for (const key of this.#journal.keys(rolePrefix)) {
      const value = this.#journal.get(key) as Uint8Array;
      if (value.length > 8)
        return { role: key.slice(rolePrefix.length) as Role, command: this.#joined(value) };
    }
    return undefined;
  }

  /**
   * The changes that put floors under `roles`' counters (a credential change): the next command must exceed
   * its floor. A command of that role still being answered stays pending. {@link adopt} after the commit.
   */
  floorChanges(floors: ReadonlyMap<Role, bigint>): JournalChange[] {
    return [...floors].map(([role, floor]) => {
      const key = roleKeys[role];
      const pending = this.#journal.get(key)?.subarray(8);
      return { key, value: record(floor, pending) };
    });
  }

  adopt(floors: ReadonlyMap<Role, bigint>): void {
    for (const [role, floor] of floors) this.#highest.set(roleKeys[role], floor);
  }

  #joined(first: Uint8Array): Uint8Array {
    const rest = this.#journal.keys(pendingPrefix).map((key) => this.#journal.get(key) as Uint8Array);
    const bytes = new Uint8Array(rest.reduce((sum, chunk) => sum + chunk.length, first.length - 8));
    bytes.set(first.subarray(8), 0);
    let at = first.length - 8;
    for (const chunk of rest) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  /** counter 8 ‖ pending command, in the shared buffer: valid until the next call. */
  #fill(counter: bigint, pending?: Uint8Array): Uint8Array {
    this.#view.setBigUint64(0, counter);
    if (pending === undefined) return this.#counterOnly;
    this.#record.set(pending, 8);
    return this.#record.subarray(0, 8 + pending.length);
  }

  #partyChanges(party: Eui64, counter: bigint): JournalChange[] {
    const key = partyPrefix + party;
    const changes: JournalChange[] = [{ key, value: record(counter) }];
    const known = [...this.#highest.keys()].filter((other) => other.startsWith(partyPrefix));
    if (!this.#highest.has(key) && known.length >= maxParties) {
      changes.push({ key: known[0] as string, value: null });
      this.#highest.delete(known[0] as string);
    }
    this.#highest.delete(key);
    this.#highest.set(key, counter);
    return changes;
  }
}

function chunkChanges(command: Uint8Array): JournalChange[] {
  const changes: JournalChange[] = [];
  for (let at = chunkBytes, n = 1; at < command.length; at += chunkBytes, n++)
    changes.push({
      key: `${pendingPrefix}${String(n).padStart(2, "0")}`,
      value: command.subarray(at, at + chunkBytes),
    });
  return changes;
}

/** counter 8 ‖ pending command. */
function record(counter: bigint, pending?: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + (pending?.length ?? 0));
  new DataView(bytes.buffer).setBigUint64(0, counter);
  if (pending !== undefined) bytes.set(pending, 8);
  return bytes;
}

function readCounter(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
}
