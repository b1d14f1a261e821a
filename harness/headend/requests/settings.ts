/** What is shown to the consumer, and what identifies the point of supply: service requests 3.x, 6.12, 6.20, 6.25, 9.1. */
import { z } from "zod";
import { mpan, unsignedInt } from "./duis.ts";
import { type Lookup, request } from "./request.ts";

/** Octets 20 to 7E hex. */
const printable = (least: number, most: number) =>
  z
    .string()
    .min(least)
    .max(most)
    .regex(/^[ -~]*$/, "expected printable ASCII");

/** Written with nothing, it is no more. */
const pin = "privacyPin.value";
const cin = "customerIdentificationNumber.value";
/** Four digits, another for each of ten thousand commands in a row. How the DCC draws them is from no source seen. */
const numberFor = (counter: bigint): string => String((counter * 7919n) % 10_000n).padStart(4, "0");

export const settings = {
  "3.1": request("3.1", "DisplayMessage", { fields: { SupplierMessage: printable(1, 116) } }),
  "3.4": request("3.4", "UpdateSupplierName", {
    fields: {
      SupplierName: printable(1, 15),
      SupplierTelephoneNumber: z
        .string()
        .max(18)
        .regex(/^[0-9 ]+$/, "expected digits and spaces"),
    },
    elements: { "supplierTelephone.active": "SupplierTelephoneNumber" },
  }),
  "3.5": request("3.5", "DisablePrivacyPIN", {
    values: () => ({ [pin]: new Uint8Array() }),
    readBack: (value: Lookup) => {
      const written = value(pin);
      return written instanceof Uint8Array && written.length === 0 ? {} : { PIN: written };
    },
  }),
  /** W. */
  "6.12": request("6.12", "UpdateDeviceConfigurationInstantaneousPowerThreshold", {
    fields: { LowMediumPowerThreshold: unsignedInt, MediumHighPowerThreshold: unsignedInt },
    values: (p) => ({
      "powerThresholds.thresholds": [p.LowMediumPowerThreshold, p.MediumHighPowerThreshold],
    }),
    readBack: (value: Lookup) => {
      const thresholds = value("powerThresholds.thresholds");
      const [low, high, ...more] = Array.isArray(thresholds) ? thresholds : [thresholds];
      return {
        LowMediumPowerThreshold: low,
        MediumHighPowerThreshold: high,
        ...(more.length > 0 && { more }),
      };
    },
  }),
  /** Of a meter; a gas proxy takes an MPRN. */
  "6.20.1": request("6.20.1", "SetDeviceConfigurationImportMPxN", {
    fields: {
      ImportMPANs: z.strictObject({ ImportMPAN: mpan, SecondaryImportMPAN: mpan.optional() }),
    },
    useCase: "ECS39a",
    values: ({ ImportMPANs: { ImportMPAN, SecondaryImportMPAN = "" } }) => ({
      "importMpan.value": ImportMPAN + SecondaryImportMPAN,
    }),
    readBack: (value: Lookup) => {
      const both = String(value("importMpan.value"));
      const [first, second] = [both.slice(0, 13), both.slice(13)];
      return { ImportMPANs: { ImportMPAN: first, ...(second !== "" && { SecondaryImportMPAN: second }) } };
    },
  }),
  "6.20.2": request("6.20.2", "SetDeviceConfigurationExportMPAN", {
    fields: { ExportMPAN: mpan },
    elements: { "exportMpan.value": "ExportMPAN" },
  }),
  "6.25": request("6.25", "SetElectricitySupplyTamperState", {
    fields: { SupplyTamperState: z.enum(["Locked", "Unchanged"]) },
    elements: { "supplyTamperState.value": ["SupplyTamperState", { Locked: true, Unchanged: false }] },
  }),
  /** The DCC draws the number, tells the user, and has the meter show it: who reads it out stands before the meter. */
  "9.1": request("9.1", "RequestCustomerIdentificationNumber", {
    values: (_, { counter, customerNumber }) => ({ [cin]: customerNumber ?? numberFor(counter) }),
    readBack: (value: Lookup, { counter, customerNumber }) => {
      const shown = value(cin);
      return shown === (customerNumber ?? numberFor(counter)) ? {} : { CustomerIdentificationNumber: shown };
    },
  }),
} as const;
