/** `meterbench replay`: runs a recorded session again without its board. */
import type { Command } from "commander";
import pc from "picocolors";
import { type ReplayOutcome, replayFile } from "../../rig/replay.ts";
import { Exit } from "../exit.ts";

export function replayCommand(root: Command): Command {
  return root
    .command("replay")
    .argument("<file>", "what --record has written")
    .option("--json", "one JSON document on standard output")
    .description("run a recorded session again without the board")
    .addHelpText("after", "\nExample:\n  meterbench replay session.ndjson\n")
    .action(async (file: string, options: { json?: boolean }) => {
      const outcome = await replayFile(file);
      if (options.json) console.log(JSON.stringify(outcome, null, 2));
      else print(outcome);
      process.exitCode = outcome.divergence === undefined ? Exit.ok : Exit.testFailed;
    });
}

function print({ command, bytes, divergence }: ReplayOutcome): void {
  console.log(`${command}: ${bytes.out} bytes to the board, ${bytes.in} bytes from it`);
  if (divergence === undefined) {
    console.log(pc.green("the same, byte for byte"));
    return;
  }
  const { why, offset, event, tMs, expected, got } = divergence;
  console.log(pc.red(`diverges: ${why}`));
  console.log(`  at byte ${offset} to the board, row ${event + 2} of the file, ${tMs} ms after the start`);
  console.log(`  recorded ${expected || "nothing"}\n  now      ${got || "nothing"}`);
}
