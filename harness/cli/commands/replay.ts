/** `meterbench replay`: plays a recorded session back without its board. */
import type { Command } from "commander";
import pc from "picocolors";
import { fromHex } from "../../../hal/base/hex.ts";
import { renderDecoded } from "../../decode/index.ts";
import { decodeSmp } from "../../decode/smp.ts";
import type { RunReport } from "../../reports/run-report.ts";
import { type PlaybackOutcome, playBackFile } from "../../rig/playback/play-back.ts";
import type { RecordedRun } from "../../rig/recorded-session.ts";
import type { RunTarget } from "../../rig/target.ts";
import { plain, plainJson, plainLine } from "../../text.ts";
import { Exit } from "../exit.ts";
import { progressFor } from "../progress.ts";
import { checkCode } from "../recorded-code.ts";
import { runScenarios } from "../scenario-runner.ts";

interface ReplayOptions {
  readonly image?: string;
  readonly scenario?: string[];
  readonly json?: boolean;
}

export function replayCommand(root: Command): Command {
  return root
    .command("replay")
    .argument("<file>", "what --record has written")
    .option("--image <file>", "of a flashing: the image, where it is not where it was")
    .option("--scenario <file...>", "of a run: a scenario file of yours that it ran, and may run again")
    .option("--json", "one JSON document on standard output")
    .description("play a recorded session back without the board")
    .addHelpText("after", "\nExample:\n  meterbench replay session.ndjson\n")
    .action(async (file: string, { image, scenario, json }: ReplayOptions) => {
      const scenarios: RunReport["scenarios"][number][] = [];
      const outcome = await playBackFile(file, {
        image,
        checkRun: (run) => checkCode(run, file, scenario ?? []),
        runScenarios: async (target, run) =>
          void scenarios.push(...(await playBackRun(target, run, json === true))),
      });
      const statuses = scenarios.map(({ name, status }) => ({ name, status }));
      if (json)
        console.log(
          plainJson({ ...outcome, ...(scenarios.length > 0 && { scenarios: statuses }) }, undefined, 2),
        );
      else print(outcome);
      process.exitCode = outcome.divergence === undefined ? Exit.ok : Exit.testFailed;
    });
}

async function playBackRun(
  target: RunTarget,
  { patterns, wires, seed, timeScale }: RecordedRun,
  json: boolean,
) {
  const progress = progressFor(process.stderr, json);
  const { name, board, device } = target;
  const reports: RunReport["scenarios"][number][] = [];
  for (const wire of wires) {
    const plan = { patterns, wire, seed, timeScale, target: name, board, device };
    reports.push(...(await runScenarios(plan, progress)).scenarios.map(({ report }) => report));
  }
  return reports;
}

function print({ command, bytes, divergence, notes }: PlaybackOutcome): void {
  console.log(`${plainLine(command)}: ${bytes.out} bytes to the board, ${bytes.in} bytes from it`);
  for (const note of notes) console.log(`note: ${plainLine(note)}`);
  if (divergence === undefined) {
    console.log(
      pc.green(command.startsWith("run") ? "the same, request by request" : "the same, byte for byte"),
    );
    return;
  }
  const { why, offset, event, tMs, expected, got } = divergence;
  console.log(pc.red(`diverges: ${plainLine(why)}`));
  const place = `row ${event + 2} of the file, ${tMs} ms after the start`;
  if (offset !== undefined) {
    console.log(`  at byte ${offset} to the board, ${place}`);
    console.log(`  recorded ${plainLine(expected || "nothing")}\n  now      ${plainLine(got || "nothing")}`);
  } else console.log(`  at ${place}\nrecorded\n${plain(decoded(expected))}\nnow\n${plain(decoded(got))}`);
}

function decoded(hex: string): string {
  if (hex === "") return "  nothing";
  try {
    return renderDecoded(decodeSmp(fromHex(hex)), 100).trimEnd();
  } catch (error) {
    return `  ${hex} (${(error as Error).message})`;
  }
}
