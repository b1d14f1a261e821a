/** Which scenarios a run has: what its patterns and wire ask for, and what applies to its target. */
import type Mocha from "mocha";
import type { WireName } from "../../firmware/wire/suites.ts";
import { needsOf, wiresOf } from "../scenarios/applies-to.ts";
import { fileOf, isFile } from "../scenarios/discover.ts";
import { plainLine } from "../text.ts";

export interface Wanted {
  readonly patterns: readonly string[];
  readonly wire: WireName;
  readonly target: string;
  /** It runs on a device under test, which does what it does by itself. */
  readonly device: boolean;
}

export interface Selection {
  readonly selected: number;
  /** Asked for, and about another target: not among the selected. */
  readonly notApplicable: number;
  /** Beside those that `.only` has chosen. */
  readonly leftOut: number;
}

/** Leaves in `mocha` what is wanted. */
export function select(mocha: Mocha, wanted: Wanted): Selection {
  const { suite } = mocha;
  const all = suite.total();
  const only = suite as unknown as { hasOnly(): boolean; filterOnly(): void };
  if (only.hasOnly()) {
    only.filterOnly();
    // Once is enough: what comes here is what is left.
    only.hasOnly = () => false;
  }
  const leftOut = all - suite.total();
  let notApplicable = 0;
  filter(suite, (test) => {
    if (!matches(test, wanted)) return false;
    if (applies(test, wanted)) return true;
    notApplicable++;
    return false;
  });
  if (wanted.target !== "mock" && !wanted.device) suite.eachTest(skipOnBoards);
  return { selected: suite.total(), notApplicable, leftOut };
}

/** How many scenarios {@link select} would leave, but for `.only`. */
export function countWanted(suite: Mocha.Suite, wanted: Wanted): number {
  let count = 0;
  suite.eachTest((test) => {
    if (matches(test, wanted) && applies(test, wanted)) count++;
  });
  return count;
}

function filter(suite: Mocha.Suite, keep: (test: Mocha.Test) => boolean): void {
  suite.tests = suite.tests.filter(keep);
  for (const child of suite.suites) filter(child, keep);
  suite.suites = suite.suites.filter((child) => child.total() > 0);
}

const wordsOf = (patterns: readonly string[]): string[] => patterns.filter((pattern) => !isFile(pattern));

function matches(test: Mocha.Test, { patterns, wire }: Wanted): boolean {
  const words = wordsOf(patterns);
  return wiresOf(test).includes(wire) && (words.length === 0 || words.some((word) => has(test, word)));
}

/** A file is found by its name, whatever it was compiled to. */
function has(test: Mocha.Test, word: string): boolean {
  const text = plainLine(`${fileOf(test)} ${test.fullTitle()}`).toLowerCase();
  return text.includes(word.toLowerCase().replace(/\.[jt]s$/, ""));
}

/** A device under test shows its messages only; the others are about the model alone. */
const applies = (test: Mocha.Test, { device }: Wanted): boolean => (needsOf(test).device === true) === device;

/** A scenario that cannot run on a board that lends its parts is reported as skipped, with its reason. */
function skipOnBoards(test: Mocha.Test): void {
  const { boards, mockOnly } = needsOf(test);
  if (boards === true && mockOnly === undefined) return;
  test.pending = true;
  const reason = `mock only: ${mockOnly ?? "it does not run on boards"}`;
  Object.assign(test, { reason, applies: false });
}

/** A pattern's word that no scenario of `suites` has, on any wire. */
export const strangers = (suite: Mocha.Suite, patterns: readonly string[]): string[] =>
  wordsOf(patterns).filter((word) => !testsOf(suite).some((test) => has(test, word)));

/** Where scenarios that have `word` would run. */
export function wiresWith(suite: Mocha.Suite, word: string | undefined): WireName[] {
  const found = testsOf(suite).filter((test) => word === undefined || has(test, word));
  return [...new Set(found.flatMap((test) => [...wiresOf(test)]))];
}

export function testsOf(suite: Mocha.Suite): Mocha.Test[] {
  const tests: Mocha.Test[] = [];
  suite.eachTest((test: Mocha.Test) => tests.push(test));
  return tests;
}
