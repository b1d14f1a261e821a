import type { ModelledDevice } from "../../firmware/devices/boot.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { PartyName } from "./parties.ts";

/** A device as the head end knows it. */
export interface KnownDevice {
  readonly eui: Eui64;
  readonly type: ModelledDevice;
  /** Of a meter; default 1. */
  readonly phases?: number;
  /** A meter of two elements. */
  readonly isTwin?: boolean;
  /** Those in force; they change when the device has taken others (6.15.2). */
  signPublicKey: Uint8Array;
  agreePublicKey: Uint8Array;
  /** Former keys, and those that may come: `device-keys.ts`. */
  otherKeys?: {
    readonly sign?: readonly Uint8Array[];
    readonly agree?: readonly Uint8Array[];
  };
  /** The parties whose credentials the device holds: others reach it through the ACB. */
  readonly parties: Set<PartyName>;
}
