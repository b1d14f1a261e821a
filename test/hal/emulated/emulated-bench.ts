/** Emulated boards for tests: skipped visibly where the tools are missing, stopped and removed at the end. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmulatedBoard, type EmulatedBoardOptions, missingTools } from "../../../hal/emulated/index.ts";
import { type Line, openLine } from "../../../hal/serial/line/index.ts";
import { type Payload, SmpClient, type SmpError, type SmpOperation } from "../../../hal/serial/smp/index.ts";
import { realTimers } from "../../../hal/serial/timers.ts";

/** Starting and compiling take longer than mocha's default on a busy machine. */
export const slowMs = 60_000;

export function skipWithoutTools(context: Mocha.Context): void {
  const missing = missingTools();
  if (missing.length === 0) return;
  console.warn(`      skipped: install ${missing.map((tool) => tool.debianPackage).join(", ")}`);
  context.skip();
}

/** A folder that is gone after the suite. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "meterbench-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface EmulatedBench {
  readonly board: EmulatedBoard;
  readonly line: Line;
  readonly smp: SmpClient;
  /** Power off and on again; the serial line stays open. */
  powerCycle(): Promise<void>;
}

/** One booted board for a suite, with an SMP client on its line. */
export function emulatedBench(options: Partial<EmulatedBoardOptions> = {}): () => EmulatedBench {
  let bench: EmulatedBench;
  before(async function () {
    this.timeout(slowMs);
    skipWithoutTools(this);
    const board = await EmulatedBoard.start({ dir: join(temporaryFolder(), "board"), ...options });
    const line = await openLine(board.portPath);
    const smp = new SmpClient(line, { timers: realTimers, timeoutMs: 5_000 });
    const powerCycle = async () => {
      await board.powerCut();
      await board.powerOn();
    };
    bench = { board, line, smp, powerCycle };
  });
  after(async () => {
    bench?.smp.close();
    await bench?.line.close();
    await bench?.board.stop();
  });
  return () => bench;
}

/** What the board answered: its map, or "group/rc" ("-/rc" for a general code) when it refused. */
export async function ask(
  smp: SmpClient,
  operation: SmpOperation,
  group: number,
  command: number,
  payload: Payload = {},
): Promise<Payload | string> {
  return await smp.request(operation, group, command, payload).catch((error: SmpError) => refusal(error));
}

function refusal(error: SmpError): string {
  if (error.code !== "smp/refused") throw error;
  return `${error.group ?? "-"}/${error.rc}`;
}

export const sha256 = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash("sha256").update(bytes).digest());

/** Bytes that look random and never change: SHA-256 of a label and a counter. */
export function patternBytes(label: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash("sha256").update(`${label} ${index}`).digest(),
  );
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
}
