/** `meterbench bench --board ID`: times a board over its line, and compares with an earlier result. */
import { writeFileSync } from "node:fs";
import pc from "picocolors";
import { type BoardBenchResult, benchBoard } from "../../bench/rig/board.ts";
import { type BoardChange, compareBoards } from "../../bench/rig/board-compare.ts";
import { readTextFile } from "../input/text.ts";
import { chooseBoard } from "../rig/find.ts";
import { openUnlessInterrupted, unlessInterrupted } from "../rig/interrupt.ts";
import { openBoard } from "../rig/open-board.ts";
import { loadRig, type RigBoard } from "../rig/rig-file.ts";
import { plainJson, plainLine } from "../text.ts";
import { usageError } from "./exit.ts";
import { type LineOptions, lineOf } from "./line-options.ts";
import { noteStartOf } from "./opening.ts";
import { stoppable } from "./until-stopped.ts";

export interface BoardBenchCommand extends LineOptions {
  readonly board: string;
  readonly rig?: string;
  readonly save?: string;
  readonly compare?: string;
  readonly runs?: string;
  readonly json?: boolean;
}

export async function benchBoardCommand(options: BoardBenchCommand): Promise<void> {
  const runs = runsOf(options.runs);
  const before = options.compare === undefined ? undefined : readResult(options.compare);
  const board = { ...(await chooseBoard(loadRig(options.rig), options.board)), ...lineOf(options) };
  const result = await stoppable((signal) => time(board, runs, options.json ?? false, signal));
  if (options.save !== undefined) saveResult(options.save, result);
  const changes = before && compareBoards(before, result);
  if (options.json) console.log(plainJson({ ...result, ...(changes && { changes }) }, undefined, 2));
  else print(result, before, changes);
}

async function time(
  board: RigBoard,
  runs: number,
  quiet: boolean,
  signal: AbortSignal,
): Promise<BoardBenchResult> {
  if (!quiet) noteStartOf([board]);
  const opened = await openUnlessInterrupted(openBoard(board, { what: "meterbench bench" }), signal);
  const onProgress = (name: string): void => {
    if (!quiet && !signal.aborted) process.stderr.write(pc.dim(`timing ${name}\n`));
  };
  try {
    return await unlessInterrupted(benchBoard(opened, { runs, onProgress }), signal);
  } finally {
    await opened.close();
  }
}

function runsOf(text: string | undefined): number {
  const runs = Number(text ?? 500);
  if (Number.isInteger(runs) && runs >= 10 && runs <= 100_000) return runs;
  throw usageError(`bench: --runs ${text} is not a count`, "Expected a whole number from 10 to 100000.");
}

function readResult(file: string): BoardBenchResult {
  try {
    const result = JSON.parse(readTextFile(file)) as BoardBenchResult;
    if (Array.isArray(result.timings) && typeof result.board?.id === "string") return result;
  } catch (error) {
    throw usageError(
      `bench: --compare ${file} cannot be read (${(error as Error).message})`,
      "Give what --save has written.",
    );
  }
  throw usageError(`bench: ${file} holds no result of a board`, "Give what --save has written.");
}

function saveResult(file: string, result: BoardBenchResult): void {
  try {
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  } catch (error) {
    throw usageError(
      `bench: --save ${file} cannot be written (${(error as Error).message})`,
      "Give another file.",
    );
  }
}

function print(result: BoardBenchResult, before?: BoardBenchResult, changes?: BoardChange[]): void {
  const { board, timings, clock, upload, skipped } = result;
  console.log(
    pc.bold(
      plainLine(`${board.id} (${board.kind}) on ${board.port}${board.version ? `, ${board.version}` : ""}`),
    ),
  );
  console.log(
    ["task".padEnd(24), ...["runs", "p50 ms", "p99 ms", "p99.9 ms"].map((c) => c.padStart(10))].join(""),
  );
  for (const { name, runs, p50Ms, p99Ms, p999Ms, histogram } of timings) {
    const numbers = [String(runs), ...[p50Ms, p99Ms, p999Ms].map((ms) => ms.toFixed(2))];
    console.log(`${name.padEnd(24)}${numbers.map((n) => n.padStart(10)).join("")}`);
    const bars = histogram.map(({ upToMs, count }) => `≤${upToMs} ms: ${count}`).join("  ");
    console.log(pc.dim(`  ${bars}`));
  }
  if (clock)
    console.log(
      `clock ${clock.ppm} ± ${clock.uncertaintyPpm} ppm against this machine, over ${clock.seconds.toFixed(1)} s`,
    );
  if (upload)
    console.log(
      `upload ${kb(upload.uploadBytesPerS)} (${(100 * upload.shareOfLine).toFixed(0)} % of the line's ${kb(upload.rawBytesPerS)}; without a window ${kb(upload.unwindowedBytesPerS)})`,
    );
  for (const { name, reason } of skipped) console.log(pc.yellow(plainLine(`left out: ${name} (${reason})`)));
  if (changes && before) printChanges(before, changes, board.id);
}

function printChanges(before: BoardBenchResult, changes: BoardChange[], id: string): void {
  const other = before.board.id === id ? "" : pc.yellow(` (of another board: ${plainLine(before.board.id)})`);
  console.log(`\nbeside ${plainLine(before.atUtc)}${other}:`);
  const changed = changes.filter(({ verdict }) => verdict !== "same");
  if (changed.length === 0) console.log("nothing changed beyond noise");
  for (const { name, unit, before: was, after: is, verdict } of changed) {
    const paint = verdict === "slower" ? pc.red : verdict === "faster" ? pc.green : pc.yellow;
    console.log(paint(`${verdict}  ${plainLine(name)}  ${number(was)} → ${number(is)} ${unit}`));
  }
}

const number = (value: number | undefined): string => (value === undefined ? "none" : value.toFixed(2));

const kb = (bytesPerS: number): string => `${(bytesPerS / 1024).toFixed(1)} KiB/s`;
