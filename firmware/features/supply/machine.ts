/**
 * The supply's states and what moves it between them (facts §5.1; Blue Book class 70). Pure.
 *
 * A disable from the supplier stays until the supplier enables or arms; load limiting goes straight to
 * armed; a tamper lock holds until the supplier acts; want of credit disables until there is credit, which arms; only
 * from armed may the person at the meter enable.
 */
import { alerts } from "../../model/index.ts";

export type SupplyOutput = "enabled" | "armed" | "disabled";
export type SupplyCause = "none" | "remote" | "loadLimit" | "tamper" | "credit";

export interface SupplyState {
  readonly output: SupplyOutput;
  /** Why the supply is not enabled. */
  readonly cause: SupplyCause;
}

export const supplyEvents = [
  "enable",
  "disable",
  "arm",
  "buttonEnable",
  "loadLimitTrip",
  "loadLimitRestore",
  "tamperLock",
  "creditOut",
  "creditBack",
  "emergencyCredit",
] as const;
export type SupplyEvent = (typeof supplyEvents)[number];

export interface SupplyStep {
  readonly state: SupplyState;
  /** Alert codes to send once the switch has moved. */
  readonly alerts: readonly number[];
  /** The event is not allowed in this state; nothing changes. */
  readonly refused?: true;
}

/** What was off for want of credit is ready, and nothing else is. */
function creditReturned(state: SupplyState, by: "creditBack" | "emergencyCredit"): SupplyStep {
  if (state.output !== "disabled" || state.cause !== "credit") return { state, alerts: [] };
  const { supplyArmed, armedByEmergencyCredit } = alerts;
  const { code } = by === "creditBack" ? supplyArmed : armedByEmergencyCredit;
  return { state: { output: "armed", cause: "credit" }, alerts: [code] };
}

const enabled: SupplyState = { output: "enabled", cause: "none" };

/** The next state and the alerts it owes. */
export function supplyStep(state: SupplyState, event: SupplyEvent): SupplyStep {
  const stay: SupplyStep = { state, alerts: [] };
  const go = (output: SupplyOutput, cause: SupplyCause, ...alerts: number[]): SupplyStep => ({
    state: { output, cause },
    alerts,
  });
  switch (event) {
    case "enable":
      return state.output === "enabled" ? stay : { state: enabled, alerts: [] };
    case "disable":
      return state.output === "disabled" && state.cause !== "credit" ? stay : go("disabled", "remote");
    case "arm":
      if (state.output === "enabled") return { ...stay, refused: true };
      return state.output === "armed" && state.cause === "remote"
        ? stay
        : go("armed", "remote", alerts.supplyArmed.code);
    case "buttonEnable":
      return state.output === "armed" ? { state: enabled, alerts: [] } : { ...stay, refused: true };
    case "loadLimitTrip":
      return state.output === "enabled"
        ? go("armed", "loadLimit", alerts.armedByLoadLimit.code)
        : { ...stay, refused: true };
    case "loadLimitRestore":
      return state.output === "armed" && state.cause === "loadLimit"
        ? { state: enabled, alerts: [alerts.enabledAfterLoadLimit.code] }
        : { ...stay, refused: true };
    case "tamperLock":
      return state.cause === "tamper" ? stay : go("disabled", "tamper", alerts.lockedByTamper.code);
    case "creditOut":
      return state.output === "disabled" ? stay : go("disabled", "credit");
    case "creditBack":
    case "emergencyCredit":
      return creditReturned(state, event);
  }
}
