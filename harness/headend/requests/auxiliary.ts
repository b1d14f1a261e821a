/** Service requests 6.14 and 7.5 to 7.16: auxiliary controllers, their calendar, and the boost button. */
import { z } from "zod";
import { fromHex } from "../../../hal/base/hex.ts";
import {
  calendarValues,
  controllerNumber as controller,
  entry,
  filledEntry,
  filledOlder,
  newerRow,
  newerWords,
  olderEntry,
  olderRow,
  olderSpecialDays,
  olderWords,
  readEntries,
  readSpecialDays,
  specialDays,
} from "./auxiliary-calendar.ts";
import { dateTime, empty, eui, indexed, numbered, oneOf, readLogPeriod, whole } from "./duis.ts";
import { type Lookup, type NamedValues, request } from "./request.ts";

const controllers = [1, 2, 3, 4, 5] as const;
const percent = whole(0, 100);

// --- 6.14.1 and 6.14.2: names and types ---

const description = z.strictObject({
  index: controller,
  SwitchDescription: z.string().regex(/^[ -~]{1,22}$/, "expected 1 to 22 letters"),
});

const switchType = z
  .strictObject({ index: controller, ALCS: empty.optional(), HCALCS: eui.optional() })
  .superRefine(oneOf("ALCS", "HCALCS"));

const wired = new Uint8Array(8);

/** What each controller has of an object of its own, where it has one. */
const eachOf = (value: Lookup, object: string): (readonly [number, unknown])[] =>
  controllers.flatMap((n) => {
    const found = value(`${object}${n}.value`);
    return found === undefined ? [] : [[n, found] as const];
  });

const typeOf = (octets: unknown): object =>
  octets instanceof Uint8Array && octets.every((octet) => octet === 0)
    ? { ALCS: {} }
    : {
        HCALCS: octets instanceof Uint8Array ? Buffer.from(octets).toString("hex").toUpperCase() : octets,
      };

// --- 7.5 to 7.8: the older form, for some minutes ---

const timed = z.strictObject({ index: controller, Duration: whole(0, 0xffff) });
const olderScripts = { activate: 0x11, deactivate: 0x12, reset: 0x20 } as const;
const olderSelector = (n: number, script: keyof typeof olderScripts): number =>
  (n << 8) + olderScripts[script];

function timedValues(
  { index, Duration }: z.output<typeof timed>,
  object: string,
  script: "activate" | "deactivate",
): NamedValues {
  return {
    [`${object}${index}.value`]: { minutes: Duration },
    "auxiliaryControl.execute": olderSelector(index, script),
  };
}

/** The selector's controller; one of another script reads as itself. */
function olderController(value: Lookup, low: number): number {
  const selector = Number(value("auxiliaryControl.execute"));
  return selector % 256 === low ? Math.floor(selector / 256) : selector;
}

/** The selector's controller, with whatever else the selector says. */
function readTimed(value: Lookup, object: string, low: number): Readonly<Record<string, unknown>> {
  const index = olderController(value, low);
  const [[n, moment] = [undefined, undefined], ...more] = eachOf(value, object);
  const { minutes, ...other } = (moment ?? {}) as { readonly minutes?: unknown };
  return { index, Duration: minutes, ...other, ...(n === index && more.length === 0 ? {} : { times: n }) };
}

// --- 7.9 and 7.10: the boost button ---

const allFive = indexed(numbered(5, z.boolean()), 5, 5);
const boostValues = (items: z.output<typeof allFive>, obeys: (value: boolean) => boolean): NamedValues =>
  Object.fromEntries(items.map(({ index, value }) => [`boostControl${index}.value`, obeys(value)]));
const readBoost = (value: Lookup, said: (obeys: unknown) => unknown) =>
  eachOf(value, "boostControl").map(([index, obeys]) => ({ index, value: said(obeys) }));

// --- 7.13 and 7.16: a level for a time ---

const levelFor = {
  auxiliaryControllerN: controller,
  StartDateTime: dateTime,
  EndDateTime: dateTime,
  CommandedStateLevel: percent,
  InputFromControlledLoad: empty.optional(),
} as const;
type LevelFor = z.output<z.ZodObject<typeof levelFor>>;

