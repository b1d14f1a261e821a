import assert from "node:assert/strict";
import fc from "fast-check";
import { BlockTransfer, MAX_MESSAGE_BYTES } from "../../../firmware/han/block-transfer.ts";
import {
  type Block,
  decodeBlock,
  encodeBlock,
  MAX_BLOCK_DATA_BYTES,
} from "../../../firmware/han/frames/block.ts";
import type { HanFailure, HanMessage, HanPort } from "../../../firmware/han/port.ts";
import type { Listener } from "../../../hal/board.ts";
import { Scheduler } from "../../../hal/mock/index.ts";

type Fate = "arrives" | "lost" | "twice" | "unheard";

/** One end's tunnel: at most 1,500 bytes, 10 ms; `fate` may lose, double, or deny what it carries. */
class Tunnel implements HanPort {
  readonly #scheduler: Scheduler;
  readonly sent: Uint8Array[] = [];
  readonly listeners = new Set<Listener<HanMessage>>();
  fate: (bytes: Uint8Array) => Fate = () => "arrives";
  peer!: Tunnel;
  name: string;

  constructor(scheduler: Scheduler, name: string) {
    this.#scheduler = scheduler;
    this.name = name;
  }

  async send(_to: string, bytes: Uint8Array, done: Listener<"delivered" | HanFailure>): Promise<void> {
    assert.ok(bytes.length <= 1500, `${bytes.length} bytes for a tunnel`);
    this.sent.push(bytes);
    const fate = this.fate(bytes);
    this.#scheduler.after(10, async () => {
      if (fate !== "lost") await this.peer.hear(bytes);
      if (fate === "twice") await this.peer.hear(bytes);
      await done(fate === "lost" || fate === "unheard" ? "timeout" : "delivered");
    });
  }

  async hear(bytes: Uint8Array): Promise<void> {
    for (const listener of this.listeners) await listener({ from: this.peer.name, bytes });
  }

  onMessage(listener: Listener<HanMessage>) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async readHubTime(done: Listener<number | undefined>): Promise<void> {
    await done(17);
  }
}

class Ends {
  readonly scheduler = new Scheduler();
  readonly near = new Tunnel(this.scheduler, "near");
  readonly far = new Tunnel(this.scheduler, "far");
  readonly nearBlocks: BlockTransfer;
  farBlocks!: BlockTransfer;
  readonly heard: Uint8Array[] = [];
  readonly outcomes: string[] = [];

  constructor() {
    this.near.peer = this.far;
    this.far.peer = this.near;
    this.nearBlocks = new BlockTransfer(this.near, (ms, action) => this.scheduler.after(ms, action));
    this.bootFar();
  }

  /** The far end starts anew: what it had under way is gone. */
  bootFar(): void {
    this.far.listeners.clear();
    this.farBlocks = new BlockTransfer(this.far, (ms, action) => this.scheduler.after(ms, action));
    this.farBlocks.onMessage(({ bytes }) => void this.heard.push(bytes));
  }

  send(bytes: Uint8Array): Promise<void> {
    return this.nearBlocks.send("far", bytes, (outcome) => void this.outcomes.push(outcome));
  }

  run(ms = 600_000): Promise<void> {
    return this.scheduler.runUntil(this.scheduler.nowMs + ms);
  }

  /** Puts a block into the far end's tunnel as the near end. */
  hear(block: Partial<Block>): Promise<void> {
    return this.far.hear(encodeBlock({ ...plain, ...block }));
  }

  /** What the far end acknowledged, in order. */
  acknowledged(): (number | undefined)[] {
    return this.far.sent.map((bytes) => decodeBlock(bytes)?.acknowledged);
  }
}

const plain: Block = {
  last: false,
  streaming: false,
  window: 1,
  number: 1,
  acknowledged: 0,
  data: Uint8Array.of(1),
};

/** A message as the wires make them: never with a block's first octet. */
function message(length: number, seed = 1): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * seed + seed) & 0xff);
  if (length > 0) bytes[0] = 0xd1;
  return bytes;
}

