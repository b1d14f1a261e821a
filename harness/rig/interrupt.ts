/** An end that somebody asked for while a board was in use: Ctrl-C, or a request to the process to end. */
import { CodedError } from "../../hal/base/coded-error.ts";

export const interrupted = (where = "", advice = "Run it again."): CodedError =>
  new CodedError("rig/interrupted", `interrupted${where && ` ${where}`}`, { advice });

/** What `work` gives, or `error` as soon as the signal aborts; what `work` does after that is dropped. */
export function unlessInterrupted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  error: () => Error = interrupted,
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(error());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** The same for what is to be closed: what opens too late is closed then, and nobody waits for it. */
export async function openUnlessInterrupted<T extends { close(): Promise<void> }>(
  opening: Promise<T>,
  signal: AbortSignal | undefined,
  error?: () => Error,
): Promise<T> {
  try {
    return await unlessInterrupted(opening, signal, error);
  } catch (failed) {
    opening.then(
      (late) => late.close(),
      () => {},
    );
    throw failed;
  }
}
