/** Auxiliary control as objects show it: one set of them for each of five controllers, calendar, logs, boost. */
import type { Journal } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import { type Attribute, alerts, type ModelObject, type MomentType, objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { DeviceContext } from "../feature.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import { readEntries } from "../ranges.ts";
import { done, outcome, reads, type ServedObject, serve, stores } from "../serve.ts";
import type { Boost } from "./boost.ts";
import type { CalendarPart, CalendarValues } from "./calendar-values.ts";
import { type AuxiliaryLogs, keptAuxiliary, keptBoost, toldAuxiliary, toldBoost } from "./logs.ts";
import type { Outputs } from "./outputs.ts";
import { type Controller, controllers } from "./selector.ts";
import { readStateText, stateText } from "./state-text.ts";
import type { Bound, Times } from "./times.ts";

export interface ShownAuxiliary {
  typeOf(controller: Controller): Uint8Array;
  setType(controller: Controller, octets: Uint8Array): Promise<Status>;
  loadType(controller: Controller, octets: Uint8Array): Promise<void>;
  /** Puts the passive values in force. */
  activate(part: CalendarPart): Promise<Status>;
  /** Does once what `command` (originator and counter) wants. */
  execute(selector: number, command: string): Promise<Status>;
  limit(selector: number, command: string): Promise<Status>;
}

export interface AuxiliaryParts {
  readonly context: DeviceContext;
  readonly journal: Journal;
  readonly auxiliary: ShownAuxiliary;
  readonly futureDated: FutureDatedValues;
  readonly logs: AuxiliaryLogs;
  readonly calendar: CalendarValues;
  readonly times: Times;
  readonly boost: Boost;
  readonly outputs: Outputs;
}

export const auxiliaryObjects = (parts: AuxiliaryParts): ServedObject[] => [
  ...controllers.flatMap((controller) => controllerObjects(parts, controller)),
  ...calendarObjects(parts),
  ...logObjects(parts),
  ...controlObjects(parts),
];

/** The first controller's, which all others' are like. */
const own = <N extends "Label" | "Type" | "State" | "Start" | "End" | "LimitStart" | "LimitEnd" | "Switch">(
  name: N,
  controller: Controller,
) => objects[`auxiliary${name}${controller}`] as (typeof objects)[`auxiliary${N}1`];

function controllerObjects(parts: AuxiliaryParts, n: Controller): ServedObject[] {
  const { auxiliary, outputs, boost, journal } = parts;
  return [
    serve(own("Label", n), { value: stores(new Kept(journal, `auxiliary/label/${n}`, "")) }),
    serve(own("Type", n), {
      value: {
        ...reads(
          () => auxiliary.typeOf(n),
          (octets) => auxiliary.loadType(n, octets),
        ),
        set: (octets: Uint8Array) => auxiliary.setType(n, octets),
      },
    }),
    serve(own("State", n), {
      value: reads(
        async () => stateText(await outputs.stateOf(n)),
        (text) => outputs.load(n, readStateText(text)),
      ),
    }),
    serve(own("Switch", n), {
      outputState: reads(
        () => outputs.isOn(n),
        (on) => outputs.load(n, { output: on ? 100 : 0, input: 0 }),
      ),
    }),
    serve(objects[`boostControl${n}`] as typeof objects.boostControl1, {
      value: {
        ...reads(
          () => boost.obeys(n),
          (obeys) => boost.setObeys(n, obeys),
        ),
        set: async (obeys: boolean) => {
          await boost.setObeys(n, obeys);
          return Status.success;
        },
      },
    }),
    ...timesObjects(parts, n),
  ];
}

function timesObjects({ times }: AuxiliaryParts, n: Controller): ServedObject[] {
  const limit = (bound: Bound) => ({
    value: { set: (moment: number) => times.set(n, "limit", bound, { moment }) },
  });
  return [
    serve(own("Start", n), { value: { set: (moment) => times.set(n, "state", "start", moment) } }),
    serve(own("End", n), { value: { set: (moment) => times.set(n, "state", "end", moment) } }),
    serve(own("LimitStart", n), limit("start")),
    serve(own("LimitEnd", n), limit("end")),
  ];
}

/** An object with an activation time. */
type Activated = ModelObject<{ readonly activateAt: Attribute<MomentType> }>;

function calendarObjects({ calendar, auxiliary, futureDated }: AuxiliaryParts): ServedObject[] {
  const activation = (object: Activated, part: CalendarPart) => {
    const ref = { object: object.id, member: object.attributes.activateAt.no };
    futureDated.onActivation(ref, () => auxiliary.activate(part));
    return {
      activateAt: {
        set: (timeS: number, origin: CommandOrigin) => futureDated.schedule(ref, timeS, origin),
      },
    };
  };
  const inForce = <P extends CalendarPart>(part: P) => ({
    entries: reads(
      () => calendar.inForce(part),
      (value) => calendar.load(part, value),
    ),
  });
  return [
    serve(objects.auxiliaryScheduleInForce, inForce("schedule")),
    serve(objects.auxiliarySpecialDaysInForce, inForce("specialDays")),
    serve(objects.auxiliarySchedule, { entries: { set: (value) => calendar.setPassive("schedule", value) } }),
    serve(objects.auxiliarySpecialDays, {
      entries: { set: (value) => calendar.setPassive("specialDays", value) },
    }),
    serve(objects.auxiliaryScheduleActivation, activation(objects.auxiliaryScheduleActivation, "schedule")),
    serve(
      objects.auxiliarySpecialDaysActivation,
      activation(objects.auxiliarySpecialDaysActivation, "specialDays"),
    ),
  ];
}

const logObjects = ({ context, logs, boost }: AuxiliaryParts): ServedObject[] => [
  serve(objects.auxiliaryLog, {
    buffer: {
      get: (range) => readEntries(logs.auxiliary, range, toldAuxiliary),
      load: (entries) => logs.auxiliary.replace(entries.map(keptAuxiliary)),
    },
    reset: async () => {
      const entry = { timeS: context.stampS(), code: alerts.eventLogCleared.code };
      await context.securityLog.appendWith(entry, (change) => logs.auxiliary.clear(change));
      return done;
    },
  }),
  serve(objects.boostLog, {
    buffer: {
      get: (range) => readEntries(logs.boost, range, toldBoost),
      load: (entries) => logs.boost.replace(entries.map(keptBoost)),
    },
  }),
  serve(objects.boostAvailable, {
    value: reads(
      () => boost.available,
      (available) => boost.setAvailable(available),
    ),
  }),
];

const nameOf = ({ originator, counter }: CommandOrigin): string => `${originator}/${counter}`;

const controlObjects = ({ auxiliary }: AuxiliaryParts): ServedObject[] => [
  serve(objects.auxiliaryControl, {
    execute: async (selector, origin) => outcome(await auxiliary.execute(selector, nameOf(origin))),
  }),
  serve(objects.auxiliaryLimitControl, {
    execute: async (selector, origin) => outcome(await auxiliary.limit(selector, nameOf(origin))),
  }),
];
