/** Service request 6.22: which events alert, are shared, sound an alarm, are logged. Elements are codes of events. */
import { z } from "zod";
import type { MessageId } from "../../../firmware/model/index.ts";
import { oneOf } from "./duis.ts";
import { type Lookup, type ReadContext, request } from "./request.ts";

const supplierCodes = [
  ...["810D", "810E", "8119", "8145", "8154", "8155", "8161", "8162", "8168", "8183"],
  ...["81A0", "81A1", "81A2", "81A3", "81A4", "81A5", "81A6", "81A7", "81A8", "81A9", "81AA", "81AB"],
  ...["81AC", "81AD", "81AE", "81AF", "81B0", "81B1", "81B2", "81B3"],
  ...["81B8", "81B9", "81BA", "81BB", "81BC", "81BD", "81BE", "81C0", "81C1", "81C4", "81C5", "81C6"],
] as const;
const singlePhaseCodes = [
  ...["8002", "8006", "8020", "8024", "8028", "802C", "8085", "8089", "808D", "8091", "8095", "8099"],
  "8010",
] as const;
const polyphaseCodes = [
  ...["8003", "8004", "8005", "8007", "8008", "8009", "8021", "8022", "8023", "8025", "8026", "8027"],
  ...["8029", "802A", "802B", "802D", "802E", "802F", "8086", "8087", "8088", "808A", "808B", "808C"],
  ...["808E", "808F", "8090", "8092", "8093", "8094", "8096", "8097", "8098", "809A", "809B", "809C"],
  ...["8011", "8016", "8013"],
] as const;

/** By the element that groups them, in DUIS's order. */
export const supplierGroups = { SupplierESMECommon: supplierCodes, SupplierESMEPolyPhase: ["81B7"] } as const;
export const operatorGroups = {
  NetworkOperatorESMECommon: ["8014", "8015"],
  NetworkOperatorESMESinglePhase: singlePhaseCodes,
  NetworkOperatorESMEPolyPhase: polyphaseCodes,
} as const;
type Groups = Readonly<Record<string, readonly string[]>>;

const choice = z.enum(["Enable", "Disable"]);
type Choices = Readonly<Record<string, z.infer<typeof choice> | undefined>>;
type Settings = Readonly<Record<string, Choices | undefined>>;

const group = (codes: readonly string[]) => {
  const elements = Object.fromEntries(codes.map((code) => [`x${code}`, choice.optional()]));
  return (z.strictObject(elements) as unknown as z.ZodType<Choices, Choices>).optional();
};
const supplier = z.strictObject({
  SupplierESMECommon: group(supplierGroups.SupplierESMECommon),
  SupplierESMEPolyPhase: group(supplierGroups.SupplierESMEPolyPhase),
});
const operator = z.strictObject({
  NetworkOperatorESMECommon: group(operatorGroups.NetworkOperatorESMECommon),
  NetworkOperatorESMESinglePhase: group(operatorGroups.NetworkOperatorESMESinglePhase),
  NetworkOperatorESMEPolyPhase: group(operatorGroups.NetworkOperatorESMEPolyPhase),
});

/** Each of DUIS's choices: its use case, the object that it sets, and how its codes are grouped. */
const choices = {
  ElectricitySupplierAlerts: ["ECS25a", "supplierAlertBehaviour", supplierGroups],
  ElectricitySupplierHANAlertSettings: ["ECS25a1", "supplierHanBehaviour", supplierGroups],
  ElectricitySupplierAlarmSettings: ["ECS25a2", "supplierAudibleBehaviour", supplierGroups],
  ElectricitySupplierLoggingSettings: ["ECS25a3", "supplierLogBehaviour", supplierGroups],
  ElectricityNetworkOperatorAlerts: ["ECS25b", "operatorAlertBehaviour", operatorGroups],
  ElectricityNetworkOperatorLoggingSettings: ["ECS25b3", "operatorLogBehaviour", operatorGroups],
} as const satisfies Readonly<Record<string, readonly [MessageId, string, Groups]>>;
type Choice = keyof typeof choices;
const names = Object.keys(choices) as Choice[];

const bits = 256;
/** Where an event's bit stands in a string: the last is 0. */
export const placeOf = (code: string): number => bits - 1 - Number.parseInt(code.slice(2), 16);

function toMaskAndBits(settings: Settings): string {
  const [mask, wanted] = [new Array<string>(bits).fill("0"), new Array<string>(bits).fill("0")];
  for (const [element, word] of Object.values(settings).flatMap((codes) => Object.entries(codes ?? {}))) {
    if (word === undefined) continue;
    const at = placeOf(element.slice(1));
    mask[at] = "1";
    if (word === "Enable") wanted[at] = "1";
  }
  return [...mask, ...wanted].join("");
}

/** A bit that no element names, or that changes what its mask leaves alone, turns up by its number. */
function fromMaskAndBits(value: unknown, groups: Groups): unknown {
  if (typeof value !== "string" || value.length !== 2 * bits || /[^01]/.test(value)) return value;
  const settings: Record<string, Record<string, string>> = {};
  for (let at = 0; at < bits; at++) {
    const [masked, wanted] = [value[at] === "1", value[bits + at] === "1"];
    if (!masked && !wanted) continue;
    const found = Object.entries(groups)
      .flatMap(([name, codes]) => codes.map((code) => ({ name, code })))
      .find(({ code }) => placeOf(code) === at);
    const { name, code } = found ?? { name: "no element", code: String(bits - 1 - at) };
    settings[name] ??= {};
    settings[name][`x${code}`] = masked ? (wanted ? "Enable" : "Disable") : "not in the mask";
  }
  return settings;
}

const chosen = (parameters: Readonly<Record<string, unknown>>): Choice =>
  names.find((name) => parameters[name] !== undefined) as Choice;

export const alertBehaviour = {
  "6.22": request("6.22", "ConfigureAlertBehaviour", {
    fields: {
      ElectricitySupplierAlerts: supplier.optional(),
      ElectricitySupplierHANAlertSettings: supplier.optional(),
      ElectricitySupplierAlarmSettings: supplier.optional(),
      ElectricitySupplierLoggingSettings: supplier.optional(),
      ElectricityNetworkOperatorAlerts: operator.optional(),
      ElectricityNetworkOperatorLoggingSettings: operator.optional(),
    },
    check: oneOf(...names),
    useCase: (p) => choices[chosen(p)][0],
    values: (p) => {
      const name = chosen(p);
      return { [`${choices[name][1]}.value`]: toMaskAndBits(p[name] as Settings) };
    },
    readBack: (value: Lookup, { useCase }: ReadContext) => {
      const name = names.find((each) => choices[each][0] === useCase);
      if (name === undefined) return {};
      const [, object, groups] = choices[name];
      return { [name]: fromMaskAndBits(value(`${object}.value`), groups) };
    },
    carried: (p) => withoutEmpty(p),
  }),
} as const;

/** What is asked of no event at all leaves no trace in a command. */
function withoutEmpty(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const name = chosen(parameters);
  const groups = Object.entries(parameters[name] as Settings).map(([group, codes]) => [
    group,
    Object.fromEntries(Object.entries(codes ?? {}).filter(([, word]) => word !== undefined)),
  ]);
  return {
    [name]: Object.fromEntries(groups.filter(([, codes]) => Object.keys(codes as object).length > 0)),
  };
}
