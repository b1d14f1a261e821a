/** How a meter or hub is set, and what it is: 4.15, 6.2.x, 6.11, 7.4, 8.1.1, 11.2. W, V, s. */
import { valueTypes } from "../../../firmware/model/index.ts";
import { isFields } from "../../headend/read-back.ts";
import { operatorGroups, placeOf, supplierGroups } from "../../headend/requests/alert-behaviour.ts";
import { electricityBillingCalendar, readCalendar } from "../../headend/requests/billing.ts";
import { averagePaths, configuration as settings } from "../../headend/requests/configuration.ts";
import { writeForm } from "../form.ts";
import type { Written } from "../xml-writer.ts";
import { group, implied, leaf, type Part, said, some } from "./parts.ts";
import { dateTime, eui, oneOf, text } from "./words.ts";

/** Paths and elements of 6.5, which sets what is read here. */
const rms = Object.entries(settings["6.5"].byHand.elements ?? {})
  .flatMap(([path, element]) =>
    typeof element === "string" ? [[element.split(".").at(-1) as string, path]] : [],
  )
  .toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1));
const averageVoltage = (phase: number): Part[] =>
  averagePaths(phase)
    .filter(([, element]) => element.endsWith("Threshold"))
    .map(([path, element]) => leaf(element, path));

const voltage: Part = (from) =>
  from.at("averageOverVoltageThresholdPhase2") === undefined
    ? some("SinglePhaseVoltageSettings", ...averageVoltage(0))(from)
    : [0, 1, 2].flatMap((phase) =>
        group(
          "PolyPhaseVoltageSettings",
          said("Phase", String(phase + 1)),
          some("PhaseVoltageSettings", ...averageVoltage(phase)),
        )(from),
      );

/** Dates that make a period of the format; any others have no word there. */
const billingCalendar: Part = (from) => {
  const times = from.at("billingCalendar.executionTimes");
  const calendar = readCalendar(times?.look());
  const form = electricityBillingCalendar.safeParse(calendar);
  if (times === undefined || !isFields(calendar) || !form.success) return [];
  times.take();
  const { BillingTime } = form.data;
  const told = { ...form.data, BillingTime: `${BillingTime}Z` };
  return [
    {
      name: "BillingCalendar",
      content: [writeForm(electricityBillingCalendar, "ElectricityBillingCalendar", told)],
    },
  ];
};

const power =
  (index: number, name: string): Part =>
  (from) => {
    const threshold = from.at("powerThresholds.thresholds")?.items()[index];
    return threshold === undefined ? [] : [{ name, content: String(threshold.take()) }];
  };

/** Both MPANs of a twin-element meter stand in one text. */
const mpan =
  (name: string, path: string, index: number): Part =>
  (from) => {
    const digits = from.at(path)?.look();
    const isMpans = typeof digits === "string" && /^(\d{13}){0,2}$/.test(digits);
    const content = isMpans ? digits.slice(13 * index, 13 * index + 13) : undefined;
    if (content === undefined || (content === "" && index > 0)) return [];
    from.at(path)?.take();
    return [{ name, content }];
  };

const tamper = leaf(
  "SupplyTamperState",
  "supplyTamperState.value",
  oneOf({ true: "Locked", false: "Unchanged" }),
);

type Groups = Readonly<Record<string, readonly string[]>>;
/** The settings of the events that `groups` name: a bit each. A bit of another event has no element. */
const behaviour =
  (name: string, object: string, groups: Groups): Part =>
  (from) => {
    const bits = from.at(`${object}.value`);
    const text = bits?.look();
    if (bits === undefined || typeof text !== "string" || text.length !== 256) return [];
    const isSet = (code: string) => text[placeOf(code)] === "1";
    const told = toldGroups(groups, isSet);
    const named = told.flatMap(([, codes]) => codes).filter(isSet);
    if (named.length === [...text].filter((bit) => bit === "1").length) bits.take();
    const content = told.map(
      ([group, codes]): Written => ({
        name: group,
        content: codes.map((code) => ({ name: `x${code}`, content: isSet(code) ? "Enable" : "Disable" })),
      }),
    );
    return [{ name, content }];
  };

