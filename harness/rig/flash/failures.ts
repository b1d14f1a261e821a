/** What SMP and lines throw while a board is flashed, and what that is to the flasher. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import { SmpError } from "../../../hal/serial/smp/index.ts";

/** The board said nothing, or nobody could hear it. */
export const isSilence = (error: unknown): boolean =>
  isGone(error) || (error instanceof SmpError && error.code === "smp/timeout");

/** The line went away. */
export const isGone = (error: unknown): boolean =>
  error instanceof SmpError ? error.code === "smp/closed" : isLineError(error);

const isLineError = (error: unknown): boolean =>
  String((error as { code?: unknown } | null)?.code ?? "").startsWith("line/");

/** An SMP or line failure as the rig's. */
export function lost(error: unknown): unknown {
  if (error instanceof SmpError) {
    const code = error.code === "smp/refused" ? "rig/refused" : "rig/board-lost";
    return new CodedError(code, error.text, { advice: error.advice }, error);
  }
  if (!isLineError(error)) return error;
  const advice = "Check cable and power; then flash again: the upload goes on where it stopped.";
  return new CodedError("rig/board-lost", (error as Error).message, { advice }, error);
}
