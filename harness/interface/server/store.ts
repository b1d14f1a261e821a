/**
 * What outlives the process: the requests that were taken, with their places in the home's time, and which messages were made and
 * delivered. The home itself is not kept, nor are its messages: made again of the same seed and asked the same at the same places, it is
 * the same, and makes the same messages, of which those that wait are delivered.
 */
import { crc32 } from "node:zlib";
import type { Service } from "../../headend/dcc/access.ts";
import type { DccMessage } from "../../headend/dcc/messages.ts";
import type { FileKind } from "../../headend/thresholds/signed-file.ts";
import { Journal } from "./journal.ts";
import { otherHistory, type Position } from "./timeline.ts";

/** A request as it was taken. */
export interface Taken {
  readonly at: Position;
  /** Where it came in; of a user's signed file, which it is. */
  readonly service: Service | FileKind;
  /** As it came, its signature verified. */
  readonly xml: Uint8Array;
  /** Of the answer. */
  readonly code: string;
}

/** A message for a user's address. */
export interface Push {
  readonly xml: string;
  readonly code: string;
  readonly requestId?: string;
  /** Milliseconds on the clock of the process. */
  readonly madeMs: number;
  /** Of a DCC alert. */
  readonly body?: DccMessage["body"];
}

/** How far a home has got: its last place that anybody outside knows of, and the wall clock then. */
export interface Reached extends Position {
  readonly wallMs: number;
}

export interface StoreLimits {
  readonly maxBytes: number;
  /** A user for whom so many messages wait is refused its requests; of twice as many, alerts are dropped. */
  readonly maxWaiting: number;
}
const defaultStoreLimits: StoreLimits = { maxBytes: 512 << 20, maxWaiting: 2000 };

type Entry =
  | ({ readonly kind: "home" } & object)
  | ({ readonly kind: "taken"; readonly wallMs: number } & Taken)
  | ({ readonly kind: "made"; readonly user: string; readonly at: Position; readonly wallMs: number } & Mark)
  | { readonly kind: "delivered"; readonly user: string; readonly seq: number }
  | { readonly kind: "reached"; readonly at: Position; readonly wallMs: number };

/** What is kept of a message. */
interface Mark {
  /** Checksum of its XML. */
  readonly crc: number;
  readonly isDropped: boolean;
}

interface Outbox {
  /** By the process before this one. */
  readonly before: Mark[];
  delivered: number;
  /** By this process. */
  made: number;
  readonly waiting: { readonly seq: number; readonly push: Push }[];
}

export class Store {
  readonly #limits: StoreLimits;
  readonly #journal: Journal;
  readonly #wallMs: () => number;
  readonly #outboxes = new Map<string, Outbox>();
  #home: object | undefined;
  #reached: Reached | undefined;

  /** In the folder `dir`. Throws `serve/store` for one that cannot be used, or is damaged. */
  constructor(dir: string, wallMs: () => number, limits: Partial<StoreLimits> = {}, fresh = false) {
    this.#limits = { ...defaultStoreLimits, ...limits };
    this.#wallMs = wallMs;
    this.#journal = new Journal(dir, fresh);
    for (const entry of this.#entries()) this.#note(entry);
  }

  /** What the home was made of. The first call settles it. */
  home(settle: () => object): object {
    if (this.#home !== undefined) return this.#home;
    this.#append({ kind: "home", ...settle() });
    return this.#home as unknown as object;
  }

  get reached(): Reached | undefined {
    return this.#reached;
  }

  /** The home is there now, and nothing outside tells of it yet. Throws `serve/store`. */
  reach(at: Position): void {
    this.#append({ kind: "reached", at, wallMs: this.#wallMs() });
  }

  /** All requests taken, oldest first. */
  *taken(): Iterable<Taken> {
    for (const entry of this.#entries()) if (entry.kind === "taken") yield entry;
  }

  /** Why there is no room for a request of `user`; undefined where there is. */
  fullFor(user: string, bytes: number): string | undefined {
    const { maxBytes, maxWaiting } = this.#limits;
    const { size } = this.#journal;
    if (size + bytes > maxBytes) return `the store has ${size} bytes, of ${maxBytes} at most`;
    const waiting = this.waitingFor(user);
    return waiting < maxWaiting
      ? undefined
      : `${waiting} messages wait for ${user}, of ${maxWaiting} at most`;
  }

  /** Before its answer leaves, and before the home goes on. Throws `serve/store`. */
  take(taken: Taken): void {
    this.#append({ kind: "taken", ...taken, wallMs: this.#wallMs() });
  }

  /** "known": it was delivered before. Throws `serve/store`, and `serve/history` when another one was made here before. */
  push(user: string, push: Push, at: Position, isDroppable: boolean): "kept" | "known" | "dropped" {
    const outbox = this.#outbox(user);
    const seq = outbox.made + 1;
    const crc = crc32(push.xml);
    let mark = outbox.before[seq - 1];
    if (mark !== undefined && mark.crc !== crc) throw otherHistory(`another message was made for ${user}`);
    if (mark === undefined) {
      mark = { crc, isDropped: isDroppable && outbox.waiting.length >= 2 * this.#limits.maxWaiting };
      this.#journal.append({ kind: "made", user, at, wallMs: this.#wallMs(), ...mark } satisfies Entry);
    }
    outbox.made = seq;
    if (mark.isDropped) return "dropped";
    if (seq <= outbox.delivered) return "known";
    outbox.waiting.push({ seq, push });
    return "kept";
  }

  /** The home has come to where it was, and has made all messages of before. Throws `serve/history`. */
  caughtUp(): void {
    for (const [user, { before, made }] of this.#outboxes) {
      if (made !== before.length)
        throw otherHistory(`${before.length} messages were made for ${user}, ${made} are now`);
      before.length = 0;
    }
  }

  waitingFor(user: string): number {
    return this.#outboxes.get(user)?.waiting.length ?? 0;
  }

  usersWaitedFor(): readonly string[] {
    return [...this.#outboxes.keys()].filter((user) => this.waitingFor(user) > 0);
  }

  /** The oldest that waits for `user`. */
  next(user: string): { readonly seq: number; readonly push: Push } | undefined {
    return this.#outboxes.get(user)?.waiting[0];
  }

  delivered(user: string, seq: number): void {
    this.#append({ kind: "delivered", user, seq });
    this.#outbox(user).waiting.shift();
  }

  close(): void {
    this.#journal.close();
  }

  *#entries(): Iterable<Entry> {
    for (const record of this.#journal.records()) yield record as Entry;
  }

  #append(entry: Entry): void {
    this.#journal.append(entry);
    this.#note(entry);
  }

  #note(entry: Entry): void {
    if ("at" in entry) this.#reached = { ...entry.at, wallMs: entry.wallMs };
    if (entry.kind === "home") this.#home = entry;
    if (entry.kind === "made") this.#outbox(entry.user).before.push(entry);
    if (entry.kind === "delivered") this.#outbox(entry.user).delivered = entry.seq;
  }

  #outbox(user: string): Outbox {
    let outbox = this.#outboxes.get(user);
    if (outbox === undefined) {
      outbox = { before: [], delivered: 0, made: 0, waiting: [] };
      this.#outboxes.set(user, outbox);
    }
    return outbox;
  }
}
