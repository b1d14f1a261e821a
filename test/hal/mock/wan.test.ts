import assert from "node:assert/strict";
import type { SendOutcome } from "../../../hal/board.ts";
import { misuse, powerLost } from "../contract/bench.ts";
import { startUtcMs, wanBench } from "./mock-bench.ts";

async function attached(seed: number | string = 1) {
  const bench = wanBench(seed);
  const outcomes: SendOutcome[] = [];
  const heard: Uint8Array[] = [];
  const send = (message: Uint8Array) => bench.modem.send(message, (outcome) => void outcomes.push(outcome));
  await bench.modem.attach();
  bench.modem.onMessage((message) => void heard.push(message));
  await bench.advance(8_000);
  return { ...bench, outcomes, heard, send };
}

describe("WAN link", () => {
  it("attaches after its attach time, and then tells network time", async () => {
    const { modem, advance } = wanBench();
    await modem.attach();
    await advance(7_999);
    assert.equal(modem.attached, false);
    await advance(1);
    assert.equal(modem.attached, true);
    assert.equal(await modem.networkTimeMs(), startUtcMs + 8_000);
  });

  it("network time can be wrong or missing", async () => {
    const { modem, link } = await attached();
    link.settings.networkTimeErrorMs = 60_000;
    assert.equal(await modem.networkTimeMs(), startUtcMs + 68_000);
    link.settings.networkTimeErrorMs = undefined;
    assert.equal(await modem.networkTimeMs(), undefined);
  });

  it("takes delay, jitter and bandwidth into account, and keeps the order", async () => {
    const { link, received, advance, send } = await attached();
    Object.assign(link.settings, { delayMs: 100, jitterMs: 0, bandwidthBps: 8_000 });
    await send(new Uint8Array(500));
    await advance(599);
    assert.equal(received.length, 0);
    await advance(1);
    assert.equal(received.length, 1);
    link.settings.jitterMs = 10_000;
    for (let index = 1; index <= 20; index++) await send(Uint8Array.of(index));
    await advance(30_000);
    assert.deepEqual(
      received.slice(1).map((message) => message[0]),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it("is slower when crowded, and refuses what its queue cannot take", async () => {
    const { link, received, advance, send, outcomes } = await attached();
    Object.assign(link.settings, {
      delayMs: 0,
      jitterMs: 0,
      bandwidthBps: 80_000,
      congestion: 0.9,
      queueBytes: 3_000,
    });
    for (let index = 0; index < 4; index++) await send(new Uint8Array(1_000));
    await advance(1_000);
    assert.equal(received.length, 1);
    await advance(60_000);
    assert.equal(received.length, 3);
    assert.deepEqual(outcomes.toSorted(), ["delivered", "delivered", "delivered", "failed"]);
  });

  it("loses both ways, and tells the sender after its timeout", async () => {
    const { link, received, heard, outcomes, advance, send } = await attached();
    link.settings.lossProbability = 1;
    const downward: SendOutcome[] = [];
    await send(Uint8Array.of(1));
    link.deliver(Uint8Array.of(2), (outcome) => downward.push(outcome));
    await advance(14_999);
    assert.deepEqual([...outcomes, ...downward], []);
    await advance(1);
    assert.deepEqual([...outcomes, ...downward], ["failed", "failed"]);
    assert.deepEqual([received.length, heard.length], [0, 0]);
  });

  it("going down detaches at once, loses what has not left, and attaches again when it is back", async () => {
    const { link, modem, received, outcomes, advance, send, heard } = await attached();
    const changes: boolean[] = [];
    modem.onAttachChange((now) => void changes.push(now));
    link.settings.bandwidthBps = 8_000;
    await send(new Uint8Array(1_000));
    link.deliver(Uint8Array.of(1));
    link.settings.down = true;
    assert.equal(link.settings.down, true);
    await advance(30_000);
    assert.deepEqual([received.length, heard.length, outcomes, changes], [0, 0, ["failed"], [false]]);
    link.settings.down = false;
    await advance(10_000);
    assert.deepEqual(changes, [false, true]);
  });

  it("a link that is down when asked attaches when it comes up", async () => {
    const { link, modem, advance } = wanBench();
    link.settings.down = true;
    await modem.attach();
    await advance(60_000);
    assert.equal(modem.attached, false);
    link.settings.down = false;
    await advance(8_000);
    assert.equal(modem.attached, true);
  });

  it("a message that has left arrives though the board dies; one that has not does not", async () => {
    const { link, board, received, outcomes, advance, send } = await attached();
    Object.assign(link.settings, { bandwidthBps: 8_000, delayMs: 5_000, jitterMs: 0 });
    await send(new Uint8Array(1_000));
    await send(Uint8Array.of(2));
    await advance(1_000);
    board.powerOff();
    await advance(60_000);
    assert.deepEqual(
      received.map((message) => message.length),
      [1_000],
    );
    assert.deepEqual(outcomes, [], "there is nobody to tell");
    board.powerOn();
    assert.equal(board.modem!.attached, false, "new firmware attaches anew");
  });

  it("messages for a modem that is not attached are lost", async () => {
    const { link, advance } = wanBench();
    const outcomes: SendOutcome[] = [];
    link.deliver(Uint8Array.of(1), (outcome) => outcomes.push(outcome));
    await advance(20_000);
    assert.deepEqual(outcomes, ["failed"]);
    await misuse(() => link.deliver(new Uint8Array(65_536)));
  });

  it("spends hold-up energy on each message, and dies in the one that takes the last", async () => {
    const { board, received, advance, send } = await attached();
    board.mockMains.lose();
    board.mockMains.storedJ = 4;
    await powerLost(() => send(Uint8Array.of(1)));
    assert.equal(board.powered, false);
    await advance(10_000);
    assert.equal(received.length, 0);
  });

  it("same seed, same arrival times", async () => {
    const run = async (seed: number): Promise<number[]> => {
      const { link, scheduler, advance, send } = await attached(seed);
      const times: number[] = [];
      link.onUplink(() => void times.push(scheduler.nowMs));
      link.settings.lossProbability = 0.2;
      for (let index = 0; index < 20; index++) await send(Uint8Array.of(index));
      await advance(60_000);
      return times;
    };
    assert.deepEqual(await run(4), await run(4));
    assert.notDeepEqual(await run(4), await run(5));
  });
});
