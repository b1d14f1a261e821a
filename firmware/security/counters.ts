/**
 * Replay protection: the highest originator counter accepted from each holder in its role, and from each
 * party for which the ACB speaks. A protected command must bring a strictly greater one. A counter never
 * goes back: not by a floor, nor when its holder has lost its cells and comes again.
 *
 * The record of a counter carries the command that moved it until that command is answered, so that one
 * journal commit both moves the counter and keeps the command: after a power cut neither is lost.
 */
import type { MaybePromise } from "../../hal/board.ts";
import type { Journal, JournalChange } from "../kernel/journal.ts";
import { type Role, roleByNumber, roles } from "../model/index.ts";
import type { Eui64, Header } from "../wire/message.ts";

const holderPrefix = "counter/";
const topUpPrefix = "top-up/";
/** What holders that were forgotten had used at most: a counter that whoever has no record must exceed. */
const forgotten = { [holderPrefix]: "counter-all/", [topUpPrefix]: "top-up-all/" } as const;
const partyPrefix = "counter-of/";
const pendingPrefix = "pending/";
/** A journal value holds so much of a pending command; the rest stands under keys of its own. */
const chunkBytes = 4096;
/** Supplementary parties remembered; the ACB's own counter guards those forgotten. */
const maxParties = 16;
/** Holders remembered of one role, with those that hold a cell now; the lowest of the others is forgotten. */
const maxHolders = 16;

type Prefix = keyof typeof forgotten;
/** The key asked for last: a command asks for its holder's again and again, and a text made anew is hashed anew. */
let last = { prefix: holderPrefix as Prefix, role: "root" as Role, holder: "", key: "" };

function keyOf(prefix: Prefix, role: Role, holder: Eui64): string {
  if (last.holder !== holder || last.role !== role || last.prefix !== prefix || last.key === "")
    last = { prefix, role, holder, key: `${prefix}${roles[role].number}/${holder}` };
  return last.key;
}
const holderKey = (role: Role, holder: Eui64): string => keyOf(holderPrefix, role, holder);
const forgottenKey = (prefix: Prefix, role: Role): string => forgotten[prefix] + roles[role].number;

/** The least counters a holder starts from: they raise, and never lower. */
export interface Floor {
  readonly role: Role;
  readonly holder: Eui64;
  readonly counter: bigint;
  /** Of its top-ups, where told. */
  readonly topUp?: bigint;
}

