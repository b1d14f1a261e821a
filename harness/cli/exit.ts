/** How a command ends: the exit codes of the command-line contract, and the one place that prints an error. */
import type { Command } from "commander";
import { CodedError, messageOf } from "../../hal/base/coded-error.ts";
import { toLowerHex } from "../../hal/base/hex.ts";
import { HalError } from "../../hal/board.ts";
import { EmulatedError } from "../../hal/emulated/errors.ts";
import { LineError } from "../../hal/serial/line/errors.ts";
import { BoardSilent } from "../../hal/serial/parts/index.ts";
import { SmpError } from "../../hal/serial/smp/errors.ts";
import { plain, plainJson } from "../text.ts";
import { coloursFor } from "./colours.ts";

export const Exit = {
  /** All well. */
  ok: 0,
  /** Something under test failed. */
  testFailed: 1,
  /** Wrong use or bad configuration. */
  usage: 2,
  /** The rig failed. */
  rig: 3,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

/** Ends the process at once. While scenarios run `process.exit` refuses: it is theirs, too. */
export const endProcess: (code?: number) => never = process.exit.bind(process);

/** The exit code a command has come to. */
let verdict: Exit | undefined;

/** Sets the exit code, which scenarios may have set, too; {@link insistedOn} remembers it. */
export function insistOn(code: Exit): void {
  verdict = code;
  process.exitCode = code;
}

export const insistedOn = (): Exit | undefined => verdict;

/** A mistake in how a command was called. `message` says what was wrong and what was expected; `advice` what to do. */
export function usageError(message: string, advice: string, data: Record<string, unknown> = {}): CodedError {
  return new CodedError("cli/usage", message, { ...data, advice });
}

/** Those of the options that stand on the command line, as they are written there. */
export const given = (command: Command, names: readonly string[]): string[] =>
  command.options
    .filter((option) => names.includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === "cli")
    .map(({ long }) => long as string);

/** Prints an error on standard error (and, with `--json`, as the one document on standard output). */
export function reportError(error: unknown, json: boolean): void {
  const own = rigError(error) ?? (error instanceof CodedError ? error : undefined);
  const message = plain(messageOf(error));
  if (json) {
    const document = { error: { code: own?.code ?? "internal", message, ...own?.data } };
    console.log(plainJson(document, replaceBytes));
    return;
  }
  const pc = coloursFor(process.stderr);
  console.error(`${pc.red("error")}: ${message}`);
  if (typeof own?.data.advice === "string") console.error(`  ${plain(own.data.advice)}`);
  if (own === undefined && error instanceof Error) console.error(pc.dim(plain(error.stack ?? "")));
  else if (own?.cause instanceof Error && !message.includes(firstLine(own.cause.message)))
    console.error(pc.dim(`  cause: ${plain(own.cause.message)}`));
}

/** A cause that the message repeats is not told twice. */
const firstLine = (text: string): string => plain(text.split("\n")[0] ?? "");

/** Prints an error with the name of the input that it is of, unless its message has that already. */
export function reportErrorOf(name: string, error: CodedError): void {
  const { code, message, data } = error;
  const named = message.includes(name) ? message : `${name}: ${message}`;
  reportError(new CodedError(code, named, data, error), false);
}

/** The exit code an error stands for. */
export function exitCodeOf(error: unknown): Exit {
  const rig = rigError(error);
  if (rig !== undefined) return rig.code === "line/syntax" ? Exit.usage : Exit.rig;
  if (!(error instanceof CodedError)) return Exit.testFailed;
  return error.code.startsWith("rig/") ? Exit.rig : Exit.usage;
}

/** What a board, its line or its emulator did: the rig failed. Undefined for other errors. */
function rigError(error: unknown): CodedError | undefined {
  if (error instanceof BoardSilent)
    return new CodedError("rig/silent", error.message, {
      advice: "Check that the board has power and an SMP server on this port, and the baud rate.",
    });
  const known = [HalError, EmulatedError, LineError, SmpError].some((kind) => error instanceof kind);
  return known ? (error as CodedError) : undefined;
}

/** JSON.stringify's replacer for what JSON lacks: bytes as hex, bigints as decimal text. */
export function replaceBytes(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return toLowerHex(value);
  return value;
}
