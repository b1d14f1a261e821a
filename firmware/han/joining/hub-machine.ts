/**
 * How the hub admits one device of its log: a pure machine, (state, event) -> {state, actions}.
 *
 *     listed ── association ──▶ keying ── first secured frame ──▶ authenticated ── EDHOC ──▶ established
 *
 * A device that holds an agreed key and starts over keeps that key until the new one is agreed, so that a
 * stranger who borrows its address cannot throw it out.
 */
import type { HanEventKind, HanReason } from "../options.ts";

export type HubState =
  | { readonly phase: "listed" }
  /** It has an address; the network key is on its way. */
  | { readonly phase: "keying"; readonly keysSent: number; readonly hadKey: boolean }
  /** It has proved the network key. */
  | { readonly phase: "authenticated"; readonly hadKey: boolean }
  | { readonly phase: "established" };

export type HubEvent =
  | { readonly kind: "association"; readonly windowOpen: boolean }
  /** The association response was sent. */
  | { readonly kind: "associated" }
  | { readonly kind: "timeout" }
  | { readonly kind: "secured-frame" }
  | { readonly kind: "rejoin-request" }
  | { readonly kind: "disassociated" }
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
  | { readonly do: "forget-keys" }
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
} as const;
const T = HubTiming;
const ACCESS_DENIED = 2;

const stay = (state: HubState): HubStep => ({ state, actions: [] });
const timer = (delayMs: number): HubAction => ({ do: "timer", delayMs });
const failed = (reason: HanReason): HubAction => ({ do: "report", event: "join-failed", reason });

export function hubStep(state: HubState, event: HubEvent): HubStep {
  if (event.kind === "association") return onAssociation(state, event.windowOpen);
  if (event.kind === "left") return onLeft(state);
  if (event.kind === "rejoin-request") return onRejoin(state);
  if (event.kind === "key-agreed") return onKeyAgreed(state);
  switch (state.phase) {
    case "keying":
      return fromKeying(state, event);
    case "authenticated":
      return fromAuthenticated(state, event);
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
  return {
    state: { phase: "keying", keysSent: 0, hadKey: hadKey(state) },
    actions: [
      { do: "answer-association", status: 0 },
      timer(T.keyAnswerMs),
      ...(state.phase === "keying" ? [] : [{ do: "report", event: "joining" } as const]),
    ],
  };
}

const hadKey = (state: HubState): boolean =>
  state.phase === "established" || (state.phase !== "listed" && state.hadKey);

function fromKeying(state: HubState & { phase: "keying" }, event: HubEvent): HubStep {
  switch (event.kind) {
    case "associated":
      return state.keysSent === 0 ? sendKey(state) : stay(state);
    case "timeout":
      if (state.keysSent > 0 && state.keysSent < T.keyCopies) return sendKey(state);
      return back(state, "network-key-unanswered");
    case "disassociated":
      return back(state, "wrong-install-code");
    case "secured-frame":
      return {
        state: { phase: "authenticated", hadKey: state.hadKey },
        actions: [{ do: "keep" }, timer(T.establishMs)],
      };
    default:
      return stay(state);
  }
}

function sendKey(state: HubState & { phase: "keying" }): HubStep {
  const keysSent = state.keysSent + 1;
  const delayMs = keysSent < T.keyCopies ? T.keyRepeatMs : T.keyAnswerMs;
  return { state: { ...state, keysSent }, actions: [{ do: "send-network-key" }, timer(delayMs)] };
}

/** The attempt came to nothing: what was before holds. */
function back(state: HubState & { hadKey: boolean }, reason: HanReason): HubStep {
  return {
    state: { phase: state.hadKey ? "established" : "listed" },
    actions: [{ do: "stop-timer" }, failed(reason)],
  };
}

function fromAuthenticated(state: HubState & { phase: "authenticated" }, event: HubEvent): HubStep {
  if (event.kind === "timeout") return back(state, "no-key-establishment-answer");
  if (event.kind !== "key-failed") return stay(state);
  const final = event.reason === "forged-credential" || event.reason === "credential-refused";
  if (!final) return stay(state);
  const step = back(state, event.reason);
  return { ...step, actions: [...step.actions, { do: "tell-leave" }] };
}

/** EDHOC may also run again between devices that have a key: it replaces the key. */
function onKeyAgreed(state: HubState): HubStep {
  if (state.phase === "listed") return stay(state);
  const report: HubAction = { do: "report", event: state.phase === "established" ? "rejoined" : "joined" };
  return {
    state: { phase: "established" },
    actions: [{ do: "stop-timer" }, { do: "keep" }, report, { do: "open-tunnel" }],
  };
}

function onRejoin(state: HubState): HubStep {
  if (state.phase === "established") {
    const report: HubAction = { do: "report", event: "rejoined" };
    return { state, actions: [{ do: "answer-rejoin" }, report, { do: "open-tunnel" }] };
  }
  if (state.phase === "listed") return stay(state);
  return {
    state: { phase: "authenticated", hadKey: state.hadKey },
    actions: [{ do: "answer-rejoin" }, { do: "keep" }, timer(T.establishMs)],
  };
}

function onLeft(state: HubState): HubStep {
  if (state.phase === "listed") return stay(state);
  return {
    state: { phase: "listed" },
    actions: [{ do: "stop-timer" }, { do: "forget-keys" }, { do: "report", event: "left" }],
  };
}
