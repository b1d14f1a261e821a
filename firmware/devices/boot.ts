/** The one way to boot a device, and the list of what there is firmware for. */
import type { Board } from "../../hal/board.ts";
import type { DeviceName } from "../model/index.ts";
import type { BootOptions, DeviceCore, DeviceLink } from "./core.ts";
import { Device } from "./device.ts";
import { electricityMeter } from "./electricity-meter.ts";
import { communicationsHub } from "./hub.ts";
import { standAloneController } from "./sapc.ts";

/** One line a device type; what else it is stands in its row (`model/devices.ts`). */
const cores = {
  ESME: electricityMeter,
  CHF: communicationsHub,
  SAPC: standAloneController,
} satisfies Partial<Record<DeviceName, DeviceCore>>;

/** A device type that there is firmware for. */
export type ModelledDevice = keyof typeof cores;

export const modelledDevices = Object.keys(cores) as readonly ModelledDevice[];

export const isModelled = (type: string): type is ModelledDevice => Object.hasOwn(cores, type);

export interface RunningDevice<L extends DeviceLink = DeviceLink> {
  readonly device: Device;
  readonly link: L;
}

/** The link of a device type: what a booted one has. */
export type LinkOf<T extends ModelledDevice> = ReturnType<(typeof cores)[T]["link"]>;

/**
 * Starts a device of `type` on a provisioned board. Throws `devices/not-provisioned`, `devices/wrong-type`, `hal/absent`.
 * PowerLost out of any port ends the instance: boot a new one.
 */
export async function bootDevice<T extends ModelledDevice>(
  type: T,
  board: Board,
  options: BootOptions,
): Promise<RunningDevice<LinkOf<T>>> {
  const core = cores[type] as DeviceCore<LinkOf<T>>;
  const link = core.link(board, options);
  const device = await Device.open(board, type, link, options);
  await link.open(device);
  await device.start(await core.features(device, link));
  await link.start(device);
  return { device, link };
}
