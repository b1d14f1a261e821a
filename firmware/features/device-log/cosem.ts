/** The device log as its object shows it: Blue Book class 104, with two members of the message set's own. */
import { euiBytes, euiText } from "../../../hal/base/eui64.ts";
import type { HanDeviceEntry } from "../../han/options.ts";
import { objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import { type Status, UNSET_TIME } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import { calls, outcome, reads, type ServedObject, servePart } from "../serve.ts";

export type Registration = ValueOf<typeof valueTypes.registration>;
export type Backup = ValueOf<typeof valueTypes.devicesBackup>;
export type Restore = ValueOf<typeof valueTypes.devicesRestore>;
type ActiveDevice = ValueOf<typeof valueTypes.activeDevice>;

export interface ShownDeviceLog {
  devices(): readonly HanDeviceEntry[];
  /** Said instead of a sub-GHz link quality. */
  readonly linkQuality: number;
  setJoining(enabled: boolean, origin: CommandOrigin): Promise<Status>;
  setJoinTimeout(seconds: number, origin: CommandOrigin): Promise<Status>;
  register(registration: Registration, origin: CommandOrigin): Promise<Status>;
  unregister(eui64: Uint8Array, origin: CommandOrigin): Promise<Status>;
  backup(): Backup;
  historicBackup(): Backup;
  restore(log: Restore): Promise<Status>;
  load(devices: readonly HanDeviceEntry[], panId?: Uint8Array): Promise<void>;
  loadHistoric(log: Restore): Promise<void>;
}

export const deviceLogObjects = (log: ShownDeviceLog): ServedObject[] => [
  servePart(objects.deviceLog, {
    joiningEnabled: { set: (enabled, origin) => log.setJoining(enabled, origin) },
    joinTimeout: { set: (seconds, origin) => log.setJoinTimeout(seconds, origin) },
    activeDevices: reads(
      () => log.devices().map((device) => activeDevice(device, log.linkQuality)),
      (shown) => log.load(shown.map(entryOf)),
    ),
    register: async (device, origin) => outcome(await log.register(device, origin)),
    unregister: calls(
      async (eui64: Uint8Array, origin) => outcome(await log.unregister(eui64, origin)),
      (_: null, device) => log.load([...log.devices(), toldEntry({ device, keyHash: nothing })]),
    ),
    backUp: calls(
      (_: null) => ({ value: log.backup() }),
      ({ panId, devices }) => log.load(devices.map(toldEntry), panId),
    ),
    restore: async (told) => outcome(await log.restore(told)),
  }),
  servePart(objects.historicDeviceLog, {
    backUp: calls(
      (_: null) => ({ value: log.historicBackup() }),
      (told) => log.loadHistoric(told),
    ),
  }),
];

const nothing = new Uint8Array(0);

const unheard = {
  ...{ deviceType: 0xff, averageRssiDbm: 0, hops: 1, failures: 0, successes: 0 },
  ...{ maxRssiDbm: 0, minRssiDbm: 0, maxLqi: 0, averageLqi: 0, minLqi: 0 },
  ...{ lastHeardS: UNSET_TIME, applicationVersion: 0, stackVersion: 0, status: 0 },
} as const;

const toldEntry = ({ device, keyHash }: Backup["devices"][number]): HanDeviceEntry => ({
  ...unheard,
  eui64: euiText(device),
  linkKeyHash: keyHash,
});

/** Of a sub-GHz device the quality that it is shown with. */
const entryOf = (shown: ActiveDevice): HanDeviceEntry => ({
  ...unheard,
  eui64: euiText(shown.device),
  linkKeyHash: new Uint8Array(),
  linkQuality: shown.linkQuality,
  status: (shown.status & 0x08) !== 0 ? 2 : (shown.status & 0x40) !== 0 ? 1 : 0,
  maxRssiDbm: shown.rssiMax,
  minRssiDbm: shown.rssiMin,
  maxLqi: shown.lqiMax,
  averageLqi: shown.lqiMean,
  minLqi: shown.lqiMin,
  lastHeardS: shown.lastHeard,
  hops: shown.hops,
  failures: shown.failures,
  successes: shown.successes,
  applicationVersion: shown.application,
  stackVersion: shown.stack,
});

/** `linkQuality`: of a device at 2.4 GHz. */
const activeDevice = (device: HanDeviceEntry, linkQuality: number): ActiveDevice => ({
  device: euiBytes(device.eui64),
  status: statusBits(device.status),
  rssiMax: device.maxRssiDbm,
  linkQuality: device.linkQuality ?? linkQuality,
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