/** Way, controller, level. */
const selectorOf = ({
  auxiliaryControllerN,
  CommandedStateLevel,
  InputFromControlledLoad,
}: LevelFor): number =>
  ((InputFromControlledLoad ? 0x20 : 0x10) + auxiliaryControllerN) * 256 + CommandedStateLevel;

function readLevelFor(
  value: Lookup,
  objects: readonly [start: string, end: string],
  script: string,
): Readonly<Record<string, unknown>> {
  const selector = Number(value(script));
  const [way, n, level] = [Math.floor(selector / 4096), Math.floor(selector / 256) % 16, selector % 256];
  const momentOf = (moment: unknown) =>
    typeof moment === "object" && moment !== null && "moment" in moment ? moment.moment : moment;
  const [[start, ...starts], [end, ...ends]] = objects.map((object) => eachOf(value, object)) as [
    [number, unknown][],
    [number, unknown][],
  ];
  return {
    auxiliaryControllerN: n,
    StartDateTime: momentOf(start?.[1]),
    EndDateTime: momentOf(end?.[1]),
    CommandedStateLevel: level,
    ...(way === 2 ? { InputFromControlledLoad: {} } : way === 1 ? {} : { way }),
    ...(start?.[0] === n && end?.[0] === n && starts.length + ends.length === 0 ? {} : { times: starts }),
  };
}

