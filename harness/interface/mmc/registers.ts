/** Registers, demand and voltage of an electricity meter: 4.1.x, 4.2, 4.3, 4.10, 4.12.x, 4.16, 4.18. Wh, varh, W, V; money in 10^-5. */
import { timeOfDay } from "./calendar-parts.ts";
import {
  each,
  fixedBy,
  full,
  group,
  implied,
  leaf,
  numbered,
  type Part,
  said,
  some,
  where,
  within,
} from "./parts.ts";
import { dateTime } from "./words.ts";

const inUnits = "the format's numbers are in this unit";

/** The unit's word, as long as the meter counts in whole units of it. */
const unitOf =
  (name: string, path: string, unit: string, word: string): Part =>
  (from) => {
    const [scaler, counted] = [from.at(`${path}.scaler`), from.at(`${path}.unit`)];
    if (scaler?.look() !== 0 || counted?.look() !== unit) return [];
    scaler.take();
    counted.take();
    return [{ name, content: word }];
  };
const wattHours = (path: string): Part => unitOf("ActiveEnergyUnit", path, "wattHour", "Wh");
const varHours = (path: string): Part => unitOf("ReactiveEnergyUnit", path, "varHour", "varh");

/** The second register counts in the first one's unit. */
const secondaryUnit = where("secondaryImport", said("ActiveEnergyUnit", "Wh"));
const importRegisters = within(
  "importRegisters.value",
  some("ActiveImportRegister", leaf("Value", "import"), wattHours("importUnit")),
  some("ReactiveImportRegister", leaf("Value", "reactive"), varHours("reactiveUnit")),
  some("SecondaryActiveImportRegister", leaf("Value", "secondaryImport"), (from) =>
    wattHours("importUnit")(from).length > 0 ? secondaryUnit(from) : [],
  ),
);

const blocks = [1, 2, 3, 4];
const tousOfBlock = 8;
/** 64 values: of each block 8 registers, then its 8 counters. */
const blockRegisters: Part = (from) =>
  blocks.map((block) => {
    const values = from.at("blockTouRegisters.value.values")?.items() ?? [];
    const part = (name: string, first: number) =>
      values.slice(first, first + tousOfBlock).map((value, i) => ({
        name,
        attributes: { index: String(i + 1) },
        content: String(value.take()),
      }));
    const first = (block - 1) * 2 * tousOfBlock;
    return {
      name: "TariffBlock",
      attributes: { index: String(block) },
      content: [
        ...part("RegisterMatrixTOUValue", first),
        ...part("CounterMatrixTOUValue", first + tousOfBlock),
      ],
    };
  });

const demand = (name: string, object: string, reset: string): Part =>
  some(
    name,
    leaf("Value", `${object}.value`),
    implied(`${object}.scalerUnit`, { scaler: 0, unit: "watt" }, inUnits),
    leaf("CaptureTime", `${object}.captureTime`, dateTime),
    leaf("LastResetDateTime", `${reset}.value`, dateTime),
  );

const everyDay = "of every day, for ever";
/** What the window's entries are beside their times; the first begins it, the second ends it. */
const windowFrame = [
  implied("enabled", true, everyDay),
  implied("weekdays", "1111111", everyDay),
  implied("specialDays", "", everyDay),
  implied("from", { year: 0, month: 1 }, everyDay),
];
const windowEnd =
  (name: string, i: number): Part =>
  (from) => {
    const entry = from.at("demandWindow.entries")?.items()[i];
    if (entry === undefined) return [];
    for (const part of windowFrame) part(entry);
    for (const member of ["index", "selector"])
      entry.at(member)?.imply("the first begins the window, the second ends it");
    return timeOfDay(name, "start")(entry);
  };
const demandWindow: Part = (from) => [
  ...full("MaxDemandConfigurableTimePeriod", windowEnd("StartTime", 0), windowEnd("EndTime", 1))(from),
  ...fixedBy("ECS37", "demandWindow.entries", "demandWindow.entries")(from),
];

const counter = (name: string, object: string): Part =>
  some(name, leaf("Value", `${object}.value`), unitOf("Unit", `${object}.scalerUnit`, "count", "count"));
const voltageOf = (phase: string): Part[] => [
  counter("AvgRMSOverVoltageCounter", `averageOverVoltageCounter${phase}`),
  counter("AvgRMSUnderVoltageCounter", `averageUnderVoltageCounter${phase}`),
  some(
    "AvgRMSVoltageProfileDataLog",
    each(
      `averageVoltageLog${phase}.buffer`,
      4320,
      group("LogEntry", leaf("Value"), leaf("Timestamp", "time", dateTime)),
    ),
    leaf("MeasurementPeriod", `averageVoltageLog${phase}.capturePeriod`),
  ),
];
const phases = ["", "Phase2", "Phase3"];
const polyphase = some(
  "PolyPhaseESME",
  ...phases.map((phase, i) =>
    group(
      "PhaseVoltageOperationalData",
      some("VoltageOperationalData", ...voltageOf(phase)),
      said("Phase", String(i + 1)),
    ),
  ),
);

export const registers = {
  ReadInstantaneousImportRegisters: [group("Electricity", importRegisters)],
  ReadInstantaneousImportTOUMatrices: [
    group(
      "Electricity",
      some(
        "TariffTOURegisterCollection",
        numbered("TOUPrimaryRegisterValue", "touRegisters.value.tou", 48),
        numbered("TOUSecondRegisterValue", "touRegisters.value.secondaryTou", 4),
      ),
    ),
  ],
  ReadInstantaneousImportTOUWithBlocksMatrices: [
    where("blockTouRegisters", some("TariffBlockTOURegisterCollection", blockRegisters)),
  ],
  ReadInstantaneousExportRegisters: [
    some("ActiveExportRegister", leaf("Value", "activeExport.value"), wattHours("activeExport.scalerUnit")),
    some(
      "ReactiveExportRegister",
      leaf("Value", "reactiveExport.value"),
      varHours("reactiveExport.scalerUnit"),
    ),
  ],
  ReadInstantaneousPrepayValues: [
    within(
      "prepaymentBalances.value",
      leaf("EmergencyCreditBalance", "emergencyCredit"),
      leaf("AccumulatedDebtRegister", "accumulatedDebt"),
      leaf("PaymentDebtRegister", "paymentDebt"),
      leaf("TimeDebtRegister1", "timeDebt1"),
      leaf("TimeDebtRegister2", "timeDebt2"),
      leaf("MeterBalance", "balance"),
    ),
  ],
  ReadMeterBalance: [leaf("MeterBalance", "meterBalance.amount")],
  ReadActivePowerImport: [
    within(
      "powerImport.value",
      some("ActivePowerImport", leaf("Value", "power"), unitOf("Unit", "unit", "watt", "W")),
      leaf("PrimaryActivePowerImportValue", "primary"),
    ),
  ],
  ReadMaximumDemandExportRegisters: [
    demand("MaxDemandActiveEnergyExport", "demandExport", "demandExportReset"),
  ],
  ReadMaximumDemandImportRegisters: [
    demand(
      "MaxDemandConfigurableTimeActivePowerImport",
      "configurableDemandImport",
      "configurableDemandReset",
    ),
    demand("MaxDemandActiveEnergyImport", "demandImport", "demandImportReset"),
    demandWindow,
  ],
  ReadNetworkData: [
    group("Electricity", (from) =>
      from.at("averageUnderVoltageCounterPhase2") === undefined
        ? some("SinglePhaseESME", ...voltageOf(""))(from)
        : polyphase(from),
    ),
  ],
} as const;
