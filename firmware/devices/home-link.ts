/** A meter's link to its hub: messages both ways, joining and joining again, and the hub's time. */
import { BlockTransfer, MAX_MESSAGE_BYTES } from "../han/block-transfer.ts";
import { HanDevice } from "../han/end-device.ts";
import type { HanEvent } from "../han/options.ts";
import type { HanPort } from "../han/port.ts";
import { devices } from "../model/index.ts";
import type { Eui64 } from "../wire/message.ts";
import { Commissioning } from "./commissioning.ts";
import type { BootOptions, DeviceLink } from "./core.ts";
import type { Device } from "./device.ts";
import { hanOptions } from "./han-options.ts";
import { JoinLog } from "./join-log.ts";

interface HubTime {
  readonly utcS: number;
  readonly atUptimeMs: number;
}

export class HomeLink implements DeviceLink {
  /** What block transfer over the tunnel carries (facts §1.8). */
  readonly maxMessageBytes = MAX_MESSAGE_BYTES;
  /** The home network's end; none while the link is not started, or when another way was given. */
  han: HanDevice | undefined;
  readonly #given: BootOptions["link"];
  #commissioning: Commissioning | undefined;
  #port: HanPort | undefined;
  #hub: () => Eui64 | undefined = () => undefined;
  #device: Device | undefined;
  #hubTime: HubTime | undefined;
  #cancelAsk: () => void = () => {};

  /** `given`: a way to the hub other than the board's radio. */
  constructor(given?: BootOptions["link"]) {
    this.#given = given;
  }

  /** What tells that the device is commissioned; there is one once the link is open. */
  get commissioning(): Commissioning {
    if (this.#commissioning === undefined) throw new Error("home link: open() comes first");
    return this.#commissioning;
  }

  async open(device: Device): Promise<void> {
    this.#commissioning = new Commissioning(device, device.settings);
  }

  async start(device: Device): Promise<void> {
    const given = this.#given;
    if (given !== undefined) return this.#use(device, given.han, () => given.hub);
    const { installCode, type } = device.identity;
    const deviceType = devices[type].joinNumber ?? 0;
    const han = await device.turn("han", () =>
      HanDevice.start({ ...hanOptions(device), installCode, deviceType }),
    );
    this.han = han;
    await this.#use(device, han, () => han.hub);
    await this.#keepJoined(device, han);
  }

  /** Takes messages from `han`, each as one event of `device`, and starts asking the hub for its time. */
  async #use(device: Device, han: HanPort, hub: () => Eui64 | undefined): Promise<void> {
    this.#device = device;
    const port = new BlockTransfer(han, (delayMs, action) => device.after(delayMs, action));
    this.#port = port;
    this.#hub = hub;
    // Not awaited: the home network tells of messages and events inside this device's own turn.
    port.onMessage(({ bytes }) => void device.receive(bytes));
    if (hub() !== undefined) await device.turn("link", () => this.#up(device));
  }

  /** Joins, and tries again after every failure. */
  async #keepJoined(device: Device, han: HanDevice): Promise<void> {
    const { commissioning } = this;
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
    if (this.#port === undefined || hub === undefined) {
      done(false);
      return undefined;
    }
    return this.#port.send(hub, bytes, (outcome) => done(outcome === "delivered"));
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
    await this.#port?.readHubTime((utcS) => {
      if (utcS === undefined) this.#askLater(device, device.settings.hubTimeRetryMs);
      else this.#hubTime = { utcS, atUptimeMs: device.board.clock.uptimeMs() };
    });
  }

  #askLater(device: Device, delayMs: number): void {
    this.#cancelAsk();
    this.#cancelAsk = device.after(delayMs, () => this.#askTime(device));
  }
}
