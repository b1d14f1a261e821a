/** One emulated board for a file of tests, and the serial board that a host sees of it, in real time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";
import { EmulatedBoard, missingTools } from "../../../../hal/emulated/index.ts";
import type { Line } from "../../../../hal/serial/line/line.ts";
import { openLine } from "../../../../hal/serial/line/open-line.ts";
import { SerialBoard, type SerialBoardOptions } from "../../../../hal/serial/parts/index.ts";
import { pause, realTimers } from "../../../../hal/serial/timers.ts";

export interface EmulatedBench {
  readonly emulated: EmulatedBoard;
  readonly line: Line;
  remote: SerialBoard;
}

/** `stimuli` are given before the host meets the board. */
export async function emulatedBench(
  options: Partial<SerialBoardOptions> = {},
  stimuli: readonly string[] = [],
): Promise<EmulatedBench> {
  const emulated = await EmulatedBoard.start({ dir: mkdtempSync(join(tmpdir(), "meterbench-")) });
  try {
    for (const stimulus of stimuli) await emulated.stimulus(stimulus);
    const line = await openLine(emulated.portPath);
    const connect = { crypto: nodeCrypto(), timers: realTimers, pollMs: 100, ...options };
    return { emulated, line, remote: await SerialBoard.connect(line, connect) };
  } catch (error) {
    await emulated.stop();
    throw error;
  }
}

export async function closeBench(bench: EmulatedBench | undefined): Promise<void> {
  bench?.remote.close();
  await bench?.line.close();
  await bench?.emulated.stop();
  if (bench !== undefined) rmSync(bench.emulated.dir, { recursive: true, force: true });
}

export const wait = (ms: number): Promise<void> => pause(realTimers, ms);

/** Runs `suite` where an emulated board can be had; elsewhere one test says what is missing. */
export function describeEmulated(title: string, suite: (this: Mocha.Suite) => void): void {
  const missing = missingTools().map(({ program }) => program);
  if (missing.length === 0) describe(title, suite);
  else
    describe(title, () => {
      it(`needs ${missing.join(", ")}: see meterbench doctor`, function () {
        this.skip();
      });
    });
}
