/** Where single faults can be made in TypeScript text: line by line, outside strings and comments. */
import { transformSync } from "esbuild";

export interface Mutation {
  /** Path from the root, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly operator: string;
  readonly before: string;
  readonly after: string;
}

type Operator = [name: string, find: RegExp, replace: (found: string) => string];

const swapped: Record<string, string> = {
  " === ": " !== ",
  " !== ": " === ",
  " < ": " <= ",
  " <= ": " < ",
  " > ": " >= ",
  " >= ": " > ",
  " && ": " || ",
  " || ": " && ",
  " + ": " - ",
  " - ": " + ",
  true: "false",
  false: "true",
};

const operators: Operator[] = [
  ["comparison", / (===|!==|<=?|>=?) /g, (found) => swapped[found]!],
  ["logic", / (&&|\|\|) /g, (found) => swapped[found]!],
  ["arithmetic", / [+-] /g, (found) => swapped[found]!],
  ["condition", /(?<=\bif \().+(?=\)( \{| return\b.*;| throw\b.*;)?$)/g, (found) => `!(${found})`],
  ["constant", /\b(true|false)\b/g, (found) => swapped[found]!],
  ["constant", /(?<![\w.#])(0x[\da-f_]+|\d[\d_]*)n?\b(?!\.)/gi, oneMore],
  ["dropped", /^(?!\s*(return|const|let|import|export|type|break|continue|throw)\b).*[)\w\]];$/g, () => ""],
  ["early return", /^(?=.*\bfunction\b|\s+(static |async |get |set )*#?\w+\().*\{$/g, earlyReturn],
];

/** `0x1f` becomes `0x20`, `2n` becomes `3n`. */
function oneMore(number: string): string {
  const big = number.endsWith("n");
  const value = BigInt(number.replaceAll("_", "").replace("n", "")) + 1n;
  const text = /^0x/i.test(number) ? `0x${value.toString(16)}` : value.toString();
  return big ? `${text}n` : text;
}

function earlyReturn(header: string): string {
  return /^\s*(if|for|while|switch|catch|constructor)\b/.test(header)
    ? header
    : `${header} return undefined as never;`;
}

/** Every mutation of a file that changes what it does: types and comments do nothing, and what does not parse is none. */
export function mutationsOf(file: string, text: string): Mutation[] {
  const original = compiled(text);
  const lines = text.split("\n");
  const all = lines.flatMap((line, index) =>
    mutationsOfLine(line).map(([operator, after]) => ({
      file,
      line: index + 1,
      operator,
      before: line,
      after,
    })),
  );
  return all.filter((mutation) => {
    const changed = compiled(mutated(text, mutation));
    return changed !== undefined && changed !== original;
  });
}

export function mutated(text: string, mutation: Mutation): string {
  return text
    .split("\n")
    .with(mutation.line - 1, mutation.after)
    .join("\n");
}

function mutationsOfLine(line: string): [operator: string, after: string][] {
  if (/^\s*(\/\/|\/?\*|import\b|export \{|export \*)/.test(line)) return [];
  const masked = maskStrings(line);
  return operators.flatMap(([name, find, replace]) =>
    [...masked.matchAll(find)].map(({ 0: found, index }): [string, string] => {
      const there = line.slice(index, index + found.length);
      return [name, line.slice(0, index) + replace(there) + line.slice(index + found.length)];
    }),
  );
}

/** The same length, with no letter, digit or sign inside quotes and after `//`. */
function maskStrings(line: string): string {
  const hide = (found: string) => found[0] + "_".repeat(Math.max(0, found.length - 2)) + found.slice(-1);
  return line
    .replace(/"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, hide)
    .replace(/ \/\/.*$/, (found) => "_".repeat(found.length));
}

function compiled(text: string): string | undefined {
  try {
    return transformSync(text, { loader: "ts", logLevel: "silent", minifyWhitespace: true }).code;
  } catch {
    return undefined;
  }
}
