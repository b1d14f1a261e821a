/** Devices that a bench puts into the hub's log, as if they had joined. */
import { NO_ADDRESS } from "./member.ts";
import type { HanDeviceEntry, HanOptions } from "./options.ts";
import type { ToldStats } from "./stack/peer.ts";
import { type Registration, registrationChange } from "./store.ts";

export type LoadedDevice = Pick<HanDeviceEntry, "eui64" | "status"> & ToldStats;

/** One that has agreed a key gets one: nobody can tell which it had. */
export async function loadedRegistration(
  { eui64, status }: LoadedDevice,
  { journal, board }: HanOptions,
): Promise<Registration> {
  const linkKey = status === 2 ? await board.entropy.bytes(16) : undefined;
  const base = { eui64, deviceType: 1, installKey: new Uint8Array(16), shortAddress: NO_ADDRESS };
  const registration = { ...base, onNetwork: status > 0, linkKey };
  await journal.commit([registrationChange(registration)]);
  return registration;
}
