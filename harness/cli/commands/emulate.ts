/** `meterbench emulate`: serves a device of the model as a board on a serial line or a TCP port. */
import { type Command, Option } from "commander";
import { hasCode } from "../../../hal/base/coded-error.ts";
import type { SmpFraming } from "../../../hal/serial/smp/index.ts";
import { standardDevices } from "../../premises/device-specs.ts";
import { boardOnPort } from "../../rig/emulate/board-on-port.ts";
import { type ListenEvent, type Listening, type ListenOptions, listen } from "../../rig/emulate/listen.ts";
import { EmulatedDevice } from "../../rig/emulate/serve-device.ts";
import { writeKeys } from "../../rig/emulate/write-keys.ts";
import { usageError } from "../exit.ts";
import { baudOption } from "../line-options.ts";
import { noteStartOf } from "../opening.ts";
import { secondsOf, stoppable, untilStopped } from "../until-stopped.ts";

interface EmulateOptions {
  readonly port: string;
  readonly device: string;
  readonly seed?: string;
  readonly baud?: number;
  readonly framing?: SmpFraming;
  readonly olderAnswers?: boolean;
  readonly keys?: string;
  readonly dir?: string;
  readonly seconds?: string;
  readonly json?: boolean;
}

const modelCalled = (name: string) => standardDevices.find((spec) => spec.name === name);
const modelOptions = ["seed", "keys", "framing"] as const;

export function emulateCommand(root: Command): Command {
  return root
    .command("emulate")
    .requiredOption("--port <path>", "a serial port, pty (makes a pair), or tcp://:PORT (this machine)")
    .option("--device <type>", "esme or hub, of the model; board, the one that QEMU emulates", "esme")
    .option("--seed <n>", "decides the device's keys: those of `run --seed N` (default: 1)")
    .addOption(baudOption())
    .addOption(
      new Option("--framing <kind>", "how SMP is framed (default: console)").choices(["console", "raw"]),
    )
    .option("--older-answers", "rc 0 in every good answer, as before SMP version 2: for cmcumgr-client")
    .option("--keys <dir>", "write keys and certificates there, as `verify --wire cose` reads them")
    .option("--dir <dir>", "keep the flash of --device board there (default: a new board)")
    .option("--seconds <n>", "end after so long (default: when interrupted)")
    .option("--json", "one JSON document on standard output, at the end")
    .description("serve the model as a board under test, or the emulated board, on a serial line")
    .addHelpText(
      "after",
      "\nExamples:\n  meterbench emulate --port tcp://:4059 --device esme\n  meterbench emulate --port tcp://:4060 --device board\n",
    )
    .action((options: EmulateOptions) => {
      checkOptions(options);
      const limitMs = secondsOf("emulate", options.seconds);
      const serve = options.device === "board" ? serveBoard : serveModel;
      return stoppable((signal) => serve(options, limitMs, signal));
    });
}

function checkOptions(options: EmulateOptions): void {
  const { device, port, baud, dir } = options;
  if (device !== "board" && modelCalled(device) === undefined)
    throw usageError(
      `emulate: --device ${device} is no device`,
      "Expected esme or hub, of the model, or board.",
    );
  if (baud !== undefined && port.startsWith("tcp://"))
    throw usageError("emulate: --baud is for a serial port", "Leave it out: a TCP port has no bit rate.");
  if (baud !== undefined && port === "pty" && device === "board")
    throw usageError(
      "emulate: --baud is for a serial port",
      "Leave it out: the board's own pty has no bit rate.",
    );
  const misplaced = device === "board" ? modelOptions.find((name) => options[name] !== undefined) : undefined;
  if (misplaced !== undefined)
    throw usageError(
      `emulate: --${misplaced} is for a device of the model`,
      "Leave it out: the emulated board has no keys and speaks console framing.",
    );
  if (dir !== undefined && device !== "board")
    throw usageError("emulate: --dir is for --device board", "Leave it out: the model keeps no flash.");
}

async function serveModel(
  options: EmulateOptions,
  limitMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { framing = "console", olderAnswers = false, keys } = options;
  const seed = seedOf(options.seed ?? "1");
  const { type } = modelCalled(options.device) as (typeof standardDevices)[number];
  const emulated = await EmulatedDevice.start({ type, seed, framing, olderAnswers });
  try {
    if (keys !== undefined) writeKeys(keys, emulated.device);
    const { eui } = emulated.device;
    await whileServed(options, limitMs, signal, {
      start: (listenOptions) => listen(options.port, (line) => emulated.serve(line), listenOptions),
      about: { device: type, eui, seed },
      sentence: (address) => `${type} ${eui} on ${address}, keys of seed ${seed}; Ctrl-C ends it`,
      counts: () => emulated.counts,
    });
  } finally {
    await emulated.stop();
  }
}

function serveBoard(
  options: EmulateOptions,
  limitMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { dir, olderAnswers = false } = options;
  if (!options.json) noteStartOf([{ kind: "emulated" }]);
  return whileServed(options, limitMs, signal, {
    start: (listenOptions) => boardOnPort(options.port, { ...listenOptions, dir, olderAnswers }),
    about: { device: "board" },
    sentence: (address) => `the emulated board on ${address}; Ctrl-C ends it`,
    counts: () => ({}),
  });
}

interface Served {
  readonly start: (options: ListenOptions) => Promise<Listening>;
  readonly about: Readonly<Record<string, unknown>>;
  readonly sentence: (address: string) => string;
  readonly counts: () => Readonly<Record<string, number>>;
}

/** From the first host to the end: tells who comes and goes, and sums up. */
async function whileServed(
  { port, baud, framing, json }: EmulateOptions,
  limitMs: number | undefined,
  signal: AbortSignal,
  { start, about, sentence, counts: own }: Served,
): Promise<void> {
  const counts = { connects: 0, disconnects: 0, refused: 0 };
  const onEvent = ({ kind, text }: ListenEvent): void => {
    counts[countOf[kind]]++;
    if (!json) console.log(text);
  };
  const listening = await start({ baud, onEvent, wordless: framing === "raw" }).catch((error: unknown) => {
    throw hasCode(error, "line/not-found") ? noPort(port, error) : error;
  });
  if (!json) console.log(sentence(listening.address));
  try {
    await untilStopped(signal, limitMs, listening.lost);
  } finally {
    await listening.close();
  }
  const all = { ...counts, ...own() };
  if (json) console.log(JSON.stringify({ ...about, address: listening.address, ...all }, null, 2));
  else console.log(summaryOf(all));
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
