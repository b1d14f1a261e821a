import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Block,
  decodeBlock,
  encodeBlock,
  MAX_BLOCK_DATA_BYTES,
} from "../../../firmware/han/frames/block.ts";

const plain: Block = {
  last: false,
  streaming: false,
  window: 1,
  number: 1,
  acknowledged: 0,
  data: Uint8Array.of(1),
};

describe("block transfer: a block's octets", () => {
  it("are those of the specification", () => {
    const hex = (block: Partial<Block>) => Buffer.from(encodeBlock({ ...plain, ...block })).toString("hex");
    assert.equal(hex({}), "e001000100000101");
    assert.equal(hex({ last: true, number: 2, acknowledged: 5 }), "e081000200050101");
    assert.equal(hex({ streaming: true, window: 63 }), "e07f000100000101");
    assert.equal(hex({ number: 0, data: new Uint8Array(0), acknowledged: 63 }), "e0010000003f00");
    assert.ok(hex({ data: new Uint8Array(128) }).startsWith("e00100010000" + "8180"));
    assert.ok(hex({ data: new Uint8Array(1149) }).startsWith("e00100010000" + "82047d"));
  });

  it("come back as they were, and fit 1,200", () => {
    fc.assert(
      fc.property(
        fc.record({
          last: fc.boolean(),
          streaming: fc.boolean(),
          window: fc.nat(63),
          number: fc.integer({ min: 1, max: 63 }),
          acknowledged: fc.nat(63),
          data: fc.uint8Array({ minLength: 1, maxLength: MAX_BLOCK_DATA_BYTES, size: "max" }),
        }),
        (block) => {
          const bytes = encodeBlock(block);
          assert.ok(bytes.length <= 1200);
          assert.deepEqual(decodeBlock(bytes), { ...block });
        },
      ),
      { seed: 2, numRuns: 60 },
    );
  });

  it("are refused beyond the bounds", () => {
    const bad = [
      "",
      "e0",
      "e00100010000", // no length
      "e00100010000" + "00", // a block of data without data
      "e0010000000001aa", // an acknowledgement with data
      "e0010040000001aa", // block 64
      "e00100010040" + "01aa", // acknowledges block 64
      "e00100010000" + "02aa", // too little data
      "e00100010000" + "01aabb", // too much
      "e00100010000" + "8101aa", // length not the shortest
      "e00100010000" + "820001aa",
      "e00100010000" + "83000001aa",
      `e00100010000${"82047e"}${"00".repeat(1150)}`, // 1,150 octets
    ];
    for (const hex of bad)
      assert.equal(decodeBlock(Uint8Array.from(Buffer.from(hex, "hex"))), undefined, hex);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const block = decodeBlock(Uint8Array.of(0xe0, ...noise));
        if (block !== undefined) assert.deepEqual(encodeBlock(block), Uint8Array.of(0xe0, ...noise));
      }),
      { seed: 3 },
    );
  });
});
