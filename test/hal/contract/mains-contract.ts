import assert from "node:assert/strict";
import type { Mains, MainsState } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make } from "./bench.ts";

/** `lose` and `restore` act on all phases; a bench that cannot switch the mains leaves them out. */
export interface MainsBench extends Bench<Mains> {
  lose?(): void;
  restore?(): void;
  /** An interruption shorter than 20 ms, on a bench whose own timing is too coarse for {@link lose} and {@link restore}. */
  dip?(): void;
}

export function mainsContract(name: string, make: Make<MainsBench>): void {
  describe(`${name}: mains contract`, () => {
    const bench = eachTest(make);
    const mains = (): Mains => bench().part;
    const switched = (context: Mocha.Context): { lose(): void; restore(): void } => {
      const { lose, restore } = bench();
      return lose && restore ? { lose, restore } : context.skip();
    };

    it("senses its phases, and is on hold-up only without any", async () => {
      const state = await mains().read();
      assert.ok(state.phasesPresent.length === 1 || state.phasesPresent.length === 3);
      assert.equal(state.onHoldUp, !state.phasesPresent.includes(true));
    });

    it("knows the energy it has, joules", async () => {
      const joules = await mains().holdUpJ();
      assert.ok(Number.isFinite(joules) && joules >= 0);
    });

    it("tells a loss and a return once each, with the state then", async function () {
      const { lose, restore } = switched(this);
      const seen: MainsState[] = [];
      mains().onChange((state) => void seen.push(state));
      lose();
      await bench().advance(1_000);
      restore();
      await bench().advance(1_000);
      assert.deepEqual(
        seen.map((state) => state.onHoldUp),
        [true, false],
      );
    });

    it("does not tell an interruption shorter than 20 ms", async function () {
      const { lose, restore } = switched(this);
      const { dip } = bench();
      let told = 0;
      mains().onChange(() => void told++);
      if (dip) dip();
      else {
        lose();
        await bench().advance(15);
        restore();
      }
      await bench().advance(1_000);
      assert.equal(told, 0);
    });

    it("spends its hold-up energy without mains, and none with", async function () {
      const { lose } = switched(this);
      const full = await mains().holdUpJ();
      await bench().advance(1_000);
      assert.ok((await mains().holdUpJ()) >= full);
      lose();
      await bench().advance(1_000);
      const left = await mains().holdUpJ();
      assert.ok(left < full && left > 0);
    });

    it("tells nothing after a cancel", async function () {
      const { lose } = switched(this);
      let told = 0;
      const cancel = mains().onChange(() => void told++);
      cancel();
      cancel();
      lose();
      await bench().advance(1_000);
      assert.equal(told, 0);
    });
  });
}
