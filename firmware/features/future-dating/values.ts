/**
 * What features need of future-dated values: something that keeps an activation time for an attribute,
 * calls back when it comes, and tells the originator the outcome. `feature.ts` is it.
 */
import type { MemberRef, Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../feature.ts";

/** Puts passive values in force, atomically. Any status but success leaves everything as it was. Idempotent. */
export type Activate = () => Promise<Status>;

export interface FutureDatedValues {
  /** Names what `schedule` on `ref` activates; call it when the feature is made, before any start(). */
  onActivation(ref: MemberRef, activate: Activate): void;
  /**
   * Sets the activation time of `ref` (an activation-time attribute): UTC seconds, NOW (activates before it
   * returns, no outcome alert) or NEVER (cancels). A newer time replaces an older one.
   */
  schedule(ref: MemberRef, activationS: number, origin: CommandOrigin): Promise<Status>;
  /** The pending activation time; NEVER when there is none. */
  activationS(ref: MemberRef): number;
}
