/** The firmware model: devices to boot on a board, the messages they speak, and the wires that carry them. */

export { CodedError, hasCode } from "../hal/base/coded-error.ts";
export {
  bootDevice,
  isModelled,
  type LinkOf,
  type ModelledDevice,
  modelledDevices,
  type RunningDevice,
} from "./devices/boot.ts";
export type { BootOptions } from "./devices/core.ts";
export type { DeviceOptions } from "./devices/device.ts";
export {
  type AnchorSeed,
  type DeviceIdentity,
  provision,
  readIdentity,
} from "./devices/provision.ts";
export { type DeviceSettings, defaultSettings } from "./devices/settings.ts";
export type { Observation } from "./kernel/observation.ts";
export { type DeviceName, objects, type Role, type UseCase, useCaseByCode, useCases } from "./model/index.ts";
export * from "./wire/message.ts";
export { envelopeSuites, suites, type WireName } from "./wire/suites.ts";
export type { Envelope, Wire } from "./wire/wire.ts";