/** A command that was accepted and not answered. */
export interface Pending {
  readonly role: Role;
  readonly holder: Eui64;
  readonly counter: bigint;
  /** Its unprotected bytes. */
  readonly command: Uint8Array;
}

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
    for (const prefix of [...Object.entries(forgotten).flat(), partyPrefix])
      for (const key of journal.keys(prefix))
        this.#highest.set(key, readCounter(journal.get(key) as Uint8Array));
  }

  /** The counter that the next command of `holder` in `role` must exceed; without `holder`, of any in the role. */
  highest(role: Role, holder?: Eui64): bigint {
    if (holder !== undefined) return this.#counter(holderPrefix, role, holder);
    return this.#most([...this.#holderKeys(role), forgottenKey(holderPrefix, role)]);
  }

  /** The counter that the next top-up of `holder` must exceed. */
  highestTopUp(role: Role, holder: Eui64): bigint {
    return this.#counter(topUpPrefix, role, holder);
  }

  /** Has `holder` a counter of its own in `role`? One that lost its cells keeps it. */
  knows(role: Role, holder: Eui64): boolean {
    return this.#highest.has(holderKey(role, holder));
  }

  /** Would a replay-protected command with this header be new? */
  fresh(role: Role, header: Header): boolean {
    if (header.counter <= this.highest(role, header.originator)) return false;
    const { supplementary } = header;
    if (supplementary?.counter === undefined) return true;
    return supplementary.counter > (this.#highest.get(partyPrefix + supplementary.party) ?? 0n);
  }

  /**
   * Commits the counters of an accepted command, and its bytes until {@link finish}. A counter whose commit
   * fails is not accepted again before a restart.
   */
  accept(role: Role, header: Header, command: Uint8Array): MaybePromise<void> {
    const { counter, supplementary } = header;
    const key = holderKey(role, header.originator);
    this.#highest.set(key, counter);
    this.#chunked = command.length > chunkBytes;
    const first = this.#chunked ? command.subarray(0, chunkBytes) : command;
    const own = { key, value: this.#fill(counter, first) };
    if (!this.#chunked && supplementary?.counter === undefined) return this.#journal.commitAtOnce([own]);
    const changes = [own, ...chunkChanges(command)];
    if (supplementary?.counter !== undefined)
      changes.push(...this.#partyChanges(supplementary.party, supplementary.counter));
    return this.#journal.commitAtOnce(changes);
  }

  /** The command of `holder` has been answered: forgets its bytes, keeps the counter. */
  finish(role: Role, holder: Eui64): MaybePromise<void> {
    const key = holderKey(role, holder);
    const counter = this.#highest.get(key) ?? this.highest(role, holder);
    const changes: JournalChange[] = [{ key, value: this.#fill(counter) }];
    if (this.#chunked) {
      for (const chunk of this.#journal.keys(pendingPrefix)) changes.push({ key: chunk, value: null });
      this.#chunked = false;
    }
    return this.#journal.commitAtOnce(changes);
  }

  /** The command that a power cut interrupted, if any, and whose it is. */
  pending(): Pending | undefined {
    for (const key of this.#journal.keys(holderPrefix)) {
      const value = this.#journal.get(key) as Uint8Array;
      if (value.length > 8)
        return { ...readKey(key), counter: readCounter(value), command: this.#joined(value) };
    }
    return undefined;
  }

  /**
   * The changes that put `floors` under counters (a credential change). One below what its holder has used
   * changes nothing. A command still being answered stays pending. `present`: who holds a cell afterwards;
   * of others a bounded number is remembered. {@link adopt} them after the commit.
   */
  floorChanges(floors: readonly Floor[], present: ReadonlySet<Eui64>): JournalChange[] {
    const changes = new Map<string, JournalChange>();
    const raise = (key: string, now: bigint, floor: bigint) => {
      const pending = this.#journal.get(key)?.subarray(8);
      changes.set(key, { key, value: record(now > floor ? now : floor, pending) });
    };
    for (const { role, holder, counter, topUp } of floors) {
      raise(holderKey(role, holder), this.highest(role, holder), counter);
      if (topUp !== undefined)
        raise(keyOf(topUpPrefix, role, holder), this.highestTopUp(role, holder), topUp);
    }
    for (const role of new Set(floors.map((floor) => floor.role)))
      for (const change of this.#forget(role, [...changes.keys()], present)) changes.set(change.key, change);
    return [...changes.values()];
  }

  adopt(changes: readonly JournalChange[]): void {
    for (const { key, value } of changes)
      if (value === null) this.#highest.delete(key);
      else this.#highest.set(key, readCounter(value));
  }

  /** Folds the lowest counters of departed holders into those that guard all who have no record. */
  #forget(role: Role, added: readonly string[], present: ReadonlySet<Eui64>): JournalChange[] {
    const known = this.#holderKeys(role);
    const count = new Set([...known, ...added.filter((key) => isOf(key, role))]).size;
    const departed = known.filter((key) => !present.has(readKey(key).holder));
    const settled = departed.filter((key) => this.#journal.get(key)?.length === 8);
    settled.sort((a, b) => ((this.#highest.get(a) as bigint) < (this.#highest.get(b) as bigint) ? -1 : 1));
    const leaving = settled.slice(0, Math.max(0, count - maxHolders)).map((key) => readKey(key).holder);
    return leaving.length === 0 ? [] : this.#folds(role, leaving);
  }

  #folds(role: Role, holders: readonly Eui64[]): JournalChange[] {
    return [...this.#fold(holderPrefix, role, holders), ...this.#fold(topUpPrefix, role, holders)];
  }

  #fold(prefix: Prefix, role: Role, holders: readonly Eui64[]): JournalChange[] {
    const keys = holders.map((holder) => keyOf(prefix, role, holder)).filter((key) => this.#highest.has(key));
    const into = forgottenKey(prefix, role);
    const most = { key: into, value: record(this.#most([...keys, into])) };
    return keys.length === 0 ? [] : [...keys.map((key) => ({ key, value: null })), most];
  }

  #counter(prefix: Prefix, role: Role, holder: Eui64): bigint {
    const own = this.#highest.get(keyOf(prefix, role, holder));
    return own ?? this.#highest.get(forgottenKey(prefix, role)) ?? 0n;
  }

  #most(keys: readonly string[]): bigint {
    let most = 0n;
    for (const key of keys) {
      const counter = this.#highest.get(key) ?? 0n;
      if (counter > most) most = counter;
    }
    return most;
  }

  #holderKeys(role: Role): string[] {
    return [...this.#highest.keys()].filter((key) => isOf(key, role));
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

const isOf = (key: string, role: Role): boolean => key.startsWith(holderKey(role, ""));

/** Of `counter/<role number>/<EUI-64>`. */
function readKey(key: string): { readonly role: Role; readonly holder: Eui64 } {
  const [, number, holder] = key.split("/");
  return { role: roleByNumber(Number(number)) as Role, holder: holder as Eui64 };
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
