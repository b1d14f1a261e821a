import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Candidate,
  type DeviceEvent,
  type DeviceState,
  DeviceTiming,
  deviceStep,
} from "../../../firmware/han/joining/device-machine.ts";
import {
  type HubEvent,
  type HubState,
  HubTiming,
  hubStep,
} from "../../../firmware/han/joining/hub-machine.ts";

const near: Candidate = {
  channel: 20,
  panId: 1,
  extendedPanId: "00DB000000000001",
  hubAddress: 0,
  permitJoining: true,
};
const far: Candidate = { ...near, panId: 2, extendedPanId: "00DB000000000002" };
const shut: Candidate = { ...near, permitJoining: false };

/** One word an action: what it does, and what it reports. */
const words = (
  actions: readonly { do: string; event?: string; reason?: string; status?: number }[],
): string =>
  actions
    .map(({ do: what, event, reason, status }) =>
      [what, event, reason, status].filter((w) => w !== undefined).join(":"),
    )
    .join(" ");

const scanning = (found: readonly Candidate[] = [], round = 1, at = 0): DeviceState => ({
  phase: "scanning",
  channels: [11, 20],
  at,
  round,
  found,
});
const associating = (polls = 0, tries = 1, others: readonly Candidate[] = []): DeviceState => ({
  phase: "associating",
  network: near,
  others,
  polls,
  tries,
});
const keying = (wrongKeySeen = false, others: readonly Candidate[] = []): DeviceState => ({
  phase: "keying",
  network: near,
  others,
  wrongKeySeen,
});
const establishing = (tries = 1, rejoining = false): DeviceState => ({
  phase: "establishing",
  tries,
  rejoining,
});
const off: DeviceState = { phase: "off" };
const joined: DeviceState = { phase: "joined" };
const doubted: DeviceState = { phase: "joined", doubted: true };
const rejoining = (tries: number): DeviceState => ({ phase: "rejoining", tries });
const timeout: DeviceEvent = { kind: "timeout" };
const association = (status: number): DeviceEvent => ({ kind: "association", status, shortAddress: 5 });
const answer = (status: number, linkKeyKnown: boolean): DeviceEvent => ({
  kind: "rejoin-answer",
  status,
  linkKeyKnown,
});
const failed = (reason: "forged-credential" | "key-establishment-broken"): DeviceEvent => ({
  kind: "establish-failed",
  reason,
});
const sentAway: DeviceEvent = {
  kind: "establish-failed",
  reason: "key-establishment-broken",
  retryAfterS: 30,
};
const paused: DeviceState = { phase: "establishing", tries: 1, rejoining: false, paused: true };
const T = DeviceTiming;
const gaveUp = "stop-timer forget report:join-failed";

