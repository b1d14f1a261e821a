import assert from "node:assert/strict";
import { FlashCounter } from "../../../../hal/serial/parts/counter-store.ts";
import { mockBench } from "../../mock/mock-bench.ts";

const board = (sectorBytes = 64, programUnitBytes = 1) =>
  mockBench({ parts: { flash: { sectorBytes, sectorCount: 4, programUnitBytes } } }).board;

describe("the counter of signed commands in flash", () => {
  for (const unit of [1, 8, 32])
    it(`is 0 at first, and what was last written ever after (program unit ${unit})`, async () => {
      const { flash } = board(64, unit);
      assert.equal(await new FlashCounter(flash, 2).read(), 0);
      for (let counter = 1; counter < 40; counter += 3) {
        await new FlashCounter(flash, 2).write(counter);
        assert.equal(await new FlashCounter(flash, 2).read(), counter);
      }
    });

  it("begins in flash that holds something else", async () => {
    const { flash } = board();
    await flash.program(2 * 64, new Uint8Array(128));
    const store = new FlashCounter(flash, 2);
    assert.equal(await store.read(), 0);
    await store.write(9);
    assert.equal(await new FlashCounter(flash, 2).read(), 9);
  });

  it("never goes back, whatever a power cut leaves: before, inside and after every flash operation", async () => {
    let cuts = 0;
    for (let operation = 0; operation < 24; operation++)
      for (const point of ["before", "torn", "after"] as const) {
        const one = board();
        one.mockFlash.cutPowerAt(operation, point);
        let written = 0;
        let tried = 0;
        try {
          const store = new FlashCounter(one.flash, 2);
          while (tried < 30) {
            await store.write(++tried);
            written = tried;
          }
        } catch (error) {
          assert.equal((error as { code?: string }).code, "hal/power-lost");
          cuts++;
        }
        one.powerOn();
        const store = new FlashCounter(one.flash, 2);
        const read = await store.read();
        assert.ok(read === written || read === tried, `${point} ${operation}: ${read}, wrote ${written}`);
        await store.write(100);
        assert.equal(await new FlashCounter(one.flash, 2).read(), 100);
      }
    assert.equal(cuts, 72);
  });
});
