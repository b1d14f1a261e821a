/** Samples of auxiliary control. */
import assert from "node:assert/strict";
import { dateOf, type Parameters } from "../../index.ts";
import { isList, log, nothing, type Sample, sample, state, whole } from "./sample.ts";

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"] as const;
const days = [...weekdays, "Saturday", "Sunday"] as const;
const anyDate = { Year: { NonSpecifiedYear: {} }, Month: { NonSpecifiedMonth: {} } } as const;
const open = {
  ...anyDate,
  DayOfMonth: { NonSpecifiedDayOfMonth: {} },
  DayOfWeek: { NonSpecifiedDayOfWeek: {} },
};
const on = (names: readonly (typeof days)[number][]) => ({
  DayOfWeekApplicability: names.map((DayOfWeekID) => ({ DayOfWeekID })),
});
const daily = (SwitchTime: string) => ({ SwitchTime, StartDate: open, EndDate: open });

type Schedule = NonNullable<Parameters<"6.14.3">["AuxiliaryControllerSchedule"]>;

/** Every day at `time`: controller `n` lets `level` percent through. */
export const dailyLevel = (n: number, time: string, level: number): Schedule[number] => ({
  AuxiliaryControllerAction: { auxiliaryControllerN: n, CommandedStateLevel: level },
  DaysOfWeekApplicability: on(days),
  AuxiliaryControllerSchedulePeriodAndTime: daily(time),
});

/** A calendar of levels, and dates on which none of it runs. */
export const levelCalendar = (entries: Schedule, restDays: readonly string[] = []): Parameters<"6.14.3"> => ({
  AuxiliaryControllerSchedule: entries,
  AuxiliaryControllerSpecialDayDefinitions: {
    AuxiliaryControllerSpecialDayDefinition: restDays.map((date, i) => ({
      identifier: i + 1,
      ...dateOf(date),
    })),
  },
});

const calendar = levelCalendar(
  [
    dailyLevel(1, "01:00:00", 60),
    dailyLevel(1, "06:30:00", 0),
    {
      AuxiliaryControllerAction: {
        auxiliaryControllerN: 3,
        CommandedStateLevel: 25,
        InputFromControlledLoad: {},
      },
      SpecialDaysApplicability: [{ identifier: 1 }],
      DaysOfWeekApplicability: on(weekdays),
      AuxiliaryControllerSchedulePeriodAndTime: {
        SwitchTime: "17:00:00",
        StartDate: dateOf("10-01"),
        EndDate: dateOf("03-31"),
      },
    },
  ],
  ["12-25"],
);

const olderCalendar: Parameters<"6.14.2"> = {
  ALCSHCALCSConnectionSchedule: [
    {
      ActivateDeactivateSwitch: { index: 1, ActivateSwitch: {} },
      DaysOfWeekApplicability: on(days),
      ALCSScheduleDatesAndTime: daily("00:30:00"),
    },
    {
      ActivateDeactivateSwitch: { index: 1, DeactivateSwitch: {} },
      SpecialDaysApplicability: [{ index: 1 }],
      DaysOfWeekApplicability: on(weekdays),
      ALCSScheduleDatesAndTime: daily("07:30:00"),
    },
  ],
  ALCSHCALCSSpecialDays: { ALCSHCALCSSpecialDay: [{ index: 1, ...dateOf("12-25") }] },
  SwitchTypeAndId: [
    { index: 1, ALCS: {} },
    { index: 2, HCALCS: "00-DB-12-34-56-78-90-97" },
  ],
};

const five = [1, 2, 3, 4, 5] as const;

export const auxiliarySamples: readonly Sample[] = [
  sample("ECS46a", "6.14.1", () => ({
    ALCSHCALCSDescription: [
      { index: 2, SwitchDescription: "immersion heater" },
      { index: 5, SwitchDescription: "car" },
    ],
  })),
  sample("ECS46c", "6.14.2", () => olderCalendar),
  sample("ECS46d", "6.14.3", () => calendar),
  sample("ECS47", "7.5", () => ({ ActivateALCSHCALCS: { index: 1, Duration: 30 } })),
  sample("ECS47a", "7.13", ({ nowS }) => ({
    ...{ auxiliaryControllerN: 5, StartDateTime: nowS - 60, EndDateTime: nowS + 3600 },
    CommandedStateLevel: 100,
  })),
  sample(
    "ECS47e",
    "7.16",
    ({ nowS }) => ({
      ...{ auxiliaryControllerN: 3, StartDateTime: nowS - 60, EndDateTime: nowS + 3600 },
      ...{ CommandedStateLevel: 50, InputFromControlledLoad: {} },
    }),
    { by: "loadController" },
  ),
  sample("ECS61a", "7.7", nothing, {
    ...state,
    check: ({ AuxiliarySwitch1OutputState }) => assert.equal(AuxiliarySwitch1OutputState, false),
  }),
  sample("ECS61c", "7.11", whole, {
    ...state,
    check: ({ BoostAvailable, BoostLog }) => {
      assert.equal(BoostAvailable, true);
      isList(BoostLog);
    },
  }),
  sample("ECS61d", "7.14", nothing, {
    ...state,
    check: ({ AuxiliaryScheduleInForceEntries }) => isList(AuxiliaryScheduleInForceEntries),
  }),
  sample("ECS61e", "7.15", nothing, {
    ...state,
    check: ({ AuxiliaryType1, AuxiliaryState1 }) => {
      assert.equal(AuxiliaryType1, "FF");
      assert.deepEqual(JSON.parse(AuxiliaryState1), { outputState: 0, inputState: 0 });
    },
  }),
  sample("ECS62", "7.9", () => ({ AddToBoostButton: five.map((index) => ({ index, value: index < 3 })) })),
  sample("ECS15c", "3.3", () => ({ ESMEEventLogType: "ALCS" })),
  sample("ECS35g", "6.13", log("ALCSEvent"), {
    ...state,
    check: ({ AuxiliaryLog }) => isList(AuxiliaryLog),
  }),
];
