/**
 * What scenarios do behind mocha's back: a rejection nobody awaits, a throw from a timer after its test, a call of
 * `process.exit`. Each is heard here and given to the scenario that began it, also when another one runs by then.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type Mocha from "mocha";

/** Who began what is under way: a test, or a hook and the test it runs for. */
export interface Owner {
  readonly runnable: Mocha.Runnable;
  /** Of a hook: what it was called then, for mocha gives it another name for each test. */
  readonly title: string;
}

export interface StrayHandlers {
  /** An error that no test has caught. Called once for each. */
  failed(error: unknown, owner: Owner | undefined): void;
  /** Nothing is left under way in this process: whoever waits now waits for ever. */
  idle(): void;
  /** The process ends. Only what is done at once still is. */
  exiting(): void;
}

// As they were before a scenario that simulates time has put its own in their place.
const { clearInterval, setImmediate, setInterval, setTimeout } = globalThis;

/** What `process.exit` ends with, after it has told everybody. */
const inner = process as unknown as { reallyExit: (code?: number) => void; readonly _exiting?: boolean };
const { reallyExit } = inner;

type Function_ = (...args: unknown[]) => unknown;

const owners = new AsyncLocalStorage<Owner>();
const wrapped = new WeakSet<object>();

/**
 * From now on all that `runnable` begins belongs to it; `entered` is told when it begins. Mocha's own view of the
 * function stays the same.
 */
export function own(runnable: Mocha.Runnable, entered: (runnable: Mocha.Runnable) => void): void {
  const { fn } = runnable as { fn?: Mocha.AsyncFunc };
  if (typeof fn !== "function" || wrapped.has(fn)) return;
  const owned = function (this: Mocha.Context, ...given: unknown[]): unknown {
    const current = this.runnable() as Mocha.Runnable;
    const owner = { runnable: current, title: current.fullTitle() };
    entered(current);
    return owners.run(owner, () => calledWith(given, (...args) => (fn as Function_).apply(this, args)));
  };
  Object.defineProperty(owned, "length", { value: fn.length });
  wrapped.add(owned);
  (runnable as { fn?: unknown }).fn = owned;
}

/** Calls `fn` with what mocha gives: nothing, or `done`. What is thrown after a call of `done` mocha drops: here it strays. */
function calledWith([done]: unknown[], fn: Function_): unknown {
  if (typeof done !== "function") return fn();
  let isDone = false;
  const noted = (error?: unknown): unknown => {
    isDone = true;
    return done(error);
  };
  try {
    return fn(noted);
  } catch (error) {
    if (isDone) void Promise.reject(error);
    throw error;
  }
}

/** Listens until {@link Strays.stop}; a later one takes the place of an earlier one. */
export class Strays {
  static #listening: Strays | undefined;
  readonly #handlers: StrayHandlers;
  readonly #told = new Set<unknown>();
  readonly #exits: { readonly error: Error; readonly owner: Owner | undefined }[] = [];
  readonly #exit = process.exit;

  constructor(handlers: StrayHandlers) {
    Strays.stop();
    Strays.#listening = this;
    this.#handlers = handlers;
    process.on("uncaughtException", this.#hear);
    process.on("unhandledRejection", this.#hear);
    process.on("beforeExit", this.#idle);
    process.on("exit", this.#exiting);
    process.exit = this.#refuseExit;
    inner.reallyExit = (code) => {
      if (!inner._exiting) this.#refuseExit(code);
      reallyExit.call(process, code);
    };
  }

  /** Leaves the process as it was. */
  static stop(): void {
    const one = Strays.#listening;
    if (one === undefined) return;
    Strays.#listening = undefined;
    process.off("uncaughtException", one.#hear);
    process.off("unhandledRejection", one.#hear);
    process.off("beforeExit", one.#idle);
    process.off("exit", one.#exiting);
    process.exit = one.#exit;
    inner.reallyExit = reallyExit;
  }

  /** `error` has been told already, by mocha. */
  know(error: unknown): void {
    if (typeof error === "object" && error !== null) this.#told.add(error);
  }

  /** A refused exit whose error somebody has swallowed is told all the same. */
  tellExits(): void {
    for (const { error, owner } of this.#exits.splice(0)) this.#tell(error, owner);
  }

  readonly #hear = (error: unknown): void => {
    // How `this.skip()` leaves a test that has begun something.
    if (error instanceof Error && error.name === "PendingError") return;
    this.#tell(error, owners.getStore());
  };

  #tell(error: unknown, owner: Owner | undefined): void {
    if (this.#told.has(error)) return;
    if (typeof error === "object" && error !== null) this.#told.add(error);
    this.#handlers.failed(error, owner);
  }

  readonly #idle = (): void => this.#handlers.idle();
  readonly #exiting = (): void => this.#handlers.exiting();

  readonly #refuseExit = (code?: number | string | null): never => {
    const error = new Error(
      `process.exit(${code ?? ""}) is not for a scenario: the run would end as if it were over`,
    );
    this.#exits.push({ error, owner: owners.getStore() });
    throw error;
  };
}

/** Kinds of what keeps a process alive that a scenario leaves behind. */
const looseKinds: readonly string[] = ["Timeout", "Immediate"];
const looseEnds = (): number =>
  process.getActiveResourcesInfo().filter((kind) => looseKinds.includes(kind)).length;

/** Counts what is under way now; later `settled` waits until no more than that is, or `limitMs` are over. */
export function looseEndsSince(): { settled(limitMs: number): Promise<number> } {
  const before = looseEnds();
  return {
    /** How many are left. */
    async settled(limitMs) {
      const endMs = performance.now() + limitMs;
      let left: number;
      // A rejection that nobody handles is told a turn later.
      do {
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
        left = looseEnds() - before;
        if (left > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      } while (left > 0 && performance.now() < endMs);
      return Math.max(0, left);
    },
  };
}

const lookedAtEveryMs = 500;
/** The share of its time that a loop works which has nothing to do. */
const idleBelow = 0.05;
/** Work in the thread pool is under way unseen; it ends sooner. */
const looksInARow = 10;

/**
 * Calls `idle` when for five seconds nothing has been under way but what was when this was called and one timer,
 * mocha's own: what runs then waits for what cannot come. Returns how to stop looking.
 */
export function watchIdle(idle: () => void): () => void {
  const before = [...process.getActiveResourcesInfo().filter((kind) => kind !== "Immediate"), "Timeout"];
  let loop = performance.eventLoopUtilization();
  let looks = 0;
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(loop);
    loop = performance.eventLoopUtilization();
    looks = utilization < idleBelow && isWithin(process.getActiveResourcesInfo(), before) ? looks + 1 : 0;
    if (looks < looksInARow) return;
    looks = 0;
    idle();
  }, lookedAtEveryMs).unref();
  return () => clearInterval(timer);
}

/** No kind is there more often than before. */
const isWithin = (now: readonly string[], before: readonly string[]): boolean => {
  const count = (kinds: readonly string[], kind: string): number =>
    kinds.filter((each) => each === kind).length;
  return now.every((kind) => count(now, kind) <= count(before, kind));
};
