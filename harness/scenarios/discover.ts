/** Finds the scenario files: those beside this one, or a user's own named by path. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, extname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import Mocha from "mocha";
import type { WireName } from "../../firmware/wire/suites.ts";
import { cleanStack, lineIn } from "../reports/failure.ts";
import { needsOf, wiresOf } from "./applies-to.ts";
import { loadFault } from "./load-fault.ts";

export const scenariosFolder = fileURLToPath(new URL("./", import.meta.url));
const ending = `.scenario${extname(import.meta.url)}`;

/** A pattern that names a file of the user's is that file; without one, every scenario file of ours. */
export function scenarioFiles(patterns: readonly string[]): string[] {
  const own = patterns.filter(isFile).map((p) => resolve(p));
  if (own.length > 0) return own;
  return readdirSync(scenariosFolder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => resolve(scenariosFolder, name));
}

/** The name of a scenario file of ours, whatever it was compiled to; it is a word for its scenarios, no path. */
export function isOurs(pattern: string): boolean {
  const stem = (path: string): string => basename(path).replace(/\.[cm]?[jt]s$/, "");
  return basename(pattern) === pattern && scenarioFiles([]).some((file) => stem(file) === stem(pattern));
}

/** A word that can only be a file: it is code. */
export const looksLikeFile = (pattern: string): boolean => /\.[cm]?[jt]s$/.test(pattern);

export const isFile = (pattern: string): boolean =>
  looksLikeFile(pattern) && existsSync(pattern) && statSync(pattern).isFile();

/** A TypeScript file of the user's runs where this Node strips types (22.18 on) or a loader such as tsx is there. */
export function canLoad(file: string): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const strips = major > 22 || (major === 22 && minor >= 18);
  return !file.endsWith("ts") || strips || ending === ".scenario.ts";
}

/** The file of a test or hook, relative to our scenarios or to the working folder. */
export function fileOf(runnable: Mocha.Runnable): string {
  const path = runnable.file ?? runnable.parent?.file ?? "";
  const file = relative(scenariosFolder, path);
  return file.startsWith("..") ? relative(process.cwd(), path) : file;
}

const lines = new WeakMap<object, number>();

/** The line, from 1, where the test stands in its file; undefined where a helper elsewhere has made it. */
export const lineOf = (test: Mocha.Runnable): number | undefined => lines.get(test);

/** Mocha does not keep the line: it is that of the call under way when a test is added. */
function keepLines(suite: Mocha.Suite): void {
  suite.on("suite", keepLines);
  suite.on("test", (test: Mocha.Test) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = framesSeen;
    const stack = cleanStack(new Error("here").stack ?? "");
    Error.stackTraceLimit = stackTraceLimit;
    const line = lineIn(stack, test.file ?? "");
    if (line !== undefined) lines.set(test, line);
  });
}

/** A test may be made by functions that call one another. */
const framesSeen = 40;

let loads = 0;
const require = createRequire(import.meta.url);

/**
 * Evaluates `files`, whose suites go into `mocha`. Node evaluates a module once a process, so each is loaded
 * under a name of its own: a run on two wires needs its suites twice. Throws `cli/usage` with the file and line that
 * does not load; also when it `never` does: that resolves when nothing is under way any more.
 */
export async function loadSuites(
  mocha: Mocha,
  files: readonly string[],
  never: Promise<unknown> = new Promise(() => {}),
): Promise<void> {
  keepLines(mocha.suite);
  const stuck = never.then((why) => Promise.reject(why));
  stuck.catch(() => {});
  for (const file of files) {
    mocha.suite.emit("pre-require", globalThis, file, mocha);
    // CommonJS is kept by its path alone.
    delete require.cache[file];
    try {
      const loaded: unknown = await Promise.race([
        stuck,
        import(`${pathToFileURL(file).href}?load=${++loads}`),
      ]);
      mocha.suite.emit("require", loaded, file, mocha);
    } catch (error) {
      throw loadFault(error, file);
    }
    mocha.suite.emit("post-require", globalThis, file, mocha);
  }
}

export interface ScenarioListing {
  readonly name: string;
  readonly file: string;
  readonly wires: readonly WireName[];
  /** What it runs on besides the mock, or why on nothing else. */
  readonly boards: string;
}

function boardsOf(test: Mocha.Test): string {
  const { boards, device, mockOnly } = needsOf(test);
  if (mockOnly !== undefined) return `mock only: ${mockOnly}`;
  return device ? "under test" : boards ? "yes" : "no";
}

/** Loads every scenario without running it. */
export async function discoverScenarios(): Promise<ScenarioListing[]> {
  const mocha = new Mocha();
  await loadSuites(mocha, scenarioFiles([]));
  const listed: ScenarioListing[] = [];
  mocha.suite.eachTest((test: Mocha.Test) => {
    listed.push({
      name: test.fullTitle(),
      file: relative(scenariosFolder, test.file ?? ""),
      wires: wiresOf(test),
      boards: boardsOf(test),
    });
  });
  return listed;
}
