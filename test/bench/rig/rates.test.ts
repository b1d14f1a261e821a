import assert from "node:assert/strict";
import { virtualRates } from "../../../bench/rig/model-rates.ts";

const IMAGE_BYTES = 60_000;

describe("the upload rate", () => {
  it("is 90 % and more of what the same line carries", async () => {
    for (const baud of [115_200, 921_600]) {
      const { rawBytesPerS, uploadBytesPerS } = await virtualRates(baud / 10, 0, IMAGE_BYTES);
      assert.ok(uploadBytesPerS >= 0.9 * rawBytesPerS, `${baud}: ${uploadBytesPerS} of ${rawBytesPerS}`);
    }
  });

  it("is 80 % and more over 16 ms each way with four buffers, and far less without a window", async () => {
    const { rawBytesPerS, uploadBytesPerS, unwindowedBytesPerS } = await virtualRates(
      92_160,
      16,
      IMAGE_BYTES,
    );
    assert.ok(uploadBytesPerS >= 0.8 * rawBytesPerS, `${uploadBytesPerS} of ${rawBytesPerS}`);
    assert.ok(unwindowedBytesPerS < 0.6 * rawBytesPerS, `${unwindowedBytesPerS} of ${rawBytesPerS}`);
  });
});
