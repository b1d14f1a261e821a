import assert from "node:assert/strict";
import fc from "fast-check";
import type { Piece } from "../../../../hal/serial/parts/board-group.ts";
import { Assembler, pieces } from "../../../../hal/serial/parts/pieces.ts";

describe("messages in pieces", () => {
  const message = fc.uint8Array({ minLength: 1, maxLength: 2000 });
  const chunk = fc.integer({ min: 1, max: 300 });

  it("come together again, whatever the size of a piece, with any of them repeated", () => {
    fc.assert(
      fc.property(message, chunk, fc.nat(20), (bytes, size, repeated) => {
        const assembler = new Assembler();
        const all = [...pieces(bytes, size)];
        const sent = all.flatMap((piece, index) =>
          index === repeated % all.length && index < all.length - 1 ? [piece, piece] : [piece],
        );
        const results = sent.map((piece) => assembler.add(piece));
        assert.deepEqual(results.pop(), bytes);
        assert.ok(results.every((result) => result === "more"));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("never come together with one missing, and the next message still does", () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 1, max: 40 }), fc.nat(), (bytes, size, pick) => {
        const all = [...pieces(bytes, size)];
        fc.pre(all.length > 1);
        const assembler = new Assembler();
        const missing = pick % (all.length - 1);
        for (const piece of all.toSpliced(missing, 1))
          assert.ok(!(assembler.add(piece) instanceof Uint8Array));
        assert.deepEqual(assembler.add({ off: 0, len: 2, data: Uint8Array.of(1, 2) }), Uint8Array.of(1, 2));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("are refused when they are too long, empty, without a length, or beyond the end", () => {
    const one = new Uint8Array(1);
    const wrong: Piece[] = [
      { off: 0, data: one },
      { off: 0, len: 0, data: one },
      { off: 0, len: 65_536, data: one },
      { off: 0, len: 5, data: new Uint8Array(0) },
      { off: 0, len: 1, data: new Uint8Array(2) },
      { off: 1, data: one },
      { off: Number.MAX_SAFE_INTEGER, data: one },
    ];
    for (const piece of wrong) assert.equal(new Assembler().add(piece), "wrong");
  });
});
