/**
 * Load limiting (facts §5.2). Pure. Import above the threshold without a break for the whole period counts
 * once; when set to, it also trips the supply, which comes back after the restoration period.
 */
export const loadLimitStates = ["under", "timing", "counted", "restoring"] as const;
/** timing: over, the period runs; counted: over, already counted; restoring: tripped, supply armed by us. */
export type LoadLimitState = (typeof loadLimitStates)[number];

export const loadLimitEvents = [
  "over",
  "under",
  "periodElapsed",
  "tripped",
  "restorationElapsed",
  "supplyTaken",
] as const;
/** supplyTaken: somebody else moved the supply (button, supplier, tamper). */
export type LoadLimitEvent = (typeof loadLimitEvents)[number];

export type LoadLimitAction = "startPeriod" | "stopTimer" | "count" | "startRestoration" | "restore";

export interface LoadLimitStep {
  readonly state: LoadLimitState;
  readonly actions: readonly LoadLimitAction[];
}

const table: Readonly<Record<LoadLimitState, Partial<Record<LoadLimitEvent, LoadLimitStep>>>> = {
  under: { over: { state: "timing", actions: ["startPeriod"] } },
  timing: {
    under: { state: "under", actions: ["stopTimer"] },
    periodElapsed: { state: "counted", actions: ["count"] },
    supplyTaken: { state: "under", actions: ["stopTimer"] },
  },
  counted: {
    under: { state: "under", actions: [] },
    tripped: { state: "restoring", actions: ["startRestoration"] },
    supplyTaken: { state: "under", actions: [] },
  },
  restoring: {
    restorationElapsed: { state: "under", actions: ["restore"] },
    supplyTaken: { state: "under", actions: ["stopTimer"] },
  },
};

/** What is not in the table changes nothing. */
export function loadLimitStep(state: LoadLimitState, event: LoadLimitEvent): LoadLimitStep {
  return table[state][event] ?? { state, actions: [] };
}
