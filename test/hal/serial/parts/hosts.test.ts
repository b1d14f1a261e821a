import assert from "node:assert/strict";
import { linePair } from "../../../../hal/serial/line/memory-line.ts";
import { type ServeBoardOptions, ServedBoard } from "../../../../hal/serial/parts/index.ts";
import { ImageGroup, osGroup, SmpClient } from "../../../../hal/serial/smp/index.ts";
import { mcubootImage } from "../../../support/mcuboot-image.ts";
import { schedulerTimers, settled } from "../../../support/timers.ts";
import { mockBench } from "../../mock/mock-bench.ts";
import { MemorySlots } from "../smp/memory-slots.ts";

interface Event {
  readonly n: number;
  readonly kind: string;
  readonly off?: number;
}

/** A served board whose other end the test holds: `unasked` counts what comes of group 64 without a question. */
function bench(options: Partial<ServeBoardOptions> = {}) {
  const { board, scheduler } = mockBench();
  const timers = schedulerTimers(scheduler);
  const [near, far] = linePair(timers);
  const running = mcubootImage({ version: "1.0.0", payload: new Uint8Array(64) }).bytes;
  const groups = [
    osGroup({ params: { bufSize: 512, bufCount: 4 } }),
    new ImageGroup(new MemorySlots(running)),
  ];
  const served = new ServedBoard(board, far, { timers, groups, ...options });
  const smp = new SmpClient(near, { timers });
  const unasked: number[] = [];
  smp.onUnasked(({ group }) => void unasked.push(group));
  const ask = (group: number, command: number, payload = {}) =>
    settled(scheduler, smp.request("read", group, command, payload));
  let magnet = false;
  return {
    ...{ board, served, ask, unasked, scheduler },
    events: async (ack?: number) =>
      ((await ask(64, 15, ack === undefined ? {} : { ack })) as unknown as { events: Event[] }).events,
    advance: (ms: number) => scheduler.runUntil(scheduler.nowMs + ms),
    /** Something happens; how many unasked messages came of it. */
    stir: async () => {
      const before = unasked.length;
      magnet = !magnet;
      board.mockTamper.set("magnet", magnet);
      await scheduler.runUntil(scheduler.nowMs + 50);
      return unasked.length - before;
    },
  };
}

describe("hosts that come and go on a served board's line", () => {
  it("are told of events unasked once they have asked for something of group 64", async () => {
    const { ask, stir } = bench();
    assert.equal(await stir(), 0);
    await ask(64, 0);
    assert.equal(await stir(), 1);
  });

  it("hear nothing unasked when they ask for other groups only, whoever used group 64 before", async () => {
    for (const [group, command] of [
      [0, 6],
      [1, 0],
      [99, 0],
    ] as const) {
      const { ask, stir } = bench();
      await ask(64, 0);
      await ask(group, command).catch(() => {});
      assert.equal(await stir(), 0, `${group}/${command}`);
      await ask(64, 15);
      assert.equal(await stir(), 1, "asked again");
    }
  });

  it("hear nothing unasked when nobody has asked for a while", async () => {
    const { ask, stir, advance } = bench();
    await ask(64, 0);
    await advance(1000);
    assert.equal(await stir(), 1);
    await advance(600);
    assert.equal(await stir(), 0);
  });

  it("hear nothing unasked after a reset or a power cut of the board, until they ask", async () => {
    const { ask, stir, served, board, advance, unasked } = bench();
    await ask(64, 0);
    served.restart("reset");
    await advance(100);
    board.powerOff();
    board.powerOn();
    await advance(100);
    assert.equal(await stir(), 0);
    assert.deepEqual(unasked, []);
  });

  it("find what waits, and the numbers where they were: no start is invented for them", async () => {
    const { events, stir, served } = bench();
    const [boot] = await events();
    assert.deepEqual([boot!.n, boot!.kind], [1, "boot"]);
    await events(1);
    served.newHost();
    assert.equal(await stir(), 0);
    assert.deepEqual(
      (await events()).map(({ n, kind }) => [n, kind]),
      [[2, "tamper"]],
    );
  });

  it("get a long message whole, of which the former host had a part", async () => {
    let tell: (message: Uint8Array) => void = () => {};
    const device = {
      deliver: () => {},
      onMessage: (listener: (message: Uint8Array) => void) => {
        tell = listener;
        return () => {};
      },
    };
    const { events, served } = bench({ device });
    await events(1);
    tell(new Uint8Array(1000));
    const offsets = async (ack?: number) => (await events(ack)).map(({ off }) => off);
    const before = await events(1);
    assert.deepEqual(before[0]!.off, 0);
    assert.ok((await offsets(before[0]!.n)).every((off) => off! > 0));
    served.newHost();
    assert.equal((await events())[0]!.off, 0);
    let ack = 0;
    for (let next = await events(); next.length > 0; next = await events(ack)) ack = next.at(-1)!.n;
    served.newHost();
    assert.deepEqual(await events(), [], "the whole of it was got");
  });
});
