import assert from "node:assert/strict";
import fc from "fast-check";
import { encodePayload, HEADER_BYTES, image } from "../../../../hal/serial/smp/index.ts";
import { nextChunk, UNIT_BYTES } from "../../../../harness/rig/flash/chunk.ts";
import { UploadWindow } from "../../../../harness/rig/flash/upload-window.ts";

describe("a piece of the upload", () => {
  it("fills the board's buffer as far as whole units of 32 bytes go (property)", () => {
    const file = new Uint8Array(200_000);
    const start = { lengthBytes: file.length, sha: new Uint8Array(32) };
    const offsets = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000 }));
    fc.assert(
      fc.property(offsets, fc.integer({ min: 128, max: 70_000 }), (off, packetBytes) => {
        const chunk = nextChunk(file, off, packetBytes, start);
        const bytes = HEADER_BYTES + encodePayload(image.uploadPayload(chunk)).length;
        assert.ok(bytes <= packetBytes && bytes > packetBytes - UNIT_BYTES - 1, `${bytes} of ${packetBytes}`);
        assert.equal(chunk.data.length % UNIT_BYTES, 0);
        assert.equal(chunk.first !== undefined, off === 0);
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  it("ends with the file", () => {
    assert.deepEqual([...nextChunk(Uint8Array.of(1, 2, 3), 2, 500, { lengthBytes: 3 }).data], [3]);
  });
});

describe("the window of an upload", () => {
  const limits = { window: 4, packetBytes: 1000, timeoutMs: 1000 };

  it("keeps as many requests under way as the board holds where that passes more, else one", () => {
    const widest = (tookMs: (window: number) => number) => {
      const window = new UploadWindow(limits);
      for (let n = 0; n < 100; n++) window.onAck(tookMs(window.requests));
      return window.requests;
    };
    assert.equal(
      widest(() => 40),
      4,
      "a line with latency: every further request is a gain",
    );
    assert.equal(
      widest((window) => 10 * window),
      1,
      "a line without: further requests only queue",
    );
    assert.equal(
      widest((window) => (window < 2 ? 20 : 10 * window)),
      4,
      "two would do, and more do no harm",
    );
  });

  it("halves the window, then the packets, and waits longer after time-outs", () => {
    const window = new UploadWindow(limits);
    for (let n = 0; n < 100; n++) window.onAck(10);
    const seen = Array.from({ length: 8 }, () => {
      window.onTimeout();
      return [window.requests, window.packetBytes, window.timeoutMs];
    });
    assert.deepEqual(seen, [
      [2, 1000, 2000],
      [1, 1000, 4000],
      [1, 500, 8000],
      [1, 250, 16000],
      [1, 128, 20000],
      [1, 128, 20000],
      [1, 128, 20000],
      [1, 128, 20000],
    ]);
  });

  it("grows again, packets first, while answers come", () => {
    const window = new UploadWindow(limits);
    for (let n = 0; n < 5; n++) window.onTimeout();
    for (let n = 0; n < 16 * 8; n++) window.onAck(10);
    assert.deepEqual([window.requests, window.packetBytes, window.timeoutMs], [4, 1000, 1000]);
    window.onAck(2000);
    assert.equal(window.timeoutMs, 8000);
  });
});
