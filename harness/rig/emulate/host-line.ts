/** The board's end of a line whose hosts come and go: it stays when they leave. */

import type { Cancel } from "../../../hal/board.ts";
import { BaseLine } from "../../../hal/serial/line/base-line.ts";
import type { Line } from "../../../hal/serial/line/index.ts";
import type { Timers } from "../../../hal/serial/timers.ts";

/** A host's own limit on a write comes first. */
const writeTimeoutMs = 60_000;

/** Bytes go to the host that is there; without one they are lost, as on a UART with nothing plugged in. */
export class HostLine extends BaseLine {
  #host: Line | undefined;

  constructor(name: string, timers: Timers) {
    super(name, timers, writeTimeoutMs);
  }

  /** `host` is at the far end until the returned function is called, or another comes. */
  attach(host: Line): Cancel {
    this.#host = host;
    const cancelData = host.onData((bytes) => {
      if (this.#host === host) this.received(bytes);
    });
    return () => {
      cancelData();
      if (this.#host === host) this.#host = undefined;
    };
  }

  /** A host that goes in the middle of a write is its own trouble, not the board's. */
  protected override async send(bytes: Uint8Array): Promise<void> {
    await this.#host?.write(bytes).catch(() => {});
  }

  protected override async release(): Promise<void> {}
}
