/** Service requests 8.x: a device gets into a home, and out of it. */
import { z } from "zod";
import { type DeviceName, devices, valueTypes } from "../../../firmware/model/index.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { fromHex, toHex } from "../../../hal/base/hex.ts";
import { commissionDevice } from "./configuration.ts";
import { eui, hexBinary, importMpxn, mpan, whole } from "./duis.ts";
import { type ReadContext, request } from "./request.ts";

const addDevice = z.strictObject({
  /** s. */
  JoinTimePeriod: whole(1, 3600),
  /** Without its CRC. */
  InstallCode: hexBinary(6, 16),
  ImportMPxN: importMpxn.optional(),
  SecondaryImportMPAN: mpan.optional(),
  ExportMPAN: mpan.optional(),
});

const hexOf = (value: unknown): unknown => (value instanceof Uint8Array ? toHex(value) : value);

const names: Readonly<Record<string, number>> = valueTypes.registration.fields.deviceType.names;

/** What a hub's log calls a device: its type, or for an SAPC that of the meter whose number it has. */
const nameInLog = (type: DeviceName): string | undefined =>
  Object.keys(names).find((each) => names[each] === devices[type].logNumber);

function listed(eui: string, type: DeviceName): string {
  const name = nameInLog(type);
  if (name !== undefined) return name;
  throw new CodedError(
    "headend/parameters",
    `service request 8.11: DeviceID: ${eui} is a ${type}, which no hub lists; expected a ${Object.keys(names).join(", ")}`,
    { device: eui, type },
  );
}

export const installation = {
  "8.1.1": commissionDevice,
  /** The hub is the target, `DeviceID` what it is to list or forget; its type is the inventory's. */
  "8.11": request("8.11", "UpdateHANDeviceLog", {
    fields: {
      DeviceID: eui,
      RequestType: z.enum(["Add", "Remove"]),
      AddDeviceToCHFWhitelist: addDevice.optional(),
    },
    check: ({ RequestType, AddDeviceToCHFWhitelist }, context) => {
      if ((RequestType === "Add") === (AddDeviceToCHFWhitelist !== undefined)) return;
      const path = ["AddDeviceToCHFWhitelist"];
      const message =
        RequestType === "Add"
          ? "expected with RequestType Add"
          : "expected with RequestType Add alone, not Remove";
      context.addIssue({ code: "custom", path, message });
    },
    useCase: (p) => (p.RequestType === "Add" ? "CCS01" : "CCS02"),
    elements: { "deviceLog.joinTimeout": "AddDeviceToCHFWhitelist.JoinTimePeriod" },
    values: (p, { typeOf }): Readonly<Record<string, unknown>> =>
      p.AddDeviceToCHFWhitelist === undefined
        ? { "deviceLog.unregister": fromHex(p.DeviceID) }
        : {
            "deviceLog.register": {
              device: fromHex(p.DeviceID),
              key: p.AddDeviceToCHFWhitelist.InstallCode,
              deviceType: listed(p.DeviceID, typeOf(p.DeviceID)),
            },
          },
    readBack: (value, context) =>
      context.useCase === "CCS02"
        ? { DeviceID: hexOf(value("deviceLog.unregister")), RequestType: "Remove" }
        : readAdded(value("deviceLog.register"), context),
    carried: ({ ExecutionDateTime: _, AddDeviceToCHFWhitelist: add, ...p }) => ({
      ...p,
      ...(add && {
        AddDeviceToCHFWhitelist: { JoinTimePeriod: add.JoinTimePeriod, InstallCode: add.InstallCode },
      }),
    }),
  }),
} as const;

/** A type that is not the inventory's turns up, as does a device that the inventory does not know. */
function readAdded(value: unknown, { typeOf }: ReadContext): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return { registration: value };
  const { device, keyType: _, key, deviceType, ...more } = value as Readonly<Record<string, unknown>>;
  const DeviceID = hexOf(device);
  const known = typeof DeviceID === "string" && isOfType(DeviceID, deviceType, typeOf);
  const type = known ? {} : { deviceType };
  return { DeviceID, RequestType: "Add", AddDeviceToCHFWhitelist: { InstallCode: key }, ...type, ...more };
}

function isOfType(eui: string, type: unknown, typeOf: ReadContext["typeOf"]): boolean {
  try {
    return nameInLog(typeOf(eui)) === type;
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}
