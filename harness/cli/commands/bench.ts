/** `meterbench bench`: the benchmarks of the command-processing hot path. */
import { cpus } from "node:os";
import type { Command } from "commander";
import pc from "picocolors";
import { allTasks } from "../../../bench/index.ts";
import { type BenchResult, measure } from "../../../bench/measure.ts";
import { type BoardBenchCommand, benchBoardCommand } from "../bench-board.ts";
import { given, usageError } from "../exit.ts";
import { addLineOptions, lineOptionNames } from "../line-options.ts";

/** The whole default bench ends within 45 s: tasks × (rounds + 1) × 2 × roundMs. */
const defaultRounds = 5;
const roundMs = 60;

type BenchOptions = Partial<BoardBenchCommand> & { readonly rounds: string };

const examples = `
Example:
  meterbench bench cose/critical --rounds 9
  meterbench bench --board /dev/ttyUSB0 --save before.json
`;

export function benchCommand(root: Command): Command {
  const command = root
    .command("bench")
    .argument("[pattern...]", "words of a task's name, e.g. cose/critical")
    .option("--rounds <n>", "rounds that a task and its floor take turns in", String(defaultRounds))
    .option("--board <id>", "time this board over its line instead; its free image slot is overwritten")
    .option("--rig <file>", "the rig file (default: ./rig.yaml)")
    .option("--runs <n>", "round trips to time on the board (default: 500)")
    .option("--save <file>", "save the board's result, with its identity")
    .option("--compare <file>", "say what changed since that result, beyond noise")
    .option("--json", "one JSON document on standard output")
    .description("time the hot path beside the cryptography it cannot avoid")
    .addHelpText("after", examples)
    .action(async (patterns: string[], options: BenchOptions, command: Command) => {
      checkUse(patterns, command);
      if (options.board !== undefined) return benchBoardCommand({ ...options, board: options.board });
      await benchTasks(patterns, roundsOf(options), options.json === true);
    });
  return addLineOptions(command);
}

function roundsOf(options: BenchOptions): number {
  const rounds = Number(options.rounds);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 1000) return rounds;
  throw usageError(
    `bench: --rounds ${options.rounds} is not a count`,
    "Expected a whole number from 1 to 1000.",
  );
}

/** Times the tasks whose names hold one of `patterns`, all when there is none, and prints each as it ends. */
async function benchTasks(patterns: readonly string[], rounds: number, json: boolean): Promise<void> {
  const tasks = (await allTasks()).filter(
    (task) => patterns.length === 0 || patterns.some((p) => task.name.includes(p)),
  );
  if (tasks.length === 0)
    throw usageError(`bench: no task is named ${patterns.join(", ")}`, "Leave it out to see all of them.");
  if (!json) {
    console.error(pc.dim(`timing ${tasks.length} tasks, ${secondsFor(rounds)} s or more each ...`));
    console.log(pc.bold(heading));
  }
  const results: BenchResult[] = [];
  for (const task of tasks) {
    const result = await measure(task, { rounds, roundMs });
    results.push(result);
    if (!json) console.log(line(result));
  }
  if (json) console.log(JSON.stringify({ machine: machine(), tasks: results }, null, 2));
  else console.log(pc.dim(`\nfloor share = floor time ÷ task time (1 is the limit); ${machine().cpu}`));
}

/** Nothing is ignored in silence: what is for boards, and what is for the tasks of this machine. */
function checkUse(patterns: readonly string[], command: Command): void {
  const onBoard = given(command, ["board"]).length > 0;
  const [wrong] = onBoard
    ? [...given(command, ["rounds"]), ...patterns.map((pattern) => `"${pattern}"`)]
    : given(command, ["save", "compare", "runs", "rig", ...lineOptionNames]);
  if (wrong === undefined) return;
  throw onBoard
    ? usageError(`bench: ${wrong} is for the tasks of this machine`, "Leave it out, or leave out --board.")
    : usageError(`bench: ${wrong} is for a board`, "Give --board ID, too, or leave it out.");
}

/** A task and its floor, with a round to warm up. */
const secondsFor = (rounds: number): string => (((rounds + 1) * 2 * roundMs) / 1000).toFixed(1);

const heading = `${"task".padEnd(34)}${"mean us".padStart(10)}${"p99 us".padStart(10)}${"floor us".padStart(10)}${"floor share".padStart(13)}`;

function line(result: BenchResult): string {
  const number = (value: number | undefined, digits = 2) =>
    value === undefined ? "" : value.toFixed(digits);
  return (
    result.name.padEnd(34) +
    number(result.meanUs).padStart(10) +
    number(result.p99Us).padStart(10) +
    number(result.floor?.meanUs).padStart(10) +
    number(result.ratioToFloor, 3).padStart(13)
  );
}

function machine(): { cpu: string; cores: number; node: string; platform: string } {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}
