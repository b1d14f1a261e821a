import assert from "node:assert/strict";
import fc from "fast-check";
import {
  lastGaspEvents,
  lastGaspStates,
  lastGaspStep,
} from "../../../firmware/features/hub-outage/machine.ts";
import {
  loadLimitEvents,
  loadLimitStates,
  loadLimitStep,
} from "../../../firmware/features/load-limit/machine.ts";
import { type OutageEvent, type OutageState, outageStep } from "../../../firmware/features/outage/machine.ts";
import { type SupplyState, supplyEvents, supplyStep } from "../../../firmware/features/supply/machine.ts";
import { durationEvents, durationStates, durationStep } from "../../../firmware/features/voltage/machine.ts";

/** "state | event -> state actions", one row for every pair that does something; all other pairs must not. */
function rowsOf<S extends string, E extends string>(
  states: readonly S[],
  events: readonly E[],
  step: (state: S, event: E) => { state: S; actions: readonly string[] },
): string[] {
  return states.flatMap((state) =>
    events.flatMap((event) => {
      const next = step(state, event);
      const still = next.state === state && next.actions.length === 0;
      return still ? [] : [`${state} | ${event} -> ${[next.state, ...next.actions].join(" ")}`];
    }),
  );
}

describe("state machines of the features", () => {
  it("supply: enabled, armed and disabled with their causes", () => {
    const states: SupplyState[] = [
      { output: "enabled", cause: "none" },
      { output: "armed", cause: "remote" },
      { output: "armed", cause: "loadLimit" },
      { output: "disabled", cause: "remote" },
      { output: "disabled", cause: "tamper" },
      { output: "disabled", cause: "credit" },
      { output: "armed", cause: "credit" },
    ];
    const rows = states.flatMap((state) =>
      supplyEvents.map((event) => {
        const step = supplyStep(state, event);
        const alerts = step.alerts.map((code) => ` ${code.toString(16)}`).join("");
        const what = step.refused
          ? "refused"
          : step.state === state
            ? "-"
            : `${step.state.output}/${step.state.cause}`;
        if (step.refused) assert.equal(step.state, state);
        return `${state.output}/${state.cause} | ${event} -> ${what}${alerts}`;
      }),
    );
    assert.deepEqual(rows, [
      "enabled/none | enable -> -",
      "enabled/none | disable -> disabled/remote",
      "enabled/none | arm -> refused",
      "enabled/none | buttonEnable -> refused",
      "enabled/none | loadLimitTrip -> armed/loadLimit 8f33",
      "enabled/none | loadLimitRestore -> refused",
      "enabled/none | tamperLock -> disabled/tamper 81be",
      "enabled/none | creditOut -> disabled/credit",
      "enabled/none | creditBack -> -",
      "enabled/none | emergencyCredit -> -",
      "armed/remote | enable -> enabled/none",
      "armed/remote | disable -> disabled/remote",
      "armed/remote | arm -> -",
      "armed/remote | buttonEnable -> enabled/none",
      "armed/remote | loadLimitTrip -> refused",
      "armed/remote | loadLimitRestore -> refused",
      "armed/remote | tamperLock -> disabled/tamper 81be",
      "armed/remote | creditOut -> disabled/credit",
      "armed/remote | creditBack -> -",
      "armed/remote | emergencyCredit -> -",
      "armed/loadLimit | enable -> enabled/none",
      "armed/loadLimit | disable -> disabled/remote",
      "armed/loadLimit | arm -> armed/remote 8f32",
      "armed/loadLimit | buttonEnable -> enabled/none",
      "armed/loadLimit | loadLimitTrip -> refused",
      "armed/loadLimit | loadLimitRestore -> enabled/none 8f34",
      "armed/loadLimit | tamperLock -> disabled/tamper 81be",
      "armed/loadLimit | creditOut -> disabled/credit",
      "armed/loadLimit | creditBack -> -",
      "armed/loadLimit | emergencyCredit -> -",
      "disabled/remote | enable -> enabled/none",
      "disabled/remote | disable -> -",
      "disabled/remote | arm -> armed/remote 8f32",
      "disabled/remote | buttonEnable -> refused",
      "disabled/remote | loadLimitTrip -> refused",
      "disabled/remote | loadLimitRestore -> refused",
      "disabled/remote | tamperLock -> disabled/tamper 81be",
      "disabled/remote | creditOut -> -",
      "disabled/remote | creditBack -> -",
      "disabled/remote | emergencyCredit -> -",
      "disabled/tamper | enable -> enabled/none",
      "disabled/tamper | disable -> -",
      "disabled/tamper | arm -> armed/remote 8f32",
      "disabled/tamper | buttonEnable -> refused",
      "disabled/tamper | loadLimitTrip -> refused",
      "disabled/tamper | loadLimitRestore -> refused",
      "disabled/tamper | tamperLock -> -",
      "disabled/tamper | creditOut -> -",
      "disabled/tamper | creditBack -> -",
      "disabled/tamper | emergencyCredit -> -",
      "disabled/credit | enable -> enabled/none",
      "disabled/credit | disable -> disabled/remote",
      "disabled/credit | arm -> armed/remote 8f32",
      "disabled/credit | buttonEnable -> refused",
      "disabled/credit | loadLimitTrip -> refused",
      "disabled/credit | loadLimitRestore -> refused",
      "disabled/credit | tamperLock -> disabled/tamper 81be",
      "disabled/credit | creditOut -> -",
      "disabled/credit | creditBack -> armed/credit 8f32",
      "disabled/credit | emergencyCredit -> armed/credit 8168",
      "armed/credit | enable -> enabled/none",
      "armed/credit | disable -> disabled/remote",
      "armed/credit | arm -> armed/remote 8f32",
      "armed/credit | buttonEnable -> enabled/none",
      "armed/credit | loadLimitTrip -> refused",
      "armed/credit | loadLimitRestore -> refused",
      "armed/credit | tamperLock -> disabled/tamper 81be",
      "armed/credit | creditOut -> disabled/credit",
      "armed/credit | creditBack -> -",
      "armed/credit | emergencyCredit -> -",
    ]);
  });

  it("load limit: over for the whole period counts, a trip waits for restoration", () => {
    assert.deepEqual(rowsOf(loadLimitStates, loadLimitEvents, loadLimitStep), [
      "under | over -> timing startPeriod",
      "timing | under -> under stopTimer",
      "timing | periodElapsed -> counted count",
      "timing | supplyTaken -> under stopTimer",
      "counted | under -> under",
      "counted | tripped -> restoring startRestoration",
      "counted | supplyTaken -> under",
      "restoring | restorationElapsed -> under restore",
      "restoring | supplyTaken -> under stopTimer",
    ]);
  });

  it("duration: a limit begins and ends only after it has lasted", () => {
    assert.deepEqual(rowsOf(durationStates, durationEvents, durationStep), [
      "within | exceeds -> entering startTimer",
      "entering | returns -> within stopTimer",
      "entering | elapsed -> beyond began",
      "beyond | returns -> leaving startTimer",
      "leaving | exceeds -> beyond stopTimer",
      "leaving | elapsed -> within ended",
    ]);
  });

  it("last gasp: sends when due, again while energy lasts, never after the return", () => {
    assert.deepEqual(rowsOf(lastGaspStates, lastGaspEvents, lastGaspStep), [
      "idle | lost -> waiting startWait",
      "waiting | due -> sending send",
      "waiting | returned -> idle stopTimer",
      "sending | delivered -> done",
      "sending | failed -> pausing startPause",
      "sending | energyLow -> done giveUp",
      "sending | returned -> idle stopTimer",
      "pausing | retryDue -> sending send",
      "pausing | energyLow -> done giveUp",
      "pausing | returned -> idle stopTimer",
      "done | returned -> idle stopTimer",
    ]);
  });

  it("outage: a supply back for less than the settling time has not come back", () => {
    const states: OutageState[] = [
      { phase: "present" },
      { phase: "lost", sinceS: 10 },
      { phase: "settling", sinceS: 10, restoredS: 20 },
    ];
    const events: OutageEvent[] = [
      { kind: "lost", atS: 30 },
      { kind: "returned", atS: 30 },
      { kind: "settled" },
    ];
    const rows = states.flatMap((state) =>
      events.map((event) => {
        const step = outageStep(state, event);
        if (step.state === state) return `${state.phase} | ${event.kind} -> -`;
        return `${state.phase} | ${event.kind} -> ${JSON.stringify([step.state, ...step.actions])}`;
      }),
    );
    assert.deepEqual(rows, [
      'present | lost -> [{"phase":"lost","sinceS":30},{"kind":"record","sinceS":30}]',
      "present | returned -> -",
      "present | settled -> -",
      "lost | lost -> -",
      'lost | returned -> [{"phase":"settling","sinceS":10,"restoredS":30},{"kind":"startSettling"}]',
      "lost | settled -> -",
      'settling | lost -> [{"phase":"lost","sinceS":10},{"kind":"stopSettling"}]',
      "settling | returned -> -",
      'settling | settled -> [{"phase":"present"},{"kind":"report","sinceS":10,"restoredS":20}]',
    ]);
  });

  it("outage: whatever happens, each report begins at a recorded loss and none ends before it began", () => {
    const kinds = fc.array(fc.constantFrom("lost", "returned", "settled" as const), { maxLength: 60 });
    fc.assert(
      fc.property(kinds, (events) => {
        let state: OutageState = { phase: "present" };
        let recorded: number | undefined;
        for (const [atS, kind] of events.entries()) {
          const step = outageStep(state, { kind, atS } as OutageEvent);
          state = step.state;
          for (const action of step.actions) {
            if (action.kind === "record") {
              assert.equal(recorded, undefined, "one record an outage");
              recorded = action.sinceS;
            } else if (action.kind === "report") {
              assert.equal(action.sinceS, recorded);
              assert.ok(action.restoredS > action.sinceS);
              recorded = undefined;
            }
          }
        }
      }),
      { seed: 5 },
    );
  });
});
