/** Finds the scenario files: those beside this one, or a user's own named by path. */
import { existsSync, readdirSync } from "node:fs";
import { extname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import Mocha from "mocha";
import type { WireName } from "../run-context.ts";
import { needsOf, wiresOf } from "./applies-to.ts";

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

export function isFile(pattern: string): boolean {
  return /\.[cm]?[jt]s$/.test(pattern) && existsSync(pattern);
}

/** A TypeScript file of the user's runs where this Node strips types (22.18 on) or a loader such as tsx is there. */
export function canLoad(file: string): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const strips = major > 22 || (major === 22 && minor >= 18);
  return !file.endsWith("ts") || strips || ending === ".scenario.ts";
}

let loads = 0;

/**
 * Evaluates `files`, whose suites go into `mocha`. Node evaluates a module once a process, so each is loaded
 * under a name of its own: a run on two wires needs its suites twice.
 */
export async function loadSuites(mocha: Mocha, files: readonly string[]): Promise<void> {
  for (const file of files) {
    mocha.suite.emit("pre-require", globalThis, file, mocha);
    const loaded: unknown = await import(`${pathToFileURL(file).href}?load=${++loads}`);
    mocha.suite.emit("require", loaded, file, mocha);
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
