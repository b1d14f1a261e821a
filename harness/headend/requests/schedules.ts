/** Service requests 5.x: the DCC asks a device again and again, and the user once. */
import { z } from "zod";
import { date } from "./dcc-types.ts";
import { base64Binary, empty, eui, oneOf, time, whole } from "./duis.ts";
import { request } from "./request.ts";

export const scheduleId = z.bigint().min(0n).max(1_000_000_000_000n);
/** Days. */
const offset = whole(-400, 0);
const period = z.strictObject({
  StartDateOffset: offset,
  StartTime: time,
  EndDateOffset: offset,
  EndTime: time,
});

/** What a schedule may read, by variant. */
export const scheduledReads = {
  "4.6.1": "DSPRetrieveImportDailyReadLog",
  "4.6.2": "DSPRetrieveExportDailyReadLog",
  "4.8.1": "DSPReadActiveImportProfileData",
  "4.8.2": "DSPReadReactiveImportProfileData",
  "4.8.3": "DSPReadExportProfileData",
  "4.10": "DSPReadNetworkData",
  "4.12.1": "DSPReadMaximumDemandImportRegisters",
  "4.12.2": "DSPReadMaximumDemandExportRegisters",
  "4.14": "DSPReadPrepaymentDailyReadLog",
  "4.15": "DSPReadLoadLimitData",
  "4.16": "DSPReadActivePowerImport",
  "4.17": "DSPRetrieveDailyConsumptionLog",
  "14.1": "DSPRecordNetworkDataGAS",
  "4.2": "DSPReadInstantaneousExportRegisters",
} as const;
type ScheduledReference = keyof typeof scheduledReads;
const scheduledReferences = Object.keys(scheduledReads) as [ScheduledReference, ...ScheduledReference[]];

/** What both a request for a schedule and the answer that shows it say. */
export const scheduleFields = {
  ScheduleFrequency: z.enum(["Daily", "Weekly", "Monthly", "Quarterly", "Half-Yearly", "Yearly"]),
  ScheduleStartDate: date,
  ScheduleEndDate: date.optional(),
  ScheduleExecutionStartTime: time.optional(),
  /** Of a user that the device does not know. */
  KAPublicSecurityCredential: base64Binary(1, 0xffff).optional(),
  DSPScheduledServiceReference: z.enum([
    "4.2",
    "4.6",
    "4.8",
    "4.10",
    "4.12",
    "4.14",
    "4.15",
    "4.16",
    "4.17",
    "14.1",
  ]),
  DSPScheduledServiceReferenceVariant: z.enum(scheduledReferences),
  DeviceID: eui,
  DSPRetrieveImportDailyReadLog: period.optional(),
  DSPRetrieveExportDailyReadLog: period.optional(),
  DSPReadActiveImportProfileData: period.optional(),
  DSPReadReactiveImportProfileData: period.optional(),
  DSPReadExportProfileData: period.optional(),
  DSPReadNetworkData: period.optional(),
  DSPReadMaximumDemandImportRegisters: empty.optional(),
  DSPReadMaximumDemandExportRegisters: empty.optional(),
  DSPReadPrepaymentDailyReadLog: period.optional(),
  DSPReadLoadLimitData: empty.optional(),
  DSPReadActivePowerImport: empty.optional(),
  DSPRetrieveDailyConsumptionLog: period.optional(),
  DSPRecordNetworkDataGAS: empty.optional(),
  DSPReadInstantaneousExportRegisters: empty.optional(),
} as const;

/** A schedule reads one thing. */
export const oneRead = oneOf(...Object.values(scheduledReads));

/** One schedule, or all those of a device. */
const which = {
  fields: { DSPScheduleID: scheduleId.optional(), DeviceID: eui.optional() },
  check: oneOf("DSPScheduleID", "DeviceID"),
} as const;

export const schedules = {
  "5.1": request("5.1", "CreateSchedule", { fields: scheduleFields, check: oneRead }),
  "5.2": request("5.2", "ReadSchedule", which),
  "5.3": request("5.3", "DeleteSchedule", which),
} as const;