export const auxiliary = {
  "6.14.1": request("6.14.1", "UpdateDeviceConfigurationALCDescriptions", {
    fields: { ALCSHCALCSDescription: indexed(description, 1, 5) },
    values: (p) =>
      Object.fromEntries(
        p.ALCSHCALCSDescription.map(({ index, SwitchDescription }) => [
          `auxiliaryLabel${index}.value`,
          SwitchDescription,
        ]),
      ),
    readBack: (value) => ({
      ALCSHCALCSDescription: eachOf(value, "auxiliaryLabel").map(([index, text]) => ({
        index,
        SwitchDescription: text,
      })),
    }),
  }),
  "6.14.2": request("6.14.2", "UpdateDeviceConfigurationALCScheduler", {
    fields: {
      ALCSHCALCSConnectionSchedule: z.array(olderEntry).min(1).max(48),
      ALCSHCALCSSpecialDays: olderSpecialDays,
      SwitchTypeAndId: indexed(switchType, 0, 5).default([]),
    },
    values: (p) => ({
      ...Object.fromEntries(
        p.SwitchTypeAndId.map(({ index, HCALCS }) => [
          `auxiliaryType${index}.value`,
          HCALCS === undefined ? wired : fromHex(HCALCS),
        ]),
      ),
      ...calendarValues(
        p.ALCSHCALCSConnectionSchedule.map(olderRow),
        p.ALCSHCALCSSpecialDays.ALCSHCALCSSpecialDay.map(({ index, ...on }) => ({ number: index, on })),
      ),
    }),
    readBack: (value) => ({
      ALCSHCALCSConnectionSchedule: readEntries(value, olderWords),
      ALCSHCALCSSpecialDays: { ALCSHCALCSSpecialDay: readSpecialDays(value, olderWords) },
      SwitchTypeAndId: eachOf(value, "auxiliaryType").map(([index, type]) => ({ index, ...typeOf(type) })),
    }),
    carried: (p) => ({
      ...p,
      ALCSHCALCSConnectionSchedule: p.ALCSHCALCSConnectionSchedule.map(filledOlder),
    }),
  }),
  "6.14.3": request("6.14.3", "UpdateDeviceConfigurationAuxiliaryControllerScheduler", {
    fields: {
      AuxiliaryControllerSchedule: z.array(entry).max(120).default([]),
      AuxiliaryControllerSpecialDayDefinitions: specialDays,
    },
    values: (p) =>
      calendarValues(
        p.AuxiliaryControllerSchedule.map(newerRow),
        p.AuxiliaryControllerSpecialDayDefinitions.AuxiliaryControllerSpecialDayDefinition.map(
          ({ identifier, ...on }) => ({ number: identifier, on }),
        ),
      ),
    readBack: (value) => ({
      AuxiliaryControllerSchedule: readEntries(value, newerWords),
      AuxiliaryControllerSpecialDayDefinitions: {
        AuxiliaryControllerSpecialDayDefinition: readSpecialDays(value, newerWords),
      },
    }),
    carried: (p) => ({
      ...p,
      AuxiliaryControllerSchedule: p.AuxiliaryControllerSchedule.map(filledEntry),
    }),
  }),
  /** Minutes. */
  "7.5": request("7.5", "ActivateAuxiliaryLoad", {
    fields: { ActivateALCSHCALCS: timed },
    values: (p) => timedValues(p.ActivateALCSHCALCS, "auxiliaryStart", "activate"),
    readBack: (value) => ({ ActivateALCSHCALCS: readTimed(value, "auxiliaryStart", 17) }),
  }),
  /** Minutes. */
  "7.6": request("7.6", "DeactivateAuxiliaryLoad", {
    fields: { DeactivateALCSHCALCS: timed },
    values: (p) => timedValues(p.DeactivateALCSHCALCS, "auxiliaryEnd", "deactivate"),
    readBack: (value) => ({ DeactivateALCSHCALCS: readTimed(value, "auxiliaryEnd", 18) }),
  }),
  "7.7": request("7.7", "ReadALCSData"),
  "7.8": request("7.8", "ResetAuxiliaryLoad", {
    fields: { ResetALCSHCALCS: z.strictObject({ index: controller }) },
    values: (p) => ({ "auxiliaryControl.execute": olderSelector(p.ResetALCSHCALCS.index, "reset") }),
    readBack: (value) => ({ ResetALCSHCALCS: { index: olderController(value, 32) } }),
  }),
  "7.9": request("7.9", "AddAuxiliaryLoadToBoostButton", {
    fields: { AddToBoostButton: allFive },
    values: (p) => boostValues(p.AddToBoostButton, (added) => added),
    readBack: (value) => ({ AddToBoostButton: readBoost(value, (obeys) => obeys) }),
  }),
  /** True removes; false leaves a controller with the button. From memory, unverified. */
  "7.10": request("7.10", "RemoveAuxiliaryLoadFromBoostButton", {
    fields: { RemoveFromBoostButton: allFive },
    values: (p) => boostValues(p.RemoveFromBoostButton, (removed) => !removed),
    readBack: (value) => ({ RemoveFromBoostButton: readBoost(value, (obeys) => obeys === false) }),
  }),
  "7.11": request("7.11", "ReadBoostButtonDetails", { fields: { ReadLogPeriod: readLogPeriod } }),
  /** Percent; of a switch 100 is on, and anything less off. */
  "7.13": request("7.13", "SetAuxiliaryControllerState", {
    fields: levelFor,
    values: (p) => ({
      [`auxiliaryStart${p.auxiliaryControllerN}.value`]: { moment: p.StartDateTime },
      [`auxiliaryEnd${p.auxiliaryControllerN}.value`]: { moment: p.EndDateTime },
      "auxiliaryControl.execute": selectorOf(p),
    }),
    readBack: (value) => readLevelFor(value, ["auxiliaryStart", "auxiliaryEnd"], "auxiliaryControl.execute"),
  }),
  "7.14": request("7.14", "ReadAuxiliaryControllerConfigurationData"),
  "7.15": request("7.15", "ReadAuxiliaryControllerOperationalData"),
  /** Percent. */
  "7.16": request("7.16", "LimitAPCLevel", {
    fields: levelFor,
    values: (p) => ({
      [`auxiliaryLimitStart${p.auxiliaryControllerN}.value`]: p.StartDateTime,
      [`auxiliaryLimitEnd${p.auxiliaryControllerN}.value`]: p.EndDateTime,
      "auxiliaryLimitControl.execute": selectorOf(p),
    }),
    readBack: (value) =>
      readLevelFor(value, ["auxiliaryLimitStart", "auxiliaryLimitEnd"], "auxiliaryLimitControl.execute"),
  }),
} as const;
