/** The harness: a home on simulated boards and the head end that talks to it. See `premises()`. */
export { type ModelledDevice, modelledDevices } from "../firmware/devices/boot.ts";
export type { WireName } from "../firmware/wire/suites.ts";
export { CodedError, hasCode } from "../hal/base/coded-error.ts";
export { alertMeaning, alertText } from "./headend/alert-codes.ts";
export { correlate } from "./headend/correlate.ts";
export { type Answer, type Exchange, type ExchangeStatus, succeeded } from "./headend/exchange.ts";
export {
  type DccAlert,
  HeadEnd,
  type HeadEndPorts,
  type RequestOptions,
} from "./headend/head-end.ts";
export { Inventory, type InventoryEntry, type InventoryStatus, inventoryRules } from "./headend/inventory.ts";
export type { KnownDevice } from "./headend/known-device.ts";
export { Party, type PartyKeys, type PartyName, partyIdentities } from "./headend/parties.ts";
export { type DeviceKeys, TestPki } from "./headend/pki.ts";
export { notSet, type Reading, reading } from "./headend/readings.ts";
export type { ReceivedAlert, RefusedMessage, RefusedReason } from "./headend/receiver.ts";
export { type DuisDate, dateOf } from "./headend/requests/date.ts";
export { cancellation, wholeLog } from "./headend/requests/duis.ts";
export { type Parameters, type Reference, references, serviceRequests } from "./headend/requests/index.ts";
export type { RequestDefinition } from "./headend/requests/request.ts";
export { type PreCommand, type ServiceRequest, transform } from "./headend/transform.ts";
export { type Parsed, parseMessage, parseTold } from "./interface/mmc/index.ts";
export type { CapturedPacket, CaptureKey, Captures } from "./premises/captures.ts";
export { addition, addMeter, attachWan, joinMeter, setClock } from "./premises/commission.ts";
export type { ConnectBoard, HomeDeviceSpec } from "./premises/device-specs.ts";
export type { Asked, HomeRequestOptions } from "./premises/home.ts";
export { HomeDevice } from "./premises/home-device.ts";
export type { PremisesOptions } from "./premises/options.ts";
export { Premises, premises } from "./premises/premises.ts";
export { currentRun, type RunContext } from "./premises/run-context.ts";
export { skipBecause, skipElsewhere } from "./premises/skip.ts";
export { Trace, type TraceEvent } from "./premises/trace.ts";
export { hubOf, meterOf } from "./premises/which-device.ts";
export { appliesTo, mockOnly, type Needs, needs } from "./scenarios/applies-to.ts";
