/**
 * How the hub admits one device of its log: a pure machine, (state, event) -> {state, actions}.
 *
 *     listed ── association ──▶ keying ── first secured frame ──▶ authenticated ── EDHOC ──▶ established
 *
 * What anyone can send changes nothing for an established device: an association in its name is served beside
 * its standing, which ends only with a newly agreed key. That it leaves it says under the network key, which
 * every device of the home holds; so it is asked under its own key, and believed when it stays silent. Its key
 * is then put aside, and taken back when the device speaks under it.
 */
import type { HanEventKind, HanReason } from "../options.ts";

export type HubState =
  | { readonly phase: "listed" }
  /** It has an address; the network key is on its way. */
  | { readonly phase: "keying"; readonly keysSent: number }
  /** It has proved the network key. */
  | { readonly phase: "authenticated" }
  /** `attempt`: network keys sent to who associates in its name. `leaving`: it is said to have left. */
  | { readonly phase: "established"; readonly attempt?: number; readonly leaving?: boolean };

export type HubEvent =
  | { readonly kind: "association"; readonly windowOpen: boolean }
  /** The association response was sent. */
  | { readonly kind: "associated" }
  | { readonly kind: "timeout" }
  | { readonly kind: "secured-frame" }
  /** A fresh frame under its link key, or under the one put aside. */
  | { readonly kind: "key-proved" }
  /** No answer to a challenge. */
  | { readonly kind: "silent" }
  | { readonly kind: "rejoin-request" }
  | { readonly kind: "key-agreed" }
  | { readonly kind: "key-failed"; readonly reason: HanReason }
  | { readonly kind: "left" };

export type HubAction =
  | { readonly do: "timer"; readonly delayMs: number }
  | { readonly do: "stop-timer" }
  | { readonly do: "answer-association"; readonly status: number }
  | { readonly do: "send-network-key" }
  | { readonly do: "answer-rejoin" }
  | { readonly do: "keep" }
  | { readonly do: "open-tunnel" }
  | { readonly do: "tell-leave" }
  /** Asks under the link key, or the one put aside, whether the device is there. */
  | { readonly do: "challenge" }
  | { readonly do: "put-key-aside" }
  | { readonly do: "take-key-back" }
  | { readonly do: "report"; readonly event: HanEventKind; readonly reason?: HanReason };

export interface HubStep {
  readonly state: HubState;
  readonly actions: readonly HubAction[];
}

export const HubTiming = {
  /** Between two copies of the network key, and how many there are. */
  keyRepeatMs: 1500,
  keyCopies: 4,
  /** After the last copy: apsSecurityTimeOutPeriod. */
  keyAnswerMs: 10_000,
  /** For the whole of EDHOC, retries included. */
  establishMs: 90_000,
  /** For the answer to a challenge. */
  challengeMs: 3000,
} as const;
const T = HubTiming;
const ACCESS_DENIED = 2;

const stay = (state: HubState): HubStep => ({ state, actions: [] });
const timer = (delayMs: number): HubAction => ({ do: "timer", delayMs });
const failed = (reason: HanReason): HubAction => ({ do: "report", event: "join-failed", reason });

const LISTED: HubState = { phase: "listed" };
const ESTABLISHED: HubState = { phase: "established" };

export function hubStep(state: HubState, event: HubEvent): HubStep {
  switch (event.kind) {
    case "association":
      return onAssociation(state, event.windowOpen);
    case "left":
      return onLeft(state);
    case "rejoin-request":
      return onRejoin(state);
    case "key-agreed":
      return onKeyAgreed(state);
    case "key-proved":
      return onKeyProved(state);
  }
  switch (state.phase) {
    case "keying":
      return fromKeying(state, event);
    case "authenticated":
      return fromAuthenticated(state, event);
    case "established":
      return fromEstablished(state, event);
    default:
      return stay(state);
  }
}

function onAssociation(state: HubState, windowOpen: boolean): HubStep {
  if (!windowOpen) {
    return {
      state,
      actions: [{ do: "answer-association", status: ACCESS_DENIED }, failed("join-window-shut")],
    };
  }
  const established = state.phase === "established";
  const known = established ? state.attempt !== undefined : state.phase === "keying";
  return {
    state: established ? { ...state, attempt: 0 } : { phase: "keying", keysSent: 0 },
    actions: [
      { do: "answer-association", status: 0 },
      timer(T.keyAnswerMs),
      ...(known ? [] : [{ do: "report", event: "joining" } as const]),
    ],
  };
}

