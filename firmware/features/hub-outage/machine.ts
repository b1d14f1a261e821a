/**
 * The hub's last message on hold-up energy (facts §7.4). Pure.
 *
 * idle -> waiting (the loss has not lasted long enough) -> sending (until delivered, out of energy, or the
 * supply is back) -> done.
 */
export const lastGaspStates = ["idle", "waiting", "sending", "pausing", "done"] as const;
/** sending: an attempt is under way; pausing: one failed, the next is due later. */
export type LastGaspState = (typeof lastGaspStates)[number];

export const lastGaspEvents = [
  "lost",
  "due",
  "delivered",
  "failed",
  "retryDue",
  "energyLow",
  "returned",
] as const;
export type LastGaspEvent = (typeof lastGaspEvents)[number];

export type LastGaspAction = "startWait" | "send" | "startPause" | "stopTimer" | "giveUp";

export interface LastGaspStep {
  readonly state: LastGaspState;
  readonly actions: readonly LastGaspAction[];
}

const returned: LastGaspStep = { state: "idle", actions: ["stopTimer"] };
const outOfEnergy: LastGaspStep = { state: "done", actions: ["giveUp"] };

const table: Readonly<Record<LastGaspState, Partial<Record<LastGaspEvent, LastGaspStep>>>> = {
  idle: { lost: { state: "waiting", actions: ["startWait"] } },
  waiting: { due: { state: "sending", actions: ["send"] }, returned },
  sending: {
    delivered: { state: "done", actions: [] },
    failed: { state: "pausing", actions: ["startPause"] },
    energyLow: outOfEnergy,
    returned,
  },
  pausing: { retryDue: { state: "sending", actions: ["send"] }, energyLow: outOfEnergy, returned },
  done: { returned },
};

/** What is not in the table changes nothing. */
export function lastGaspStep(state: LastGaspState, event: LastGaspEvent): LastGaspStep {
  return table[state][event] ?? { state, actions: [] };
}
