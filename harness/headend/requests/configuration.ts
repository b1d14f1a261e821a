/** Service requests 3.3 and 6.4 to 6.27: what a supplier or network operator sets, and the clock. */
import { z } from "zod";
import { dateTime, empty, unsignedInt, whole } from "./duis.ts";
import { type Lookup, request } from "./request.ts";

/** V and s; 0 s: not monitored. */
const rmsVoltageSettings = z.strictObject({
  RMSExtremeOverVoltageMeasurementPeriod: unsignedInt,
  RMSExtremeOverVoltageThreshold: unsignedInt,
  RMSExtremeUnderVoltageMeasurementPeriod: unsignedInt,
  RMSExtremeUnderVoltageThreshold: unsignedInt,
  RMSVoltageSagMeasurementPeriod: unsignedInt,
  RMSVoltageSagThreshold: unsignedInt,
  RMSVoltageSwellMeasurementPeriod: unsignedInt,
  RMSVoltageSwellThreshold: unsignedInt,
});
const averageVoltageSettings = z.strictObject({
  AverageRMSOverVoltageThreshold: unsignedInt,
  AverageRMSUnderVoltageThreshold: unsignedInt,
  AverageRMSVoltageMeasurementPeriod: unsignedInt,
});
const [rms, single] = ["RMSVoltageSettings", "SinglePhaseVoltageSettings"];

const clockFields = { CurrentDateTime: dateTime, TolerancePeriod: whole(0, 86_400) } as const;
/** The meter takes the hub's time if that lies between `CurrentDateTime` and as much later as `TolerancePeriod` says, s. */
const clockWindow = {
  fields: clockFields,
  useCase: "ECS70",
  values: (p: { CurrentDateTime: number; TolerancePeriod: number }) => ({
    "clock.presetAdjusting": { from: p.CurrentDateTime, to: p.CurrentDateTime + p.TolerancePeriod },
  }),
  readBack: (value: Lookup) => {
    const window = value("clock.presetAdjusting");
    if (typeof window !== "object" || window === null) return { window };
    const { preset: _, from, to, ...more } = window as Readonly<Record<string, unknown>>;
    return { CurrentDateTime: from, TolerancePeriod: Number(to) - Number(from), ...more };
  },
} as const;

export const configuration = {
  "3.3": request("3.3", "ClearEventLog", {
    fields: { ESMEEventLogType: z.enum(["ESME", "ALCS"]).default("ESME") },
    useCase: (p) => (p.ESMEEventLogType === "ALCS" ? "ECS15c" : "ECS15a"),
    readBack: (_, { useCase }) => ({ ESMEEventLogType: useCase === "ECS15c" ? "ALCS" : "ESME" }),
  }),
  /** s, W, s. */
  "6.4.1": request("6.4.1", "UpdateDeviceConfigurationLoadLimitingGeneralSettings", {
    fields: {
      LoadLimitPeriod: unsignedInt,
      LoadLimitPowerThreshold: unsignedInt,
      LoadLimitRestorationPeriod: unsignedInt,
      LoadLimitSupplyState: z.enum(["Disable", "Unchanged"]),
    },
    elements: {
      "loadLimitSupplyState.passive": ["LoadLimitSupplyState", { Disable: true, Unchanged: false }],
    },
  }),
  "6.4.2": request("6.4.2", "UpdateDeviceConfigurationLoadLimitingCounterReset"),
  "6.5": request("6.5", "UpdateDeviceConfigurationVoltage", {
    fields: {
      RMSVoltageSettings: rmsVoltageSettings,
      SinglePhaseVoltageSettings: averageVoltageSettings,
      RMSVoltageCountersNotReset: empty.optional(),
    },
    useCase: (p) => (p.RMSVoltageCountersNotReset ? "ECS29c" : "ECS29a"),
    elements: {
      "extremeOverVoltage.threshold": `${rms}.RMSExtremeOverVoltageThreshold`,
      "extremeOverVoltage.overDuration": `${rms}.RMSExtremeOverVoltageMeasurementPeriod`,
      "extremeUnderVoltage.threshold": `${rms}.RMSExtremeUnderVoltageThreshold`,
      "extremeUnderVoltage.overDuration": `${rms}.RMSExtremeUnderVoltageMeasurementPeriod`,
      "voltageSag.threshold": `${rms}.RMSVoltageSagThreshold`,
      "voltageSag.overDuration": `${rms}.RMSVoltageSagMeasurementPeriod`,
      "voltageSwell.threshold": `${rms}.RMSVoltageSwellThreshold`,
      "voltageSwell.overDuration": `${rms}.RMSVoltageSwellMeasurementPeriod`,
      "averageOverVoltageThreshold.value": `${single}.AverageRMSOverVoltageThreshold`,
      "averageUnderVoltageThreshold.value": `${single}.AverageRMSUnderVoltageThreshold`,
      "averageVoltageLog.capturePeriod": `${single}.AverageRMSVoltageMeasurementPeriod`,
    },
    readBack: (_, { useCase }) => (useCase === "ECS29c" ? { RMSVoltageCountersNotReset: {} } : {}),
  }),
  "6.27": request("6.27", "UpdateDeviceConfigurationRMSVoltageCounterReset", { useCase: "ECS29e" }),
  "6.11": request("6.11", "SynchroniseClock", clockWindow),
} as const;

/** Also the last step of commissioning, by another number. */
export const commissionDevice = request("8.1.1", "CommissionDeviceSynchroniseClock", clockWindow);
