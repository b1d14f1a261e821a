import { BlockTransfer } from "../../firmware/han/block-transfer.ts";
import type { HanFailure, HanMessage, HanPort } from "../../firmware/han/port.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Listener } from "../../hal/board.ts";
import type { Scheduler } from "../../hal/mock/index.ts";
import { hubEui, meterEui } from "./world.ts";

/** A link to the hub that the test holds in its hand, and the hub's end of block transfer. */
export class HandLink implements HanPort {
  /** Whole messages from the device. */
  readonly sent: Uint8Array[] = [];
  readonly #toDevice = new Set<Listener<HanMessage>>();
  readonly #toHub = new Set<Listener<HanMessage>>();
  /** What becomes of what is sent. */
  outcome: "delivered" | HanFailure = "delivered";
  hubTimeS: number | undefined;

  async send(_to: Eui64, bytes: Uint8Array, done: Listener<"delivered" | HanFailure>): Promise<void> {
    void done(this.outcome);
    if (this.outcome !== "delivered") return;
    for (const listener of this.#toHub) await listener({ from: meterEui, bytes });
  }
  onMessage(listener: Listener<HanMessage>) {
    this.#toDevice.add(listener);
    return () => this.#toDevice.delete(listener);
  }
  /** The other end: what it sends reaches the device, what the device sends comes into `sent`. */
  listen(scheduler: Scheduler): void {
    const hub: HanPort = {
      onMessage: (listener) => {
        this.#toHub.add(listener);
        return () => this.#toHub.delete(listener);
      },
      send: async (_to, bytes, done) => {
        for (const listener of this.#toDevice) await listener({ from: hubEui, bytes });
        void done("delivered");
      },
      readHubTime: (done) => this.readHubTime(done),
    };
    const blocks = new BlockTransfer(hub, (delayMs, action) => scheduler.after(delayMs, action));
    blocks.onMessage(({ bytes }) => void this.sent.push(bytes));
  }
  async readHubTime(done: Listener<number | undefined>): Promise<void> {
    void done(this.hubTimeS);
  }
}
