/**
 * The user interface: digits of a keypad, and button a, which confirms them. One digit is a screen, four are the privacy
 * PIN, which hides what is the consumer's own until it is entered (service-rules 5.1); more are a token, and not for here.
 * Button a alone confirms what the screen says. Button b is the boost's. Pure.
 */
import type { Button } from "../../../hal/board.ts";

export const screens = ["home", "message", "supplier", "point", "cin", "pin"] as const;
export type Screen = (typeof screens)[number];

export interface UiState {
  readonly screen: Screen;
  /** The PIN has been entered, or there is none. */
  readonly unlocked: boolean;
  /** Digits so far. */
  readonly entry: string;
  /** Wrong PINs in a row. */
  readonly wrong: number;
}

export type UiEvent =
  | { readonly kind: "press"; readonly button: Button }
  /** A text came that is to be seen. */
  | { readonly kind: "show"; readonly screen: Screen }
  /** The PIN was lifted, or set from elsewhere. */
  | { readonly kind: "pinLifted" }
  /** Nobody has pressed anything for a while; also ends the time in which no PIN is taken. */
  | { readonly kind: "idle" };

export type UiAction =
  | { readonly kind: "acknowledge" }
  | { readonly kind: "enableSupply" }
  | { readonly kind: "pinEntered"; readonly right: boolean }
  /** "" lifts it. */
  | { readonly kind: "setPin"; readonly pin: string };

export interface UiStep {
  readonly state: UiState;
  readonly actions: readonly UiAction[];
}

/** Digits of a PIN, and wrong ones in a row after which none is taken until the interface has been idle. */
export const pinDigits = 4;
const maxWrong = 3;
/** More than any token has. */
const mostDigits = 24;

export const uiAtStart: UiState = { screen: "home", unlocked: false, entry: "", wrong: 0 };

/** `pin`: the one in force, "" when there is none. */
export function uiStep(state: UiState, event: UiEvent, pin: string): UiStep {
  const to = (next: Partial<UiState>, ...actions: UiAction[]): UiStep => ({
    state: { ...state, ...next },
    actions,
  });
  switch (event.kind) {
    case "show":
      return to({ screen: event.screen, entry: "" });
    case "pinLifted":
      return to({ unlocked: true, entry: "", wrong: 0 });
    case "idle":
      return to({ ...uiAtStart, screen: state.screen === "cin" ? "cin" : "home" });
    case "press":
      if (event.button === "b") return to({});
      if (event.button === "a") return confirm(state, pin, to);
      return to({ entry: (state.entry + event.button).slice(0, mostDigits) });
  }
}

type To = (next: Partial<UiState>, ...actions: UiAction[]) => UiStep;

function confirm({ screen, unlocked, entry, wrong }: UiState, pin: string, to: To): UiStep {
  const locked = pin !== "" && !unlocked;
  switch (entry.length) {
    case 0:
      if (screen === "message") return to({ screen: "home" }, { kind: "acknowledge" });
      if (screen !== "pin" || locked) return to({}, { kind: "enableSupply" });
      return to({ unlocked: true, screen: "home" }, { kind: "setPin", pin: "" });
    case 1:
      return to({ entry: "", screen: screens[Number(entry) - 1] ?? screen });
    case pinDigits: {
      if (!locked && screen === "pin")
        return to({ entry: "", unlocked: true, screen: "home" }, { kind: "setPin", pin: entry });
      if (!locked || wrong >= maxWrong) return to({ entry: "" });
      const right = entry === pin;
      return to({ entry: "", unlocked: right, wrong: right ? 0 : wrong + 1 }, { kind: "pinEntered", right });
    }
    default:
      return to({ entry: "" });
  }
}
