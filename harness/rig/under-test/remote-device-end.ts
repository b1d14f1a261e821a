/** A board under test, as scenarios see it: whole messages in and out over SMP group 64. */
import { isModelled, type ModelledDevice } from "../../../firmware/devices/boot.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import type { Line } from "../../../hal/serial/line/index.ts";
import { type RemoteDevice, SerialBoard } from "../../../hal/serial/parts/index.ts";
import type { SmpClientOptions } from "../../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../../hal/serial/timers.ts";
import type { DeviceEnd } from "../../premises/run-context.ts";

/** Messages that nobody has asked for yet; more push the oldest out. */
const keptMessages = 256;

interface Waiting {
  readonly wanted: (message: Uint8Array) => boolean;
  readonly resolve: (message: Uint8Array | undefined) => void;
}

export class RemoteDeviceEnd implements DeviceEnd {
  readonly type: ModelledDevice;
  readonly id: string;
  readonly startUtcMs: number;
  readonly timers: Timers;
  readonly #kept: Uint8Array[] = [];
  readonly #waiting = new Set<Waiting>();
  #board: SerialBoard;

  /** Meets the device. Throws `BoardSilent`, or `rig/parts` when no messages go in and out there. */
  static async connect(
    line: Line,
    smp: SmpClientOptions = { timers: realTimers },
    startUtcMs = Date.now(),
  ): Promise<RemoteDeviceEnd> {
    const { timers } = smp;
    const board = await SerialBoard.connect(line, { crypto: nodeCrypto(), timers, smp });
    if (board.device !== undefined) return new RemoteDeviceEnd(board, timers, startUtcMs);
    board.close();
    throw new CodedError("rig/parts", `board ${board.id} has no part "message"`, {
      parts: board.description.parts,
      advice:
        "A board under test takes and gives messages by command 16 and event message-piece of group 64.",
    });
  }

  private constructor(board: SerialBoard, timers: Timers, startUtcMs: number) {
    this.#board = board;
    this.timers = timers;
    this.startUtcMs = startUtcMs;
    this.id = board.id;
    const { kind } = board.description;
    // A board of a kind of its own is a meter.
    this.type = isModelled(kind) ? kind : "ESME";
    this.#listen(board.device as RemoteDevice);
    board.onRestart((next) => {
      this.#board = next;
      if (next.device) this.#listen(next.device);
    });
  }

  async deliver(message: Uint8Array): Promise<void> {
    await (this.#board.device as RemoteDevice).deliver(message);
  }

  forget(): void {
    this.#kept.length = 0;
  }

  next(wanted: (message: Uint8Array) => boolean, limitMs: number): Promise<Uint8Array | undefined> {
    const at = this.#kept.findIndex(wanted);
    if (at >= 0) return Promise.resolve(this.#kept.splice(at, 1)[0]);
    return new Promise((resolve) => {
      const cancel = this.timers.after(limitMs, () => {
        this.#waiting.delete(waiting);
        resolve(undefined);
      });
      const waiting: Waiting = {
        wanted,
        resolve(message) {
          cancel();
          resolve(message);
        },
      };
      this.#waiting.add(waiting);
    });
  }

  close(): void {
    this.#board.close();
    for (const { resolve } of this.#waiting) resolve(undefined);
    this.#waiting.clear();
  }

  #listen(device: RemoteDevice): void {
    device.onMessage((message) => this.#take(message));
  }

  #take(message: Uint8Array): void {
    const waiting = [...this.#waiting].find(({ wanted }) => wanted(message));
    if (waiting !== undefined) {
      this.#waiting.delete(waiting);
      waiting.resolve(message);
      return;
    }
    this.#kept.push(message);
    if (this.#kept.length > keptMessages) this.#kept.shift();
  }
}
