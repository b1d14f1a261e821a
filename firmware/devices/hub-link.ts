/** The hub's links: the WAN to the head end, the home network to the devices, and the router between them. */
import type { MaybePromise, Modem } from "../../hal/board.ts";
import { BlockTransfer } from "../han/block-transfer.ts";
import { HanCoordinator } from "../han/coordinator.ts";
import type { DeviceLink } from "./core.ts";
import type { Device } from "./device.ts";
import { hanOptions } from "./han-options.ts";
import { type Drops, Router } from "./router.ts";
import { Wan } from "./wan.ts";

export class HubLink implements DeviceLink {
  readonly maxMessageBytes;
  readonly #wan: Wan;
  #home: { readonly han: HanCoordinator; readonly router: Router } | undefined;

  /** Throws `hal/absent` without a modem. */
  constructor(modem: Modem | undefined) {
    this.#wan = new Wan(modem);
    this.maxMessageBytes = this.#wan.maxMessageBytes;
  }

  /** Who says that a message for a device of the home is dropped on its way. */
  dropsFor(drops: Drops): void {
    this.#opened.router.drops = drops;
  }

  /** The home network; there is one once the link is open. */
  get han(): HanCoordinator {
    return this.#opened.han;
  }

  async open(device: Device): Promise<void> {
    // In a turn of its own: no frame is handled before the log of devices has been read.
    const han = await device.turn("han", () => HanCoordinator.start(hanOptions(device)));
    const messages = new BlockTransfer(han, (delayMs, action) => device.after(delayMs, action));
    const router = new Router(device, this.#wan, messages, () => han.devices());
    // Inside the turn of its frame: an alert is kept before its sender hears that it arrived.
    messages.onMessage((message) => router.fromHome(message));
    this.#home = { han, router };
  }

  async start(device: Device): Promise<void> {
    const { router } = this.#opened;
    await device.turn("links", async () => {
      await this.#wan.start(device, (bytes) => router.fromWan(bytes));
      await router.start();
    });
  }

  send(bytes: Uint8Array, done: (delivered: boolean) => void): MaybePromise<void> {
    return this.#wan.send(bytes, done);
  }

  /** One attempt, past the queue: for a last gasp. */
  sendNow(bytes: Uint8Array, done: (delivered: boolean) => void): Promise<void> {
    return this.#wan.sendNow(bytes, done);
  }

  get #opened(): { readonly han: HanCoordinator; readonly router: Router } {
    if (this.#home === undefined) throw new Error("hub link: open() comes first");
    return this.#home;
  }
}
