/** What makes a device of the common core: its features, and its link. */
import type { Board, MaybePromise } from "../../hal/board.ts";
import type { Feature } from "../features/feature.ts";
import type { HanPort } from "../han/port.ts";
import type { Eui64 } from "../wire/message.ts";
import type { Device, DeviceOptions } from "./device.ts";
import type { Uplink } from "./uplink.ts";

export interface BootOptions extends DeviceOptions {
  /** A way to the hub other than the board's radio, e.g. a local port. */
  readonly link?: { readonly han: HanPort; readonly hub: Eui64 };
}

/** A device's way to the head end. It comes up in two steps, around the start of the features. */
export interface DeviceLink extends Uplink {
  /** Before the features: what they need of it. Nothing that waits leaves yet. */
  open(device: Device): Promise<void>;
  /** Messages may come and go. */
  start(device: Device): Promise<void>;
}

/** One device type; `boot.ts` has the list. */
export interface DeviceCore<L extends DeviceLink = DeviceLink> {
  /** Throws `hal/absent` for a board without what the link needs. */
  link(board: Board, options: BootOptions): L;
  /** In the order in which they start. */
  features(device: Device, link: L): MaybePromise<Feature[]>;
}
