/**
 * What a contract suite needs of a part under test, mock or real. `make` is called before each test and
 * gives a part in a fresh, powered board. What a bench cannot do to a real board (lose its mains, open
 * its cover) it leaves out, and the tests that need it skip visibly.
 */
import assert from "node:assert/strict";

export interface Bench<P> {
  readonly part: P;
  /** Lets this much of the board's time pass, and delivers what falls due. */
  advance(ms: number): Promise<void>;
  close?(): Promise<void>;
}

export type Make<B> = () => Promise<B> | B;

/** Gives each test its own bench, and closes it afterwards. */
export function eachTest<B extends Bench<unknown>>(make: Make<B>): () => B {
  let bench: B;
  beforeEach(async () => {
    bench = await make();
  });
  afterEach(() => bench.close?.());
  return () => bench;
}

/** The call must be refused as misuse, at once or later. */
export const misuse = (call: () => unknown): Promise<void> =>
  assert.rejects(async () => await call(), { name: "HalError", code: "hal/misuse" });

export const fault = (call: () => unknown): Promise<void> =>
  assert.rejects(async () => await call(), { name: "HalError", code: "hal/fault" });

export const powerLost = (call: () => unknown): Promise<void> =>
  assert.rejects(async () => await call(), { name: "PowerLost", code: "hal/power-lost" });
