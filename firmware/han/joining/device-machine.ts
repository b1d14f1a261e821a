/**
 * How a device gets into its hub's network and back into it: a pure machine, (state, event) -> {state, actions}.
 *
 *     off ── join ──▶ scanning ──▶ associating ──▶ keying ──▶ establishing ──▶ joined
 *     off ── restore ──▶ rejoining ──▶ joined (or establishing, when no link key was agreed before)
 *
 * Every phase but `off` and `joined` has one timer running; `timeout` is its event.
 *
 * An order to leave comes under the network key, which every device of the home holds. A device that has agreed a key
 * with its hub asks under that one whether it is meant, and goes when the hub stays silent.
 */
import type { HanEventKind, HanReason } from "../options.ts";

/** A network heard of in a scan. */
export interface Candidate {
  readonly channel: number;
  readonly panId: number;
  readonly extendedPanId: string;
  readonly hubAddress: number;
  readonly permitJoining: boolean;
}

export type DeviceState =
  | { readonly phase: "off" }
  | {
      readonly phase: "scanning";
      readonly channels: readonly number[];
      readonly at: number;
      readonly round: number;
      readonly found: readonly Candidate[];
    }
  | (Attempt & { readonly phase: "associating"; readonly polls: number; readonly tries: number })
  | (Attempt & { readonly phase: "keying"; readonly wrongKeySeen: boolean })
  /** `paused`: the hub has asked to be left alone before the next try. */
  | {
      readonly phase: "establishing";
      readonly tries: number;
      readonly rejoining: boolean;
      readonly paused?: boolean;
    }
  /** `doubted`: it was told to leave, and has asked; then one timer is running. */
  | { readonly phase: "joined"; readonly doubted?: boolean }
  | { readonly phase: "rejoining"; readonly tries: number };

interface Attempt {
  readonly network: Candidate;
  /** Networks to try after this one. */
  readonly others: readonly Candidate[];
}

export type DeviceEvent =
  | { readonly kind: "join"; readonly channels: readonly number[] }
  | { readonly kind: "restore" }
  | { readonly kind: "beacon"; readonly network: Candidate }
  | { readonly kind: "timeout" }
  /** The hub, as it seems, does not want this device, which holds a key of it. */
  | { readonly kind: "unwanted" }
  /** A fresh frame under the link key. */
  | { readonly kind: "key-proved" }
  | { readonly kind: "association"; readonly status: number; readonly shortAddress: number }
  | { readonly kind: "network-key" }
  | { readonly kind: "wrong-key" }
  | { readonly kind: "established" }
  | { readonly kind: "establish-failed"; readonly reason: HanReason; readonly retryAfterS?: number }
  /** The hub has said how long its next answer takes at most. */
  | { readonly kind: "answer-promised"; readonly withinS: number }
  | { readonly kind: "rejoin-answer"; readonly status: number; readonly linkKeyKnown: boolean }
  | { readonly kind: "removed" }
  | { readonly kind: "lost" }
  | { readonly kind: "leave" };

export type DeviceAction =
  | { readonly do: "timer"; readonly delayMs: number }
  | { readonly do: "stop-timer" }
  | { readonly do: "scan"; readonly channel: number }
  | { readonly do: "associate"; readonly network: Candidate }
  | { readonly do: "poll"; readonly network: Candidate }
  | { readonly do: "use-address"; readonly network: Candidate; readonly shortAddress: number }
  | { readonly do: "announce" }
  /** Asks the hub something under the link key. */
  | { readonly do: "challenge" }
  | { readonly do: "establish" }
  | { readonly do: "request-rejoin" }
  | { readonly do: "say-leave" }
  | { readonly do: "forget" }
  | { readonly do: "report"; readonly event: HanEventKind; readonly reason?: HanReason };

export interface DeviceStep {
  readonly state: DeviceState;
  readonly actions: readonly DeviceAction[];
}

/** Waits and bounds. Scan: aBaseSuperframeDuration * (2^3 + 1) is 138 ms; macResponseWaitTime is 492 ms. */
export const DeviceTiming = {
  scanMs: 140,
  scanRounds: 5,
  responseWaitMs: 500,
  pollWaitMs: 250,
  polls: 4,
  associationTries: 3,
  keyWaitMs: 6000,
  establishMs: 20_000,
  establishTries: 3,
  /** What an answer may take on its way, beyond what its sender takes to make it. */
  answerWayMs: 5000,
  rejoinMs: 2000,
  rejoinTries: 4,
  rejoinPauseMs: 30_000,
  challengeMs: 3000,
} as const;
const T = DeviceTiming;
const MAX_CANDIDATES = 16;

