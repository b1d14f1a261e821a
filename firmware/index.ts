/** The firmware model: devices to boot on a board, the messages they speak, and the wires that carry them. */
export type { DeviceOptions } from "./devices/device.ts";
export { ElectricityMeter, type ElectricityMeterOptions } from "./devices/electricity-meter.ts";
export { CommunicationsHub } from "./devices/hub.ts";
export {
  type AnchorSeed,
  type DeviceIdentity,
  type DeviceType,
  provision,
  readIdentity,
} from "./devices/provision.ts";
export { type DeviceSettings, defaultSettings } from "./devices/settings.ts";
export type { Observation } from "./features/feature.ts";
export { hasCode, MeterbenchError } from "./kernel/errors.ts";
export { objects, type Role, type UseCase, useCaseByCode, useCases } from "./model/index.ts";
export * from "./wire/message.ts";
export { envelopeSuites, suites, type WireName } from "./wire/suites.ts";
export type { Envelope, Wire } from "./wire/wire.ts";
