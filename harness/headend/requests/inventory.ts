/** Service requests 8.2 to 8.6, 8.13 and 12.x: what the DCC knows of devices and premises, and is told of them. */
import { z } from "zod";
import {
  date,
  deviceManufacturer,
  deviceModel,
  deviceType,
  esmeVariant,
  firmwareVersion,
  messageId,
  meterMpxns,
  propertyFilter,
  smetsChtsVersion,
  uprn,
} from "./dcc-types.ts";
import { base64Binary, empty, eui, importMpxn, mpan, oneOf } from "./duis.ts";
import { request } from "./request.ts";

/** What a user may change of a device; also what it tells first. */
const details = {
  SMETSCHTSVersion: smetsChtsVersion.optional(),
  FirmwareVersion: firmwareVersion.optional(),
  ESMEVariant: esmeVariant.optional(),
} as const;

/** What 12.1 asks for, and what its answer repeats. */
export const wanMatrix = {
  fields: { UPRN: uprn.optional(), PartialAddress: propertyFilter.optional() },
  check: oneOf("UPRN", "PartialAddress"),
} as const;

export const inventoryRequests = {
  "8.2": request("8.2", "ReadInventory", {
    fields: {
      UPRN: uprn.optional(),
      DeviceID: eui.optional(),
      MPxN: importMpxn.optional(),
      PropertyFilter: propertyFilter.optional(),
    },
    check: oneOf("UPRN", "DeviceID", "MPxN", "PropertyFilter"),
  }),
  "8.3": request("8.3", "DecommissionDevice", { fields: { DeviceID: eui } }),
  "8.4": request("8.4", "UpdateInventory", {
    fields: {
      DeviceID: eui,
      UpdateDeviceStatusExceptCH: z.enum(["Pending", "InstalledNotCommissioned"]).optional(),
      UpdateDeviceStatusCH: z.enum(["Commissioned", "Withdrawn", "InstalledNotCommissioned"]).optional(),
      UpdateDeviceDetails: z
        .strictObject({
          DeviceManufacturer: deviceManufacturer.optional(),
          DeviceModel: deviceModel.optional(),
          ...details,
        })
        .optional(),
      DeleteDevice: empty.optional(),
      UpdateMPxN: z
        .strictObject({
          ImportMPxN: importMpxn.optional(),
          SecondaryImportMPAN: mpan.optional(),
          ExportMPAN: mpan.optional(),
        })
        .superRefine(oneOf("ImportMPxN", "SecondaryImportMPAN", "ExportMPAN"))
        .optional(),
    },
    check: oneOf(
      "UpdateDeviceStatusExceptCH",
      "UpdateDeviceStatusCH",
      "UpdateDeviceDetails",
      "DeleteDevice",
      "UpdateMPxN",
    ),
  }),
  "8.6": request("8.6", "ServiceOptIn", {
    fields: { DeviceID: eui, DeviceType: deviceType, MPxNs: meterMpxns, OptInDate: date },
  }),
  /** What a device has answered to a command that its user delivered. */
  "8.13": request("8.13", "ReturnLocalCommandResponse", {
    fields: { OriginalRequestID: messageId.optional(), DeviceGBCSResponse: base64Binary(1, 0xffff) },
  }),
  "12.1": request("12.1", "RequestWANMatrix", wanMatrix),
  "12.2": request("12.2", "DevicePrenotification", {
    fields: {
      DeviceID: eui,
      DeviceManufacturer: deviceManufacturer,
      DeviceModel: deviceModel,
      DeviceType: deviceType,
      ...details,
      AssociatedGPFDeviceID: eui.optional(),
    },
  }),
} as const;
