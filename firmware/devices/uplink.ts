/** A device's way to the head end: the home network for a meter, the WAN for the hub. */
import type { MaybePromise } from "../../hal/board.ts";

export interface Uplink {
  /** The longest message it carries, bytes. */
  readonly maxMessageBytes: number;
  /** Queues one whole message; `done` runs once, at once or later, with whether it was delivered. */
  send(bytes: Uint8Array, done: (delivered: boolean) => void): MaybePromise<void>;
}
