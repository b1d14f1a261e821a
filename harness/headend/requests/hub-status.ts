/** Service requests 8.14.x: what an installer tells of a hub. */
import { z } from "zod";
import { text } from "./dcc-types.ts";
import { dateTime, eui, importMpxn } from "./duis.ts";
import { request } from "./request.ts";

const reference = { UserRefID: text(0, 25).optional() } as const;
const more = { AdditionalInformation: text(0, 200).optional() } as const;

const installed = {
  DeviceID: eui,
  CHFInstallType: z.enum(["New CHF Install", "Replacement CHF Install", "CHF Install - no SM WAN"]),
  InstallDateTime: dateTime.optional(),
  ...reference,
  MPxN: importMpxn,
  GISData: text(0, 25).optional(),
  AerialInstall: z.boolean(),
  CHFLocation: z.enum(["Outside Premises", "Indoors on external wall", "Deep indoors", "Basement or Cellar"]),
} as const;

export const hubStatus = {
  "8.14.1": request("8.14.1", "CHFInstallSuccessSMWAN", { fields: { ...installed, ...more } }),
  "8.14.2": request("8.14.2", "CHFInstallSuccessNoSMWAN", {
    fields: {
      ...installed,
      PremiseType: z.enum([
        "Detached / Semi Detached",
        "Terraced",
        "Low Rise Apartment (MDU <= 5 floors)",
        "High Rise Apartment (MDU > 5 floors)",
      ]),
      MetalObstructionCheck: z.boolean(),
      ConnectivityObstructionCheck: z.boolean(),
      SharedObstructionCheck: z.boolean(),
      ...more,
    },
  }),
  "8.14.3": request("8.14.3", "CHFFaultReturn", {
    fields: {
      DeviceID: eui,
      CHFFaultReturnType: z.enum([
        "Fault identified prior to installation",
        "Fault identified post installation",
      ]),
      UserRefDateTime: dateTime.optional(),
      ...reference,
      OtherDeviceID: eui,
      IncidentReference: text(0, 15).optional(),
      CHFConnectionMethod: z.enum(["Hot-shoe", "Cradle", "ESME"]),
      CHFFaultReason: z.enum([
        "Damaged case",
        "Damaged Connector",
        "Illegal interference or missing seals",
        "Environmental conditions exceeded",
        "SM WAN Fault",
        "SMHAN Interface Fault",
        "LED Fault",
        "Aerial fault",
        "Manufacturing defect",
      ]),
      ...more,
    },
  }),
  "8.14.4": request("8.14.4", "CHFNoFaultReturn", {
    fields: {
      DeviceID: eui,
      CHFNoFaultReturnType: z.enum([
        "No Fault Return (general)",
        "No Fault Return (non-dom opt out)",
        "No Fault Return (dual supplier HAN variant replacement)",
        "No Fault Return (SM WAN variant replacement requested by DCC)",
        "Lost or Stolen Hub",
      ]),
      UserRefDateTime: dateTime.optional(),
      ...reference,
      IncidentReference: text(0, 15).optional(),
      ...more,
    },
  }),
} as const;
