/**
 * The hub's link to the DCC: attaches and stays attached, sends messages one at a time in order, and takes
 * the time of day from the network. What waits is bounded: when full, the oldest response gives way (its
 * sender will ask again), else the oldest message.
 */
import { HalError, type Modem } from "../../hal/board.ts";
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
  readonly #waiting: Waiting[] = [];
  #inFlight = false;
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
    this.#modem.onMessage(device.event("wan-message", receive));
    this.#modem.onAttachChange(
      device.event("wan-attach", (attached) => this.#attachChanged(device, attached)),
    );
    if (this.#modem.attached) await this.#attachChanged(device, true);
    else await this.#attach(device);
  }

  /** Queues a message; `done` tells what became of it. `droppable`: a response, which gives way first. */
  async send(bytes: Uint8Array, done: (delivered: boolean) => void, droppable = false): Promise<void> {
    const device = this.#device;
    if (device === undefined) return done(false);
    if (this.#waiting.length >= device.settings.wanQueueCapacity) this.#drop(device);
    this.#waiting.push({ bytes, droppable, done });
    await this.#pump(device);
  }

  /** One attempt, past the queue: for a last gasp. */
  async sendNow(bytes: Uint8Array, done: (delivered: boolean) => void): Promise<void> {
    if (!this.#modem.attached) return done(false);
    await this.#modem.send(bytes, (outcome) => done(outcome === "delivered"));
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
    await this.#takeTime(device);
    await device.linkUp();
    await this.#pump(device);
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

  async #pump(device: Device): Promise<void> {
    const next = this.#waiting[0];
    if (this.#inFlight || next === undefined || !this.#modem.attached) return;
    this.#inFlight = true;
    const sent = device.event<boolean>("wan-sent", (delivered) => this.#sent(device, next, delivered));
    await this.#modem.send(next.bytes, (outcome) => void sent(outcome === "delivered"));
  }

  async #sent(device: Device, sent: Waiting, delivered: boolean): Promise<void> {
    this.#inFlight = false;
    if (delivered) {
      const at = this.#waiting.indexOf(sent);
      if (at >= 0) this.#waiting.splice(at, 1);
      sent.done(true);
      return this.#pump(device);
    }
    device.after(device.settings.wanResendMs, () => this.#pump(device));
  }

  #drop(device: Device): void {
    const first = this.#inFlight ? 1 : 0;
    const response = this.#waiting.findIndex((waiting, i) => i >= first && waiting.droppable);
    const [dropped] = this.#waiting.splice(response >= 0 ? response : first, 1);
    device.observe({ kind: "wan-dropped", bytes: dropped?.bytes.length, response: dropped?.droppable });
    dropped?.done(false);
  }
}
