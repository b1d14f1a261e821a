/** The contracts of the parts that the emulated board has, over a real serial path. */
import assert from "node:assert/strict";
import type { SerialBoard, Stimulus } from "../../../../hal/serial/parts/index.ts";
import { clockContract } from "../../contract/clock-contract.ts";
import { entropyContract } from "../../contract/entropy-contract.ts";
import { flashContract } from "../../contract/flash-contract.ts";
import { loadSwitchContract } from "../../contract/load-switch-contract.ts";
import { mainsContract } from "../../contract/mains-contract.ts";
import { tamperContract } from "../../contract/tamper-contract.ts";
import { userInterfaceContract } from "../../contract/user-interface-contract.ts";
import { closeBench, describeEmulated, type EmulatedBench, emulatedBench, wait } from "./emulated-bench.ts";

/** A second of the contracts only has to be longer than the debounce and a trip over the line. */
const enoughMs = 250;
/** Time is real here, and a host with both cores busy may be late; its reckoning of the board's time is off by a trip. */
const lateness = { toleranceMs: 3000, earlyMs: 50 };

describeEmulated("serial board over the emulated board", () => {
  let bench: EmulatedBench | undefined;
  /** What was done to the board and has not been answered yet. */
  let doing: Promise<unknown> = Promise.resolve();
  let screen: readonly string[] = [];

  before(async function () {
    this.timeout(60_000);
    bench = await emulatedBench();
    bench.emulated.onStimulus((line) => {
      const [word, ...lines] = line.split("|");
      if (word === "display") screen = lines;
    });
  });
  after(() => closeBench(bench));

  const remote = (): SerialBoard => bench!.remote;
  const act = (stimulus: Stimulus): void => {
    doing = remote().stimulate(stimulus);
  };
  /** By the board's own clock, however busy the host is; what the board told meanwhile comes before its last answer. */
  const advance = async (ms: number): Promise<void> => {
    await doing;
    const boardMs = async (): Promise<number> => (await remote().clock.readRtcMs()) as number;
    const untilMs = (await boardMs()) + Math.min(ms, enoughMs);
    while ((await boardMs()) < untilMs) await wait(20);
  };
  const undo = (stimulus: Stimulus) => async (): Promise<void> => {
    doing = remote().stimulate(stimulus);
    await advance(enoughMs);
  };

  clockContract("emulated", () => ({ part: remote().clock, advance: wait, ...lateness }));
  flashContract("emulated", () => ({ part: remote().flash, advance }));
  entropyContract("emulated", () => ({ part: remote().entropy, advance }));
  loadSwitchContract("emulated", () => ({
    part: remote().loadSwitch!,
    advance,
    weld: () => act({ stuck: true }),
    close: undo({ stuck: false }),
  }));
  mainsContract("emulated", () => ({
    part: remote().mains!,
    advance,
    lose: () => act({ mains: [false] }),
    restore: () => act({ mains: [true] }),
    dip: () => {
      doing = bench!.emulated.stimulus("dip");
    },
    close: undo({ mains: [true] }),
  }));
  tamperContract("emulated", () => ({
    part: remote().tamper!,
    advance,
    move: (input, active) => act({ tamper: { [input]: active } }),
    close: undo({ tamper: { "terminal-cover": false, magnet: false } }),
  }));
  userInterfaceContract("emulated", () => ({
    part: remote().userInterface!,
    advance,
    screen: () => screen,
    press: (button) => act({ button }),
  }));

  it("has no radio, modem or metrology, and says so", () => {
    assert.equal(remote().radio, undefined);
    assert.equal(remote().modem, undefined);
    assert.equal(remote().metrology, undefined);
  });
});
