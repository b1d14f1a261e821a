import assert from "node:assert/strict";
import { PowerLost } from "../../../hal/board.ts";
import { hubMains, noHoldUp } from "../../../hal/mock/index.ts";
import { powerLost } from "../contract/bench.ts";
import { eui, mockBench, radioPair, startUtcMs, wanBench } from "./mock-bench.ts";

describe("mock board: power", () => {
  it("answers no port call without power, in any part", async () => {
    const { board } = mockBench();
    board.powerOff();
    const calls: (() => unknown)[] = [
      () => board.clock.uptimeMs(),
      () => board.clock.readRtcMs(),
      () => board.clock.setRtcMs(0),
      () => board.clock.after(1, () => {}),
      () => board.flash.read(0, 1),
      () => board.flash.program(0, Uint8Array.of(1)),
      () => board.flash.erase(0),
      () => board.entropy.bytes(1),
      () => board.mains!.read(),
      () => board.mains!.holdUpJ(),
      () => board.mains!.onChange(() => {}),
      () => board.metrology!.read(),
      () => board.metrology!.watch([], () => {}),
      () => board.loadSwitch!.set(true),
      () => board.loadSwitch!.isClosed(),
      () => board.auxiliary!.read(1),
      () => board.auxiliary!.set(1, { output: 0, input: 0 }),
      () => board.tamper!.read(),
      () => board.tamper!.onChange(() => {}),
      () => board.userInterface!.show([]),
      () => board.userInterface!.onButton(() => {}),
    ];
    for (const call of calls) await powerLost(call);
    const { a } = radioPair();
    a.board.powerOff();
    await powerLost(() => a.board.radio!.transmit(new Uint8Array(9), () => {}));
    await powerLost(() =>
      a.board.radio!.configure({ channel: 11, panId: 1, shortAddress: 1, rxOnWhenIdle: true }),
    );
    const wan = wanBench();
    wan.board.powerOff();
    await powerLost(() => wan.modem.attach());
    await powerLost(() => wan.modem.attached);
    await powerLost(() => wan.modem.networkTimeMs());
    await powerLost(() => wan.modem.send(Uint8Array.of(1), () => {}));
  });

  it("drops timers and listeners with the power, and only new firmware sets them again", async () => {
    const { board, advance } = mockBench();
    const seen: string[] = [];
    board.clock.after(100, () => void seen.push("timer"));
    board.tamper!.onChange(() => void seen.push("tamper"));
    board.userInterface!.onButton(() => void seen.push("button"));
    board.mains!.onChange(() => void seen.push("mains"));
    board.powerOff();
    board.powerOn();
    board.mockTamper.set("magnet", true);
    board.mockUserInterface.press("a");
    board.mockMains.lose();
    await advance(1_000);
    assert.equal(seen.length, 0);
    board.clock.after(100, () => void seen.push("new timer"));
    await advance(1_000);
    assert.deepEqual(seen, ["new timer"]);
  });

  it("drops an event that was on its way when the power went", async () => {
    const { board, advance } = mockBench();
    let told = 0;
    board.tamper!.onChange(() => void told++);
    board.mockTamper.set("magnet", true);
    board.powerOff();
    board.powerOn();
    board.tamper!.onChange(() => void told++);
    await advance(100);
    assert.equal(told, 0);
    assert.equal((await board.tamper!.read()).magnet, true, "firmware finds it when it reads");
  });

  it("starts uptime anew at each power-on, and keeps the time of day by battery", async () => {
    const { board, advance } = mockBench();
    assert.equal(board.clock.readRtcMs(), undefined);
    await board.clock.setRtcMs(startUtcMs);
    await advance(1_000);
    board.powerOff();
    await advance(2_000);
    board.powerOn();
    assert.equal(board.clock.uptimeMs(), 0);
    assert.equal(board.clock.readRtcMs(), startUtcMs + 3_000);
  });

  it("drifts, and forgets the time of day with a dead battery", async () => {
    const { board, advance } = mockBench();
    await board.clock.setRtcMs(startUtcMs);
    board.mockClock.driftPpm = 100;
    await advance(1_000_000);
    assert.equal(board.clock.readRtcMs(), startUtcMs + 1_000_100);
    board.mockClock.driftPpm = -100;
    await advance(1_000_000);
    assert.equal(board.clock.readRtcMs(), startUtcMs + 2_000_000);
    board.mockClock.batteryDead = true;
    board.powerOff();
    board.powerOn();
    assert.equal(board.clock.readRtcMs(), undefined);
    await board.clock.setRtcMs(startUtcMs);
    board.mockClock.loseRtc();
    assert.equal(board.clock.readRtcMs(), undefined);
  });

  it("swallows firmware's death by power loss, and no other error", async () => {
    const { board, advance } = mockBench();
    board.mockFlash.cutPowerAt(0, "torn");
    board.clock.after(10, () => board.flash.erase(0));
    await advance(100);
    assert.equal(board.powered, false);
    board.powerOn();
    board.clock.after(10, () => {
      throw new PowerLost("a lie");
    });
    await assert.rejects(advance(100), /a lie/);
    board.clock.after(10, () => Promise.reject(new TypeError("a bug")));
    await assert.rejects(advance(100), /a bug/);
  });

  it("tells power-on and power loss, and awaits what the listeners promise", async () => {
    const { board, advance } = mockBench();
    const seen: string[] = [];
    const cancel = board.onPowerLost(() => void seen.push("lost"));
    board.onPowerOn(async () => {
      await Promise.resolve();
      seen.push("on");
    });
    board.powerOff();
    board.powerOff();
    board.powerOn();
    await advance(1);
    cancel();
    board.powerOff();
    assert.deepEqual(seen, ["lost", "on"]);
  });

  it("awaits a boot in the next event, hears its bugs, and lets it die of a power cut", async () => {
    const { board, advance } = mockBench();
    let boot = (): Promise<void> => Promise.reject(new TypeError("a bug in boot"));
    board.onPowerOn(() => boot());
    board.powerOff();
    board.powerOn();
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(advance(1), /a bug in boot/);
    board.mockFlash.cutPowerAt(0, "before");
    boot = async () => board.flash.erase(0);
    board.powerOff();
    board.powerOn();
    await advance(1);
    assert.equal(board.powered, false);
  });

  it("lives on its hold-up store exactly as long as that lasts, then comes back with the mains", async () => {
    const { board, advance, scheduler } = mockBench({ parts: { mains: hubMains } });
    const times: number[] = [];
    board.onPowerLost(() => void times.push(scheduler.nowMs));
    board.onPowerOn(() => void times.push(scheduler.nowMs));
    board.mockMains.lose();
    await advance(400_000);
    assert.deepEqual(times, [300_000], "60 J at 0.2 W");
    board.mockMains.restore();
    await advance(10_000);
    assert.deepEqual(times, [300_000, 400_100]);
    assert.equal(board.mockMains.storedJ, 10, "10 s at 1 W");
  });

  it("spends energy for each thing it does, and for none of it while the mains are there", async () => {
    const { board, advance } = mockBench({ parts: { mains: { idleW: 1e-9 } } });
    const { flashEraseJ, flashProgramByteJ, holdUpCapacityJ } = board.mockMains.settings;
    await board.flash.erase(0);
    assert.equal(await board.mains!.holdUpJ(), holdUpCapacityJ);
    board.mockMains.lose();
    await board.flash.erase(0);
    await board.flash.program(0, new Uint8Array(100));
    await advance(10);
    const spent = holdUpCapacityJ - (await board.mains!.holdUpJ());
    assert.ok(Math.abs(spent - flashEraseJ - 100 * flashProgramByteJ) < 1e-9);
  });

  it("dies inside the flash operation that takes the last energy, and tears it", async () => {
    const { board } = mockBench();
    await board.flash.program(0, new Uint8Array(4096));
    board.mockMains.lose();
    board.mockMains.storedJ = board.mockMains.settings.flashEraseJ / 2;
    await powerLost(() => board.flash.erase(0));
    assert.equal(board.powered, false);
    assert.notDeepEqual(board.mockFlash.snapshot().bytes.subarray(0, 4096), new Uint8Array(4096).fill(0xff));
  });

  it("conserves energy: store, idling and work add up over any run of losses and returns", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { board, advance, random } = mockBench(
        { parts: { mains: { idleW: 0.1, rechargeW: 0.3 } } },
        seed,
      );
      const mains = board.mockMains;
      let expectedJ = mains.storedJ;
      for (let step = 0; step < 10; step++) {
        const seconds = Math.round(random.next() * 8);
        if (random.chance(0.5)) mains.lose();
        else mains.restore();
        await advance(seconds * 1_000);
        expectedJ = Math.min(5, expectedJ + (mains.anyPresent ? 0.3 : -0.1) * seconds);
        if (!mains.anyPresent && expectedJ > 1) {
          await board.flash.erase(0);
          expectedJ -= mains.settings.flashEraseJ;
        }
        if (!board.powered) break;
        assert.ok(Math.abs(mains.storedJ - expectedJ) < 1e-9, `${mains.storedJ} J, not ${expectedJ}`);
      }
    }
  });

  it("without a store dies with the mains, and stays dark until they return", async () => {
    const { board, advance } = mockBench({ parts: { mains: noHoldUp } });
    board.mockMains.lose();
    await advance(0);
    assert.equal(board.powered, false);
    board.powerOn();
    assert.equal(board.powered, false);
    board.mockMains.restore();
    await advance(1_000);
    assert.equal(board.powered, true);
    board.powerOff();
    board.mockMains.lose();
    board.mockMains.restore();
    await advance(1_000);
    assert.equal(board.powered, false, "the plug is out");
  });

  it("without plug or power neither charges nor drains its store", async () => {
    const { board, advance } = mockBench({ parts: { mains: hubMains } });
    board.mockMains.storedJ = 10;
    board.powerOff();
    await advance(10_000);
    board.mockMains.lose();
    await advance(10_000);
    assert.equal(board.mockMains.storedJ, 10);
  });

  it("a reset ends what firmware left behind and is no power loss: time of day and plug stay, even with a dead battery", async () => {
    const { board, advance } = mockBench({ parts: { mains: hubMains } });
    const seen: string[] = [];
    board.onPowerLost(() => void seen.push(`off, restarting ${board.restarting}`));
    board.onPowerOn(() => void seen.push(`on, restarting ${board.restarting}`));
    board.mockClock.batteryDead = true;
    await board.clock.setRtcMs(startUtcMs);
    board.clock.after(10, () => void seen.push("a timer of before"));
    await advance(5);
    await board.reset(() => {
      seen.push(`meanwhile, powered ${board.powered}`);
    });
    await advance(1_000);
    assert.deepEqual(seen, ["off, restarting true", "meanwhile, powered false", "on, restarting true"]);
    assert.equal(board.restarting, false);
    assert.deepEqual([board.clock.readRtcMs(), board.clock.uptimeMs()], [startUtcMs + 1_005, 1_000]);
    board.mockMains.lose();
    await advance(1_000);
    await board.reset();
    assert.equal(board.powered, true, "on its store");
    board.powerOff();
    await board.reset();
    assert.equal(board.powered, false, "a board without power stays dark");
    board.powerOn();
    board.mockMains.restore();
    await advance(1_000);
    assert.equal(board.clock.readRtcMs(), undefined, "a power loss it was now");
  });

  it("names the part a board has not got", () => {
    const { board } = mockBench({ parts: {} });
    assert.equal(board.mains, undefined);
    assert.throws(() => board.mockMains, { code: "hal/absent" });
    assert.throws(() => mockBench({ parts: { metrology: true } }), { code: "hal/misuse" });
    assert.deepEqual(Object.keys(board.faults).sort(), ["clock", "entropy", "flash"]);
    assert.equal(mockBench({ eui64: eui(1) }).board.radio, undefined, "no ether, no radio");
  });

  it("entropy can fail and stick", () => {
    const { board } = mockBench();
    board.mockEntropy.stuckAt = 9;
    assert.deepEqual(board.entropy.bytes(3), Uint8Array.of(9, 9, 9));
    board.mockEntropy.failed = true;
    assert.throws(() => board.entropy.bytes(1), { code: "hal/fault" });
  });
});
