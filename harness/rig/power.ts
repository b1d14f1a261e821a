/** A board's power: what switches it, and how long that may take. */
import { spawn } from "node:child_process";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import type { EmulatedBoard } from "../../hal/emulated/index.ts";
import { pause, realTimers, type Timers } from "../../hal/serial/timers.ts";
import type { PowerHooks, RigBoard } from "./rig-file.ts";

/** Each call resolves when it is done; throws `rig/power`. */
export interface BoardPower {
  on(): Promise<void>;
  off(): Promise<void>;
  /** Off, a moment of dark, on. */
  cycle(): Promise<void>;
}

/** The commands of the rig file; undefined for a board whose power nobody here can switch. */
export function hookPower(board: RigBoard, timers: Timers = realTimers): BoardPower | undefined {
  const hooks = board.power;
  if (hooks === undefined) return undefined;
  const run = (name: "on" | "off" | "cycle") => runHook(board, hooks, name, timers);
  const cycle = async (): Promise<void> => {
    if (hooks.cycle !== undefined) return run("cycle");
    await run("off");
    await pause(timers, hooks.offS * 1000);
    await run("on");
  };
  return { on: () => run("on"), off: () => run("off"), cycle };
}

/** Power of an emulated board: its process, by QMP and its own process number. */
export function emulatedPower(emulated: EmulatedBoard): BoardPower {
  return {
    on: () => emulated.powerOn(),
    off: () => emulated.powerCut(),
    async cycle() {
      await emulated.powerCut();
      await emulated.powerOn();
    },
  };
}

const keptOutput = 2000;

/** Runs in a process group of its own, which is ended whole when the time is over. */
function runHook(
  board: RigBoard,
  hooks: PowerHooks,
  name: "on" | "off" | "cycle",
  timers: Timers,
): Promise<void> {
  const template = hooks[name];
  const fail = (message: string, data: Record<string, unknown> = {}) =>
    new MeterbenchError("rig/power", `board ${board.id}: power ${name} ${message}`, {
      board: board.id,
      ...data,
      advice: `See boards.${board.id}.power.${name} in the rig file.`,
    });
  if (template === undefined) return Promise.reject(fail("is not in the rig file"));
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, METERBENCH_BOARD: board.id, METERBENCH_PORT: board.port ?? "" };
    const child = spawn("/bin/sh", ["-c", fill(template, board)], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: environment,
    });
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-keptOutput);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const cancel = timers.after(hooks.timeoutS * 1000, () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      reject(fail(`did not end within ${hooks.timeoutS} s`, { output }));
    });
    child.on("error", (cause) => reject(fail(`could not be run: ${cause.message}`)));
    child.on("exit", (code, signal) => {
      cancel();
      if (code === 0) resolve();
      else reject(fail(`ended with ${signal ?? `exit code ${code}`}: ${output.trim() || "no output"}`));
    });
  });
}

/** Quoted, so that no port name becomes shell. */
const fill = (template: string, { id, port = "" }: RigBoard): string =>
  template.replaceAll("{id}", quote(id)).replaceAll("{port}", quote(port));

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
