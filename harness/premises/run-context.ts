/**
 * The run that the command line has started, as scenarios see it. In a user's own mocha file there is none,
 * and `premises()` works alone.
 */
import type { ModelledDevice } from "../../firmware/devices/boot.ts";
import type { WireName } from "../../firmware/wire/suites.ts";
import type { Timers } from "../../hal/serial/timers.ts";
import type { Captures } from "./captures.ts";
import type { LendingBoard } from "./options.ts";
import type { Trace } from "./trace.ts";

/** A device that runs its own firmware at the far end of a line: whole messages go in and come out. */
export interface DeviceEnd {
  readonly type: ModelledDevice;
  readonly id: string;
  /** UTC when the run began, milliseconds: whatever goes to the device depends on it, and on the seed, alone. */
  readonly startUtcMs: number;
  /** The time that passes for the device. */
  readonly timers: Timers;
  deliver(message: Uint8Array): Promise<void>;
  /** Drops what came and nobody took. */
  forget(): void;
  /** Resolves with the next message that `wanted` takes; undefined when none came within `limitMs`. */
  next(wanted: (message: Uint8Array) => boolean, limitMs: number): Promise<Uint8Array | undefined>;
}

export interface RunContext {
  readonly seed: number;
  readonly wire: WireName;
  /** "mock", "emulated" or the name of a board. */
  readonly target: string;
  /** The board that meters run on; undefined on the mock, and for a board under test. */
  readonly board?: LendingBoard | undefined;
  /** The device under test, whose firmware is its own; see `harness/rig/under-test`. */
  readonly device?: DeviceEnd | undefined;
  /** Called once for each home a scenario builds, before anything happens in it. */
  addPremises(trace: Trace, captures: Captures): void;
}

// On globalThis: a scenario file may reach this module by the package's name, the command line by its path.
const slot = Symbol.for("meterbench.run");
const holder = globalThis as { [slot]?: RunContext | undefined };

/** The run under way, or undefined outside the command line. */
export function currentRun(): RunContext | undefined {
  return holder[slot];
}

/** Starts (or, with undefined, ends) a run. For the command line. */
export function setCurrentRun(run: RunContext | undefined): void {
  holder[slot] = run;
}
