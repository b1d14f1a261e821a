import assert from "node:assert/strict";
import type { AuxiliaryOutputs } from "../../../hal/board.ts";
import { type Bench, eachTest, fault, type Make, misuse } from "./bench.ts";

/** `stick` breaks an output where it stands; a bench that cannot leaves it out. */
export interface AuxiliaryBench extends Bench<AuxiliaryOutputs> {
  stick?(number: number): void;
}

export function auxiliaryContract(name: string, make: Make<AuxiliaryBench>): void {
  describe(`${name}: auxiliary outputs contract`, () => {
    const bench = eachTest(make);
    const outputs = (): AuxiliaryOutputs => bench().part;

    it("has five outputs, each where it was put, whatever the others do", async () => {
      for (const number of [1, 2, 3, 4, 5])
        await outputs().set(number, { output: 10 * number, input: number });
      for (const number of [1, 2, 3, 4, 5])
        assert.deepEqual(await outputs().read(number), { output: 10 * number, input: number });
      await outputs().set(3, { output: 0, input: 100 });
      assert.deepEqual(await outputs().read(3), { output: 0, input: 100 });
      assert.deepEqual(await outputs().read(4), { output: 40, input: 4 });
    });

    it("refuses an output and a level that there are none of", async () => {
      await misuse(() => outputs().set(6, { output: 0, input: 0 }));
      await misuse(() => outputs().set(1, { output: 101, input: 0 }));
      await misuse(() => outputs().read(0));
    });

    it("says so when an output did not follow", async function () {
      await outputs().set(2, { output: 100, input: 0 });
      (bench().stick ?? this.skip())(2);
      await fault(() => outputs().set(2, { output: 0, input: 0 }));
      assert.deepEqual(await outputs().read(2), { output: 100, input: 0 });
    });
  });
}
