/** A hub takes the place of another (CCS03): its network anew, and its devices, each by the hash of the key it had. */
import type { Entropy } from "../../hal/board.ts";
import type { JournalChange } from "../kernel/journal.ts";
import type { Eui64 } from "../wire/message.ts";
import { NO_ADDRESS } from "./member.ts";
import type { Network } from "./stack/link.ts";
import { DEVICE_PREFIX, networkChange, newNetwork, type Registration, registrationChange } from "./store.ts";

/** A device as the hub before told of it; the hash is empty where it never had a key. */
export interface ToldDevice {
  readonly eui64: Eui64;
  readonly hash: Uint8Array;
}

export interface Restored {
  readonly network: Network;
  readonly registrations: readonly Registration[];
  readonly changes: readonly JournalChange[];
}

const KEY_BYTES = 16;
/** A backup does not tell it. */
const UNTOLD_TYPE = 0xff;

/** `listed`: whom the log forgets. */
export async function restored(
  entropy: Pick<Entropy, "bytes">,
  place: Pick<Network, "channel" | "shortAddress">,
  extendedPanId: Uint8Array,
  devices: readonly ToldDevice[],
  listed: Iterable<Eui64>,
): Promise<Restored> {
  const network = await newNetwork(entropy, place, extendedPanId);
  const nobodys = await entropy.bytes(KEY_BYTES);
  const registrations = devices.map(({ eui64, hash }): Registration => {
    const toldHash = hash.length === KEY_BYTES ? hash : undefined;
    const given = { deviceType: UNTOLD_TYPE, installKey: toldHash ?? nobodys, shortAddress: NO_ADDRESS };
    return { eui64, ...given, onNetwork: false, linkKey: undefined, toldHash };
  });
  const kept = new Set(devices.map(({ eui64 }) => eui64));
  const forgotten = [...listed].filter((eui64) => !kept.has(eui64));
  const changes = [
    networkChange(network),
    ...forgotten.map((eui64) => ({ key: DEVICE_PREFIX + eui64, value: null })),
    ...registrations.map(registrationChange),
  ];
  return { network, registrations, changes };
}