const deviceTable: readonly (readonly [string, DeviceState, DeviceEvent, string, string])[] = [
  ["off", off, { kind: "join", channels: [11, 20] }, "scanning", "scan timer"],
  ["off", off, { kind: "restore" }, "rejoining", "request-rejoin timer"],
  ["off, a late timer", off, timeout, "off", ""],
  ["off", off, { kind: "removed" }, "off", ""],
  ["off", off, { kind: "leave" }, "off", ""],
  ["scanning", scanning(), { kind: "beacon", network: near }, "scanning", ""],
  ["scanning, more channels", scanning(), timeout, "scanning", "scan timer"],
  ["scanning, an open network found", scanning([near], 1, 1), timeout, "associating", "associate timer"],
  ["scanning, none found yet", scanning([], 1, 1), timeout, "scanning", "scan timer"],
  ["scanning, none found", scanning([], T.scanRounds, 1), timeout, "off", `${gaveUp}:no-network`],
  [
    "scanning, only shut ones",
    scanning([shut], T.scanRounds, 1),
    timeout,
    "off",
    `${gaveUp}:join-window-shut`,
  ],
  ["scanning", scanning(), { kind: "leave" }, "off", "stop-timer forget report:left"],
  ["associating", associating(), timeout, "associating", "poll timer"],
  ["associating, polled enough", associating(T.polls), timeout, "associating", "associate timer"],
  [
    "associating, tried enough",
    associating(T.polls, T.associationTries),
    timeout,
    "off",
    `${gaveUp}:no-association-answer`,
  ],
  ["associating", associating(), association(0), "keying", "use-address timer"],
  ["associating", associating(), association(1), "off", `${gaveUp}:device-log-full`],
  ["associating", associating(), association(2), "off", `${gaveUp}:not-in-device-log`],
  [
    "associating, another hub near",
    associating(0, 1, [far]),
    association(2),
    "associating",
    "associate timer",
  ],
  ["keying", keying(), { kind: "network-key" }, "establishing", "announce establish timer"],
  ["keying", keying(), { kind: "wrong-key" }, "keying", ""],
  ["keying, nothing came", keying(), timeout, "off", `${gaveUp}:no-network-key`],
  ["keying, wrong keys came", keying(true), timeout, "off", `${gaveUp}:wrong-install-code`],
  ["keying, another hub near", keying(true, [far]), timeout, "associating", "associate timer"],
  ["keying", keying(), { kind: "removed" }, "keying", ""],
  ["establishing", establishing(), { kind: "established" }, "joined", "stop-timer report:joined"],
  [
    "establishing, back",
    establishing(1, true),
    { kind: "established" },
    "joined",
    "stop-timer report:rejoined",
  ],
  ["establishing", establishing(), timeout, "establishing", "establish timer"],
  [
    "establishing, too often",
    establishing(T.establishTries),
    timeout,
    "off",
    `say-leave ${gaveUp}:no-key-establishment-answer`,
  ],
  ["establishing", establishing(), failed("key-establishment-broken"), "establishing", "establish timer"],
  ["establishing", establishing(), { kind: "answer-promised", withinS: 10 }, "establishing", "timer"],
  ["establishing, sent away", establishing(), sentAway, "establishing", "timer"],
  ["establishing, paused", paused, timeout, "establishing", "establish timer"],
  ["establishing, paused", paused, sentAway, "establishing", ""],
  [
    "establishing, sent away too often",
    establishing(T.establishTries),
    sentAway,
    "off",
    `say-leave ${gaveUp}:key-establishment-broken`,
  ],
  ["joined, a late promise", joined, { kind: "answer-promised", withinS: 10 }, "joined", ""],
  [
    "establishing",
    establishing(),
    failed("forged-credential"),
    "off",
    `say-leave ${gaveUp}:forged-credential`,
  ],
  ["establishing", establishing(), { kind: "removed" }, "off", "stop-timer forget report:removed:removed"],
  ["joined", joined, { kind: "lost" }, "rejoining", "request-rejoin timer"],
  ["joined", joined, { kind: "removed" }, "off", "stop-timer forget report:removed:removed"],
  ["joined", joined, { kind: "unwanted" }, "joined", "challenge timer"],
  ["rejoining", rejoining(1), { kind: "unwanted" }, "joined", "challenge timer"],
  ["joined, told to leave", doubted, { kind: "unwanted" }, "joined", ""],
  [
    "joined, told to leave",
    doubted,
    { kind: "key-proved" },
    "joined",
    "stop-timer report:refused:leave-not-meant",
  ],
  ["joined, told to leave", doubted, timeout, "off", "stop-timer forget report:removed:removed"],
  ["joined", joined, { kind: "key-proved" }, "joined", ""],
  ["joined", joined, { kind: "leave" }, "off", "stop-timer say-leave forget report:left"],
  ["joined", joined, timeout, "joined", ""],
  ["rejoining", rejoining(1), timeout, "rejoining", "request-rejoin timer"],
  [
    "rejoining, often",
    rejoining(T.rejoinTries),
    timeout,
    "rejoining",
    "report:rejoin-failed:lost-contact timer",
  ],
  ["rejoining, slowly", rejoining(T.rejoinTries + 1), timeout, "rejoining", "request-rejoin timer"],
  ["rejoining", rejoining(1), answer(0, true), "joined", "stop-timer announce report:rejoined"],
  ["rejoining, key never agreed", rejoining(1), answer(0, false), "establishing", "announce establish timer"],
  [
    "rejoining, no longer listed",
    rejoining(1),
    answer(2, true),
    "off",
    "stop-timer forget report:removed:removed",
  ],
];

