/** DUIS's types of what the DCC itself keeps: devices, premises, schedules. */
import { z } from "zod";
import { base64Binary, eui, importMpxn, inXml, mpan, oneOf, pairs, time, whole } from "./duis.ts";

/** xs:string of so many characters, none of them one that controls. */
export const text = (least: number, most: number) =>
  z
    .string()
    .min(least)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}\uFFFE\uFFFF]*$/u, "expected no control characters");

/** xs:date, "2026-11-29", perhaps with a zone. */
export const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?$/, 'expected a date, "YYYY-MM-DD"')
  .refine((day) => dayOf(day) === day.slice(0, 10), "expected a day of the calendar");

function dayOf(day: string): string | undefined {
  const moment = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString().slice(0, 10);
}

export const deviceType = z.enum(["ESME", "GSME", "GPF", "CHF", "HCALCS", "PPMID", "IHD", "CAD"]);
export const deviceStatus = z.enum([
  "Pending",
  "Whitelisted",
  "InstalledNotCommissioned",
  "Commissioned",
  "Decommissioned",
  "Withdrawn",
  "Suspended",
  "Recovery",
  "Recovered",
]);
export const deviceManufacturer = text(0, 30);
export const deviceModel = text(0, 30);
export const firmwareVersion = text(1, 8);
export const smetsChtsVersion = text(1, 20);
/** A single, B twin element, C polyphase; D to G: what else it has. */
export const esmeVariant = z.enum(
  (
    "A B C AD BD CD ADE BDE CDE ADF BDF CDF ADEF BDEF CDEF ADG ADEG AF BF CF AEF BEF CEF AG AEG" as const
  ).split(" ") as [string, ...string[]],
);
/** Of firmware, and of the list of certified products. */
export const productStatus = z.enum(["Active", "Cancelled", "Expired", "Withdrawn"]);

export const meterMpxns = z.strictObject({
  ImportMPxN: importMpxn,
  SecondaryImportMPAN: mpan.optional(),
  ExportMPAN: mpan.optional(),
});

export const uprn = whole(1, 999_999_999_999);
/** Also PartialAddress. */
export const propertyFilter = z.strictObject({ PostCode: text(6, 8), AddressIdentifier: text(0, 30) });
export const cspRegion = z.enum([
  "North",
  "Central",
  "South",
  "4G North",
  "4G Central",
  "4G South",
  "Unknown",
  "SMETS1",
]);

/** "00-DB-…-A0,00-DB-…-A1", or a list; becomes a list. */
export const deviceIdList = z.union([
  z.array(eui).min(1).max(50_000),
  z
    .string()
    .max(1_199_999)
    .regex(/^(?:[0-9a-f]{2}(?:-[0-9a-f]{2}){7}(?:,(?!$)|$))+$/i, "expected EUI-64s with commas between them")
    .transform((list) => list.toUpperCase().replaceAll("-", "").split(",")),
]);
inXml.add(deviceIdList, {
  text: (list) =>
    Array.isArray(list) ? list.map((id) => pairs(id.replaceAll("-", ""))).join() : String(list),
});

/** Which image: 10,240,000 octets at most, of which the XML's own bound allows fewer here. */
export const firmwareImage = base64Binary(1, 10_240_000);

export const scheduleId = z.bigint().min(0n).max(1_000_000_000_000n);
/** Days. */
const offset = whole(-400, 0);
const period = z.strictObject({
  StartDateOffset: offset,
  StartTime: time,
  EndDateOffset: offset,
  EndTime: time,
});
const nothing = z.strictObject({});

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
  DSPReadMaximumDemandImportRegisters: nothing.optional(),
  DSPReadMaximumDemandExportRegisters: nothing.optional(),
  DSPReadPrepaymentDailyReadLog: period.optional(),
  DSPReadLoadLimitData: nothing.optional(),
  DSPReadActivePowerImport: nothing.optional(),
  DSPRetrieveDailyConsumptionLog: period.optional(),
  DSPRecordNetworkDataGAS: nothing.optional(),
  DSPReadInstantaneousExportRegisters: nothing.optional(),
} as const;

/** A schedule reads one thing. */
export const oneRead = oneOf(...Object.values(scheduledReads));