/** A meter has one phase or three: the schema takes the events of one kind alone. */
function toldGroups(groups: Groups, isSet: (code: string) => boolean) {
  const [single, poly] = ["NetworkOperatorESMESinglePhase", "NetworkOperatorESMEPolyPhase"];
  const isPoly = !groups[single]?.some(isSet) && groups[poly]?.some(isSet);
  return Object.entries(groups).filter(([name]) => name !== (isPoly ? single : poly));
}

const supplierBehaviour = (kind: string, object: string): Part =>
  behaviour(`ElectricitySupplier${kind}Settings`, `supplier${object}BehaviourInForce`, supplierGroups);
const operatorBehaviour = (kind: string, object: string): Part =>
  behaviour(`ElectricityNetworkOperator${kind}Settings`, `operator${object}BehaviourInForce`, operatorGroups);

const { names: clockStates } = valueTypes.clockStatus;
const clockState: Part = (from) => {
  const status = from.at("clock.status");
  const word = status?.take() as keyof typeof clockStates | undefined;
  if (word === undefined) return [];
  const attributes = { TimeStatusCode: String(clockStates[word]) };
  return [{ name: "ElecClockTimeStatus", attributes, content: [{ name: "TimeStatus", content: word }] }];
};
const clock = [leaf("DeviceTime", "clock.time", dateTime), some("Electricity", clockState)];

export const configurations = {
  ReadLoadLimitData: [
    leaf("LoadLimitCounterValue", "loadLimitCounter.value"),
    implied("loadLimitCounter.scalerUnit", { scaler: 0, unit: "count" }, "a counter counts"),
    leaf("LoadLimitPowerThreshold", "loadLimiter.threshold"),
    leaf("LoadLimitPeriod", "loadLimiter.overDuration"),
    leaf("LoadLimitRestorationPeriod", "loadLimiter.underDuration"),
    leaf(
      "LoadLimitSupplyState",
      "loadLimitSupplyState.active",
      oneOf({ true: "Disable", false: "Unchanged" }),
    ),
  ],
  ReadDeviceConfigurationVoltage: [
    voltage,
    some("RMSVoltageSettings", ...rms.map(([name, path]) => leaf(name as string, path))),
  ],
  ReadDeviceConfigurationRandomisation: [
    leaf("RandomisedOffset"),
    leaf("RandomisedOffsetNumber"),
    leaf("RandomisedOffsetLimit"),
  ],
  ReadDeviceConfigurationBillingCalendar: [billingCalendar],
  ReadDeviceConfigurationIdentityExcMPxN: [
    leaf("DeviceIdentifier", "deviceIdentity", eui),
    leaf("ModelType", "modelType", text(8)),
    leaf("ManufacturerIdentifier", "manufacturer", text(32)),
    some("Electricity", tamper, leaf("MeterVariant", "meterVariant", text(1))),
  ],
  ReadDeviceConfigurationInstantaneousPowerThresholds: [
    power(0, "LowMediumPowerThreshold"),
    power(1, "MediumHighPowerThreshold"),
  ],
  ReadDeviceConfigurationMPxN: [
    some(
      "Electricity",
      mpan("ImportMPAN", "importMpan.value", 0),
      mpan("SecondaryImportMPAN", "importMpan.value", 1),
      mpan("ExportMPAN", "exportMpan.value", 0),
    ),
  ],
  ReadDeviceConfigurationEventAndAlertBehaviours: {
    ECS25r1: [
      group(
        "ElectricitySupplierAlertEventSettings",
        supplierBehaviour("WANAlert", "Alert"),
        supplierBehaviour("HANAlert", "Han"),
        supplierBehaviour("Alarm", "Audible"),
        supplierBehaviour("Logging", "Log"),
      ),
    ],
    ECS25r2: [
      group(
        "ElectricityNetworkOperatorAlertEventSettings",
        operatorBehaviour("WANAlert", "Alert"),
        operatorBehaviour("Logging", "Log"),
      ),
    ],
  },
  SynchroniseClock: clock,
  CommissionDeviceSynchroniseClock: clock,
  ReadSupplyStatus: [
    leaf("SupplyState", "supplyState", oneOf({ enabled: "Enabled", disabled: "Disabled", armed: "Armed" })),
  ],
} as const;