describe("the device's joining machine", () => {
  for (const [name, state, event, phase, actions] of deviceTable) {
    it(`${name} + ${event.kind} gives ${phase}${actions === "" ? ", nothing to do" : `: ${actions}`}`, () => {
      const step = deviceStep(state, event);
      assert.equal(step.state.phase, phase);
      assert.equal(words(step.actions), actions);
    });
  }

  it("keeps the latest beacon of a network, and sixteen networks at most", () => {
    let state = scanning([shut]);
    state = deviceStep(state, { kind: "beacon", network: near }).state;
    assert.deepEqual((state as { found: unknown }).found, [near]);
    for (let i = 0; i < 40; i++) {
      const network = { ...near, extendedPanId: `00DB0000000001${i.toString(16).padStart(2, "0")}` };
      state = deviceStep(state, { kind: "beacon", network }).state;
    }
    assert.equal((state as { found: readonly unknown[] }).found.length, 16);
  });

  it("always has a timer running while it is on its way, whatever comes", () => {
    const events: DeviceEvent[] = [...new Set(deviceTable.map(([, , event]) => event))];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (sequence) => {
        let state: DeviceState = off;
        let running = false;
        for (const event of sequence) {
          if (event.kind === "timeout") running = false;
          const step = deviceStep(state, event);
          for (const action of step.actions) {
            if (action.do === "timer") running = true;
            if (action.do === "stop-timer") running = false;
          }
          state = step.state;
          if (event.kind === "timeout" && state.phase !== "off" && state.phase !== "joined")
            assert.ok(running);
        }
      }),
      { seed: 3 },
    );
  });
});

const listed: HubState = { phase: "listed" };
const established: HubState = { phase: "established" };
const keySent = (keysSent: number): HubState => ({ phase: "keying", keysSent });
const authenticated = (): HubState => ({ phase: "authenticated" });
const attempted = (attempt: number): HubState => ({ phase: "established", attempt });
const leaving: HubState = { phase: "established", leaving: true };
const ask = (windowOpen: boolean): HubEvent => ({ kind: "association", windowOpen });
const refusal = (reason: "forged-credential" | "key-establishment-broken"): HubEvent => ({
  kind: "key-failed",
  reason,
});

