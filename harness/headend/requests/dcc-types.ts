/** DUIS's types of what the DCC itself keeps: devices, premises, schedules. */
import { z } from "zod";
import { inventoryStatuses } from "../inventory-rules.ts";
import { eui, importMpxn, inXml, mpan, pairs, whole } from "./duis.ts";

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
export const deviceStatus = z.enum(inventoryStatuses);
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

export const remotePartyRole = z.enum([
  "ACB",
  "NetworkOperator",
  "Recovery",
  "Root",
  "Supplier",
  "TransCoS",
  "LoadController",
]);

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
const deviceIds = /^(?:[0-9a-f]{2}(?:-[0-9a-f]{2}){7}(?:,(?!$)|$))+$/i;
export const deviceIdList = z.union(
  [
    z.array(eui).min(1).max(50_000),
    z
      .string()
      .max(1_199_999)
      .regex(deviceIds)
      .transform((list) => list.toUpperCase().replaceAll("-", "").split(",")),
  ],
  { error: "expected EUI-64s with commas between them" },
);
inXml.add(deviceIdList, {
  text: (list) =>
    Array.isArray(list) ? list.map((id) => pairs(id.replaceAll("-", ""))).join() : String(list),
});

/** RequestID and ResponseID: two EUI-64s of eight hex pairs, and a counter. */
const id = /^(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(0|[1-9]\d{0,19})$/i;
export const messageId = z
  .string()
  .refine(
    (text) => id.test(text) && BigInt(id.exec(text)?.[1] ?? 0) < 1n << 64n,
    "expected EUI:EUI:COUNTER, EUIs of 8 hex pairs",
  );

/** Code of an alert or a message: two octets. Becomes four capital hex digits. */
export const alertCode = z
  .string()
  .regex(/^[0-9a-f]{4}$/i, "expected four hex digits")
  .transform((code) => code.toUpperCase());
