/** Service requests 3.3 and 6.4 to 6.27: what a supplier or network operator sets, and the clock. */
import { z } from "zod";
import { dateTime, empty, oneOf, unsignedInt, whole } from "./duis.ts";
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
const rms = "RMSVoltageSettings";
/** What DUIS calls the averages' settings of phase `phase` (0-based). */
export const averagePaths = (phase: number) => {
  const suffix = phase === 0 ? "" : `Phase${phase + 1}`;
  return [
    [`averageOverVoltageThreshold${suffix}.value`, "AverageRMSOverVoltageThreshold"],
    [`averageUnderVoltageThreshold${suffix}.value`, "AverageRMSUnderVoltageThreshold"],
    [`averageVoltageLog${suffix}.capturePeriod`, "AverageRMSVoltageMeasurementPeriod"],
  ] as const;
};

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
      SinglePhaseVoltageSettings: averageVoltageSettings.optional(),
      PolyPhaseVoltageSettings: z
        .array(z.strictObject({ Phase: whole(1, 3), PhaseVoltageSettings: averageVoltageSettings }))
        .length(3)
        .refine((all) => new Set(all.map(({ Phase }) => Phase)).size === 3, "expected each phase once")
        .transform((all) => all.toSorted((a, b) => a.Phase - b.Phase))
        .optional(),
      RMSVoltageCountersNotReset: empty.optional(),
    },
    check: oneOf("SinglePhaseVoltageSettings", "PolyPhaseVoltageSettings"),
    useCase: (p) => {
      const poly = p.PolyPhaseVoltageSettings !== undefined;
      if (p.RMSVoltageCountersNotReset) return poly ? "ECS29d" : "ECS29c";
      return poly ? "ECS29b" : "ECS29a";
    },
    elements: {
      "extremeOverVoltage.threshold": `${rms}.RMSExtremeOverVoltageThreshold`,
      "extremeOverVoltage.overDuration": `${rms}.RMSExtremeOverVoltageMeasurementPeriod`,
      "extremeUnderVoltage.threshold": `${rms}.RMSExtremeUnderVoltageThreshold`,
      "extremeUnderVoltage.overDuration": `${rms}.RMSExtremeUnderVoltageMeasurementPeriod`,
      "voltageSag.threshold": `${rms}.RMSVoltageSagThreshold`,
      "voltageSag.overDuration": `${rms}.RMSVoltageSagMeasurementPeriod`,
      "voltageSwell.threshold": `${rms}.RMSVoltageSwellThreshold`,
      "voltageSwell.overDuration": `${rms}.RMSVoltageSwellMeasurementPeriod`,
    },
    values: ({ SinglePhaseVoltageSettings, PolyPhaseVoltageSettings = [] }) => {
      const phases = SinglePhaseVoltageSettings
        ? [SinglePhaseVoltageSettings]
        : PolyPhaseVoltageSettings.map(({ PhaseVoltageSettings }) => PhaseVoltageSettings);
      return Object.fromEntries(
        phases.flatMap((phase, i) =>
          averagePaths(i).map(([path, element]) => [path, phase[element]] as const),
        ),
      );
    },
    readBack: (value: Lookup, { useCase }) => {
      const phases = ["", ...(["ECS29b", "ECS29d"].includes(useCase) ? ["Phase2", "Phase3"] : [])].map(
        (_, i) => Object.fromEntries(averagePaths(i).map(([path, element]) => [element, value(path)])),
      );
      return {
        ...(phases.length === 1
          ? { SinglePhaseVoltageSettings: phases[0] }
          : {
              PolyPhaseVoltageSettings: phases.map((each, i) => ({
                Phase: i + 1,
                PhaseVoltageSettings: each,
              })),
            }),
        ...(["ECS29c", "ECS29d"].includes(useCase) && { RMSVoltageCountersNotReset: {} }),
      };
    },
  }),
  "6.27": request("6.27", "UpdateDeviceConfigurationRMSVoltageCounterReset", {
    useCase: (_, { phases }) => (phases === 3 ? "ECS29f" : "ECS29e"),
  }),
  "6.11": request("6.11", "SynchroniseClock", clockWindow),
} as const;

/** Also the last step of commissioning, by another number. */
export const commissionDevice = request("8.1.1", "CommissionDeviceSynchroniseClock", clockWindow);
