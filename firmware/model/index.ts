/** The message set as data: the ground floor of the firmware. */
export { type CalendarForm, calendarBytes, calendarOctets, calendarValue } from "./calendar.ts";
export {
  type CellName,
  type CellUsage,
  cellByKey,
  cellKey,
  cellsOf,
  cellText,
  cellUsages,
  type KeyUsage,
  keyUsages,
} from "./cells.ts";
export type {
  AlertRow,
  Attribute,
  DeviceName,
  GrantRow,
  LogName,
  MessageRow,
  Method,
  ModelObject,
  RequestRow,
} from "./define.ts";
export {
  deviceByFactoryNumber,
  devices,
} from "./devices.ts";
export { type Matched, matchSteps, type PlainOperation } from "./format.ts";
export { alerts } from "./generated/alerts.ts";
export { type MessageId, messages } from "./generated/messages.ts";
export { type ObjectName, type Objects, objects } from "./generated/objects.ts";
export { type RequestReference, requests } from "./generated/requests.ts";
export * as valueTypes from "./generated/value-types.ts";
export {
  alertByCode,
  attributeOf,
  carrierOf,
  clusterByNumber,
  cosemObject,
  grantsOn,
  methodOf,
  objectById,
  type Step,
  type UseCase,
  useCase,
  useCaseByCode,
  useCases,
} from "./look-up.ts";
export * as makeType from "./make-types.ts";
export { mismatch, type Pattern } from "./pattern.ts";
export { fromPlain, type Members, type Plain, plainFault, present, toPlain } from "./plain.ts";
export { type Role, roleByNumber, roles, type UserRole, userRoles } from "./roles.ts";
export type { AttributeValue, MethodArgument, Outcome, Serving } from "./serving.ts";
export * from "./types.ts";
