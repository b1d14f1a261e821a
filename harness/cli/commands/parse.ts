/** `meterbench parse`: responses and device alerts in the MMC output format. */
import { existsSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { CodedError, messageOf } from "../../../hal/base/coded-error.ts";
import { inputBytes } from "../../decode/index.ts";
import { MessageParser, type Parsed } from "../../interface/index.ts";
import { makeFolder } from "../../make-folder.ts";
import { plainJson, plainLine } from "../../text.ts";
import { messageFiles, readMessageFile } from "../../verify/index.ts";
import { Exit, replaceBytes, reportErrorOf, usageError } from "../exit.ts";

interface Options {
  readonly keys: string;
  readonly reference?: string;
  readonly firstPass?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

const examples = `
Of a folder the responses and alerts are taken. Values that are hidden for
their reader are opened by the keys, or stay encrypted in GBCSData.

Examples:
  meterbench parse response.hex --keys keystore/
  meterbench parse messages/ --keys keystore/ --out xml/
`;

export function parseCommand(root: Command): Command {
  return root
    .command("parse")
    .argument(
      "<message...>",
      "responses and alerts of the GBCS wire: hexadecimal text, files of it or of bytes, folders",
    )
    .requiredOption(
      "--keys <dir>",
      "needed: folder of certificates and keys, named EUI64-ds.pem, EUI64-ka.key ...",
    )
    .option(
      "--reference <variant>",
      "the request that they answer, e.g. 7.6, where several become one use case",
    )
    .option("--first-pass", "leave hidden values encrypted")
    .option("--out <dir>", "write a file for each message there")
    .option("--json", "one JSON document on standard output")
    .description("responses and alerts in the MMC output format (XML)")
    .addHelpText("after", examples)
    .action((messages: string[], options: Options) => {
      const parser = new MessageParser(options.keys);
      const results = messages.flatMap(inputsOf).flatMap((input) => parseInput(input, parser, options));
      if (options.out !== undefined) write(results, options.out);
      if (options.json) console.log(plainJson(results.map(withoutCause), replaceBytes, 2));
      else for (const result of results) print(result, options.out !== undefined);
      process.exitCode = exitCode(results);
    });
}

interface Input {
  readonly file: string;
  /** Found in a folder, which may hold commands, too. */
  readonly isFound: boolean;
  read(): Uint8Array;
}

/** A file, those of a folder, or hex digits. */
function inputsOf(message: string): readonly Input[] {
  if (!existsSync(message)) return [{ file: message, isFound: false, read: () => inputBytes(message).bytes }];
  return messageFiles([message]).map((file) => ({
    file,
    isFound: file !== message,
    read: () => readMessageFile(file),
  }));
}

interface Result extends Partial<Parsed> {
  readonly file: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly cause?: CodedError;
}

function parseInput(
  { file, isFound, read }: Input,
  parser: MessageParser,
  options: Options,
): readonly Result[] {
  try {
    const parsed = parser.parse(read(), { reference: options.reference, isFirstPass: options.firstPass });
    return [{ file, ...parsed }];
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    if (isFound && cause.code === "mmc/kind") return [];
    return [{ file, error: { code: cause.code, message: cause.message }, cause }];
  }
}

const withoutCause = ({ cause: _, ...told }: Result) => told;

/** Throws `cli/usage`. */
function write(results: readonly Result[], folder: string): void {
  try {
    makeFolder(folder);
    for (const { file, xml } of results)
      if (xml !== undefined) writeFileSync(join(folder, `${basename(file).slice(0, 200)}.xml`), xml);
  } catch (error) {
    throw usageError(
      `parse: --out ${folder} cannot be written to (${messageOf(error)})`,
      "Give a folder that can be written.",
    );
  }
}

/** XML on standard output, unless it was written; what is to be said of it on standard error. */
function print({ file, xml, cause, ...parsed }: Result, isWritten: boolean): void {
  const name = plainLine(file.length > 200 ? `${file.slice(0, 200)}…` : file);
  if (cause !== undefined) {
    reportErrorOf(name, cause);
    return;
  }
  if (!isWritten) console.log(xml);
  for (const note of notesOn(parsed)) console.error(`${name}: ${note}`);
}

function* notesOn({ alternatives = [], reference, encrypted, leftOut = [] }: Partial<Parsed>) {
  if (alternatives.length > 0)
    yield `taken for an answer to ${reference}; it may be one to ${alternatives.join(" or ")}: --reference says which`;
  if (encrypted) yield "hidden values stay encrypted: the key of their reader opens them";
  if (leftOut.length > 0)
    yield `without an element, and so in GBCSData alone: ${leftOut.map(({ path }) => path).join(", ")}`;
}

/** Of messages: one is not authentic, or says nothing that can be told. Anything else is wrong use. */
const ofMessages = ["mmc/not-authentic", "mmc/unreadable", "mmc/use-case"];

function exitCode(results: readonly Result[]): Exit {
  const codes = results.flatMap(({ error }) => error?.code ?? []);
  if (codes.length === 0) return Exit.ok;
  return codes.every((code) => ofMessages.includes(code)) ? Exit.testFailed : Exit.usage;
}
