/** What takes some seconds before anything is seen is told first, on standard error. */
import type { RigBoard } from "../rig/rig-file.ts";

const emulated =
  "starting the emulated board: its firmware is built where it has changed, then QEMU starts ...";

/** To be called before boards are opened; says nothing of those that are there already. */
export function noteStartOf(boards: readonly Pick<RigBoard, "kind">[]): void {
  if (boards.some(({ kind }) => kind === "emulated")) console.error(emulated);
}
