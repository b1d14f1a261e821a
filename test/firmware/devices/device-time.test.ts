import assert from "node:assert/strict";
import { DeviceTime } from "../../../firmware/devices/device-time.ts";
import { partitions } from "../../../firmware/devices/partitions.ts";
import { Journal } from "../../../firmware/kernel/journal.ts";
import { NEVER, UNSET_TIME } from "../../../firmware/wire/message.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { MockBoard, Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import { startUtcS } from "../../support/devices.ts";

describe("a device's time", () => {
  let scheduler: Scheduler;
  let board: MockBoard;
  const post = (action: () => Promise<void>) => action();
  const open = async () =>
    DeviceTime.open(board, await Journal.open(board.flash, partitions(board.flash.geometry).journal), post);
  beforeEach(() => {
    scheduler = new Scheduler();
    const random = new SeededRandom(1);
    board = new MockBoard({ scheduler, random, id: "b", startUtcMs: 0, crypto: nodeCrypto() });
    board.powerOn();
  });

  it("counts from 0 while it was never set, and its stamp does not tell of 1970", async () => {
    const time = await open();
    await scheduler.runUntil(5_000);
    assert.deepEqual([time.isSet, time.nowS()], [false, 5]);
    assert.deepEqual([time.stampS(), time.isSet], [UNSET_TIME, false]);
  });

  it("goes on after a restart by the battery-backed clock", async () => {
    await (await open()).set(startUtcS);
    await scheduler.runUntil(10_000);
    board.powerOff();
    await scheduler.runUntil(20_000);
    board.powerOn();
    const time = await open();
    assert.deepEqual([time.isSet, time.nowS()], [true, startUtcS + 20]);
  });

  it("keeps a correction through restarts and a setting, to the millisecond", async () => {
    const time = await open();
    await time.set(startUtcS);
    await scheduler.runUntil(1_300);
    const journal = await Journal.open(board.flash, partitions(board.flash.geometry).journal);
    await time.adjust(startUtcS + 8, (change) => journal.commit([change]));
    assert.equal(time.nowS(), startUtcS + 8);
    board.powerOff();
    await scheduler.runUntil(11_299);
    board.powerOn();
    const again = await open();
    assert.equal(again.nowS(), startUtcS + 17);
    await scheduler.runUntil(11_300);
    assert.equal(again.nowS(), startUtcS + 18);
    await again.set(startUtcS + 500);
    board.powerOff();
    board.powerOn();
    assert.equal((await open()).nowS(), startUtcS + 500);
  });

  it("keeps appointments to the second, however far, and past ones at once", async () => {
    const time = await open();
    await time.set(startUtcS);
    const seen: number[] = [];
    for (const atS of [startUtcS + 90 * 86_400, startUtcS + 1, startUtcS - 1])
      time.at(atS, async () => void seen.push(time.nowS() - startUtcS));
    await scheduler.runUntil(100 * 86_400_000);
    assert.deepEqual(seen, [0, 1, 90 * 86_400]);
  });

  it("moves appointments when the time is set", async () => {
    const time = await open();
    let done = 0;
    time.at(startUtcS + 60, async () => void done++);
    await scheduler.runUntil(120_000);
    assert.equal(done, 0);
    await time.set(startUtcS + 50);
    await scheduler.runUntil(129_000);
    assert.equal(done, 0);
    await scheduler.runUntil(130_000);
    await time.set(startUtcS);
    await scheduler.runUntil(300_000);
    assert.equal(done, 1);
  });

  it("forgets a cancelled appointment, and never keeps one at NEVER", async () => {
    const time = await open();
    const fail = async () => assert.fail("kept");
    time.at(10, fail)();
    const cancelTwice = time.at(NEVER, fail);
    cancelTwice();
    cancelTwice();
    await scheduler.runUntil(60_000);
    assert.equal(time.nowS(), 60);
  });
});
