import assert from "node:assert/strict";
import fc from "fast-check";
import type { RadioFrame, TransmitOutcome } from "../../../hal/board.ts";
import { type AirFrame, airtimeMs, Ether, Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import { toHex } from "../../support/shared-data.ts";
import { dataFrame } from "../contract/radio-contract.ts";
import { eui, mockBench, radioPair } from "./mock-bench.ts";

const settings = { channel: 15, panId: 0x1a62, rxOnWhenIdle: true };

/** A pair with addresses 1 and 2, and everything that happens to it. */
async function pair(distanceM = 5, seed: number | string = 1) {
  const base = radioPair(distanceM, seed);
  const heard: RadioFrame[] = [];
  const air: AirFrame[] = [];
  const outcomes: TransmitOutcome[] = [];
  base.ether.onFrame((frame) => void air.push(frame));
  await base.a.board.radio!.configure({ ...settings, shortAddress: 1 });
  await base.b.board.radio!.configure({ ...settings, shortAddress: 2 });
  base.b.board.radio!.onFrame((frame) => void heard.push(frame));
  const send = async (mpdu = dataFrame({ to: 2, from: 1 })): Promise<void> => {
    await base.a.board.radio!.transmit(mpdu, (outcome) => void outcomes.push(outcome));
    await base.advance(200);
  };
  return { ...base, heard, air, outcomes, send };
}

describe("ether", () => {
  it("puts a frame and its acknowledgement on the air at 250 kbit/s, 192 µs apart", async () => {
    const { send, air, outcomes } = await pair();
    await send();
    assert.deepEqual(
      air.map((frame) => [toHex(frame.mpdu), frame.from, frame.fcsOk, frame.channel]),
      [
        [toHex(dataFrame({ to: 2, from: 1 })), "a", true, 15],
        ["020007", "b", true, 15],
      ],
    );
    assert.ok(Math.abs(airtimeMs(14) - 0.704) < 1e-9);
    assert.ok(Math.abs(air[1]!.timeMs - air[0]!.timeMs - 0.704 - 0.192) < 1e-9);
    assert.deepEqual(outcomes, ["sent"]);
  });

  it("says frame pending in the acknowledgement of a data request only", async () => {
    const { send, air } = await pair();
    await send(Uint8Array.of(0x63, 0x88, 3, 0x62, 0x1a, 2, 0, 1, 0, 4));
    assert.equal(toHex(air[1]!.mpdu), "120003");
    await send(Uint8Array.of(0x63, 0x88, 4, 0x62, 0x1a, 2, 0, 1, 0, 7));
    assert.equal(toHex(air[3]!.mpdu), "020004");
  });

  it("tries four times, then gives up", async () => {
    const { send, air, outcomes, b } = await pair();
    b.board.powerOff();
    await send();
    assert.equal(air.length, 4);
    assert.deepEqual(outcomes, ["no-ack"]);
  });

  it("weakens with distance until nothing is heard", async () => {
    const strengths: number[] = [];
    for (const distanceM of [1, 10, 50, 100]) {
      const { send, heard } = await pair(distanceM);
      await send();
      strengths.push(heard[0]!.rssiDbm);
    }
    assert.deepEqual(strengths, [-32, -62, -83, -92]);
    const far = await pair(400);
    await far.send();
    assert.deepEqual([far.heard.length, far.outcomes], [0, ["no-ack"]]);
  });

  it("loses, repeats and delays as its settings say", async () => {
    const { send, heard, ether, outcomes, advance, a } = await pair();
    ether.settings.lossProbability = 1;
    await send();
    assert.deepEqual([heard.length, outcomes.pop()], [0, "no-ack"]);
    ether.settings.lossProbability = 0;
    ether.settings.duplicateProbability = 1;
    await send();
    assert.deepEqual([heard.length, outcomes.pop()], [2, "sent"]);
    ether.settings.duplicateProbability = 0;
    ether.settings.delayMs = 1_000;
    await a.board.radio!.transmit(dataFrame({ to: 2, from: 1 }), () => {});
    await advance(900);
    assert.equal(heard.length, 2);
    await advance(200);
    assert.equal(heard.length, 3);
  });

  it("hands a frame up again when only its acknowledgement was lost", async () => {
    const { send, heard, ether, outcomes } = await pair();
    ether.jammer.on = true;
    ether.jammer.picks = (mpdu) => mpdu.length === 3;
    await send();
    assert.equal(heard.length, 4);
    assert.deepEqual(outcomes, ["no-ack"]);
  });

  it("a jammer makes the channel busy, and spoils what is sent beside it", async () => {
    const { send, heard, ether, outcomes, air } = await pair();
    ether.jammer.on = true;
    await send();
    assert.deepEqual([heard.length, outcomes.pop(), air.length], [0, "channel-busy", 0]);
    ether.inject(dataFrame({ to: 2, from: 1 }), { channel: 15 });
    await send();
    assert.equal(air[0]!.fcsOk, false);
    assert.equal(heard.length, 0);
    ether.jammer.channel = 20;
    await send();
    assert.deepEqual([heard.length, outcomes.at(-1)], [1, "sent"]);
  });

  it("spoils frames that overlap at a receiver, unless one is much stronger there", async () => {
    const { ether, heard, air, advance } = await pair();
    const frame = (sequence: number) => dataFrame({ to: 2, from: 9, ack: false, sequence });
    ether.inject(frame(1), { channel: 15, position: { xM: 3, yM: 0 } });
    ether.inject(frame(2), { channel: 15, position: { xM: 7, yM: 0 } });
    await advance(10);
    assert.equal(heard.length, 0);
    assert.equal(air.length, 2);
    ether.inject(frame(3), { channel: 15, position: { xM: 5, yM: 1 } });
    ether.inject(frame(4), { channel: 15, position: { xM: 60, yM: 0 } });
    ether.inject(frame(5), { channel: 16, position: { xM: 5, yM: 0 } });
    await advance(10);
    assert.deepEqual(
      heard.map((one) => one.mpdu[2]),
      [3],
    );
  });

  it("senders that do not hear each other collide in the middle; those that do, take turns", async () => {
    const delivered = async (halfM: number): Promise<number> => {
      const scheduler = new Scheduler();
      const ether = new Ether(scheduler, new SeededRandom(3));
      const board = (id: string, last: number, xM: number) => {
        ether.place(id, { xM, yM: 0 });
        return mockBench({ scheduler, id, ether, eui64: eui(last), parts: {} }).board.radio!;
      };
      const [left, middle, right] = [board("l", 1, -halfM), board("m", 2, 0), board("r", 3, halfM)];
      let count = 0;
      middle.onFrame(() => void count++);
      for (const [index, radio] of [left, middle, right].entries()) {
        await radio.configure({ ...settings, shortAddress: index + 1 });
      }
      await scheduler.runUntil(1);
      for (let round = 0; round < 20; round++) {
        for (const from of [1, 3]) {
          const radio = from === 1 ? left : right;
          await radio.transmit(dataFrame({ to: 2, from, ack: false, body: "x".repeat(100) }), () => {});
        }
        await scheduler.runUntil(scheduler.nowMs + 100);
      }
      return count;
    };
    assert.ok((await delivered(5)) >= 28, "near: rarely the same backoff");
    assert.ok((await delivered(60)) < 20, "far: hidden from each other");
  });

  it("a full queue answers channel-busy", async () => {
    const { a, outcomes, advance } = await pair();
    for (let index = 0; index < 20; index++) {
      await a.board.radio!.transmit(
        dataFrame({ to: 2, from: 1, sequence: index }),
        (one) => void outcomes.push(one),
      );
    }
    await advance(1_000);
    assert.equal(outcomes.filter((one) => one === "channel-busy").length, 4);
    assert.equal(outcomes.filter((one) => one === "sent").length, 16);
  });

  it("a frame ends with its sender's power, and its outcome is told to nobody", async () => {
    const { a, heard, outcomes, air, advance, ether } = await pair();
    await a.board.radio!.transmit(
      dataFrame({ to: 2, from: 1, body: "x".repeat(100) }),
      (one) => void outcomes.push(one),
    );
    await advance(4.5);
    a.board.powerOff();
    await advance(100);
    assert.deepEqual([heard.length, outcomes.length, air.map((frame) => frame.fcsOk)], [0, 0, [false]]);
    assert.ok(ether.settings.sleepyWindowMs > 0);
  });

  it("spends hold-up energy on each frame, and dies inside the one that takes the last", async () => {
    const { a, send, air } = await pair();
    a.board.mockMains.lose();
    const before = a.board.mockMains.storedJ;
    await send();
    assert.ok(before - a.board.mockMains.storedJ > a.board.mockMains.settings.radioFrameJ);
    a.board.mockMains.storedJ = a.board.mockMains.settings.radioFrameJ / 2;
    await send();
    assert.equal(a.board.powered, false);
    assert.equal(air.at(-1)!.fcsOk, false);
  });

  it("hears nothing while it sends", async () => {
    const { b, ether, heard, advance, air } = await pair();
    await b.board.radio!.transmit(dataFrame({ to: 9, from: 2, ack: false, body: "x".repeat(100) }), () => {});
    await advance(3);
    ether.inject(dataFrame({ to: 2, from: 1, ack: false }), { channel: 15, position: { xM: 5, yM: 0 } });
    await advance(100);
    const [inner, outer] = air;
    assert.ok(inner!.timeMs > outer!.timeMs, "the injected frame began and ended within the long one");
    assert.equal(heard.length, 0);
    ether.settings.captureDb = Number.NEGATIVE_INFINITY;
    await b.board.radio!.transmit(dataFrame({ to: 9, from: 2, ack: false, body: "x".repeat(100) }), () => {});
    await advance(3);
    ether.inject(dataFrame({ to: 2, from: 1, ack: false }), { channel: 15, position: { xM: 5, yM: 0 } });
    await advance(100);
    assert.equal(heard.length, 0);
  });

  it("needs configuring after each power-on", async () => {
    const { a, b, send, heard } = await pair();
    a.board.powerOff();
    a.board.powerOn();
    assert.throws(() => a.board.radio!.transmit(dataFrame({ to: 2, from: 1 }), () => {}), {
      code: "hal/misuse",
    });
    b.board.powerOff();
    b.board.powerOn();
    b.board.radio!.onFrame((frame) => void heard.push(frame));
    await a.board.radio!.configure({ ...settings, shortAddress: 1 });
    await send();
    assert.equal(heard.length, 0);
  });

  it("radios can be deaf and mute", async () => {
    const { a, b, send, heard, air, outcomes } = await pair();
    b.board.mockRadio.faults.deaf = true;
    await send();
    assert.equal(heard.length, 0);
    a.board.mockRadio.faults.mute = true;
    const sofar = air.length;
    await send();
    assert.equal(air.length, sofar);
    assert.deepEqual(outcomes, ["no-ack", "no-ack"]);
  });

  it("survives any bytes on the air", async () => {
    const { ether, advance, heard, send } = await pair();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 127 }), async (mpdu) => {
        ether.inject(mpdu, { channel: 15, from: "attacker" });
        await advance(10);
      }),
      { seed: 2, numRuns: 300 },
    );
    const before = heard.length;
    await send();
    assert.equal(heard.length, before + 1);
  });

  it("same seed, same bytes at the same times; another seed, another run", async () => {
    const run = async (seed: number): Promise<string> => {
      const { ether, a, b, air, advance } = await pair(20, seed);
      Object.assign(ether.settings, { lossProbability: 0.3, duplicateProbability: 0.2, delayMs: 1 });
      for (let sequence = 0; sequence < 15; sequence++) {
        await a.board.radio!.transmit(dataFrame({ to: 2, from: 1, sequence }), () => {});
        await b.board.radio!.transmit(dataFrame({ to: 1, from: 2, sequence }), () => {});
        await advance(7);
      }
      await advance(1_000);
      return JSON.stringify(air.map((frame) => ({ ...frame, mpdu: toHex(frame.mpdu) })));
    };
    assert.equal(await run(1), await run(1));
    assert.notEqual(await run(1), await run(2));
  });
});
