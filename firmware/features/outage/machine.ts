/**
 * A supply that goes and comes back (facts §5.8, §7.4). Pure.
 *
 * present -> lost -> settling -> present. A supply that fails again before it has been back for the settling
 * time is the same outage, so a flapping supply makes one record and one report, with the first
 * interruption and the last restoration.
 */
export type OutageState =
  | { readonly phase: "present" }
  | { readonly phase: "lost"; readonly sinceS: number }
  | { readonly phase: "settling"; readonly sinceS: number; readonly restoredS: number };

export type OutageEvent =
  | { readonly kind: "lost"; readonly atS: number }
  | { readonly kind: "returned"; readonly atS: number }
  | { readonly kind: "settled" };

export type OutageAction =
  /** Make the interruption time durable, while there is energy. */
  | { readonly kind: "record"; readonly sinceS: number }
  | { readonly kind: "startSettling" }
  | { readonly kind: "stopSettling" }
  | { readonly kind: "report"; readonly sinceS: number; readonly restoredS: number };

export interface OutageStep {
  readonly state: OutageState;
  readonly actions: readonly OutageAction[];
}

/** The next state; an event that means nothing in this state changes nothing. */
export function outageStep(state: OutageState, event: OutageEvent): OutageStep {
  const stay: OutageStep = { state, actions: [] };
  switch (state.phase) {
    case "present":
      if (event.kind !== "lost") return stay;
      return {
        state: { phase: "lost", sinceS: event.atS },
        actions: [{ kind: "record", sinceS: event.atS }],
      };
    case "lost":
      if (event.kind !== "returned") return stay;
      return {
        state: { phase: "settling", sinceS: state.sinceS, restoredS: event.atS },
        actions: [{ kind: "startSettling" }],
      };
    case "settling":
      if (event.kind === "lost")
        return { state: { phase: "lost", sinceS: state.sinceS }, actions: [{ kind: "stopSettling" }] };
      if (event.kind === "returned") return stay;
      return {
        state: { phase: "present" },
        actions: [{ kind: "report", sinceS: state.sinceS, restoredS: state.restoredS }],
      };
  }
}
