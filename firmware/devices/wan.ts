/**
 * The hub's link to the DCC: attaches and stays attached, sends messages one at a time in order, and takes
 * the time of day from the network. What waits is bounded: when full, the oldest response gives way (its
 * sender will ask again), else the oldest message.
 */
import { hasCode } from "../../hal/base/coded-error.ts";
import { HalError, type Modem } from "../../hal/board.ts";
import { Outbox } from "../kernel/outbox.ts";
import type { Device } from "./device.ts";
import type { Uplink } from "./uplink.ts";

interface Waiting {
  readonly bytes: Uint8Array;
  readonly droppable: boolean;
  readonly done: (delivered: boolean) => void;
}

export class Wan implements Uplink {
  readonly maxMessageBytes = 65_535;
  readonly #modem: Modem;
  #device: Device | undefined;
  #outbox: Outbox<Waiting> | undefined;
  #cancelRetry: () => void = () => {};
  #cancelTime: () => void = () => {};

  constructor(modem: Modem | undefined) {
    if (modem === undefined)
      throw new HalError("hal/absent", "Hub: expected a board with a modem, got one without.");
    this.#modem = modem;
  }

  /** Starts attaching; messages go to `receive`, one at a time, as events of `device`. */
  async start(device: Device, receive: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    this.#device = device;
    this.#outbox = this.#makeOutbox(device);
    this.#modem.onMessage(device.event("wan-message", receive, true));
    this.#modem.onAttachChange(
      device.event("wan-attach", (attached) => this.#attachChanged(device, attached)),
    );
    if (this.#modem.attached) await this.#attachChanged(device, true);
    else await this.#attach(device);
  }

  /** Queues a message; `done` tells what became of it. `droppable`: a response, which gives way first. */
  async send(bytes: Uint8Array, done: (delivered: boolean) => void, droppable = false): Promise<void> {
    if (this.#device === undefined || this.#outbox === undefined) return done(false);
    if (this.#outbox.size >= this.#device.settings.wanQueueCapacity) this.#drop(this.#device, this.#outbox);
    await this.#outbox.add({ bytes, droppable, done });
    await this.#outbox.flush();
  }

  /** One attempt, past the queue: for a last gasp. */
  async sendNow(bytes: Uint8Array, done: (delivered: boolean) => void): Promise<void> {
    if (!this.#modem.attached) return done(false);
    try {
      await this.#modem.send(bytes, (outcome) => done(outcome === "delivered"));
    } catch (error) {
      if (hasCode(error, "hal/power-lost")) throw error;
      done(false);
    }
  }

  async #attach(device: Device): Promise<void> {
    this.#cancelRetry();
    if (this.#modem.attached) return;
    this.#cancelRetry = device.after(device.settings.wanAttachRetryMs, () => this.#attach(device));
    await this.#modem.attach();
  }

  async #attachChanged(device: Device, attached: boolean): Promise<void> {
    device.observe({ kind: "wan", attached });
    this.#cancelRetry();
    if (!attached) return this.#attach(device);
    await this.#outbox?.flush();
    await device.linkUp();
    await this.#takeTime(device);
  }

  /** The network's time is the hub's time (the meters take theirs from the hub). */
  async #takeTime(device: Device): Promise<void> {
    this.#cancelTime();
    this.#cancelTime = device.after(device.settings.networkTimeEveryMs, () => this.#takeTime(device));
    const networkMs = await this.#modem.networkTimeMs();
    if (networkMs === undefined) return;
    const utcS = Math.round(networkMs / 1000);
    if (!device.timeIsSet() || utcS !== device.nowS()) await device.setTime(utcS);
  }

  /** What the WAN lost leaves again, in order, for as long as it takes. */
  #makeOutbox(device: Device): Outbox<Waiting> {
    return new Outbox(device, "wan-sent", {
      send: ({ bytes }, done) => this.#modem.send(bytes, (outcome) => void done(outcome === "delivered")),
      failed: false,
      ready: () => this.#modem.attached,
      settled: (sent, delivered) => {
        if (!delivered) return device.settings.wanResendMs;
        sent.done(true);
        return "gone";
      },
      whenBroken: "gone",
    });
  }

  #drop(device: Device, outbox: Outbox<Waiting>): void {
    const idle = outbox.idle();
    const dropped = idle.find(({ droppable }) => droppable) ?? idle[0];
    if (dropped === undefined) return;
    outbox.remove(dropped);
    device.observe({ kind: "wan-dropped", bytes: dropped.bytes.length, response: dropped.droppable });
    dropped.done(false);
  }
}
