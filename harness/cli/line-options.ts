/** How the line to a board is talked on: the same words for every command, before what the rig file says. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { RigBoard } from "../rig/rig-file.ts";

export type LineOptions = Partial<Pick<RigBoard, "baud" | "framing" | "flow">>;
export const lineOptionNames = ["baud", "framing", "flow"] as const;

export const baudOption = (): Option =>
  new Option("--baud <rate>", "bits a second (default: 115200)").argParser(baudOf);

/** Adds `--baud`, `--framing` and `--flow`. */
export function addLineOptions(command: Command): Command {
  return command
    .optionsGroup("The board's line, instead of what the rig file says:")
    .addOption(baudOption())
    .addOption(new Option("--framing <kind>", "how SMP is framed").choices(["console", "raw"]))
    .addOption(new Option("--flow <kind>", "flow control").choices(["none", "rtscts", "xonxoff"]));
}

/** What was given of them. */
export function lineOf({ baud, framing, flow }: LineOptions): LineOptions {
  return { ...(baud && { baud }), ...(framing && { framing }), ...(flow && { flow }) };
}

/** The given ones as words of a command line, each with a space before it. */
export const lineWords = (options: LineOptions): string =>
  Object.entries(lineOf(options))
    .map(([name, value]) => ` --${name} ${value}`)
    .join("");

function baudOf(text: string): number {
  const rate = Number(text);
  if (/^\d+$/.test(text) && rate >= 50 && rate <= 12_000_000) return rate;
  throw new InvalidArgumentError("Expected a whole number from 50 to 12000000.");
}