const OFF: DeviceState = { phase: "off" };
const timer = (delayMs: number): DeviceAction => ({ do: "timer", delayMs });
const stay = (state: DeviceState): DeviceStep => ({ state, actions: [] });

export function deviceStep(state: DeviceState, event: DeviceEvent): DeviceStep {
  if (event.kind === "leave") return leave(state);
  if (event.kind === "removed") return removed(state);
  switch (state.phase) {
    case "off":
      return fromOff(event);
    case "scanning":
      return fromScanning(state, event);
    case "associating":
      return fromAssociating(state, event);
    case "keying":
      return fromKeying(state, event);
    case "establishing":
      return fromEstablishing(state, event);
    case "joined":
      return fromJoined(state, event);
    case "rejoining":
      return fromRejoining(state, event);
  }
}

function leave(state: DeviceState): DeviceStep {
  if (state.phase === "off") return stay(state);
  return {
    state: OFF,
    actions: [
      { do: "stop-timer" },
      ...(inNetwork(state) ? [{ do: "say-leave" } as const] : []),
      { do: "forget" },
      { do: "report", event: "left" },
    ],
  };
}

function removed(state: DeviceState): DeviceStep {
  if (!inNetwork(state)) return stay(state);
  return {
    state: OFF,
    actions: [{ do: "stop-timer" }, { do: "forget" }, { do: "report", event: "removed", reason: "removed" }],
  };
}

const inNetwork = (state: DeviceState): boolean =>
  state.phase === "joined" || state.phase === "rejoining" || state.phase === "establishing";

function fromOff(event: DeviceEvent): DeviceStep {
  if (event.kind === "restore") return rejoin(0);
  if (event.kind !== "join") return stay(OFF);
  return scan({ phase: "scanning", channels: event.channels, at: 0, round: 1, found: [] });
}

function scan(state: DeviceState & { phase: "scanning" }): DeviceStep {
  return { state, actions: [{ do: "scan", channel: state.channels[state.at]! }, timer(T.scanMs)] };
}

function fromScanning(state: DeviceState & { phase: "scanning" }, event: DeviceEvent): DeviceStep {
  if (event.kind === "beacon") return stay({ ...state, found: withCandidate(state.found, event.network) });
  if (event.kind !== "timeout") return stay(state);
  if (state.at + 1 < state.channels.length) return scan({ ...state, at: state.at + 1 });
  const open = state.found.filter((network) => network.permitJoining);
  if (open.length > 0) return associate(open[0]!, open.slice(1));
  if (state.round < T.scanRounds) return scan({ ...state, at: 0, round: state.round + 1 });
  return fail(state.found.length > 0 ? "join-window-shut" : "no-network");
}

/** The latest beacon of a network counts. */
function withCandidate(found: readonly Candidate[], network: Candidate): readonly Candidate[] {
  const others = found.filter((known) => known.extendedPanId !== network.extendedPanId);
  return others.length < MAX_CANDIDATES ? [...others, network] : found;
}

function associate(network: Candidate, others: readonly Candidate[], tries = 1): DeviceStep {
  return {
    state: { phase: "associating", network, others, polls: 0, tries },
    actions: [{ do: "associate", network }, timer(T.responseWaitMs)],
  };
}

function fromAssociating(state: DeviceState & { phase: "associating" }, event: DeviceEvent): DeviceStep {
  const { network, others, polls, tries } = state;
  if (event.kind === "association") return associated(state, event.status, event.shortAddress);
  if (event.kind !== "timeout") return stay(state);
  if (polls < T.polls) {
    const actions: DeviceAction[] = [{ do: "poll", network }, timer(T.pollWaitMs)];
    return { state: { ...state, polls: polls + 1 }, actions };
  }
  if (tries < T.associationTries) return associate(network, others, tries + 1);
  return tryNext(others, "no-association-answer");
}

function associated(state: DeviceState & Attempt, status: number, shortAddress: number): DeviceStep {
  const { network, others } = state;
  if (status !== 0) return tryNext(others, status === 1 ? "device-log-full" : "not-in-device-log");
  return {
    state: { phase: "keying", network, others, wrongKeySeen: false },
    actions: [{ do: "use-address", network, shortAddress }, timer(T.keyWaitMs)],
  };
}

function fromKeying(state: DeviceState & { phase: "keying" }, event: DeviceEvent): DeviceStep {
  if (event.kind === "network-key") return establish(1, false, [{ do: "announce" }]);
  // A key that does not open may be an attacker's: the hub's own may still come.
  if (event.kind === "wrong-key") return stay({ ...state, wrongKeySeen: true });
  if (event.kind !== "timeout") return stay(state);
  // Without the network key there is no leave that anyone would believe: Zigbee goes without a word (4.6.3.2).
  return tryNext(state.others, state.wrongKeySeen ? "wrong-install-code" : "no-network-key");
}

