/** The device log as its object shows it: Blue Book class 104, with two members of the message set's own. */
import { euiBytes } from "../../../hal/base/eui64.ts";
import type { HanDeviceEntry } from "../../han/options.ts";
import { objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import { outcome, reads, type ServedObject, servePart } from "../serve.ts";

export type Registration = ValueOf<typeof valueTypes.registration>;
export type Backup = ValueOf<typeof valueTypes.devicesBackup>;

export interface ShownDeviceLog {
  devices(): readonly HanDeviceEntry[];
  /** Said instead of a sub-GHz link quality. */
  readonly linkQuality: number;
  setJoining(enabled: boolean, origin: CommandOrigin): Promise<Status>;
  setJoinTimeout(seconds: number, origin: CommandOrigin): Promise<Status>;
  register(registration: Registration, origin: CommandOrigin): Promise<Status>;
  unregister(eui64: Uint8Array, origin: CommandOrigin): Promise<Status>;
  backup(): Backup;
}

export const deviceLogObjects = (log: ShownDeviceLog): ServedObject[] => [
  servePart(objects.deviceLog, {
    joiningEnabled: { set: (enabled, origin) => log.setJoining(enabled, origin) },
    joinTimeout: { set: (seconds, origin) => log.setJoinTimeout(seconds, origin) },
    activeDevices: reads(() => log.devices().map((device) => activeDevice(device, log.linkQuality))),
    register: async (device, origin) => outcome(await log.register(device, origin)),
    unregister: async (eui64, origin) => outcome(await log.unregister(eui64, origin)),
    backUp: () => ({ value: log.backup() }),
  }),
];

/** The link quality is a sub-GHz device's; ours are all at 2.4 GHz. */
const activeDevice = (
  device: HanDeviceEntry,
  linkQuality: number,
): ValueOf<typeof valueTypes.activeDevice> => ({
  device: euiBytes(device.eui64),
  status: statusBits(device.status),
  rssiMax: device.maxRssiDbm,
  linkQuality,
  rssiMin: device.minRssiDbm,
  lqiMax: device.maxLqi,
  lqiMean: device.averageLqi,
  lqiMin: device.minLqi,
  lastHeard: device.lastHeardS,
  hops: device.hops,
  failures: device.failures,
  successes: device.successes,
  application: device.applicationVersion,
  stack: device.stackVersion,
});

/**
 * The bit string of Blue Book class 104, first bit highest: 0 authorised on the PAN, 1 actively reporting, 4 Smart
 * Energy profile in use. From memory, unverified, but for C8 = all three of them in the reference messages.
 */
function statusBits(status: number): number {
  return 0x80 | (status >= 1 ? 0x40 : 0) | (status >= 2 ? 0x08 : 0);
}
