import assert from "node:assert/strict";
import { type ApsHeader, ApsType } from "../../../firmware/han/frames/aps.ts";
import { AssociationAnswers } from "../../../firmware/han/joining/association-answers.ts";
import { ApsReceiver, BLOCK_BYTES, blocksOf, MAX_BLOCKS } from "../../../firmware/han/stack/aps-receiver.ts";
import { IncomingCounter, OutgoingCounter } from "../../../firmware/han/stack/counters.ts";
import { Peer } from "../../../firmware/han/stack/peer.ts";
import { readMembership, readRegistration } from "../../../firmware/han/store.ts";
import { Journal } from "../../../firmware/kernel/journal.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { Home } from "./home.ts";

async function journal(): Promise<Journal> {
  const { board } = new Home().device();
  await board.powerOn();
  return await Journal.open(board.flash, { firstSector: 0, sectorCount: 8 });
}

describe("outgoing frame counters", () => {
  it("count up by one, with one commit for many frames", async () => {
    const store = await journal();
    const counter = new OutgoingCounter(store, "han/out/x");
    for (let i = 0; i < 1500; i++) assert.equal(await counter.take(), i);
    assert.deepEqual(store.get("han/out/x"), Uint8Array.of(0, 8, 0, 0));
  });

  it("never give a number twice, however often the power is cut", async () => {
    const store = await journal();
    let last = -1;
    for (let boot = 0; boot < 5; boot++) {
      const counter = new OutgoingCounter(store, "han/out/x");
      for (let i = 0; i < 3; i++) {
        const next = await counter.take();
        assert.ok(next > last);
        last = next;
      }
    }
  });

  it("stop before they run over", async () => {
    const store = await journal();
    await store.commit([{ key: "han/out/x", value: Uint8Array.of(0xfe, 0xff, 0xff, 0xff) }]);
    const counter = new OutgoingCounter(store, "han/out/x");
    assert.equal(await counter.take(), 0xffff_fffe);
    await assert.rejects(counter.take(), (error) => hasCode(error, "han/counter-exhausted"));
  });
});

describe("incoming frame counters", () => {
  it("tell a radio's second copy from a replay", () => {
    const counter = new IncomingCounter();
    assert.equal(counter.judge(7, 0), "fresh");
    assert.equal(counter.judge(7, 100), "duplicate");
    assert.equal(counter.judge(6, 100), "replayed");
    assert.equal(counter.judge(7, 5000), "replayed");
    assert.equal(counter.judge(9, 5000), "fresh");
    assert.equal(counter.judge(8, 5000), "replayed");
  });

  it("never take FFFFFFFF, after which there is none: it is neither accepted nor kept as 0", async () => {
    const { board } = new Home().device();
    await board.powerOn();
    const store = await Journal.open(board.flash, { firstSector: 0, sectorCount: 8 });
    const peer = new Peer(store, "00DB1234567890A0", 1);
    for (const counter of [peer.nwkIn, peer.apsIn]) {
      assert.equal(counter.judge(41, 0), "fresh");
      assert.equal(counter.judge(0xffff_ffff, 1), "replayed");
      assert.equal(counter.floor, 42);
      assert.equal(counter.judge(0xffff_fffe, 2), "fresh");
      assert.equal(counter.judge(0xffff_ffff, 3), "replayed");
    }
    await store.commit([peer.floors()]);
    const again = new Peer(store, "00DB1234567890A0", 1);
    for (const counter of [again.nwkIn, again.apsIn])
      for (const old of [0, 41, 0xffff_fffe, 0xffff_ffff]) assert.equal(counter.judge(old, 9), "replayed");
  });

  it("remember what was heard before the power was cut", () => {
    const counter = new IncomingCounter(10);
    assert.equal(counter.judge(9, 0), "replayed");
    assert.equal(counter.judge(10, 0), "fresh");
    assert.equal(counter.floor, 11);
  });
});