describe("block transfer", () => {
  let ends: Ends;
  beforeEach(() => {
    ends = new Ends();
  });

  it("leaves short messages alone", async () => {
    for (const length of [0, 1, 1500]) await ends.send(message(length));
    await ends.run(1000);
    assert.deepEqual(
      ends.heard,
      [0, 1, 1500].map((length) => message(length)),
    );
    assert.deepEqual(ends.near.sent, ends.heard);
    assert.deepEqual(ends.far.sent, []);
    assert.equal(ends.nearBlocks.busyPeers + ends.farBlocks.busyPeers, 0);
  });

  it("carries 1,501 to 72,387 bytes, and no more", async () => {
    const lengths = [1501, 2298, 2299, 20_000, MAX_MESSAGE_BYTES];
    for (const length of lengths) await ends.send(message(length));
    await ends.send(message(MAX_MESSAGE_BYTES + 1));
    assert.deepEqual(ends.outcomes, ["too-long"]);
    await ends.run();
    assert.deepEqual(
      ends.heard.map(({ length }) => length),
      lengths,
    );
    assert.deepEqual(
      ends.heard,
      lengths.map((length) => message(length)),
    );
    assert.deepEqual(ends.outcomes.slice(1), Array(lengths.length).fill("delivered"));
    assert.ok(ends.near.sent.every(({ length }) => length <= 1200));
  });

  it("forgets its peers when it is done", async () => {
    await ends.send(message(3000));
    await ends.run(1000);
    assert.equal(ends.nearBlocks.busyPeers, 0);
    assert.equal(ends.farBlocks.busyPeers, 1, "a last block may come again");
    await ends.run(120_000);
    assert.equal(ends.farBlocks.busyPeers, 0);
  });

  it("keeps the order of long and short messages to one peer", async () => {
    const all = [message(4000), message(10), message(2000), message(11)];
    for (const one of all) await ends.send(one);
    await ends.run();
    assert.deepEqual(ends.heard, all);
  });

  it("carries both ways at once", async () => {
    const back: Uint8Array[] = [];
    ends.nearBlocks.onMessage(({ bytes }) => void back.push(bytes));
    await ends.send(message(5000));
    await ends.farBlocks.send("near", message(6000, 2), () => {});
    await ends.run();
    assert.deepEqual([ends.heard, back], [[message(5000)], [message(6000, 2)]]);
  });

  it("takes the message as it was when given", async () => {
    const bytes = message(2000);
    await ends.send(bytes);
    bytes.fill(0);
    await ends.run();
    assert.deepEqual(ends.heard, [message(2000)]);
  });

  it("passes the hub's time through, and takes listeners away", async () => {
    let time: number | undefined;
    await ends.nearBlocks.readHubTime((utcS) => {
      time = utcS;
    });
    assert.equal(time, 17);
    ends.farBlocks.onMessage(() => assert.fail("taken away"))();
    await ends.send(message(1));
    await ends.run(100);
    assert.equal(ends.heard.length, 1);
  });

  it("holds eight messages a peer that is busy", async () => {
    ends.near.fate = () => "lost";
    for (let i = 0; i < 10; i++) await ends.send(message(1501 + i));
    assert.deepEqual(ends.outcomes, ["busy"]);
    await ends.run(3_600_000);
    assert.deepEqual(ends.outcomes, ["busy", ...Array(9).fill("timeout")]);
    assert.equal(ends.nearBlocks.busyPeers, 0);
  });

  it("gives up at once when there is no way", async () => {
    ends.near.send = async (_to, _bytes, done) => await done("not-joined");
    await ends.send(message(9000));
    assert.deepEqual(ends.outcomes, ["not-joined"]);
    assert.equal(ends.nearBlocks.busyPeers, 0);
  });

  it("property: whatever is lost, doubled or denied, a message arrives whole, once and in order, or not at all", async () => {
    const fate = fc.constantFrom<Fate>("arrives", "arrives", "arrives", "lost", "twice", "unheard");
    const run = async (lengths: number[], there: Fate[], back: Fate[]) => {
      const own = new Ends();
      own.near.fate = () => there.shift() ?? "arrives";
      own.far.fate = () => back.shift() ?? "arrives";
      const messages = lengths.map((length, i) => message(length, i + 1));
      for (const one of messages) await own.send(one);
      await own.run(7_200_000);
      assert.equal(own.outcomes.length, messages.length);
      const delivered = messages.filter((_, i) => own.outcomes[i] === "delivered");
      const known = own.heard.map((got) => messages.findIndex((one) => Buffer.compare(one, got) === 0));
      assert.ok(!known.includes(-1), "something that nobody sent");
      assert.deepEqual(
        known,
        [...known].sort((a, b) => a - b),
        "out of order",
      );
      assert.equal(new Set(known).size, known.length, "twice");
      for (const one of delivered) assert.ok(own.heard.some((got) => Buffer.compare(one, got) === 0));
    };
    const lengths = fc.array(fc.integer({ min: 1501, max: 12_000 }), { minLength: 1, maxLength: 4 });
    const fates = fc.array(fate, { maxLength: 60 });
    await fc.assert(fc.asyncProperty(lengths, fates, fates, run), { seed: 4, numRuns: 60 });
  });

  it("a far end that lost its power in the middle is sent the message again, from its beginning", async () => {
    await ends.send(message(9000));
    await ends.run(75);
    assert.deepEqual([ends.heard.length, ends.outcomes.length], [0, 0]);
    ends.bootFar();
    await ends.run(30_000);
    assert.deepEqual(ends.heard, [message(9000)]);
    assert.deepEqual(ends.outcomes, ["delivered"]);
  });

  it("a far end that never gets on is given up", async () => {
    const timer = () => {
      ends.bootFar();
      ends.scheduler.after(75, timer);
    };
    ends.scheduler.after(75, timer);
    await ends.send(message(20_000));
    await ends.run(60_000);
    assert.deepEqual(ends.outcomes, ["refused"]);
  });
});

