import assert from "node:assert/strict";
import type { ApsHeader } from "../../../firmware/han/frames/aps.ts";
import { ApsReceiver } from "../../../firmware/han/stack/aps-receiver.ts";

const header = (counter: number, block?: ApsHeader["block"]): ApsHeader =>
  ({
    type: 0,
    broadcast: false,
    ackRequest: true,
    secured: true,
    counter,
    address: { cluster: 0 },
    ...(block && { block }),
  }) as unknown as ApsHeader;
const bytes = (...all: number[]) => Uint8Array.from(all);

describe("a message that comes twice", () => {
  it("is handed up once: the same counter and content is the same message", () => {
    const receiver = new ApsReceiver();
    assert.deepEqual(receiver.take(header(7), bytes(1, 2), 0).whole, bytes(1, 2));
    assert.deepEqual(receiver.take(header(7), bytes(1, 2), 100), { acknowledge: true });
  });

  it("is another message when the content is another: its sender has started anew", () => {
    const receiver = new ApsReceiver();
    receiver.take(header(7), bytes(1, 2), 0);
    assert.deepEqual(receiver.take(header(7), bytes(3), 100).whole, bytes(3));
  });

  it("in blocks: the last block sent again is acknowledged, a new message under the counter is taken", () => {
    const receiver = new ApsReceiver();
    const first = header(9, { first: true, number: 2 });
    const second = header(9, { first: false, number: 1 });
    receiver.take(first, bytes(1), 0);
    assert.deepEqual(receiver.take(second, bytes(2), 1).whole, bytes(1, 2));
    assert.deepEqual(receiver.take(second, bytes(2), 2), { block: 1, acknowledge: true });
    receiver.take(first, bytes(5), 3);
    assert.deepEqual(receiver.take(second, bytes(2), 4).whole, bytes(5, 2));
  });
});
