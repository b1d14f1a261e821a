/** `meterbench monitor`: a board's console and events. */
import type { Command } from "commander";
import { chooseBoard } from "../../rig/find.ts";
import { openUnlessInterrupted } from "../../rig/interrupt.ts";
import { BoardMonitor, type MonitorEvent, monitorLine } from "../../rig/monitor.ts";
import { openBoard } from "../../rig/open-board.ts";
import { loadRig, type RigBoard } from "../../rig/rig-file.ts";
import { plainJson } from "../../text.ts";
import { replaceBytes } from "../exit.ts";
import { addLineOptions, type LineOptions, lineOf } from "../line-options.ts";
import { noteStartOf } from "../opening.ts";
import { secondsOf, stoppable, untilStopped } from "../until-stopped.ts";

interface MonitorCommandOptions extends LineOptions {
  readonly board: string;
  readonly rig?: string;
  readonly seconds?: string;
  readonly record?: string;
  readonly json?: boolean;
}

/** With --json the newest are kept: a document has an end, a board may not. */
const keptEvents = 100_000;

export function monitorCommand(root: Command): Command {
  const command = root
    .command("monitor")
    .requiredOption("--board <id>", "a board of the rig file, or a port")
    .option("--rig <file>", "the rig file (default: ./rig.yaml)")
    .option("--seconds <n>", "end after so long (default: when interrupted)")
    .option("--record <file>", "record the session, for `meterbench replay`")
    .option("--json", "one JSON document on standard output, at the end")
    .description("show a board's console and events")
    .addHelpText("after", "\nExample:\n  meterbench monitor --board /dev/ttyUSB0 --seconds 10\n")
    .action(async (options: MonitorCommandOptions) => {
      const limitMs = secondsOf("monitor", options.seconds);
      const board = { ...(await chooseBoard(loadRig(options.rig), options.board)), ...lineOf(options) };
      return stoppable((signal) => monitor(board, options, limitMs, signal));
    });
  return addLineOptions(command);
}

async function monitor(
  board: RigBoard,
  options: MonitorCommandOptions,
  limitMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (!options.json) noteStartOf([board]);
  const opening = openBoard(board, {
    what: "meterbench monitor",
    command: ["monitor"],
    ...(options.record !== undefined && { record: options.record }),
  });
  const opened = await openUnlessInterrupted(opening, signal);
  const events: MonitorEvent[] = [];
  const watching = new BoardMonitor(opened, (event) => {
    if (!options.json) console.log(monitorLine(event));
    else if (events.push(event) > keptEvents) events.shift();
  });
  try {
    const gone = new Promise<void>((resolve) => void opened.line.onClose(() => resolve()));
    void watching.start();
    await untilStopped(signal, limitMs, gone);
  } finally {
    watching.close();
    await opened.close();
  }
  if (options.json) console.log(plainJson({ board: board.id, events }, replaceBytes, 2));
}
