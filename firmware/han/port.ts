/**
 * What devices see of the home network, whatever is below: joined peers and whole messages.
 * `HanCoordinator` (the hub) and `HanDevice` (all others) implement it.
 */
import type { Cancel, Listener } from "../../hal/board.ts";
import type { Eui64 } from "../wire/message.ts";

/** Why a message or a join did not get through. One reason, in the words of the head end's report. */
export type HanFailure = "not-joined" | "no-route" | "timeout" | "refused" | "too-long" | "busy";

export interface HanMessage {
  readonly from: Eui64;
  readonly bytes: Uint8Array;
}

export interface HanPort {
  /**
   * Sends one whole remote-party message through the tunnel; `done` runs once. A tunnel takes 1,500 bytes;
   * longer messages need a `BlockTransfer` over it, at both ends.
   */
  send(to: Eui64, bytes: Uint8Array, done: Listener<"delivered" | HanFailure>): Promise<void>;
  /** A whole message came through the tunnel from an authenticated peer. */
  onMessage(listener: Listener<HanMessage>): Cancel;
  /** Reads the hub's clock (ZCL Time cluster); UTC seconds, or undefined when the hub has no time or no answer. */
  readHubTime(done: Listener<number | undefined>): Promise<void>;
}
