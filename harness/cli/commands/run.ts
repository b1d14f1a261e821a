/** `meterbench run`: runs the scenarios and leaves a report. */
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import type { Command } from "commander";
import { isWire, type WireName, wireNames } from "../../../firmware/wire/suites.ts";
import { openUnlessInterrupted } from "../../rig/interrupt.ts";
import { realTimeNote } from "../../rig/playback/play-back.ts";
import type { RecordedRun } from "../../rig/recorded-session.ts";
import { loadRig } from "../../rig/rig-file.ts";
import { openTarget, type RunTarget } from "../../rig/target.ts";
import { defaultTimeScale } from "../../scenarios/applies-to.ts";
import { isFile } from "../../scenarios/discover.ts";
import { plainLine, shellWord } from "../../text.ts";
import { given, usageError } from "../exit.ts";
import { addLineOptions, type LineOptions, lineOf, lineOptionNames, lineWords } from "../line-options.ts";
import { checkFiles, checkMatches } from "../no-match.ts";
import { noteStartOf } from "../opening.ts";
import { Part } from "../part.ts";
import { progressFor } from "../progress.ts";
import { Publication } from "../publication.ts";
import { prepareFolder } from "../run-files.ts";
import { type LoadedSuites, loadScenarios, runScenarios } from "../scenario-runner.ts";
import { countWanted } from "../selection.ts";
import { stoppable } from "../until-stopped.ts";

interface RunOptions extends LineOptions {
  readonly wire: string;
  readonly target: string;
  readonly seed: string;
  readonly out: string;
  readonly rig?: string;
  readonly record?: string;
  readonly timeScale?: string;
  readonly json?: boolean;
}

const wireChoices = `${wireNames.join(", ")} or both`;

const examples = `
Example:
  meterbench run outage --seed 7 --out out/outage
  meterbench run --target /dev/ttyUSB0 --baud 460800
`;

export function runCommand(root: Command, version: string): Command {
  const command = root
    .command("run")
    .argument("[pattern...]", "words of a scenario's title or file, or a scenario file of your own")
    .option("--wire <wire>", wireChoices, "cose")
    .option("--target <target>", "mock, emulated, or a board: its id in the rig file, or its port", "mock")
    .option("--rig <file>", "the rig file (default: ./rig.yaml)")
    .option("--time-scale <n>", "on a board: virtual seconds a real second, 1 for its own clock")
    .option("--record <file>", "on a board: record the session")
    .option("--seed <n>", "one seed gives one run, byte for byte", "1")
    .option(
      "--out <dir>",
      "folder for run.json, junit.xml, report.html, events.ndjson, capture.pcapng",
      "out",
    )
    .option("--json", "one JSON document (run.json) on standard output")
    .description("run the scenarios and write a report")
    .addHelpText("after", examples)
    .action((patterns: string[], options: RunOptions, command: Command) => {
      checkUse(options, command);
      return stoppable((signal) => run(patterns, options, version, signal));
    });
  return addLineOptions(command);
}

/** Nothing is ignored in silence. */
function checkUse({ target }: RunOptions, command: Command): void {
  const [wrong] = target === "mock" ? given(command, ["timeScale", "record", ...lineOptionNames]) : [];
  if (wrong === undefined) return;
  throw usageError(
    `run: ${wrong} is for a board, and the target is the mock`,
    "Give --target emulated or a board, too, or leave it out.",
  );
}

async function run(
  patterns: readonly string[],
  options: RunOptions,
  version: string,
  signal: AbortSignal,
): Promise<void> {
  const wires = wiresOf(options.wire);
  const seed = seedOf(options.seed);
  // Of a recorded run time is simulated unless told otherwise: only that can be played back exactly.
  const timeScale =
    timeScaleOf(options.timeScale) ?? (options.record === undefined ? undefined : defaultTimeScale);
  checkFiles(patterns);
  const loaded = await loadAll(patterns, wires, options.target);
  prepareFolder(options.out);
  const recorded = { target: options.target, patterns: [...patterns], wires: [...wires], seed, timeScale };
  const target = await openTheTarget(recorded, options, signal);
  if (options.record !== undefined && timeScale === 1) console.error(`note: ${realTimeNote}`);
  const startedAt = new Date().toISOString();
  const progress = progressFor(process.stderr, options.json === true);
  const again = (words?: string, file?: string) => commandLine(patterns, options, words, file);
  const publication = new Publication({ options, version, seed, startedAt, target, again });
  const parts = startParts({ patterns, wires, seed, target }, loaded, signal);
  try {
    for (const [i, wire] of wires.entries()) {
      const plan = { patterns, wire, seed, timeScale, signal, ...planOf(target) };
      const apart = await parts.get(wire)?.follow(progress);
      if (apart !== undefined) publication.begun(apart);
      const { scenarios } = apart ?? (await runScenarios(plan, progress, publication, loaded[i]));
      if (scenarios.length === 0)
        progress.note(`note: nothing of this is about the ${wire} wire on ${target.name}`);
    }
  } finally {
    for (const part of parts.values()) part.end();
    await target.close();
  }
  publication.publish(signal.aborted);
}

