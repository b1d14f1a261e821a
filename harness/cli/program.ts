/** The `meterbench` command: its words, options and exit codes are a contract (README.md). */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { packageRoot } from "../package-root.ts";
import { benchCommand } from "./commands/bench.ts";
import { conformCommand } from "./commands/conform.ts";
import { correlateCommand } from "./commands/correlate.ts";
import { decodeCommand } from "./commands/decode.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { emulateCommand } from "./commands/emulate.ts";
import { flashCommand } from "./commands/flash.ts";
import { listCommand } from "./commands/list.ts";
import { monitorCommand } from "./commands/monitor.ts";
import { parseCommand } from "./commands/parse.ts";
import { replayCommand } from "./commands/replay.ts";
import { runCommand } from "./commands/run.ts";
import { serveCommand } from "./commands/serve.ts";
import { transformCommand } from "./commands/transform.ts";
import { verifyCommand } from "./commands/verify.ts";
import { Exit, exitCodeOf, reportError, usageError } from "./exit.ts";
import { Strays } from "./strays.ts";

const { version } = JSON.parse(readFileSync(new URL("package.json", packageRoot), "utf8")) as {
  version: string;
};

const helpAdvice = "Type `meterbench --help`, or `meterbench COMMAND --help`, for what it takes.";

/** With `json` nothing but the answer is printed: {@link main} prints what is wrong with the command line. */
export function program(json = false): Command {
  const root = new Command("meterbench")
    .description("Models GB smart-metering firmware and tests it, on simulated boards and real ones.")
    .version(version)
    .showHelpAfterError(helpAdvice)
    .configureOutput(json ? { writeErr() {} } : {})
    .configureHelp({ helpWidth: Math.min(process.stdout.columns || 80, 100) })
    .exitOverride();
  for (const add of [
    runCommand,
    listCommand,
    verifyCommand,
    decodeCommand,
    conformCommand,
    transformCommand,
    correlateCommand,
    parseCommand,
    serveCommand,
    benchCommand,
    doctorCommand,
    flashCommand,
    monitorCommand,
    emulateCommand,
    replayCommand,
  ])
    add(root, version);
  return root;
}

export interface MainOptions {
  /** Nothing comes after it in this process: what scenarios have left running is heard to the end. */
  readonly untilExit?: boolean;
}

/** Runs one command line and returns its exit code. */
export async function main(args: readonly string[], { untilExit }: MainOptions = {}): Promise<number> {
  const json = args.includes("--json");
  try {
    const root = program(json);
    if (args.length === 0) {
      root.outputHelp();
      return Exit.usage;
    }
    await root.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? Exit.ok);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return Exit.ok;
      if (json) reportError(usageError(error.message.replace(/^error: /, ""), helpAdvice), json);
      return Exit.usage;
    }
    reportError(error, json);
    return exitCodeOf(error);
  } finally {
    if (!untilExit) Strays.stop();
  }
}
