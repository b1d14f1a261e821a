/** What is wrong in a rig file, for the people who write it: where, what was expected, what is there, and an example. */
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { CodedError } from "../../hal/base/coded-error.ts";
import { nearest } from "../near-miss.ts";

type Path = readonly PropertyKey[];

/** A mistake: at the key itself where a key is wrong, else at its value. */
export interface Mistake {
  readonly path: Path;
  readonly at?: "key";
  readonly message: string;
}

/** The text of a rig file, and where its parts stand in it. */
export class RigText {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  /** Throws `rig-file/syntax`. */
  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      // 7E1 is a format of a line here, not seventy.
      customTags: (tags) =>
        tags.filter((tag) => typeof tag === "string" || !("format" in tag) || tag.format !== "EXP"),
    });
    const [broken] = this.#document.errors;
    if (broken) throw this.#syntaxFault(broken.pos[0], broken.message);
  }

  /** Its content; undefined for a file without any. Aliases are resolved here, and may lead nowhere or explode. */
  content(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 64 }) ?? undefined;
    } catch (error) {
      throw this.#syntaxFault(0, (error as Error).message);
    }
  }

  /** `rig.yaml:7:15`: where the value at `path` stands. */
  where(path: Path): string {
    return this.#where(this.#offsetOf(path));
  }

  /** `rig-file/content`, with an example that has the key at fault. */
  fault(mistake: Mistake): CodedError {
    const { path, at, message } = mistake;
    return this.#fault(this.#offsetOf(path, at), "content", message, exampleFor(path));
  }

  #syntaxFault(offset: number, what: string): CodedError {
    const rule = 'Indent with spaces: each board begins with "- ", and its keys stand below one another.';
    return this.#fault(offset, "syntax", `this is no YAML: ${what}`, `${rule} ${exampleFor([])}`);
  }

  #fault(offset: number, kind: "syntax" | "content", message: string, advice: string): CodedError {
    const { line, col } = this.#lines.linePos(offset);
    return new CodedError(`rig-file/${kind}`, `${this.#where(offset)}: ${message}`, {
      file: this.#file,
      line,
      column: col,
      advice,
    });
  }

  #where(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#file}:${line}:${col}`;
  }

  /** Of the nearest thing around it where `path` itself is not there. */
  #offsetOf(path: Path, at?: "key"): number {
    for (let length = path.length; length > 0; length--) {
      const parent = this.#document.getIn(path.slice(0, length - 1), true);
      const pair =
        isMap(parent) && parent.items.find(({ key }) => isScalar(key) && key.value === path[length - 1]);
      const value = this.#document.getIn(path.slice(0, length), true);
      const node = isPair(pair) && (at === "key" || !isNode(value)) ? pair.key : value;
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }
}

/** The worst of what a schema has found. `keysAt` are the keys that are known at a path. */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  content: unknown,
  keysAt: (path: Path) => readonly string[],
): Mistake {
  // A misspelt key explains what is missing; so it is told first.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? (issues[0] as z.core.$ZodIssue);
  const where = placeOf(issue.path, content);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] as string;
    const hint = meant(key, keysAt(issue.path));
    return { path: [...issue.path, key], at: "key", message: `${where}unknown key "${key}"; ${hint}` };
  }
  const value = valueAt(issue.path, content);
  if (value === undefined) return { path: issue.path, message: `${where}missing; ${expectedBy(issue)}` };
  const near = issue.code === "invalid_value" ? nearest(String(value), issue.values.map(String)) : undefined;
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return { path: issue.path, message: `${where}${expectedBy(issue)}, got ${shown(value)}${hint}` };
}

function meant(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined ? `expected one of ${known.join(", ")}` : `did you mean "${near}"?`;
}

/** `board left: baud: `: a board by its id, for nobody counts them. */
function placeOf(path: Path, content: unknown): string {
  const [first, index, ...rest] = path;
  if (first !== "boards" || index === undefined) return path.map((key) => `${String(key)}: `).join("");
  const id = valueAt([first, index, "id"], content);
  const board = typeof id === "string" && id !== "" ? `board ${id}` : `board number ${Number(index) + 1}`;
  return [board, ...rest].map((key) => `${String(key)}: `).join("");
}

function valueAt(path: Path, content: unknown): unknown {
  let value = content;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  array: "a list, each entry after a dash",
  object: "keys and values",
};

/** A schema's own words where it has them, else ours for those of zod. */
function expectedBy(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too)/.test(issue.message)) return `expected ${issue.message}`;
  if (issue.code === "invalid_type") return `expected ${typeNames[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value") return `expected one of ${issue.values.join(", ")}`;
  if (issue.code === "too_small")
    return `expected at least ${issue.minimum} ${units[issue.origin] ?? ""}`.trim();
  if (issue.code === "too_big")
    return `expected at most ${issue.maximum} ${units[issue.origin] ?? ""}`.trim();
  return issue.message;
}

const units: Readonly<Record<string, string>> = { string: "characters", array: "entries" };

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What each key may look like. */
const exampleLines: Readonly<Record<string, string>> = {
  kind: "kind: serial",
  name: "name: Left bench",
  labels: "labels: [lab]",
  baud: "baud: 115200",
  format: "format: 8N1",
  flow: "flow: rtscts",
  framing: "framing: console",
  dtr: "dtr: false",
  rts: "rts: false",
  imageKey: "imageKey: keys/app.pub.pem",
  securityCounter: "securityCounter: 3",
  noDowngrade: "noDowngrade: true",
  byVersion: "byVersion: true",
  selfTest: 'selfTest: "./look-at.sh {id}"',
  parts: "parts: [clock, flash, entropy]",
  power: 'power: { on: "relay on {id}", off: "relay off {id}" }',
  flash: "flash: { bootTimeoutS: 60, window: 2 }",
};

/** Three lines that work, and one with the key at fault. */
export function exampleFor(path: Path): string {
  const key = path.find((each) => exampleLines[String(each)] !== undefined);
  const lines = ["boards:", "  - id: left", "    port: /dev/ttyUSB0"];
  if (key !== undefined) lines.push(`    ${exampleLines[String(key)]}`);
  return `A rig file that works:\n${lines.map((line) => `    ${line}`).join("\n")}`;
}