describe("block transfer under attack", () => {
  let ends: Ends;
  beforeEach(() => {
    ends = new Ends();
  });

  it("answers blocks out of order with what it has, and keeps none of them", async () => {
    await ends.hear({ number: 7 });
    await ends.hear({ number: 1, data: Uint8Array.of(1) });
    await ends.hear({ number: 3, data: Uint8Array.of(3) });
    await ends.hear({ number: 1, data: Uint8Array.of(4) });
    await ends.hear({ number: 2, data: Uint8Array.of(5), last: true });
    await ends.hear({ number: 2, data: Uint8Array.of(5), last: true });
    assert.deepEqual(ends.acknowledged(), [0, 1, 1, 1, 2, 2]);
    assert.deepEqual(ends.heard, [Uint8Array.of(4, 5)]);
  });

  it("acknowledges a streamed window at its end", async () => {
    await ends.hear({ number: 1, streaming: true });
    await ends.hear({ number: 2, streaming: true });
    assert.deepEqual(ends.acknowledged(), []);
    await ends.hear({ number: 3 });
    assert.deepEqual(ends.acknowledged(), [3]);
  });

  it("holds at most 63 blocks of 1,149 octets, and not for ever", async () => {
    const data = new Uint8Array(MAX_BLOCK_DATA_BYTES);
    for (let number = 1; number <= 63; number++) await ends.hear({ number, data });
    assert.equal(ends.acknowledged().at(-1), 0, "a 63rd block must be the last");
    await ends.hear({ number: 64, data });
    assert.deepEqual(
      ends.heard.map(({ length }) => length),
      [1158],
      "no block: refused as a message",
    );
    await ends.hear({ number: 1, data });
    await ends.run(120_000);
    assert.equal(ends.farBlocks.busyPeers, 0);
    await ends.hear({ number: 2, data, last: true });
    assert.equal(ends.acknowledged().at(-1), 0);
  });

  it("keeps one message a peer, whatever a peer begins", async () => {
    for (let i = 0; i < 100; i++) await ends.hear({ number: 1, data: new Uint8Array(1149).fill(i) });
    assert.equal(ends.farBlocks.busyPeers, 1);
    await ends.hear({ number: 2, data: Uint8Array.of(1), last: true });
    assert.deepEqual(
      ends.heard.map(({ length }) => length),
      [1150],
    );
    assert.equal(ends.heard[0]![0], 99);
  });

  it("ignores acknowledgements of what was never sent", async () => {
    const forge = (acknowledged: number) =>
      ends.near.hear(encodeBlock({ ...plain, number: 0, acknowledged, data: new Uint8Array(0) }));
    await forge(1);
    assert.equal(ends.nearBlocks.busyPeers, 0);
    await ends.send(message(9000));
    for (const number of [5, 8, 9, 63]) await forge(number);
    await ends.run(30_000);
    assert.deepEqual(ends.heard, [message(9000)]);
    await forge(8);
    assert.deepEqual(ends.outcomes, ["delivered"]);
  });

  it("property: noise from a peer throws nothing and keeps nothing", async () => {
    const block = fc.record({
      last: fc.boolean(),
      streaming: fc.boolean(),
      window: fc.nat(63),
      number: fc.nat(63),
      acknowledged: fc.nat(63),
      data: fc.uint8Array({ minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 40 }), async (blocks) => {
        const own = new Ends();
        for (const one of blocks)
          await own.hear(one.number === 0 ? { ...one, data: new Uint8Array(0) } : one);
        await own.run();
        assert.equal(own.farBlocks.busyPeers, 0);
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});
