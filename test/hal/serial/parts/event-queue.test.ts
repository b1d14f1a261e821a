import assert from "node:assert/strict";
import fc from "fast-check";
import type { Piece } from "../../../../hal/serial/parts/board-group.ts";
import { EventQueue } from "../../../../hal/serial/parts/event-queue.ts";
import { Assembler } from "../../../../hal/serial/parts/pieces.ts";
import { encodePayload } from "../../../../hal/serial/smp/cbor.ts";

const queueOf = (options: { capacity?: number; answerBytes?: number } = {}) =>
  new EventQueue({ answerBytes: 400, chunk: 100, uptimeMs: () => 5, ...options });
const press = { button: "a" } as const;

describe("a board's event queue", () => {
  it("numbers events from 1 and keeps them until they are acknowledged", () => {
    const queue = queueOf();
    for (let index = 0; index < 3; index++) queue.add("button", press);
    const numbers = (ack?: number) => queue.read(ack).events.map(({ n }) => n);
    assert.deepEqual(numbers(), [1, 2, 3]);
    assert.deepEqual(numbers(), [1, 2, 3]);
    assert.deepEqual(numbers(2), [3]);
    assert.deepEqual(numbers(3), []);
  });

  it("does not take an acknowledgement of what it has not given: it is from before a restart", () => {
    const queue = queueOf();
    queue.add("boot", { reason: "power" });
    assert.deepEqual(
      queue.read(57).events.map(({ kind }) => kind),
      ["boot"],
    );
  });

  it("counts what it had no room for, once", () => {
    const queue = queueOf({ capacity: 4 });
    for (let index = 0; index < 7; index++) queue.add("button", press);
    const first = queue.read(undefined);
    assert.deepEqual([first.events.length, first.lost], [4, 3]);
    assert.equal(queue.read(undefined).lost, undefined);
  });

  it("leaves room for the board's own events when a stranger floods the radio", () => {
    const queue = queueOf({ capacity: 8, answerBytes: 10_000 });
    for (let index = 0; index < 100; index++)
      queue.add("radio-frame", { mpdu: new Uint8Array(10), rssi: -40, lqi: 200 });
    queue.add("mains", { present: [false], holdup: true, mJ: 5000 });
    const { events, lost } = queue.read(undefined);
    assert.equal(events.at(-1)?.kind, "mains");
    assert.equal(lost, 94);
  });

  it("gives no answer longer than it may be, and at least one event", () => {
    const queue = queueOf();
    queue.addMessage("message-piece", new Uint8Array(5000).fill(1));
    for (let ack = 0; ; ) {
      const { events } = queue.read(ack);
      if (events.length === 0) break;
      const total = events.reduce((sum, event) => sum + encodePayload(event).length, 0);
      assert.ok(total <= 400, `${total} bytes`);
      ack = events.at(-1)!.n;
    }
  });

  it("brings long messages whole through a small queue, in order, and no more of them than it may hold", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { minLength: 1, maxLength: 6 }),
        (messages) => {
          const queue = queueOf({ capacity: 8 });
          for (const message of messages) queue.addMessage("modem-piece", message);
          const assembler = new Assembler();
          const whole: Uint8Array[] = [];
          for (let ack = 0; ; ) {
            const { events, lost } = queue.read(ack);
            assert.equal(lost, undefined);
            if (events.length === 0) break;
            for (const event of events) {
              const message = assembler.add(event as unknown as Piece);
              if (message instanceof Uint8Array) whole.push(message);
            }
            ack = events.at(-1)!.n;
          }
          assert.deepEqual(whole, messages);
        },
      ),
      { seed: 5, numRuns: 50 },
    );
    const queue = queueOf();
    for (let index = 0; index < 5; index++) queue.addMessage("modem-piece", new Uint8Array(65_535));
    assert.equal(queue.read(undefined).lost, 1);
  });

  it("tells each event unasked once, and still keeps it", () => {
    const queue = queueOf();
    queue.add("button", press);
    assert.equal(queue.unsent().length, 1);
    assert.equal(queue.unsent().length, 0);
    assert.equal(queue.read(undefined).events.length, 1);
  });
});