const hubTable: readonly (readonly [string, HubState, HubEvent, string, string])[] = [
  ["listed", listed, ask(true), "keying", "answer-association:0 timer report:joining"],
  [
    "listed, window shut",
    listed,
    ask(false),
    "listed",
    "answer-association:2 report:join-failed:join-window-shut",
  ],
  ["listed, key put aside", listed, { kind: "rejoin-request" }, "listed", "answer-rejoin challenge"],
  [
    "listed, key put aside",
    listed,
    { kind: "key-proved" },
    "established",
    "stop-timer take-key-back report:rejoined open-tunnel",
  ],
  ["listed", listed, { kind: "key-agreed" }, "listed", ""],
  ["listed", listed, { kind: "left" }, "listed", ""],
  ["keying, asked again", keySent(1), ask(true), "keying", "answer-association:0 timer"],
  ["keying", keySent(0), { kind: "associated" }, "keying", "send-network-key timer"],
  ["keying, key on its way", keySent(1), { kind: "associated" }, "keying", ""],
  ["keying", keySent(1), { kind: "timeout" }, "keying", "send-network-key timer"],
  [
    "keying, never polled",
    keySent(0),
    { kind: "timeout" },
    "listed",
    "stop-timer report:join-failed:network-key-unanswered",
  ],
  [
    "keying, sent enough",
    keySent(HubTiming.keyCopies),
    { kind: "timeout" },
    "listed",
    "stop-timer report:join-failed:network-key-unanswered",
  ],
  ["keying", keySent(1), { kind: "secured-frame" }, "authenticated", "keep timer"],
  ["keying", keySent(1), { kind: "rejoin-request" }, "authenticated", "answer-rejoin keep timer"],
  [
    "authenticated",
    authenticated(),
    { kind: "key-agreed" },
    "established",
    "stop-timer keep report:joined open-tunnel",
  ],
  [
    "authenticated",
    authenticated(),
    { kind: "timeout" },
    "listed",
    "stop-timer report:join-failed:no-key-establishment-answer",
  ],
  ["authenticated", authenticated(), refusal("key-establishment-broken"), "authenticated", ""],
  [
    "authenticated",
    authenticated(),
    refusal("forged-credential"),
    "listed",
    "stop-timer report:join-failed:forged-credential tell-leave",
  ],
  ["authenticated", authenticated(), { kind: "left" }, "listed", "stop-timer put-key-aside report:left"],
  ["established", established, ask(true), "established", "answer-association:0 timer report:joining"],
  ["established, asked again", attempted(1), ask(true), "established", "answer-association:0 timer"],
  ["established, asked for", attempted(0), { kind: "associated" }, "established", "send-network-key timer"],
  ["established", established, { kind: "associated" }, "established", ""],
  ["established", established, { kind: "timeout" }, "established", ""],
  ["established", established, { kind: "secured-frame" }, "established", ""],
  ["established, asked for", attempted(1), { kind: "timeout" }, "established", "send-network-key timer"],
  [
    "established, asked for",
    attempted(HubTiming.keyCopies),
    { kind: "timeout" },
    "established",
    "report:join-failed:network-key-unanswered",
  ],
  [
    "established",
    established,
    refusal("forged-credential"),
    "established",
    "report:join-failed:forged-credential",
  ],
  [
    "established",
    established,
    { kind: "rejoin-request" },
    "established",
    "answer-rejoin report:rejoined open-tunnel",
  ],
  [
    "established",
    established,
    { kind: "key-agreed" },
    "established",
    "stop-timer keep report:rejoined open-tunnel",
  ],
  ["established", established, { kind: "left" }, "established", "challenge"],
  ["established, said to leave", leaving, { kind: "left" }, "established", ""],
  [
    "established, said to leave",
    leaving,
    { kind: "key-proved" },
    "established",
    "report:refused:leave-not-meant",
  ],
  [
    "established, said to leave",
    leaving,
    { kind: "silent" },
    "listed",
    "stop-timer put-key-aside report:left",
  ],
  [
    "established, left and on its way in",
    { phase: "established", leaving: true, attempt: 1 },
    { kind: "silent" },
    "keying",
    "put-key-aside report:left",
  ],
  ["established", established, { kind: "silent" }, "established", ""],
  ["established", established, { kind: "key-proved" }, "established", ""],
];

describe("the hub's joining machine", () => {
  for (const [name, state, event, phase, actions] of hubTable) {
    it(`${name} + ${event.kind} gives ${phase}${actions === "" ? ", nothing to do" : `: ${actions}`}`, () => {
      const step = hubStep(state, event);
      assert.equal(step.state.phase, phase);
      assert.equal(words(step.actions), actions);
    });
  }

  it("never sends the network key to a device that has not asked while the window was open", () => {
    const events = [...new Set(hubTable.map(([, , event]) => event))].filter(
      (event) => event.kind !== "association" || !event.windowOpen,
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (sequence) => {
        let state: HubState = listed;
        for (const event of sequence) {
          const step = hubStep(state, event);
          assert.ok(step.actions.every((action) => action.do !== "send-network-key"));
          state = step.state;
        }
      }),
      { seed: 4 },
    );
  });
});
