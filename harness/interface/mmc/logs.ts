/** Logs of an electricity meter: 4.4.x, 4.6.x, 4.8.x, 4.14, 4.17, 6.13. */
import type { Found } from "./found.ts";
import { each, full, group, leaf, numbered, type Part, within } from "./parts.ts";
import { code, dateTime, hexBinary, longHex, meaning, oneOf } from "./words.ts";

const at = leaf("Timestamp", "time", dateTime);
const blocks = [1, 2, 3, 4].map((block) =>
  numbered(`TariffTOUBlock${block}RegisterMatrixValue`, `block${block}`, 8),
);

const debts = [
  leaf("AccumulatedDebtRegister", "accumulatedDebt"),
  leaf("EmergencyCreditBalance", "emergencyCredit"),
  leaf("MeterBalance", "balance"),
  leaf("PaymentDebtRegister", "paymentDebt"),
  leaf("TimeDebtRegisters1", "timeDebt1"),
  leaf("TimeDebtRegisters2", "timeDebt2"),
  at,
];

/** Of a billing period: an entry of the log, and of the alert that tells of it. */
export const billingEntry = [
  at,
  leaf("ActiveImportRegisterValueConsumption", "import"),
  leaf("SecondaryActiveImportRegisterValueConsumption", "secondaryImport"),
  numbered("TariffTOURegisterMatrixValue", "tou", 48),
  numbered("SecondaryTariffTOURegisterMatrixValue", "secondaryTou", 4),
  ...blocks,
];

const timed = (name: string, value: string): Part => group(name, leaf(value, "value"), at);
const amounts = (name: string, object: string, most: number): Part =>
  within(object, group(name, each("buffer", most, timed("LogEntry", "Amount"))));

/** Event, security and power logs: a code, and what it was about. */
const eventEntry = group(
  "LogEntry",
  at,
  leaf("LogCode", "code", code),
  leaf("LogMeaning", "code", meaning),
  leaf("OtherInformation", "other", hexBinary),
  leaf("OtherInformation", "value", longHex),
);

const outcomes = { unknown: "Outcome not known", success: "Success", failure: "Failure" };
const olderActions: Readonly<Record<number, string>> = {
  0: "Entry relates to a Message from an HC ALCS",
  17: "On",
  18: "Off",
  32: "Revert to calendar control",
};

/** Which controller, and what: in the older form a script, in the newer one output or input and a level. */
function switched(from: Found) {
  const selector = Number(from.at("controller")?.look());
  const [way, controller, what] = [selector >> 12, (selector >> 8) & 15, selector & 0xff];
  const action = way === 0 ? olderActions[what] : undefined;
  const isLevel = (way === 1 || way === 2) && what <= 100;
  if (controller < 1 || controller > 5 || (action === undefined && !isLevel)) return undefined;
  from.at("controller")?.take();
  return { controller, action, level: isLevel ? what : undefined, isInput: way === 2 };
}

const auxiliaryEntry: Part = (from) => {
  const found = switched(from);
  const element = (name: string, content: string | number | undefined) =>
    content === undefined ? [] : [{ name, content: String(content) }];
  return [
    {
      name: "ALCSEventLogEntry",
      content: [
        ...at(from),
        ...element("SwitchNumber", found?.controller),
        ...element("SwitchAction", found?.action),
        ...leaf("Outcome", "outcome", oneOf(outcomes))(from),
        ...leaf("HANCommandID", "hanCommand")(from),
        ...element("AuxiliaryControllerLevel", found?.level),
        ...element("InputFromControlledLoad", found?.isInput ? "" : undefined),
      ],
    },
  ];
};

const eventLog = (object: string): Part => within(object, group("Log", each("buffer", 100, eventEntry)));

export const logs = {
  RetrieveCoMOrTariffTriggeredBillingDataLog: [
    group(
      "Electricity",
      each(
        "changeLog.buffer",
        12,
        group(
          "LogEntryConsumptionAndTariffRegistersData",
          leaf("ActiveImportRegisterConsumption", "import"),
          numbered("TariffTOURegisterMatrixValue", "tou", 48),
          ...blocks,
          leaf("SecondaryActiveImportRegisterConsumption", "secondaryImport"),
          numbered("SecondaryTariffTOURegisterMatrixValue", "secondaryTou", 4),
          at,
        ),
      ),
      each("changeLog.buffer", 12, group("LogEntryPrepaymentData", ...debts)),
    ),
  ],
  RetrieveBillingCalendarTriggeredBillingDataLog: [
    group(
      "Electricity",
      each("billingRegisterLog.buffer", 12, group("ESMEBillingDataLogEntry", ...billingEntry)),
      each("billingPrepaymentLog.buffer", 12, group("ESMEBillingPrepaymentDataLogEntry", ...debts)),
    ),
  ],
  RetrieveBillingDataLogDebtPayments: [amounts("PaymentBasedDebtRepayment", "debtPaymentLog", 10)],
  RetrieveBillingDataLogPrepaymentCredits: [amounts("PrepaymentCredits", "creditLog", 5)],
  RetrieveImportDailyReadLog: [
    each(
      "dailyRegisterLog.buffer",
      31,
      group(
        "LogEntry",
        at,
        group(
          "Electricity",
          leaf("ElecActiveImportRegisterConsumption", "import"),
          leaf("SecondaryActiveImportRegisterConsumption", "secondaryImport"),
          numbered("SecondaryTariffTOURegisterMatrixValue", "secondaryTou", 4),
          numbered("TariffTOURegisterMatrixValue", "tou", 48),
          ...blocks,
        ),
      ),
    ),
  ],
  RetrieveExportDailyReadLog: [
    each(
      "dailyExportLog.buffer",
      31,
      group("LogEntry", leaf("ActiveExportRegisterValue", "value"), leaf("TimeStamp", "time", dateTime)),
    ),
  ],
  ReadActiveImportProfileData: [
    each(
      "importProfile.buffer",
      19_056,
      group(
        "LogEntry",
        at,
        group("Electricity", leaf("PrimaryValue", "import"), leaf("SecondaryValue", "secondaryImport")),
      ),
    ),
  ],
  ReadReactiveImportProfileData: [
    each("reactiveProfile.buffer", 4464, timed("LogEntry", "ReactiveEnergyImportedValue")),
  ],
  ReadExportProfileData: [
    each(
      "exportProfile.buffer",
      4464,
      group(
        "LogEntry",
        leaf("ActiveEnergyExportedValue", "value"),
        leaf("ReactiveEnergyExportedValue", "second"),
        at,
      ),
    ),
  ],
  ReadPrepaymentDailyReadLog: [
    group("Electricity", each("dailyPrepaymentLog.buffer", 31, group("LogEntry", ...debts))),
  ],
  RetrieveDailyConsumptionLog: [
    group("Electricity", each("dailyConsumptionLog.buffer", 731, timed("LogEntry", "Value"))),
  ],
  ReadEventOrSecurityLog: [
    eventLog("eventLog"),
    eventLog("securityLog"),
    eventLog("powerEventLog"),
    within("auxiliaryLog", group("ALCSEvent", each("buffer", 100, auxiliaryEntry))),
  ],
  ReadBoostButtonDetails: [
    each(
      "boostLog.buffer",
      25,
      full("EventLogEntry", leaf("BoostEnd", "end", dateTime), leaf("BoostStart", "start", dateTime)),
    ),
    leaf("BoostFunctionAvailability", "boostAvailable"),
    ...[1, 2, 3, 4, 5].map((n) => leaf(`BoostFunctionControl${n}Value`, `boostControl${n}`)),
  ],
} as const;
