/** Auxiliary controllers: 7.7, 7.14, 7.15. Levels in percent. */
import { readCalendarTarget } from "../../../firmware/features/auxiliary/selector.ts";
import { date, period, scheduleFrame, specialDaysOf, weekdays } from "./calendar-parts.ts";
import type { Found } from "./found.ts";
import { attributed, each, fixedBy, implied, leaf, type Part, some } from "./parts.ts";
import { between, eui, plain, text } from "./words.ts";

const controllers = [1, 2, 3, 4, 5];

const dayNumber = (attribute: string) => (from: Found) => {
  const number = between(1, 20)(from.at("index")?.look());
  if (number === undefined) return undefined;
  from.at("index")?.take();
  implied("day", Number(number), "a special day has its own number")(from);
  return { [attribute]: number };
};
const specialDays = (group: string, name: string, attribute: string): Part =>
  some(
    group,
    each("auxiliarySpecialDaysInForce.entries", 20, attributed(date(name, "date"), dayNumber(attribute))),
  );

interface Words {
  readonly name: string;
  readonly action: Part;
  readonly number: string;
  readonly period: string;
  readonly most: number;
}
const schedule =
  ({ name, action, number, period: periodName, most }: Words): Part =>
  (from) => {
    const days = from.at("auxiliarySpecialDaysInForce.entries")?.items() ?? [];
    const numbers = days.map((day) => Number(day.at("index")?.look()));
    const special = specialDaysOf(numbers, (day) => ({
      name: "SpecialDaysApplicability",
      attributes: { [number]: String(day) },
      content: "",
    }));
    // Nothing of an entry whose action or period has no word can stand in the format.
    const entry: Part = (one) =>
      one.attempt(
        () => {
          const [acts, times] = [action(one), period(periodName)(one)];
          if (acts.length === 0 || times.length === 0) return [];
          return [{ name, content: [...acts, ...special(one), ...weekdays(one), ...times] }];
        },
        (result) => result.length > 0,
      );
    const entries = "auxiliaryScheduleInForce.entries";
    return [
      ...each(entries, most, entry, scheduleFrame)(from),
      ...fixedBy("ECS46d", "auxiliarySchedule.entries", entries)(from),
    ];
  };

/** What an entry's selector says, in either form. */
function actionOf(from: Found) {
  const selector = from.at("selector");
  const target = readCalendarTarget(Number(selector?.look()));
  if (target !== undefined) selector?.take();
  return target;
}
const olderAction: Part = (from) => {
  const target = actionOf(from);
  const word = { 0: "DeactivateSwitch", 100: "ActivateSwitch" }[target?.level ?? -1];
  if (target === undefined || word === undefined || target.way !== "output") return [];
  const attributes = { index: String(target.controller) };
  return [{ name: "ActivateDeactivateSwitch", attributes, content: [{ name: word, content: "" }] }];
};
const newerAction: Part = (from) => {
  const target = actionOf(from);
  if (target === undefined) return [];
  const level = { name: "CommandedStateLevel", content: String(target.level) };
  const input = target.way === "input" ? [{ name: "InputFromControlledLoad", content: "" }] : [];
  const attributes = { auxiliaryControllerN: String(target.controller) };
  return [{ name: "AuxiliaryControllerAction", attributes, content: [level, ...input] }];
};

/** What is fitted: octets of zero a wired switch, an EUI-64 one of the home network, one octet a proportional controller. */
function kindOf(octets: unknown): "None" | "APC" | "ALCS" | "HCALCS" | undefined {
  if (!(octets instanceof Uint8Array)) return undefined;
  if (octets.length === 0) return "None";
  if (octets.length === 1 && octets[0] === 0xff) return "APC";
  if (octets.length !== 8) return undefined;
  return octets.every((octet) => octet === 0) ? "ALCS" : "HCALCS";
}
const kind = (value: unknown) => kindOf(value);
const ofHomeNetwork = (value: unknown) => (kindOf(value) === "HCALCS" ? eui(value) : undefined);
const ofWire = (value: unknown) => (kindOf(value) === "ALCS" ? "" : undefined);

/** What a controller tells of itself is JSON: its levels are told apart, too, and are part of it. */
const level =
  (name: string, member: string, path: string): Part =>
  (from) => {
    const content = levelIn(from.at(path)?.look(), member);
    return content === undefined ? [] : [{ name, content }];
  };
function levelIn(value: unknown, member: string): string | undefined {
  const told = readJson(value)?.[member];
  const isNumber = typeof told === "number" || (typeof told === "string" && /^\d{1,3}$/.test(told));
  return isNumber && Number.isInteger(Number(told)) ? between(0, 100)(Number(told)) : undefined;
}
function readJson(value: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const told: unknown = JSON.parse(String(value));
    return typeof told === "object" && told !== null
      ? (told as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    // It is told as it stands.
    return undefined;
  }
}

/** State of a controller, as it is read and as it is alerted of. */
export const stateOf = (path: string, most: number): Part => {
  const state = leaf("StateAndAssociatedInformation", path, text(most));
  const levels = [level("OutputState", "outputState", path), level("InputState", "inputState", path)];
  return (from) => {
    const told = state(from);
    return told.length === 0 ? [] : [...levels.flatMap((part) => part(from)), ...told];
  };
};

const numberedOf = (attribute: string, n: number, name: string, ...parts: readonly Part[]): Part =>
  attributed(some(name, ...parts), () => ({ [attribute]: String(n) }));

export const auxiliary = {
  ReadALCSData: [
    ...controllers.map((n) =>
      numberedOf(
        "Index",
        n,
        "AuxiliaryLoadControlSwitch",
        leaf("Description", `auxiliaryLabel${n}`, text(22)),
        some(
          "TypeAndIdentifier",
          leaf("ALCS", `auxiliaryType${n}`, ofWire),
          leaf("HCALCS", `auxiliaryType${n}`, ofHomeNetwork),
        ),
        leaf("State", `auxiliarySwitch${n}.outputState`, plain),
      ),
    ),
    specialDays("ALCSHCALCSSpecialDays", "ALCSHCALCSSpecialDay", "index"),
    schedule({
      name: "ALCSScheduler",
      action: olderAction,
      number: "index",
      period: "ALCSScheduleDatesAndTime",
      most: 48,
    }),
  ],
  ReadAuxiliaryControllerConfigurationData: [
    ...controllers.map((n) =>
      numberedOf(
        "auxiliaryControllerN",
        n,
        "AuxiliaryControllerDescription",
        leaf("AuxiliaryControlDescription", `auxiliaryLabel${n}`, text(22)),
      ),
    ),
    specialDays(
      "AuxiliaryControllerSpecialDayDefinitions",
      "AuxiliaryControllerSpecialDayDefinition",
      "identifier",
    ),
    schedule({
      name: "AuxiliaryControllerSchedule",
      action: newerAction,
      number: "identifier",
      period: "AuxiliaryControllerSchedulePeriodAndTime",
      most: 120,
    }),
  ],
  ReadAuxiliaryControllerOperationalData: controllers.map((n) =>
    numberedOf(
      "auxiliaryControllerN",
      n,
      "AuxiliaryControllerOperationalData",
      some(
        "TypeAndIdentifier",
        leaf("AuxiliaryControllerType", `auxiliaryType${n}`, kind),
        leaf("HCALCSID", `auxiliaryType${n}`, ofHomeNetwork),
      ),
      some("AuxiliaryControllerStateAndAssociatedInformation", stateOf(`auxiliaryState${n}.value`, 72_000)),
    ),
  ),
} as const;
