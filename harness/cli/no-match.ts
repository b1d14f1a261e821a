/** What to say to words that no scenario has: what comes near, and where it would run. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type Mocha from "mocha";
import type { WireName } from "../../firmware/wire/suites.ts";
import { nearest } from "../near-miss.ts";
import { isFile, isOurs, looksLikeFile } from "../scenarios/discover.ts";
import { usageError } from "./exit.ts";
import { strangers, testsOf, wiresWith } from "./selection.ts";

const titlesShown = 3;
const notInWords = /[^\p{L}\p{N}.-]+/u;
const listAdvice = "Type `meterbench list scenarios` to see what there is.";

/** Refuses a pattern that names a file which is not there, before anything is loaded. */
export function checkFiles(patterns: readonly string[]): void {
  for (const pattern of patterns) if (!isFile(pattern)) checkFile(pattern);
}

/** Refuses patterns that nothing in `suite` answers to, each of them: nothing asked for is left out in silence. */
export function checkMatches(
  suite: Mocha.Suite,
  patterns: readonly string[],
  wires: readonly WireName[],
): void {
  const [stranger] = strangers(suite, patterns);
  const files = patterns.filter(isFile);
  // Beside a file a word chooses among that file's scenarios.
  const where = files.length > 0 ? ` in ${files.join(", ")}` : "";
  if (stranger !== undefined)
    throw usageError(`run: no scenario${where} matches "${stranger}"`, adviceFor(stranger, suite));
  const words = patterns.filter((pattern) => !isFile(pattern));
  const on = new Set((words.length > 0 ? words : [undefined]).flatMap((word) => wiresWith(suite, word)));
  if (wires.some((wire) => on.has(wire))) return;
  const asked = patterns.length === 0 ? "anything" : patterns.map((pattern) => `"${pattern}"`).join(", ");
  if (on.size === 0)
    throw usageError(`run: there is no test in ${asked}`, "Write one with it(…): see docs/api.md.");
  throw usageError(
    `run: no scenario on the ${wires.join(" or ")} wire matches ${asked}`,
    `On the ${[...on].join(" and ")} wire there is one: give --wire ${[...on][0]}.`,
  );
}

/** A word that names a file which is not there, or a folder. */
function checkFile(pattern: string): void {
  if (existsSync(pattern) && statSync(pattern).isDirectory() && pattern.includes("/"))
    throw usageError(`run: ${pattern} is a folder`, "Name the files in it: meterbench run FOLDER/*.test.mjs");
  if (existsSync(pattern) && pattern.includes("/"))
    throw usageError(
      `run: ${pattern} is no scenario file`,
      "Scenarios are JavaScript or TypeScript: .mjs, .cjs, .js, .ts.",
    );
  const isPath = looksLikeFile(pattern) || /^\.{0,2}\//.test(pattern);
  if (!isPath || isOurs(pattern)) return;
  const folder = dirname(pattern);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const near = nearest(basename(pattern), there);
  throw usageError(
    `run: no such file: ${pattern}`,
    near === undefined
      ? `Give a path to a file that is there. ${listAdvice}`
      : `Did you mean ${join(folder, near)}?`,
  );
}

function adviceFor(pattern: string, suite: Mocha.Suite): string {
  const words = pattern.toLowerCase().split(notInWords).filter(Boolean);
  const scored = testsOf(suite).map((test) => {
    const title = test.fullTitle();
    const known = title.toLowerCase().split(notInWords);
    const scores = words.map((word) => {
      if (word.length > 2 && known.some((each) => each.includes(word))) return 2;
      return nearest(word, known) === undefined ? 0 : 1;
    });
    const score = scores.reduce<number>((sum, each) => sum + each, 0);
    return { title, score };
  });
  const best = Math.max(0, ...scored.map(({ score }) => score));
  if (best === 0) return listAdvice;
  const near = scored.filter(({ score }) => score === best).slice(0, titlesShown);
  return `Near it: ${near.map(({ title }) => `"${title}"`).join(", ")}. ${listAdvice}`;
}
