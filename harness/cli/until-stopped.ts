/** Commands that run until somebody ends them. */
import { usageError } from "./exit.ts";

/** `--seconds N` as milliseconds; undefined: until interrupted. */
export function secondsOf(command: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400 * 24) return seconds * 1000;
  throw usageError(`${command}: --seconds ${text} is no time`, "Expected a number of seconds above 0.");
}

/** Resolves after `limitMs`, on Ctrl-C or a request to end, or when `ended` does; never rejects but as `ended` does. */
export async function untilStopped(limitMs: number | undefined, ended?: Promise<void>): Promise<void> {
  const cleanUps: (() => void)[] = [];
  const stopped = new Promise<void>((resolve) => {
    const stop = (): void => resolve();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, stop);
      cleanUps.push(() => process.off(signal, stop));
    }
    // Also keeps the process alive where nothing else does.
    const timer = setTimeout(stop, Math.min(limitMs ?? 0x7fff_ffff, 0x7fff_ffff));
    cleanUps.push(() => clearTimeout(timer));
  });
  try {
    await Promise.race(ended ? [stopped, ended] : [stopped]);
  } finally {
    for (const cleanUp of cleanUps) cleanUp();
  }
}
