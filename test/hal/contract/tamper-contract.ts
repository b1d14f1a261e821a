import assert from "node:assert/strict";
import { type Tamper, type TamperInput, tamperInputs } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make } from "./bench.ts";

/** `move` opens or closes a cover; a bench without hands leaves it out. */
export interface TamperBench extends Bench<Tamper> {
  move?(input: TamperInput, active: boolean): void;
}

export function tamperContract(name: string, make: Make<TamperBench>): void {
  describe(`${name}: tamper contract`, () => {
    const bench = eachTest(make);
    const tamper = (): Tamper => bench().part;

    it("knows the state of each of its inputs", async () => {
      const state = await tamper().read();
      assert.deepEqual(Object.keys(state).sort(), [...tamperInputs].sort());
    });

    it("tells each change once, and reads the same", async function () {
      const move = bench().move ?? this.skip();
      const seen: unknown[] = [];
      tamper().onChange((change) => void seen.push(change));
      for (const active of [true, true, false]) {
        move("terminal-cover", active);
        await bench().advance(100);
        assert.equal((await tamper().read())["terminal-cover"], active);
      }
      const changes = [true, false].map((active) => ({ input: "terminal-cover", active }));
      assert.deepEqual(seen, changes);
    });

    it("tells nothing after a cancel", async function () {
      const move = bench().move ?? this.skip();
      let told = 0;
      tamper().onChange(() => void told++)();
      move("magnet", true);
      await bench().advance(100);
      assert.equal(told, 0);
    });
  });
}
