/** What a scenario applies to and needs. Said once in a suite; what is inside inherits it, or says otherwise. */
import type { WireName } from "../../firmware/wire/suites.ts";

export interface Needs {
  /** It runs on a meter whose flash, mains, switch and clock are a real board's, with the same outcome. */
  readonly boards?: boolean;
  /**
   * On a board: virtual seconds a real second at most. 1 is real time by the board's own clock; with more, clock and
   * mains are simulated, and time stands still while the board is asked something. Default 20,000: as fast as the
   * line answers. A run may choose another with `--time-scale`.
   */
  readonly timeScale?: number;
  /** It is about a device that runs its own firmware at the far end of a line, and nothing else. */
  readonly device?: boolean;
}

export const defaultTimeScale = 20_000;

interface Declared {
  appliesTo?: readonly WireName[];
  needs?: Needs;
  mockOnly?: string;
  parent?: Declared | undefined;
}

/** Declares it, inside `describe("…", function () { appliesTo(this, ["cose", "gbcs"]); … })`. Default: cose only. */
export function appliesTo(suite: Mocha.Suite, wires: readonly WireName[]): void {
  (suite as unknown as Declared).appliesTo = wires;
}

/** Declares what the suite (or one test: `needs(it("…", …), …)`) runs on besides the mock. Default: the mock alone. */
export function needs(node: Mocha.Suite | Mocha.Test, what: Needs): void {
  (node as unknown as Declared).needs = what;
}

/** Declares that it cannot run on a board, and why; a run on one reports it as skipped, with the reason. */
export function mockOnly(node: Mocha.Suite | Mocha.Test, reason: string): void {
  (node as unknown as Declared).mockOnly = reason;
}

export function wiresOf(test: Mocha.Test): readonly WireName[] {
  return nearest(test, (node) => node.appliesTo) ?? ["cose"];
}

/** Where `test` runs: why not on a board, if it does not, and how fast its time may pass there. */
export function needsOf(test: Mocha.Test): Needs & { readonly mockOnly?: string } {
  const found = nearest(test, (node) =>
    node.mockOnly === undefined && node.needs === undefined
      ? undefined
      : { ...node.needs, ...(node.mockOnly !== undefined && { mockOnly: node.mockOnly }) },
  );
  return found ?? { mockOnly: "it does not say that it runs on a board: needs(this, { boards: true })" };
}

function nearest<T>(test: Mocha.Test, read: (node: Declared) => T | undefined): T | undefined {
  for (let node: Declared | undefined = test as unknown as Declared; node !== undefined; node = node.parent) {
    const value = read(node);
    if (value !== undefined) return value;
  }
  return undefined;
}
