/** `meterbench flash`: an image onto one board or all of a rig, proven on each. */
import { appendFileSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import pc from "picocolors";
import { refuse } from "../../../firmware/bootloader/refusals.ts";
import { chooseBoards } from "../../rig/find.ts";
import { type BoardReport, type FlashEvent, flashBoards } from "../../rig/flash/flash-boards.ts";
import { type FlashView, flashView, reportRow } from "../../rig/flash/live-view.ts";
import {
  type PreFlightOptions,
  preFlight,
  readDecryptionKey,
  readImageFile,
  readKeyFile,
} from "../../rig/flash/pre-flight.ts";
import { imageKeyOf } from "../../rig/image-key.ts";
import { openBoard } from "../../rig/open-board.ts";
import { requireWritable } from "../../rig/record.ts";
import { loadRig, type RigBoard } from "../../rig/rig-file.ts";
import { printTable } from "../../table.ts";
import { plain, plainJson, plainLine } from "../../text.ts";
import { Exit, replaceBytes, usageError } from "../exit.ts";
import { addLineOptions, type LineOptions, lineOf } from "../line-options.ts";
import { noteStartOf } from "../opening.ts";
import { stoppable } from "../until-stopped.ts";

interface FlashCommandOptions extends LineOptions {
  readonly board?: string[];
  readonly all?: boolean;
  readonly test?: boolean;
  readonly confirm?: boolean;
  readonly byVersion?: boolean;
  readonly key?: string;
  readonly unsigned?: boolean;
  readonly decryptionKey?: string;
  readonly securityCounter?: string;
  /** False for --no-downgrade. */
  readonly downgrade: boolean;
  readonly window?: string;
  readonly rig?: string;
  readonly events?: string;
  readonly record?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  meterbench flash build/app.signed.bin --all
  meterbench flash app.signed.bin --board /dev/ttyACM0 --key app-pub.pem --test

With --json the events come as lines of JSON on standard error meanwhile.
Interrupted, it lets go of the boards; flashing again goes on where it stopped.
Exit: 0 all boards proven, 1 the image failed, 2 wrong use, 3 the rig failed.
`;

export function flashCommand(root: Command): Command {
  const command = root
    .command("flash")
    .usage("[options] <image>")
    .argument("[image]", "a signed MCUboot image")
    .option("--board <id...>", "boards by id or label, or ports (/dev/..., tcp://host:port)")
    .option("--all", "all boards of the rig file")
    .option("--test", "boot it once, run the self-test, go back to the old image, prove that")
    .option("--confirm", "boot it, run the self-test, and keep it (the default)")
    .option(
      "--by-version",
      "take boards whose bootloader picks the higher version, RAM load and ROM-fixed images: reset, then verify",
    )
    .option("--key <pem>", "what it must be signed with; default each board's imageKey")
    .option("--unsigned", "take an image without a signature")
    .option("--no-downgrade", "refuse a version below the one that runs")
    .option("--decryption-key <pem>", "the private X25519 key, to check an encrypted image with")
    .option("--security-counter <n>", "the boards' counter: the image's must be at least that")
    .option("--window <n>", "requests under way at once (default: what the board takes)")
    .option("--rig <file>", "the rig file (default: ./rig.yaml)")
    .option("--events <file>", "every event as a line of JSON")
    .option("--record <file>", "record the session, for `meterbench replay`")
    .option("--json", "one JSON document, on one line, on standard output")
    .description("flash boards and prove each")
    .addHelpText("after", examples)
    .action((image: string | undefined, options: FlashCommandOptions) => flash(image, options));
  return addLineOptions(command);
}

async function flash(image: string | undefined, given: FlashCommandOptions): Promise<void> {
  const { path, options } = withImage(image, given);
  checkUse(options);
  const boards = await boardsOf(options);
  const file = readImageFile(path);
  const checks = preFlights(options, boards);
  const open = opener(path, options, boards);
  const record = eventFile(options.events);
  const window = wholeNumber("--window", options.window, 1, 64);
  const ids = boards.map(({ id }) => id);
  const view = options.json ? eventLines : flashView(process.stderr, ids);
  const mode = options.test ? "test" : "confirm";
  if (!options.json) noteStartOf(boards);
  const reports = await stoppable((signal) =>
    flashBoards(boards, file, {
      mode,
      ...(window !== undefined && { window }),
      ...(options.downgrade ? {} : { noDowngrade: true }),
      ...(options.byVersion && { byVersion: true }),
      preFlight({ id }) {
        const check = checks.get(id) ?? {};
        if (!options.unsigned) requireSignature(file, check);
        return check;
      },
      open,
      onEvent(event) {
        record(event);
        view.event(event);
      },
      signal,
    }),
  );
  view.stop();
  if (options.json)
    console.log(plainJson({ image: path, bytes: file.length, mode, boards: reports }, replaceBytes));
  else print(reports);
  process.exitCode = exitOf(reports);
}

/** `--board` takes every word up to the next option: an image that stands last among them is meant as the image. */
function withImage(image: string | undefined, options: FlashCommandOptions) {
  if (image !== undefined) return { path: image, options };
  const { board = [] } = options;
  const last = board.at(-1);
  if (last !== undefined && statSync(last, { throwIfNoEntry: false })?.isFile())
    return { path: last, options: { ...options, board: board.slice(0, -1) } };
  throw usageError(
    "flash: missing required argument 'image'",
    last === undefined
      ? "Give the signed image, such as build/app.signed.bin."
      : `--board takes all words after it (${board.join(" ")}), and "${last}" is no file: give the image first.`,
  );
}

/** Nobody checks a signature without a key; that there is none at all is no oversight only when it is said. */
function requireSignature(file: Uint8Array, check: PreFlightOptions): void {
  if (preFlight(file, check).signature === "absent")
    refuse("signature-missing", "it is not signed", {
      advice: "Sign the image with the board's key, or give --unsigned.",
    });
}

/** Progress for programs: the events as lines of JSON. */
const eventLines: FlashView = {
  event: (event) => void process.stderr.write(`${plainJson(event)}\n`),
  stop() {},
};

/** A recording is one file for one board; with several each has its own, named after it. */
function opener(image: string, options: FlashCommandOptions, boards: readonly RigBoard[]) {
  const { record, test, window, byVersion } = options;
  const what = "meterbench flash";
  if (record === undefined) return (board: RigBoard) => openBoard(board, { what });
  const fileOf = ({ id }: RigBoard) =>
    boards.length === 1 ? record : `${record}.${id.replace(/[^A-Za-z0-9._-]+/g, "-")}`;
  for (const board of boards) requireWritable(fileOf(board));
  const words = [
    ...(test ? ["--test"] : []),
    ...(byVersion ? ["--by-version"] : []),
    ...(window === undefined ? [] : ["--window", window]),
  ];
  const command = ["flash", resolve(image), ...words];
  return (board: RigBoard) => openBoard(board, { what, record: fileOf(board), command });
}

function checkUse({ test, confirm, all, board }: FlashCommandOptions): void {
  if (test && confirm)
    throw usageError(
      "flash: --test and --confirm contradict each other",
      "Give one of them, or none to confirm.",
    );
  if (all && board !== undefined)
    throw usageError("flash: --all or --board, not both", "Leave out --all to flash the named boards alone.");
  if (!all && (board ?? []).length === 0)
    throw usageError("flash: which boards?", "Give --board ID (or several), or --all.");
}

async function boardsOf(options: FlashCommandOptions): Promise<RigBoard[]> {
  const boards = await chooseBoards(loadRig(options.rig), options.all ? "all" : (options.board ?? []));
  return boards.map((board) => ({ ...board, ...lineOf(options) }));
}

/** Reads the keys before anything is flashed; a board's own only where none was given for all. */
function preFlights(
  options: FlashCommandOptions,
  boards: readonly RigBoard[],
): Map<string, PreFlightOptions> {
  const key = options.key === undefined ? undefined : readKeyFile(options.key);
  const decryptionKey =
    options.decryptionKey === undefined ? undefined : readDecryptionKey(options.decryptionKey);
  const securityCounter = wholeNumber("--security-counter", options.securityCounter, 0, 0xffff_ffff);
  return new Map(
    boards.map((board) => {
      const own = key ?? imageKeyOf(board);
      const byVersion = options.byVersion ?? board.byVersion;
      return [board.id, { keys: own && [own], decryptionKey, securityCounter, byVersion }];
    }),
  );
}

function wholeNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw usageError(`flash: ${option} ${text} is no number that fits`, `Expected ${least} to ${most}.`);
}

/** Writes each event as it comes, so that a killed run leaves what it saw. */
function eventFile(path: string | undefined): (event: FlashEvent) => void {
  if (path === undefined) return () => {};
  try {
    writeFileSync(path, "");
  } catch (cause) {
    throw usageError(`flash: --events ${path} cannot be written`, (cause as Error).message);
  }
  return (event) => appendFileSync(path, `${plainJson(event)}\n`);
}

function print(reports: readonly BoardReport[]): void {
  printTable(reports.map(reportRow));
  for (const { board, error, repeated, notes = [] } of reports) {
    const name = plainLine(board);
    for (const note of notes) console.log(pc.yellow(`${name}: ${plainLine(note)}`));
    if (repeated) console.log(pc.yellow(`${name}: uploaded twice, for ${plainLine(repeated)}`));
    if (error) console.log(`${pc.red(name)}: ${plain(error.message)}${adviceOf(error)}`);
  }
  const proven = reports.filter(({ error }) => error === undefined);
  const failed = reports.length - proven.length;
  const good = pc.green(`${proven.length} of ${reports.length} boards proven`);
  console.log(`\n${good}${unchecked(proven)}${failed > 0 ? `, ${pc.red(`${failed} failed`)}` : ""}`);
}

const adviceOf = ({ advice }: { readonly advice?: string }): string => (advice ? `\n  ${plain(advice)}` : "");

/** A board that takes an image proves nothing about who signed it. */
function unchecked(proven: readonly BoardReport[]): string {
  const count = proven.filter(({ signature }) => signature !== "verified").length;
  if (count === 0) return "";
  const which = count === proven.length ? "" : ` on ${count}`;
  return pc.yellow(`, signature unchecked${which} (give --key PEM, or imageKey in the rig file)`);
}

function exitOf(reports: readonly BoardReport[]): Exit {
  if (reports.some(({ outcome }) => outcome === "rig-failed")) return Exit.rig;
  return reports.some(({ outcome }) => outcome === "image-failed") ? Exit.testFailed : Exit.ok;
}
