/** `meterbench emulate`: serves a device of the model as a board on a serial line or a TCP port. */
import type { Command } from "commander";
import { hasCode } from "../../../firmware/kernel/errors.ts";
import { type ListenEvent, listen } from "../../rig/emulate/listen.ts";
import { EmulatedDevice } from "../../rig/emulate/serve-device.ts";
import { writeKeys } from "../../rig/emulate/write-keys.ts";
import { usageError } from "../exit.ts";
import { baudOption } from "../line-options.ts";
import { secondsOf, stoppable, untilStopped } from "../until-stopped.ts";

interface EmulateOptions {
  readonly port: string;
  readonly device: string;
  readonly seed: string;
  readonly baud?: number;
  readonly keys?: string;
  readonly seconds?: string;
  readonly json?: boolean;
}

const types = { esme: "ESME", hub: "CHF" } as const;

export function emulateCommand(root: Command): Command {
  return root
    .command("emulate")
    .requiredOption("--port <path>", "a serial port, pty (makes a pair), or tcp://:PORT (this machine)")
    .option("--device <type>", "esme or hub", "esme")
    .option("--seed <n>", "decides the device's keys: those of `run --seed N`", "1")
    .addOption(baudOption())
    .option("--keys <dir>", "write device's and parties' keys there, as `verify --wire cose` reads them")
    .option("--seconds <n>", "end after so long (default: when interrupted)")
    .option("--json", "one JSON document on standard output, at the end")
    .description("serve the model as a board under test on a serial line")
    .addHelpText("after", "\nExample:\n  meterbench emulate --port tcp://:4059 --device esme\n")
    .action((options: EmulateOptions) => {
      const type = types[options.device as keyof typeof types];
      if (type === undefined)
        throw usageError(`emulate: --device ${options.device} is no device`, "Expected esme or hub.");
      if (options.baud !== undefined && options.port.startsWith("tcp://"))
        throw usageError("emulate: --baud is for a serial port", "Leave it out: a TCP port has no bit rate.");
      const limitMs = secondsOf("emulate", options.seconds);
      const seed = seedOf(options.seed);
      return stoppable((signal) => serve(type, seed, options, limitMs, signal));
    });
}

async function serve(
  type: (typeof types)[keyof typeof types],
  seed: number,
  { port, baud, keys, json }: EmulateOptions,
  limitMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const emulated = await EmulatedDevice.start({ type, seed });
  const counts = { connects: 0, disconnects: 0, refused: 0 };
  const onEvent = ({ kind, text }: ListenEvent): void => {
    counts[countOf[kind]]++;
    if (!json) console.log(text);
  };
  try {
    if (keys !== undefined) writeKeys(keys, emulated.device);
    const options = { baud, onEvent };
    const listening = await listen(port, (line) => emulated.serve(line), options).catch((error: unknown) => {
      throw hasCode(error, "line/not-found") ? noPort(port, error) : error;
    });
    const about = { device: type, eui: emulated.device.eui, address: listening.address, seed };
    if (!json) console.log(`${type} ${about.eui} on ${about.address}, keys of seed ${seed}; Ctrl-C ends it`);
    try {
      await untilStopped(signal, limitMs, listening.lost);
    } finally {
      await listening.close();
    }
    const all = { ...counts, ...emulated.counts };
    if (json) console.log(JSON.stringify({ ...about, ...all }, null, 2));
    else console.log(summaryOf(all));
  } finally {
    await emulated.stop();
  }
}

const countOf = { connected: "connects", disconnected: "disconnects", refused: "refused" } as const;

const summaryOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${count} ${what.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`)
    .join(", ");

const noPort = (port: string, error: unknown): Error =>
  usageError(
    `emulate: there is no port "${port}": ${(error as Error).message}`,
    "Expected a serial port, one end of a pty pair, or tcp://:PORT.",
  );

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= 0xffff_ffff) return seed;
  throw usageError(`emulate: --seed ${text} is not a seed`, "Expected a whole number from 0 to 4294967295.");
}
