/** `meterbench flash`: an image onto one board or all of a rig, proven on each. */
import { appendFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import pc from "picocolors";
import { chooseBoards, openBoard, requireWritable } from "../../rig/find.ts";
import { type BoardReport, type FlashEvent, flashBoards } from "../../rig/flash/flash-boards.ts";
import { type FlashView, flashView, reportRow } from "../../rig/flash/live-view.ts";
import {
  type PreFlightOptions,
  readDecryptionKey,
  readImageFile,
  readKeyFile,
} from "../../rig/flash/pre-flight.ts";
import { loadRig, type RigBoard } from "../../rig/rig-file.ts";
import { Exit, replaceBytes, usageError } from "../exit.ts";
import { printTable } from "../table.ts";
import { stoppable } from "../until-stopped.ts";

interface FlashCommandOptions {
  readonly board?: string[];
  readonly all?: boolean;
  readonly test?: boolean;
  readonly confirm?: boolean;
  readonly key?: string;
  readonly decryptionKey?: string;
  readonly securityCounter?: string;
  readonly window?: string;
  readonly rig?: string;
  readonly events?: string;
  readonly record?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  meterbench flash build/app.signed.bin --all
  meterbench flash app.signed.bin --board /dev/ttyACM0 --key keys/app-pub.pem --test

Exit: 0 all boards proven, 1 the image failed, 2 wrong use, 3 the rig failed.
`;

export function flashCommand(root: Command): Command {
  return root
    .command("flash")
    .argument("<image>", "a signed MCUboot image")
    .option("--board <id...>", "boards of the rig file by id or label, or ports (/dev/..., tcp://host:port)")
    .option("--all", "all boards of the rig file")
    .option("--test", "boot it once, run the self-test, go back to the old image, and prove that")
    .option("--confirm", "boot it, run the self-test, and keep it (the default)")
    .option("--key <pem>", "the key it must be signed with; default the rig file's imageKey of each board")
    .option("--decryption-key <pem>", "the private X25519 key, to check an encrypted image with")
    .option("--security-counter <n>", "the boards' counter: the image's must be at least that")
    .option("--window <n>", "requests under way at once; default as many as the board's buffers allow")
    .option("--rig <file>", "the rig file", "rig.yaml")
    .option("--events <file>", "every event as a line of JSON")
    .option("--record <file>", "record the session, for `meterbench replay`")
    .option("--json", "one JSON document on standard output")
    .description("flash boards and prove each")
    .addHelpText("after", examples)
    .action((file: string, _options: FlashCommandOptions, command: Command) => flash(file, command));
}

async function flash(path: string, command: Command): Promise<void> {
  const options = command.opts<FlashCommandOptions>();
  checkUse(options);
  const boards = boardsOf(options, command.getOptionValueSource("rig") === "cli");
  const file = readImageFile(path);
  const checks = preFlights(options, boards);
  const ids = boards.map(({ id }) => id);
  const view = options.json ? eventLines : flashView(process.stderr, ids);
  const record = eventFile(options.events);
  const window = wholeNumber("--window", options.window, 1, 64);
  const reports = await stoppable((signal) =>
    flashBoards(boards, file, {
      mode: options.test ? "test" : "confirm",
      ...(window !== undefined && { window }),
      preFlight: ({ id }) => checks.get(id) ?? {},
      open: opener(path, options, boards),
      onEvent(event) {
        record(event);
        view.event(event);
      },
      signal,
    }),
  );
  view.stop();
  const exit = exitOf(reports);
  if (options.json) {
    const mode = options.test ? "test" : "confirm";
    console.log(JSON.stringify({ image: path, bytes: file.length, mode, boards: reports }, replaceBytes));
  } else print(reports);
  process.exitCode = exit;
}

/** Progress for programs: the events as lines of JSON. */
const eventLines: FlashView = {
  event: (event) => void process.stderr.write(`${JSON.stringify(event)}\n`),
  stop() {},
};

/** A recording is one file for one board; with several each has its own, named after it. */
function opener(image: string, options: FlashCommandOptions, boards: readonly RigBoard[]) {
  const { record, test, window } = options;
  const what = "meterbench flash";
  if (record === undefined) return (board: RigBoard) => openBoard(board, { what });
  const fileOf = ({ id }: RigBoard) => (boards.length === 1 ? record : `${record}.${id}`);
  for (const board of boards) requireWritable(fileOf(board));
  const words = [...(test ? ["--test"] : []), ...(window === undefined ? [] : ["--window", window])];
  const command = ["flash", resolve(image), ...words];
  return (board: RigBoard) => openBoard(board, { what, record: fileOf(board), command });
}

function checkUse(options: FlashCommandOptions): void {
  if (options.test && options.confirm)
    throw usageError(
      "flash: --test and --confirm contradict each other",
      "Give one of them, or none to confirm.",
    );
  if (options.all ? options.board !== undefined : options.board === undefined)
    throw usageError(
      "flash: which boards?",
      "Give --board ID (more than once for several), or --all, not both.",
    );
}

function boardsOf({ board, all, rig }: FlashCommandOptions, rigGiven: boolean): RigBoard[] {
  return chooseBoards(loadRig(rigGiven ? rig : undefined), all ? "all" : (board ?? []));
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
    boards.map(({ id, imageKey }) => {
      const own = key ?? (imageKey === undefined ? undefined : readKeyFile(imageKey));
      return [id, { keys: own && [own], decryptionKey, securityCounter }];
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
  return (event) => appendFileSync(path, `${JSON.stringify(event)}\n`);
}

function print(reports: readonly BoardReport[]): void {
  printTable(reports.map(reportRow));
  for (const { board, error, repeated, signature } of reports) {
    if (signature === "unchecked" || signature === "absent")
      console.log(pc.yellow(`${board}: signature ${signature}; give --key PEM or the rig file's imageKey`));
    if (repeated) console.log(pc.yellow(`${board}: uploaded twice, for ${repeated}`));
    if (error) console.log(`${pc.red(board)}: ${error.message}${error.advice ? `\n  ${error.advice}` : ""}`);
  }
  const failed = reports.filter(({ error }) => error !== undefined).length;
  const good = pc.green(`${reports.length - failed} of ${reports.length} boards proven`);
  console.log(`\n${good}${failed > 0 ? `, ${pc.red(`${failed} failed`)}` : ""}`);
}

function exitOf(reports: readonly BoardReport[]): Exit {
  if (reports.some(({ outcome }) => outcome === "rig-failed")) return Exit.rig;
  return reports.some(({ outcome }) => outcome === "image-failed") ? Exit.testFailed : Exit.ok;
}
