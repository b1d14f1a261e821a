/** A failure as every report shows it: without colours or foreign control characters, with its difference and place. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import Mocha from "mocha";
import { colourless } from "../text.ts";

export interface ScenarioError {
  readonly message: string;
  readonly code?: string;
  /** "+" before what was expected, "-" before what was got, where the message does not say it already. */
  readonly diff?: string;
  /** `file:line:column` in the scenario's file, or the nearest to it that is no library. */
  readonly at?: string;
  readonly stack?: string;
}

/** Longer messages are cut: they are for people. */
const longest = 20_000;

/** `file` is the scenario's: the place is looked for there first. */
export function describeFailure(thrown: unknown, file: string | undefined): ScenarioError {
  try {
    return described(thrown, file);
  } catch {
    // What is thrown may itself throw when it is looked at.
    return { message: "what was thrown cannot be read" };
  }
}

function described(thrown: unknown, file: string | undefined): ScenarioError {
  const error = asError(thrown);
  const words = [readable(error.message) || error.name, ...underlying(error, file)];
  const message = cut(colourless(words.join("\n")).trimEnd());
  const stack = cut(cleanStack(error.stack ?? ""));
  const code = (error as { code?: unknown }).code;
  const diff = differenceOf(error);
  const at = placeIn(stack, file);
  return {
    message,
    ...(typeof code === "string" && { code }),
    ...(diff !== undefined && { diff }),
    ...(at !== undefined && { at }),
    ...(stack !== "" && { stack }),
  };
}

/** A chain of causes may be a ring, and many errors may be thrown as one. */
const underlyingShown = 5;

/** What led to `error`, a line each: its causes, and the errors that it stands for. */
function underlying(error: Error, file: string | undefined): string[] {
  const lines: string[] = [];
  const next: [words: string, thrown: unknown][] = beneath(error);
  while (lines.length < underlyingShown) {
    const [words, thrown] = next.shift() ?? [];
    if (words === undefined) return lines;
    const { name, message, stack } = asError(thrown);
    const at = placeIn(cleanStack(stack ?? ""), file);
    lines.push(`${words}: ${name ?? "error"}: ${readable(message)}${at === undefined ? "" : ` (${at})`}`);
    next.push(...beneath(thrown));
  }
  return next.length === 0 ? lines : [...lines, "and more"];
}

function beneath(thrown: unknown): [words: string, thrown: unknown][] {
  const { cause, errors } = (thrown ?? {}) as { cause?: unknown; errors?: unknown };
  const together = Array.isArray(errors) ? errors.slice(0, underlyingShown + 1) : [];
  return [
    ...(cause === undefined ? [] : [["caused by", cause] as [string, unknown]]),
    ...together.map((each): [string, unknown] => ["one of them", each]),
  ];
}

/** Anything can be thrown. Reading a thrown thing may throw, too. */
function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  const { message } = (thrown ?? {}) as { message?: unknown };
  if (typeof message === "string") return thrown as Error;
  const error = new Error(`no error was thrown, but ${Mocha.utils.stringify(thrown)}`);
  error.stack = "";
  return error;
}

const readable = (message: unknown): string => (typeof message === "string" ? message : String(message));
const cut = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}\n… (${text.length - longest} more characters)`;

/** As paths that a terminal or an editor opens. The files were loaded under names of their own, see `loadSuites`. */
export function cleanStack(stack: string): string {
  return colourless(stack)
    .replace(/file:\/\/[^\s()?]+/g, (url) => pathOf(url))
    .replace(/\?load=\d+/g, "")
    .split("\n")
    .filter((line) => !/^\s+at .*(node:|[/\\]node_modules[/\\]mocha[/\\]|cli[/\\]strays\.[jt]s)/.test(line))
    .join("\n")
    .trimEnd();
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}

/** What mocha's reporters have in common. */
interface DiffMaker {
  useColors: boolean;
  showDiff(error: Error): boolean;
  generateDiff(actual: string, expected: string): string;
}

/** What mocha would show, as text. */
function differenceOf(error: Error): string | undefined {
  const { actual, expected, generatedMessage } = error as {
    actual?: unknown;
    expected?: unknown;
    generatedMessage?: boolean;
  };
  const { Base } = Mocha.reporters as unknown as { Base: DiffMaker };
  if (generatedMessage || !("expected" in error) || !Base.showDiff(error)) return undefined;
  const [got, wanted] = [actual, expected].map((value) =>
    typeof value === "string" ? value : inspected(value),
  );
  const { useColors } = Base;
  Base.useColors = false;
  try {
    return cut(
      colourless(Base.generateDiff(got ?? "", wanted ?? ""))
        .split("\n")
        .map((line) => line.replace(/^ {6}/, ""))
        .join("\n")
        .trim(),
    );
  } finally {
    Base.useColors = useColors;
  }
}

function inspected(value: unknown): string {
  try {
    return Mocha.utils.stringify(value);
  } catch {
    return "(cannot be shown)";
  }
}

/** The first frame in `file`, else the first at all. */
function placeIn(stack: string, file: string | undefined): string | undefined {
  const frames = framesOf(stack);
  const own = frames.find(({ path }) => file !== undefined && sameModule(path, file)) ?? frames[0];
  return own && `${fromHere(own.path)}:${own.line}:${own.column}`;
}

/** The line of the first frame in `file`. */
export function lineIn(stack: string, file: string): number | undefined {
  const own = framesOf(stack).find(({ path }) => sameModule(path, file));
  return own && Number(own.line);
}

/** Where a stack has been, innermost first. */
export const placesOf = (stack: string): { path: string; line: number }[] =>
  framesOf(stack).map(({ path, line }) => ({ path, line: Number(line) }));

const framesOf = (stack: string) =>
  [...stack.matchAll(/^\s+at (?:.*\()?([^()\s][^()]*?):(\d+):(\d+)\)?$/gm)].map(
    ([, path = "", line = "", column = ""]) => ({ path: path.replace(/^async /, ""), line, column }),
  );

/** A source map may have led from a `.js` file to the `.ts` file beside it or in another folder. */
function sameModule(path: string, file: string): boolean {
  const stem = (name: string): string => name.replace(/^.*[/\\]/, "").replace(/\.[cm]?[jt]s$/, "");
  return path === file || stem(path) === stem(file);
}

/** A path as one types it: relative to the working folder where it lies in there. */
export function fromHere(path: string): string {
  const near = relative(process.cwd(), path);
  return near === "" || near.startsWith("..") ? path : near;
}
