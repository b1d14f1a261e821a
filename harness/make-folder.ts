/** Makes folders, and ends wherever it is asked to. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes `folder` and those above it that are missing. Node's own `recursive` never ends where the system says that a
 * parent is missing although it is there (in /proc, for one). Throws what `mkdir` says.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) {
    missing.unshift(path);
    if (dirname(path) === path) break;
  }
  for (const path of missing) makeOne(path);
}

/** Somebody else may make it in the same moment. */
function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !existsSync(path)) throw error;
  }
}
