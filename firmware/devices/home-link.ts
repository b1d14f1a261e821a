/** A meter's link to its hub: messages both ways, joining and joining again, and the hub's time. */
import { BlockTransfer, MAX_MESSAGE_BYTES } from "../han/block-transfer.ts";
import type { HanDevice } from "../han/end-device.ts";
import type { HanEvent } from "../han/options.ts";
import type { HanPort } from "../han/port.ts";
import type { Eui64 } from "../wire/message.ts";
import type { Commissioning } from "./commissioning.ts";
import type { Device } from "./device.ts";
import { JoinLog } from "./join-log.ts";
import type { Uplink } from "./uplink.ts";

interface HubTime {
  readonly utcS: number;
  readonly atUptimeMs: number;
}

export class HomeLink implements Uplink {
  /** What block transfer over the tunnel carries (facts §1.8). */
  readonly maxMessageBytes = MAX_MESSAGE_BYTES;
  #han: HanPort | undefined;
  #hub: () => Eui64 | undefined = () => undefined;
  #device: Device | undefined;
  #hubTime: HubTime | undefined;
  #cancelAsk: () => void = () => {};

  /** Takes messages from `han`, each as one event of `device`, and starts asking the hub for its time. */
  async use(device: Device, han: HanPort, hub: () => Eui64 | undefined): Promise<void> {
    this.#device = device;
    this.#han = new BlockTransfer(han, (delayMs, action) => device.after(delayMs, action));
    this.#hub = hub;
    // Not awaited: the home network tells of messages and events inside this device's own turn.
    this.#han.onMessage(({ bytes }) => void device.receive(bytes));
    if (hub() !== undefined) await device.turn("link", () => this.#up(device));
  }

  /** Joins, and tries again after every failure. */
  async keepJoined(device: Device, han: HanDevice, commissioning: Commissioning): Promise<void> {
    const log = new JoinLog(device);
    const handle = device.event<HanEvent>("han-event", async ({ kind }) => {
      if (kind === "joined" || kind === "rejoined") await this.#up(device);
      if (kind === "join-failed" || kind === "rejoin-failed" || kind === "removed")
        device.after(device.settings.joinRetryMs, () => han.join());
      await log.take(kind);
      if (kind === "joined" || kind === "rejoined") await commissioning.reached("joined");
      if (kind === "removed" || kind === "left") await commissioning.left();
    });
    han.onEvent((event) => void handle(event));
    await device.turn("join", () =>
      han.state === "joined" ? commissioning.reached("joined") : Promise.resolve(han.join()),
    );
  }

  send(bytes: Uint8Array, done: (delivered: boolean) => void): Promise<void> | undefined {
    const hub = this.#hub();
    if (this.#han === undefined || hub === undefined) {
      done(false);
      return undefined;
    }
    return this.#han.send(hub, bytes, (outcome) => done(outcome === "delivered"));
  }

  /** The hub's time, carried on by this device's clock since it was last read. */
  hubTimeS(): number | undefined {
    if (this.#hubTime === undefined || this.#device === undefined) return undefined;
    const sinceMs = this.#device.board.clock.uptimeMs() - this.#hubTime.atUptimeMs;
    return this.#hubTime.utcS + Math.round(sinceMs / 1000);
  }

  async #up(device: Device): Promise<void> {
    await this.#askTime(device);
    await device.linkUp();
  }

  async #askTime(device: Device): Promise<void> {
    this.#askLater(device, device.settings.hubTimeEveryMs);
    await this.#han?.readHubTime((utcS) => {
      if (utcS === undefined) this.#askLater(device, device.settings.hubTimeRetryMs);
      else this.#hubTime = { utcS, atUptimeMs: device.board.clock.uptimeMs() };
    });
  }

  #askLater(device: Device, delayMs: number): void {
    this.#cancelAsk();
    this.#cancelAsk = device.after(delayMs, () => this.#askTime(device));
  }
}
