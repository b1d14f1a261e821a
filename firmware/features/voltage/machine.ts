/**
 * A condition that counts only when it lasts, both ways (facts §5.7: extremes, sags and swells). Pure.
 * within -> entering (beyond the threshold, period runs) -> beyond -> leaving (back, period runs) -> within.
 */
export const durationStates = ["within", "entering", "beyond", "leaving"] as const;
export type DurationState = (typeof durationStates)[number];
export const durationEvents = ["exceeds", "returns", "elapsed"] as const;
export type DurationEvent = (typeof durationEvents)[number];
export type DurationAction = "startTimer" | "stopTimer" | "began" | "ended";

export interface DurationStep {
  readonly state: DurationState;
  readonly actions: readonly DurationAction[];
}

const table: Readonly<Record<DurationState, Partial<Record<DurationEvent, DurationStep>>>> = {
  within: { exceeds: { state: "entering", actions: ["startTimer"] } },
  entering: {
    returns: { state: "within", actions: ["stopTimer"] },
    elapsed: { state: "beyond", actions: ["began"] },
  },
  beyond: { returns: { state: "leaving", actions: ["startTimer"] } },
  leaving: {
    exceeds: { state: "beyond", actions: ["stopTimer"] },
    elapsed: { state: "within", actions: ["ended"] },
  },
};

/** What is not in the table changes nothing. */
export function durationStep(state: DurationState, event: DurationEvent): DurationStep {
  return table[state][event] ?? { state, actions: [] };
}
