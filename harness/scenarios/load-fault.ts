/** Why a scenario file does not load, in one sentence with file and line. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CodedError } from "../../hal/base/coded-error.ts";
import { cleanStack, fromHere, lineIn, placesOf } from "../reports/failure.ts";
import { colourless } from "../text.ts";

interface Place {
  readonly path: string;
  readonly line?: number | undefined;
}

/** As an error of use: `cli/usage`, with `file` and `line` in its data. */
export function loadFault(thrown: unknown, file: string): CodedError {
  const error =
    thrown instanceof Error
      ? thrown
      : Object.assign(new Error(`${String(thrown)} was thrown`), { stack: "" });
  const { path, line } = placeOf(error, file);
  const where = line === undefined ? fromHere(path) : `${fromHere(path)}:${line}`;
  const advice = path === file ? "Mend that, and run it again." : `It is loaded by ${fromHere(file)}.`;
  const data = { file: path, ...(line !== undefined && { line }), advice };
  return new CodedError("cli/usage", `run: ${where}: ${sentenceOf(error)}`, data, error);
}

function sentenceOf(error: Error): string {
  const message = colourless(error.message);
  const transform = message.match(/^.*:\d+:\d+: ERROR: (.*)$/m)?.[1];
  if (transform !== undefined) return transform;
  const [first = ""] = message.split("\n");
  const missing = first.match(/Cannot find (?:module|package) '([^']*)'/)?.[1];
  if (missing !== undefined) return `it imports ${fromHere(missing)}, which is not there`;
  return error.name === "Error" ? first : `${error.name}: ${first}`;
}

function placeOf(error: Error, file: string): Place {
  const { message } = error;
  const transform = message.match(/^(.*):(\d+):\d+: ERROR: /m);
  if (transform) return { path: transform[1] as string, line: Number(transform[2]) };
  const importer = message.match(/imported from (\S+)/)?.[1] ?? message.match(/^- (.*)$/m)?.[1];
  if (importer !== undefined) return { path: importer, line: importLine(importer, message) };
  const stack = cleanStack(error.stack ?? "");
  const decorated = stack.match(/^(\/.*|[A-Z]:\\.*):(\d+)$/m);
  if (decorated && existsSync(decorated[1] as string))
    return { path: decorated[1] as string, line: Number(decorated[2]) };
  if (error.name === "SyntaxError") return brokenFile(file) ?? { path: file };
  const own = lineIn(stack, file);
  if (own !== undefined) return { path: file, line: own };
  return placesOf(stack)[0] ?? { path: file };
}

/** The line that imports what is not found. */
function importLine(importer: string, message: string): number | undefined {
  const missing = message.match(/Cannot find (?:module|package) '([^']*)'/)?.[1];
  if (missing === undefined) return undefined;
  const name = missing.replace(/^.*[/\\]/, "");
  const at = textOf(importer)
    .split("\n")
    .findIndex((line) => /\b(import|from|require)\b/.test(line) && line.includes(name));
  return at < 0 ? undefined : at + 1;
}

const mostFiles = 30;

/** Node says where a module breaks the syntax only when it is asked about that one file. */
function brokenFile(file: string): Place | undefined {
  const files = [file];
  for (let i = 0; i < files.length && i < mostFiles; i++) {
    const path = files[i] as string;
    const { stderr = "" } = spawnSync(process.execPath, ["--check", path], {
      encoding: "utf8",
      timeout: 10_000,
    });
    const line = cleanStack(stderr).match(/^.*:(\d+)$/m)?.[1];
    if (/SyntaxError/.test(stderr)) return { path, ...(line !== undefined && { line: Number(line) }) };
    files.push(...importsOf(path).filter((each) => !files.includes(each)));
  }
  return undefined;
}

/** Files beside `path` that it imports. */
function importsOf(path: string): string[] {
  const specifiers = [...textOf(path).matchAll(/["'](\.\.?\/[^"'\n]+\.[cm]?js)["']/g)];
  return specifiers
    .map(([, name]) => resolve(dirname(path), name as string))
    .filter((each) => existsSync(each));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