describe("blocks of long messages", () => {
  const address = { destinationEndpoint: 1, cluster: 0x0704, profile: 0x0109, sourceEndpoint: 1 };
  const header = (counter: number, block?: ApsHeader["block"], secured = true): ApsHeader => ({
    type: ApsType.data,
    broadcast: false,
    ackRequest: true,
    secured,
    counter,
    address,
    ...(block === undefined ? {} : { block }),
  });
  const first = (total: number) => ({ first: true, number: total });
  const later = (number: number) => ({ first: false, number });
  const part = Uint8Array.of(1);

  it("cut and joined again, give the same bytes", () => {
    for (const length of [0, 1, BLOCK_BYTES, BLOCK_BYTES + 1, 1505]) {
      const payload = Uint8Array.from({ length }, (_, i) => i);
      assert.deepEqual(Uint8Array.from(blocksOf(payload).flatMap((block) => [...block])), payload);
    }
    assert.ok(blocksOf(new Uint8Array(1505)).length <= MAX_BLOCKS);
  });

  it("are acknowledged again when they come again, and delivered once", () => {
    const receiver = new ApsReceiver();
    assert.deepEqual(receiver.take(header(1, first(2)), part, 0), { block: 0, acknowledge: true });
    assert.deepEqual(receiver.take(header(1, first(2)), part, 1), { block: 0, acknowledge: true });
    assert.deepEqual(receiver.take(header(1, later(1)), part, 2).whole, Uint8Array.of(1, 1));
    assert.deepEqual(receiver.take(header(1, later(1)), part, 3), { block: 1, acknowledge: true });
    assert.deepEqual(receiver.take(header(2), part, 4).whole, part);
    assert.deepEqual(receiver.take(header(2), part, 5), { acknowledge: true });
  });

  it("are not acknowledged out of order, without a beginning, too many, stale, or under another protection", () => {
    const receiver = new ApsReceiver();
    assert.equal(receiver.take(header(1, later(1)), part, 0).acknowledge, false);
    assert.equal(receiver.take(header(1, first(MAX_BLOCKS + 1)), part, 0).acknowledge, false);
    assert.equal(receiver.take(header(1, first(0)), part, 0).acknowledge, false);
    assert.equal(receiver.take(header(1, first(3)), part, 0).acknowledge, true);
    assert.equal(receiver.take(header(1, later(2)), part, 0).acknowledge, false);
    assert.equal(receiver.take(header(1, later(1), false), part, 0).acknowledge, false);
    assert.equal(receiver.take(header(1, later(1)), part, 20_000).acknowledge, false);
  });
});

describe("answers that wait for a poll", () => {
  it("are kept a while, for a bounded number of askers", () => {
    let nowMs = 0;
    const answers = new AssociationAnswers(() => nowMs);
    const answer = { shortAddress: 1, status: 0 };
    for (let i = 0; i < 100; i++) assert.equal(answers.putStranger(`stranger ${i}`, answer), i < 8);
    answers.put("00DB000000000001", answer);
    assert.equal(answers.putStranger("00DB000000000001", answer), false);
    assert.deepEqual(answers.take("00DB000000000001"), answer);
    assert.equal(answers.take("00DB000000000001"), undefined);
    assert.deepEqual(answers.take("stranger 0"), answer);
    assert.equal(answers.take("stranger 99"), undefined);
    assert.equal(answers.putStranger("stranger 99", answer), true);
    nowMs = 8000;
    assert.equal(answers.take("stranger 1"), undefined);
  });
});

describe("what the journal keeps", () => {
  it("is refused in another format, or cut short", () => {
    for (const read of [readMembership, readRegistration]) {
      for (const bytes of [new Uint8Array(0), Uint8Array.of(2), Uint8Array.of(1, 2, 3)]) {
        assert.throws(
          () => read(bytes),
          (error) => hasCode(error, "han/malformed"),
        );
      }
    }
  });
});