/** Another hub in reach may be ours; the last one's answer is what is reported. */
function tryNext(others: readonly Candidate[], reason: HanReason): DeviceStep {
  return others.length > 0 ? associate(others[0]!, others.slice(1)) : fail(reason);
}

function fail(reason: HanReason): DeviceStep {
  return {
    state: OFF,
    actions: [{ do: "stop-timer" }, { do: "forget" }, { do: "report", event: "join-failed", reason }],
  };
}

function establish(tries: number, rejoining: boolean, before: readonly DeviceAction[] = []): DeviceStep {
  return {
    state: { phase: "establishing", tries, rejoining },
    actions: [...before, { do: "establish" }, timer(T.establishMs)],
  };
}

function fromEstablishing(state: DeviceState & { phase: "establishing" }, event: DeviceEvent): DeviceStep {
  if (event.kind === "established") {
    const report: DeviceAction = { do: "report", event: state.rejoining ? "rejoined" : "joined" };
    return { state: { phase: "joined" }, actions: [{ do: "stop-timer" }, report] };
  }
  if (event.kind === "answer-promised")
    return { state, actions: [timer(event.withinS * 1000 + T.answerWayMs)] };
  if (event.kind !== "establish-failed" && event.kind !== "timeout") return stay(state);
  if (state.paused)
    return event.kind === "timeout" ? establish(state.tries + 1, state.rejoining) : stay(state);
  const failed = event.kind === "establish-failed";
  const reason = failed ? event.reason : "no-key-establishment-answer";
  const final = reason === "forged-credential" || reason === "credential-refused";
  if (!final && state.tries < T.establishTries) {
    const pauseS = failed ? event.retryAfterS : undefined;
    if (pauseS === undefined) return establish(state.tries + 1, state.rejoining);
    return { state: { ...state, paused: true }, actions: [timer(pauseS * 1000)] };
  }
  const given = fail(reason);
  return { ...given, actions: [{ do: "say-leave" }, ...given.actions] };
}

function rejoin(tries: number): DeviceStep {
  return {
    state: { phase: "rejoining", tries: tries + 1 },
    actions: [{ do: "request-rejoin" }, timer(T.rejoinMs)],
  };
}

function fromJoined(state: DeviceState & { phase: "joined" }, event: DeviceEvent): DeviceStep {
  if (state.doubted !== true) {
    if (event.kind === "unwanted") return doubt();
    return event.kind === "lost" ? rejoin(0) : stay(state);
  }
  if (event.kind === "timeout") return removed(state);
  if (event.kind !== "key-proved") return stay(state);
  const refused: DeviceAction = { do: "report", event: "refused", reason: "leave-not-meant" };
  return { state: { phase: "joined" }, actions: [{ do: "stop-timer" }, refused] };
}

const doubt = (): DeviceStep => ({
  state: { phase: "joined", doubted: true },
  actions: [{ do: "challenge" }, timer(T.challengeMs)],
});

function fromRejoining(state: DeviceState & { phase: "rejoining" }, event: DeviceEvent): DeviceStep {
  if (event.kind === "unwanted") return doubt();
  if (event.kind === "rejoin-answer") return rejoinAnswered(event.status, event.linkKeyKnown);
  if (event.kind !== "timeout") return stay(state);
  if (state.tries < T.rejoinTries) return rejoin(state.tries);
  // The hub may be off for days: keep asking, slowly, and say so once.
  if (state.tries > T.rejoinTries) return rejoinSlowly(state.tries);
  const report: DeviceAction = { do: "report", event: "rejoin-failed", reason: "lost-contact" };
  return { state: { phase: "rejoining", tries: state.tries + 1 }, actions: [report, timer(T.rejoinPauseMs)] };
}

function rejoinSlowly(tries: number): DeviceStep {
  return {
    state: { phase: "rejoining", tries },
    actions: [{ do: "request-rejoin" }, timer(T.rejoinPauseMs)],
  };
}

function rejoinAnswered(status: number, linkKeyKnown: boolean): DeviceStep {
  if (status !== 0) return removed({ phase: "joined" });
  if (!linkKeyKnown) return establish(1, true, [{ do: "announce" }]);
  return {
    state: { phase: "joined" },
    actions: [{ do: "stop-timer" }, { do: "announce" }, { do: "report", event: "rejoined" }],
  };
}