function fromKeying(state: HubState & { phase: "keying" }, event: HubEvent): HubStep {
  const { keysSent } = state;
  switch (event.kind) {
    case "associated":
      return keysSent === 0 ? { state: { ...state, keysSent: 1 }, actions: sendKey(1) } : stay(state);
    case "timeout":
      if (keysSent > 0 && keysSent < T.keyCopies)
        return { state: { ...state, keysSent: keysSent + 1 }, actions: sendKey(keysSent + 1) };
      return back("network-key-unanswered");
    case "secured-frame":
      return { state: { phase: "authenticated" }, actions: [{ do: "keep" }, timer(T.establishMs)] };
    default:
      return stay(state);
  }
}

/** Sends the `nth` copy. */
function sendKey(nth: number): HubAction[] {
  return [{ do: "send-network-key" }, timer(nth < T.keyCopies ? T.keyRepeatMs : T.keyAnswerMs)];
}

/** The attempt came to nothing. */
function back(reason: HanReason): HubStep {
  return { state: LISTED, actions: [{ do: "stop-timer" }, failed(reason)] };
}

function fromAuthenticated(state: HubState, event: HubEvent): HubStep {
  if (event.kind === "timeout") return back("no-key-establishment-answer");
  if (event.kind !== "key-failed") return stay(state);
  const final = event.reason === "forged-credential" || event.reason === "credential-refused";
  if (!final) return stay(state);
  const step = back(event.reason);
  return { ...step, actions: [...step.actions, { do: "tell-leave" }] };
}

/** An attempt in the name of an established device, and a leave of which it is not known whether it is true. */
function fromEstablished(state: HubState & { phase: "established" }, event: HubEvent): HubStep {
  const { attempt } = state;
  switch (event.kind) {
    case "associated":
      return attempt === 0 ? { state: { ...state, attempt: 1 }, actions: sendKey(1) } : stay(state);
    case "timeout":
      if (attempt === undefined) return stay(state);
      if (attempt > 0 && attempt < T.keyCopies)
        return { state: { ...state, attempt: attempt + 1 }, actions: sendKey(attempt + 1) };
      return { state: without(state, "attempt"), actions: [failed("network-key-unanswered")] };
    case "key-failed":
      return { state, actions: [failed(event.reason)] };
    case "silent":
      return state.leaving === true ? gone(state) : stay(state);
    default:
      return stay(state);
  }
}

function gone({ attempt }: HubState & { phase: "established" }): HubStep {
  const report: HubAction = { do: "report", event: "left" };
  if (attempt === undefined)
    return { state: LISTED, actions: [{ do: "stop-timer" }, { do: "put-key-aside" }, report] };
  // It has left, and is on its way in again.
  return { state: { phase: "keying", keysSent: attempt }, actions: [{ do: "put-key-aside" }, report] };
}

const without = (state: HubState & { phase: "established" }, field: "attempt" | "leaving"): HubState => {
  const { [field]: _, ...rest } = state;
  return rest;
};

/** EDHOC may also run again between devices that have a key: it replaces the key. */
function onKeyAgreed(state: HubState): HubStep {
  if (state.phase === "listed") return stay(state);
  const report: HubAction = { do: "report", event: state.phase === "established" ? "rejoined" : "joined" };
  return {
    state: ESTABLISHED,
    actions: [{ do: "stop-timer" }, { do: "keep" }, report, { do: "open-tunnel" }],
  };
}

/** A device without an established key has spoken under the one put aside: that one is its key again. */
function onKeyProved(state: HubState): HubStep {
  if (state.phase === "established") {
    if (state.leaving !== true) return stay(state);
    const refused: HubAction = { do: "report", event: "refused", reason: "leave-not-meant" };
    return { state: without(state, "leaving"), actions: [refused] };
  }
  const report: HubAction = { do: "report", event: "rejoined" };
  return {
    state: ESTABLISHED,
    actions: [{ do: "stop-timer" }, { do: "take-key-back" }, report, { do: "open-tunnel" }],
  };
}

function onRejoin(state: HubState): HubStep {
  if (state.phase === "established") {
    const report: HubAction = { do: "report", event: "rejoined" };
    return { state, actions: [{ do: "answer-rejoin" }, report, { do: "open-tunnel" }] };
  }
  // Only a device whose key was put aside is heard here.
  if (state.phase === "listed") return { state, actions: [{ do: "answer-rejoin" }, { do: "challenge" }] };
  return {
    state: { phase: "authenticated" },
    actions: [{ do: "answer-rejoin" }, { do: "keep" }, timer(T.establishMs)],
  };
}

function onLeft(state: HubState): HubStep {
  if (state.phase === "listed") return stay(state);
  if (state.phase === "established")
    return state.leaving === true
      ? stay(state)
      : { state: { ...state, leaving: true }, actions: [{ do: "challenge" }] };
  return {
    state: LISTED,
    actions: [{ do: "stop-timer" }, { do: "put-key-aside" }, { do: "report", event: "left" }],
  };
}
