/** Service requests 4.x, and other reads of what a device holds. */
import { z } from "zod";
import { type DeviceName, devices, useCase } from "../../../firmware/model/index.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { readLogPeriod } from "./duis.ts";
import { request } from "./request.ts";

const log = { fields: { ReadLogPeriod: readLogPeriod } } as const;

/** Which use case reads a log. Only an ESME has a power event log: of a hub it is asked for as a meter's, and refused. */
const logs = {
  Event: { own: "ECS35a", hub: "ECS35c" },
  PowerEvent: { own: "ECS35e", hub: "ECS35e" },
  ALCSEvent: { own: "ECS35g", hub: "ECS35g" },
  Security: { own: "ECS35b", hub: "ECS35d" },
} as const;
type LogWord = keyof typeof logs;
const logWords = Object.keys(logs) as readonly LogWord[];
const logOf = (word: LogWord, device: DeviceName) => logs[word][devices[device].board];

/** Throws `headend/parameters` where a device has no such log. */
function logUseCase(word: LogWord, device: DeviceName) {
  const id = logOf(word, device);
  if (useCase(id).devices.includes(device)) return id;
  throw new CodedError(
    "headend/parameters",
    `service request 6.13: LogToRead: a ${device} has no ${word} log; choose another, or another target`,
    { device, log: word },
  );
}

export const reads = {
  "4.1.1": request("4.1.1", "ReadInstantaneousImportRegisters"),
  "4.1.2": request("4.1.2", "ReadInstantaneousImportTOUMatrices"),
  "4.1.3": request("4.1.3", "ReadInstantaneousImportTOUWithBlocksMatrices"),
  "4.2": request("4.2", "ReadInstantaneousExportRegisters"),
  "4.4.3": request("4.4.3", "RetrieveBillingCalendarTriggeredBillingDataLog", log),
  "4.6.1": request("4.6.1", "RetrieveImportDailyReadLog", log),
  "4.6.2": request("4.6.2", "RetrieveExportDailyReadLog", log),
  "4.8.1": request("4.8.1", "ReadActiveImportProfileData", log),
  "4.8.2": request("4.8.2", "ReadReactiveImportProfileData", log),
  "4.8.3": request("4.8.3", "ReadExportProfileData", log),
  "4.10": request("4.10", "ReadNetworkData", {
    ...log,
    useCase: (_, { phases }) => (phases === 3 ? "ECS23b" : "ECS23"),
  }),
  "4.11.1": request("4.11.1", "ReadTariffPrimaryElement"),
  "4.11.2": request("4.11.2", "ReadTariffSecondaryElement"),
  "4.12.1": request("4.12.1", "ReadMaximumDemandImportRegisters"),
  "4.12.2": request("4.12.2", "ReadMaximumDemandExportRegisters"),
  "4.15": request("4.15", "ReadLoadLimitData"),
  "4.16": request("4.16", "ReadActivePowerImport"),
  "4.17": request("4.17", "RetrieveDailyConsumptionLog", log),
  "6.2.1": request("6.2.1", "ReadDeviceConfigurationVoltage", {
    useCase: (_, { phases }) => (phases === 3 ? "ECS26k" : "ECS26b"),
  }),
  "6.2.2": request("6.2.2", "ReadDeviceConfigurationRandomisation"),
  "6.2.4": request("6.2.4", "ReadDeviceConfigurationIdentityExcMPxN", {
    useCase: (_, { device, isOlder }) => {
      if (devices[device].board === "hub") return isOlder ? "ECS26i" : "ECS26n";
      return isOlder ? "ECS26e" : "ECS26m";
    },
  }),
  "6.2.5": request("6.2.5", "ReadDeviceConfigurationInstantaneousPowerThresholds"),
  "6.2.7": request("6.2.7", "ReadDeviceConfigurationMPxN", { useCase: "ECS40" }),
  "6.2.10": request("6.2.10", "ReadDeviceConfigurationEventAndAlertBehaviours", {
    useCase: (_, { role }) => (role === "networkOperator" ? "ECS25r2" : "ECS25r1"),
  }),
  "6.13": request("6.13", "ReadEventOrSecurityLog", {
    fields: { ReadLogPeriod: readLogPeriod, LogToRead: z.enum(logWords) },
    useCase: (p, { device }) => logUseCase(p.LogToRead, device),
    readBack: (_, { device, useCase: id }) => ({
      LogToRead: logWords.find((word) => logOf(word, device) === id),
    }),
  }),
} as const;
