/**
 * What outlives the process, in one LMDB environment: the requests that were taken, with their places in the home's time, and what
 * is to be delivered. The home itself is not kept: made again of the same seed and asked the same at the same places, it is the same.
 * A call returns when its transaction is committed, which a kill of the process does not undo.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Database, open } from "lmdb";
import { CodedError, messageOf } from "../../../hal/base/coded-error.ts";
import type { Service } from "../../headend/dcc/access.ts";
import { makeFolder } from "../../make-folder.ts";
import type { Position } from "./timeline.ts";

/** A request as it was taken. */
export interface Taken {
  readonly at: Position;
  readonly service: Service;
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
  /** Milliseconds on the clock of the process that made it. */
  readonly madeMs: number;
}

/** How far a home has got: its last place that anybody outside knows of, and the wall clock then. */
export interface Reached extends Position {
  readonly wallMs: number;
}

export interface StoreLimits {
  /** Of all requests taken. */
  readonly maxTakenBytes: number;
  /** A user for whom so many messages wait is refused its requests; of twice as many, alerts are dropped. */
  readonly maxWaiting: number;
}
export const defaultStoreLimits: StoreLimits = { maxTakenBytes: 512 << 20, maxWaiting: 10_000 };

export class Store {
  readonly limits: StoreLimits;
  readonly #db: Database;
  readonly #wallMs: () => number;
  #takenCount = 0;
  #takenBytes = 0;
  /** Messages that wait, by user. */
  readonly #waiting = new Map<string, number>();
  /** Messages made by this process for a user, those that an earlier one made before it too. */
  readonly #made = new Map<string, number>();

  /** Throws `serve/store` for a folder that cannot be used, or holds no store. */
  constructor(dir: string, wallMs: () => number, limits: Partial<StoreLimits> = {}, fresh = false) {
    this.limits = { ...defaultStoreLimits, ...limits };
    this.#wallMs = wallMs;
    this.#db = guarded(`${dir} cannot be opened`, () => {
      if (fresh) for (const name of ["data.mdb", "lock.mdb"]) rmSync(join(dir, name), { force: true });
      makeFolder(dir);
      return open({ path: dir, noSubdir: false, cache: false });
    });
    guarded(`${dir} cannot be read`, () => this.#count());
  }

  /** What the home was made of. The first call settles it. */
  home(settle: () => object): object {
    const known = this.#db.get("home") as object | undefined;
    if (known !== undefined) return known;
    const made = settle();
    this.#commit(() => this.#db.putSync("home", made));
    return made;
  }

  get reached(): Reached | undefined {
    return this.#db.get("reached") as Reached | undefined;
  }

  /** The home is there now, and nothing outside tells of it yet. Throws `serve/store`. */
  reach(at: Position): void {
    this.#commit(() => this.#reach(at));
  }

  /** All requests taken, oldest first. */
  *taken(): Iterable<Taken> {
    for (const { value } of this.#db.getRange({ start: ["taken", 0], end: ["taken", maxKey] }))
      yield value as Taken;
  }

  /** Is there room for a request of `user`? The reason, where there is none. */
  fullFor(user: string, bytes: number): string | undefined {
    const { maxTakenBytes, maxWaiting } = this.limits;
    if (this.#takenBytes + bytes > maxTakenBytes)
      return `the store holds ${this.#takenBytes} bytes of requests, of ${maxTakenBytes} at most`;
    const waiting = this.waitingFor(user);
    if (waiting >= maxWaiting) return `${waiting} messages wait for ${user}, ${maxWaiting} at most`;
    return undefined;
  }

  /** Before its answer leaves, and before the home goes on. Throws `serve/store`. */
  take(taken: Taken): void {
    this.#commit(() => {
      this.#db.putSync(["taken", this.#takenCount], taken);
      this.#reach(taken.at);
    });
    this.#takenCount += 1;
    this.#takenBytes += taken.xml.length;
  }

  /** False: an earlier process made it, or there was no room for it. Throws `serve/store`. */
  push(user: string, push: Push, at: Position, isDroppable: boolean): "kept" | "known" | "dropped" {
    const seq = (this.#made.get(user) ?? 0) + 1;
    this.#made.set(user, seq);
    if (seq <= this.madeBefore(user)) return "known";
    const isDropped = isDroppable && this.waitingFor(user) >= 2 * this.limits.maxWaiting;
    this.#commit(() => {
      if (!isDropped) this.#db.putSync(["push", user, seq], push);
      this.#db.putSync(["made", user], seq);
      this.#reach(at);
    });
    if (isDropped) return "dropped";
    this.#waiting.set(user, this.waitingFor(user) + 1);
    return "kept";
  }

  /** How many messages for `user` the home has made, as far as is known outside. */
  madeBefore(user: string): number {
    return (this.#db.get(["made", user]) as number | undefined) ?? 0;
  }

  /** Users for whom the home made other messages than before, up to where it had got. */
  astray(): readonly string[] {
    const before = [...this.#db.getKeys({ start: ["made", ""], end: ["made", "~"] })].map(
      (key) => (key as [string, string])[1],
    );
    const users = new Set([...before, ...this.#made.keys()]);
    return [...users].filter((user) => (this.#made.get(user) ?? 0) !== this.madeBefore(user));
  }

  waitingFor(user: string): number {
    return this.#waiting.get(user) ?? 0;
  }

  usersWaitedFor(): readonly string[] {
    return [...this.#waiting.keys()].filter((user) => this.waitingFor(user) > 0);
  }

  /** The oldest that waits for `user`. */
  next(user: string): { readonly seq: number; readonly push: Push } | undefined {
    const range = { start: ["push", user, 0], end: ["push", user, maxKey], limit: 1 };
    for (const { key, value } of this.#db.getRange(range))
      return { seq: (key as [string, string, number])[2], push: value as Push };
    return undefined;
  }

  delivered(user: string, seq: number): void {
    this.#commit(() => this.#db.removeSync(["push", user, seq]));
    this.#waiting.set(user, this.waitingFor(user) - 1);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  #reach(at: Position): void {
    this.#db.putSync("reached", { ...at, wallMs: this.#wallMs() } satisfies Reached);
  }

  #commit(change: () => void): void {
    guarded("a change cannot be written", () => this.#db.transactionSync(change));
  }

  #count(): void {
    for (const { xml } of this.taken()) {
      this.#takenCount += 1;
      this.#takenBytes += xml.length;
    }
    for (const key of this.#db.getKeys({ start: ["push", "", 0], end: ["push", "~", 0] })) {
      const user = (key as [string, string, number])[1];
      this.#waiting.set(user, this.waitingFor(user) + 1);
    }
  }
}

const maxKey = Number.MAX_SAFE_INTEGER;

function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const advice = "Give a folder of its own with --store DIR, with room on its disk; --fresh begins anew.";
    throw new CodedError("serve/store", `store: ${what} (${messageOf(cause)})`, { advice }, cause);
  }
}
