import assert from "node:assert/strict";
import type { MockBoard, Scheduler } from "../../../hal/mock/index.ts";
import { realTimers } from "../../../hal/serial/timers.ts";
import { type Premises, premises } from "../../../harness/index.ts";
import { BoardPair, type BoardPart } from "../../../harness/premises/boards.ts";
import { Pace } from "../../../harness/premises/pace.ts";
import {
  closeBench,
  describeEmulated,
  type EmulatedBench,
  emulatedBench,
  wait,
} from "../../hal/serial/parts/emulated-bench.ts";

/** All that the emulated board lends but its time, which stays the home's. */
const parts: readonly BoardPart[] = ["flash", "entropy", "mains", "loadSwitch"];
const minuteMs = 60_000;

describeEmulated("a meter with its flash, mains and switch on an emulated board, in the home's time", () => {
  let bench: EmulatedBench | undefined;
  let home: Premises;
  let pair: BoardPair;

  before(async () => {
    bench = await emulatedBench();
    const { remote } = bench;
    const esme = async (mock: MockBoard): Promise<BoardPair> => {
      pair = new BoardPair(remote, mock, { parts });
      return pair;
    };
    home = await premises({ boards: { esme } });
  });
  after(() => closeBench(bench));

  it("boots from its flash, and disables and reads its supply (7.2, 7.4)", async () => {
    assert.equal(home.device("esme").board.mockFlash.operationCount, 0);
    await home.commission();
    assert.equal((await home.read("7.4")).SupplyState, "enabled");
    await home.command("7.2");
    assert.equal(await pair.remote.loadSwitch!.isClosed(), false);
    assert.equal(home.device("esme").board.mockLoadSwitch.contactsClosed, false);
  });

  it("dies with the board's power, boots when it is back, and forgets nothing", async () => {
    const { boots } = home.device("esme");
    await bench!.emulated.powerCut();
    await bench!.emulated.powerOn();
    for (let tries = 0; tries < 100 && home.device("esme").boots === boots; tries++) {
      await wait(50);
      await home.run(50);
    }
    assert.equal(home.device("esme").boots, boots + 1);
    const back = () => home.trace.of("han", "esme").some((event) => event.event === "rejoined");
    await home.runUntil(back, 5 * minuteMs, "the meter's rejoining");
    assert.equal((await home.read("7.4")).SupplyState, "disabled");
  });
});

describeEmulated("a meter with its flash, clock, mains and switch on an emulated board, in real time", () => {
  let bench: EmulatedBench | undefined;
  after(() => closeBench(bench));

  it("boots, takes the time, and disables and reads its supply (8.1.1, 7.2, 7.4)", async function () {
    this.timeout(120_000);
    bench = await emulatedBench();
    const { remote } = bench;
    const esme = async (mock: MockBoard): Promise<BoardPair> => new BoardPair(remote, mock);
    const pace = (scheduler: Scheduler): Pace => new Pace(scheduler, realTimers);
    const home = await premises({ pace, boards: { esme }, wan: { attachMs: 200 } });
    await home.commission();
    await home.command("7.2");
    assert.equal((await home.read("7.4")).SupplyState, "disabled");
    assert.equal(await remote.loadSwitch!.isClosed(), false);
    const rtcS = (await remote.clock.readRtcMs())! / 1000;
    assert.ok(Math.abs(rtcS - home.nowS) < 5, `the board's clock was set: ${rtcS}, ${home.nowS}`);
  });
});
