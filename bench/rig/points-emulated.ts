/** A disturbed flashing of an emulated board, over its pseudo-terminal or, for an unplugging, over a relay on TCP. */
import type { EmulatedBoard } from "../../hal/emulated/index.ts";
import { type Line, LineError, openLine } from "../../hal/serial/line/index.ts";
import { realTimers } from "../../hal/serial/timers.ts";
import { connect } from "../../harness/rig/flash/connection.ts";
import { flashBoard } from "../../harness/rig/flash/flasher.ts";
import type { ImageFile } from "../../harness/rig/flash/pre-flight.ts";
import { type Act, Disturbance, type Disturbed, type PointOutcome } from "./points.ts";
import { latencyRelay, type Relay } from "./relay.ts";

/** Bounded by the flasher's own limits. The board keeps running, whatever image it ends on. */
export async function flashEmulatedDisturbed(
  board: EmulatedBoard,
  file: ImageFile,
  act: Act,
  point: number,
): Promise<PointOutcome> {
  const far = await openLine(board.portPath);
  const relay = await latencyRelay(far, 0, realTimers);
  const cable = new Cable(board, relay);
  const disturbance = new Disturbance(point, act, cable);
  const connection = await connect(relay.address, { open: () => cable.open(disturbance.alter) });
  const startMs = realTimers.nowMs();
  const limits = { mode: "confirm", firstTimeoutMs: 8000, timeoutMs: 1000, bootTimeoutMs: 20_000 } as const;
  const outcome = await flashBoard(connection, file, limits).then(
    (result) => result.outcome as string,
    (error: { code?: string }) => error.code ?? String(error),
  );
  const tookMs = realTimers.nowMs() - startMs;
  await connection.close();
  await relay.close();
  await far.close();
  return { outcome, disturbed: disturbance.done, tookMs, sentBytes: cable.sentBytes };
}

class Cable implements Disturbed {
  sentBytes = 0;
  readonly #board: EmulatedBoard;
  readonly #relay: Relay;
  #line: Line | undefined;
  #pluggedAtMs = 0;

  constructor(board: EmulatedBoard, relay: Relay) {
    this.#board = board;
    this.#relay = relay;
  }

  /** The line, with what is written changed by `alter`. Rejects with `line/not-found` while it is unplugged. */
  async open(alter: (bytes: Uint8Array, offset: number) => Uint8Array): Promise<Line> {
    if (realTimers.nowMs() < this.#pluggedAtMs) throw new LineError("line/not-found", "relay: unplugged");
    const line = await openLine(this.#relay.address);
    const write = line.write.bind(line);
    line.write = (bytes) => {
      const changed = alter(bytes, this.sentBytes);
      this.sentBytes += bytes.length;
      return write(changed);
    };
    this.#line = line;
    return line;
  }

  unplug(backMs: number): void {
    this.#pluggedAtMs = realTimers.nowMs() + backMs;
    void this.#line?.close();
  }

  reset(): void {
    void this.#board.reset().catch(() => undefined);
  }

  echo(): void {
    this.#relay.echo();
  }
}
