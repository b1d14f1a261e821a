/** Ctrl-C and requests to end: commands that hold a board let go of it, and those without an end come to one. */
import { pause, realTimers } from "../../hal/serial/timers.ts";
import { Exit, endProcess, usageError } from "./exit.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** A terminal and npm both pass one Ctrl-C on: what comes so soon after it is the same one. */
const sameMs = 300;

/** Runs `work` with a signal that the first Ctrl-C or request to end aborts. A second one ends the process at once. */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let firstMs = 0;
  const stop = (): void => {
    const nowMs = realTimers.nowMs();
    if (controller.signal.aborted && nowMs - firstMs > sameMs) endAtOnce();
    if (controller.signal.aborted) return;
    firstMs = nowMs;
    controller.abort();
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    // After an interruption a second one still ends what has not come to its end.
    if (!controller.signal.aborted) for (const signal of signals) process.off(signal, stop);
  }
}

function endAtOnce(): never {
  const showCursor = "\x1b[?25h";
  if (process.stderr.isTTY) process.stderr.write(`${showCursor}\n`);
  endProcess(Exit.rig);
}

/** `--seconds N` as milliseconds; undefined: until interrupted. */
export function secondsOf(command: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400 * 24) return seconds * 1000;
  throw usageError(`${command}: --seconds ${text} is no time`, "Expected a number of seconds above 0.");
}

/** Resolves after `limitMs`, when the signal aborts, or when `ended` does; never rejects but as `ended` does. */
export async function untilStopped(
  signal: AbortSignal,
  limitMs: number | undefined,
  ended?: Promise<void>,
): Promise<void> {
  const over = new AbortController();
  // Also keeps the process alive where nothing else does.
  const waited = pause(
    realTimers,
    Math.min(limitMs ?? 0x7fff_ffff, 0x7fff_ffff),
    AbortSignal.any([signal, over.signal]),
  );
  try {
    await Promise.race(ended ? [waited, ended] : [waited]);
  } finally {
    over.abort();
  }
}
