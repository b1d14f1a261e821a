/**
 * What a message says, by the model's names, and which of it has found its place: elements take values by their paths
 * ("loadLimiter.threshold", "outcome.cells[0].status"), and what nobody took can be told by name.
 */

/** A value that has no element in the MMC output format. */
export interface LeftOut {
  readonly path: string;
  readonly value: unknown;
  readonly why: string;
}

/** Shared by all values of one message. */
class Ledger {
  /** Paths, of single values or of all that stands beneath. */
  readonly placed: string[] = [];
  readonly implied = new Map<string, string>();
  readonly wordless = new Set<string>();
}

const noElement = "the MMC output format has no element for it";
const noWord = "the MMC output format has no word for this value";

const isInner = (value: unknown): value is Readonly<Record<string, unknown>> | readonly unknown[] =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array);

/** Octets or text that say nothing. */
const isEmpty = (value: unknown): boolean =>
  (typeof value === "string" || value instanceof Uint8Array) && value.length === 0;

const childPath = (path: string, name: string, inList: boolean): string =>
  inList ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;

export class Found {
  readonly path: string;
  readonly #value: unknown;
  readonly #ledger: Ledger;

  /** The values of a message: members that hold values or other members, as `fromPlain` names them. */
  constructor(value: unknown, path = "", ledger = new Ledger()) {
    this.path = path;
    this.#value = value;
    this.#ledger = ledger;
  }

  /** What stands under a name, or under "outer.inner"; undefined where nothing does. */
  at(path: string): Found | undefined {
    let [value, at] = [this.#value, this.path];
    for (const name of path.split(".")) {
      if (!isInner(value) || Array.isArray(value) || !Object.hasOwn(value, name)) return undefined;
      at = childPath(at, name, false);
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return value === undefined || value === null ? undefined : new Found(value, at, this.#ledger);
  }

  /** Of a list, its items; of anything else none. */
  items(): readonly Found[] {
    if (!Array.isArray(this.#value)) return [];
    return this.#value.map((each, i) => new Found(each, `${this.path}[${i}]`, this.#ledger));
  }

  /** The value, before somebody takes it. */
  look(): unknown {
    return this.#value;
  }

  /** The value and all beneath it has its place. */
  take(): unknown {
    this.#ledger.placed.push(this.path);
    return this.#value;
  }

  /** The format has no element for it, and says the same without: a unit that it fixes, a number that counts places. */
  imply(why: string): void {
    this.#ledger.implied.set(this.path, why);
  }

  /** There is an element for it, and not for what it says. */
  hasNoWord(): void {
    this.#ledger.wordless.add(this.path);
  }

  /** Undone, where what comes of `place` cannot stand: nothing it took counts. */
  attempt<T>(place: () => T, isDone: (result: T) => boolean): T {
    const { placed } = this.#ledger;
    const before = placed.length;
    const result = place();
    if (!isDone(result)) placed.length = before;
    return result;
  }

  /** Of the single values beneath: how many have a place, and what has none. */
  account(): Account {
    const told = { placed: 0, implied: [] as LeftOut[], leftOut: [] as LeftOut[] };
    const placed = new Set(this.#ledger.placed);
    for (const { path, value, isPlaced, why } of leavesOf(
      this.#value,
      this.path,
      placed,
      this.#ledger.implied,
    )) {
      if (isPlaced) told.placed++;
      else if (why !== undefined) told.implied.push({ path, value, why });
      else told.leftOut.push({ path, value, why: this.#ledger.wordless.has(path) ? noWord : noElement });
    }
    return told;
  }
}

export interface Account {
  readonly placed: number;
  readonly implied: readonly LeftOut[];
  readonly leftOut: readonly LeftOut[];
}

/** Each single value, and what was said of it or of what it stands in. */
function* leavesOf(
  value: unknown,
  path: string,
  placed: ReadonlySet<string>,
  implied: ReadonlyMap<string, string>,
  outer: { readonly isPlaced: boolean; readonly why: string | undefined } = {
    isPlaced: false,
    why: undefined,
  },
): Generator<{ path: string; value: unknown; isPlaced: boolean; why: string | undefined }> {
  const state = { isPlaced: outer.isPlaced || placed.has(path), why: outer.why ?? implied.get(path) };
  if (value === undefined || value === null || (isEmpty(value) && !state.isPlaced)) return;
  if (!isInner(value)) {
    yield { path, value, ...state };
    return;
  }
  const inList = Array.isArray(value);
  for (const [name, each] of Object.entries(value))
    yield* leavesOf(each, childPath(path, name, inList), placed, implied, state);
}
