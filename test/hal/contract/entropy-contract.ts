import assert from "node:assert/strict";
import type { Entropy } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make, misuse } from "./bench.ts";

export function entropyContract(name: string, make: Make<Bench<Entropy>>): void {
  describe(`${name}: entropy contract`, () => {
    const bench = eachTest(make);

    it("gives as many bytes as were asked for", async () => {
      for (const length of [0, 1, 32, 1024]) assert.equal((await bench().part.bytes(length)).length, length);
    });

    it("never gives the same 16 bytes twice, and every bit is sometimes set and sometimes clear", async () => {
      const seen = new Set<string>();
      const ones = new Uint8Array(16);
      const zeros = new Uint8Array(16);
      for (let round = 0; round < 64; round++) {
        const bytes = await bench().part.bytes(16);
        seen.add(bytes.join());
        bytes.forEach((byte, index) => {
          ones[index]! |= byte;
          zeros[index]! |= ~byte;
        });
      }
      assert.equal(seen.size, 64);
      assert.deepEqual(ones, new Uint8Array(16).fill(0xff));
      assert.deepEqual(zeros, new Uint8Array(16).fill(0xff));
    });

    it("refuses lengths that are negative, fractional or beyond 1,024", async () => {
      for (const length of [-1, 0.5, 1025, Number.NaN]) await misuse(() => bench().part.bytes(length));
    });
  });
}
