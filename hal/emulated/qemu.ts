/** One power-on of the emulated board is one QEMU process. */
import type { Socket } from "node:net";
import { join } from "node:path";
import { deadline, type Timers } from "../serial/timers.ts";
import { EmulatedError } from "./errors.ts";
import { DialIn, type Program, startProgram } from "./processes.ts";
import { QmpClient } from "./qmp.ts";
import { StimulusLine } from "./stimulus-line.ts";

export interface QemuOptions {
  readonly elf: string;
  readonly flashPath: string;
  /** The terminal that is the board's protocol UART. */
  readonly serialPath: string;
  readonly socketFolder: string;
  readonly timers: Timers;
  readonly bootTimeoutMs: number;
  readonly stimulusListeners: Set<(line: string) => void>;
}

export interface Qemu {
  readonly program: Program;
  /** The ways to talk to it, once the agent has started; rejects when QEMU ends first or it takes too long. */
  readonly ready: Promise<QemuHandles>;
}

export interface QemuHandles {
  readonly qmp: QmpClient;
  readonly stimulus: StimulusLine;
}

/** Starts QEMU. `dialIns` are those of the board, kept over power-ons. */
export function startQemu(options: QemuOptions, dialIns: DialIns): Qemu {
  const callers = Promise.all([dialIns.qmp.next(), dialIns.stimulus.next()]);
  const program = startProgram("qemu-system-arm", qemuArguments(options), { QEMU_AUDIO_DRV: "none" });
  const connected = callers.then(([qmp, stimulus]) => connect(qmp, stimulus, options));
  const died = program.ended.then((): never => {
    const message = `QEMU ended before the agent had started: ${program.errors().trim() || "its power was cut"}`;
    throw new EmulatedError("emulated/died", message);
  });
  for (const promise of [connected, died]) promise.catch(() => undefined); // only one of them is looked at
  const limit = deadline(options.timers, options.bootTimeoutMs, "the emulated board to start");
  return { program, ready: limit.guard(Promise.race([connected, died])) };
}

async function connect(
  qmpSocket: Socket,
  stimulusSocket: Socket,
  options: QemuOptions,
): Promise<QemuHandles> {
  const stimulus = new StimulusLine(stimulusSocket, options.timers, options.stimulusListeners);
  const booted = stimulus.nextBoot().report;
  const qmp = await QmpClient.open(qmpSocket, options.timers, options.bootTimeoutMs);
  await booted;
  return { qmp, stimulus };
}

export interface DialIns {
  readonly qmp: DialIn;
  readonly stimulus: DialIn;
}

export const listenForQemu = async (folder: string): Promise<DialIns> => ({
  qmp: await DialIn.listen(join(folder, "qmp")),
  stimulus: await DialIn.listen(join(folder, "stimulus")),
});

/** Commas part the options of one QEMU argument; a doubled one stands for itself. */
const escaped = (path: string): string => path.replaceAll(",", ",,");

function qemuArguments({ elf, flashPath, serialPath, socketFolder }: QemuOptions): string[] {
  return [
    ..."-machine vexpress-a9 -m 32M -nodefaults -display none".split(" "),
    ...["-kernel", elf],
    ...["-drive", `if=pflash,format=raw,file=${escaped(flashPath)}`],
    ...["-chardev", `serial,id=protocol,path=${escaped(serialPath)}`, "-serial", "chardev:protocol"],
    ...[
      "-chardev",
      `socket,id=stimulus,path=${join(socketFolder, "stimulus")}`,
      "-serial",
      "chardev:stimulus",
    ],
    ...["-chardev", `socket,id=qmp,path=${join(socketFolder, "qmp")}`, "-mon", "chardev=qmp,mode=control"],
    ...["-device", "adm1272,id=mains-sense,address=0x10"],
  ];
}
