/** A board's power: what switches it, and how long that may take. */
import { CodedError } from "../../hal/base/coded-error.ts";
import type { EmulatedBoard } from "../../hal/emulated/index.ts";
import { pause, realTimers, type Timers } from "../../hal/serial/timers.ts";
import type { PowerHooks, RigBoard } from "./rig-file.ts";
import { runCommand } from "./run-command.ts";

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

function runHook(
  board: RigBoard,
  hooks: PowerHooks,
  name: "on" | "off" | "cycle",
  timers: Timers,
): Promise<void> {
  const command = hooks[name];
  const wrong =
    command === undefined
      ? Promise.resolve("is not in the rig file")
      : runCommand(command, board, hooks.timeoutS, timers);
  return wrong.then((what) => {
    if (what === undefined) return;
    throw new CodedError("rig/power", `board ${board.id}: power ${name} ${what}`, {
      board: board.id,
      advice: `See power.${name} of board ${board.id} in the rig file.`,
    });
  });
}