/** From so many scenarios a wire on, a process of its own is worth its start. */
const worthAPart = 40;

interface Parted {
  readonly patterns: readonly string[];
  readonly wires: readonly WireName[];
  readonly seed: number;
  readonly target: RunTarget;
}

/** All wires but the first, where the machine can do more than one thing at a time. A board is one. */
function startParts(
  { patterns, wires, seed, target }: Parted,
  loaded: readonly LoadedSuites[],
  signal: AbortSignal,
): ReadonlyMap<WireName, Part> {
  const isMock = target.board === undefined && target.device === undefined;
  if (!isMock || wires.length < 2 || availableParallelism() < 2) return new Map();
  const wanted = { patterns, target: target.name, device: false };
  const worth = wires.slice(1).filter((wire, i) => {
    const { suite } = (loaded[i + 1] as LoadedSuites).mocha;
    return countWanted(suite, { ...wanted, wire }) >= worthAPart;
  });
  return new Map(worth.map((wire) => [wire, new Part({ patterns, wire, seed }, signal)]));
}

/** All of it before anything runs: one that does not load, or words that nothing has, end it here. */
async function loadAll(
  patterns: readonly string[],
  wires: readonly WireName[],
  target: string,
): Promise<LoadedSuites[]> {
  const loaded: LoadedSuites[] = [];
  for (const _wire of wires) loaded.push(await loadScenarios(patterns, target));
  checkMatches((loaded[0] as LoadedSuites).mocha.suite, patterns, wires);
  return loaded;
}

/** Says what takes so long meanwhile. */
function openTheTarget(run: RecordedRun, options: RunOptions, signal: AbortSignal): Promise<RunTarget> {
  const { target, seed } = run;
  if (target === "emulated" && !options.json) noteStartOf([{ kind: "emulated" }]);
  else if (target !== "mock" && !options.json) console.error(`opening ${plainLine(target)} ...`);
  const line = lineOf(options);
  const opening = openTarget(target, loadRig(options.rig), { seed, record: options.record, line, run });
  return openUnlessInterrupted(opening, signal);
}

const planOf = ({ name, board, device }: RunTarget) => ({ target: name, board, device });

function timeScaleOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const scale = Number(text);
  if (scale >= 1 && scale <= 100_000) return scale;
  throw usageError(
    `run: --time-scale ${text} is no scale`,
    "Expected a number from 1 (real time) to 100000.",
  );
}

function wiresOf(text: string): readonly WireName[] {
  if (text === "both") return wireNames;
  if (isWire(text)) return [text];
  throw usageError(`run: --wire ${text} is not a wire`, `Expected ${wireChoices}.`);
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= 0xffff_ffff) return seed;
  throw usageError(`run: --seed ${text} is not a seed`, "Expected a whole number from 0 to 4294967295.");
}

/** The line that runs it again; with `words` those alone, and of a file of the user's that file alone. */
function commandLine(
  patterns: readonly string[],
  options: RunOptions,
  words: string | undefined,
  file: string | undefined,
): string {
  const files = patterns.filter(isFile);
  const own = files.filter((each) => file !== undefined && relative(process.cwd(), each) === file);
  const wanted = words === undefined ? patterns : [...(own.length > 0 ? own : files), words];
  return [
    "meterbench run",
    ...wanted.map(shellWord),
    `--wire ${options.wire} --target ${shellWord(options.target)} --seed ${options.seed}`,
    ...(options.rig === undefined ? [] : [`--rig ${shellWord(options.rig)}`]),
    ...(options.timeScale === undefined ? [] : [`--time-scale ${options.timeScale}`]),
    `--out ${shellWord(options.out)}${lineWords(options)}`,
  ].join(" ");
}
