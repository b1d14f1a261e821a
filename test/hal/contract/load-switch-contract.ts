import assert from "node:assert/strict";
import type { LoadSwitch } from "../../../hal/board.ts";
import { type Bench, eachTest, fault, type Make } from "./bench.ts";

/** `weld` breaks the switch where it stands; a bench that cannot leaves it out. */
export interface LoadSwitchBench extends Bench<LoadSwitch> {
  weld?(): void;
}

export function loadSwitchContract(name: string, make: Make<LoadSwitchBench>): void {
  describe(`${name}: load switch contract`, () => {
    const bench = eachTest(make);
    const loadSwitch = (): LoadSwitch => bench().part;

    it("is where it was put, whatever was before", async () => {
      for (const closed of [true, false, false, true, true]) {
        await loadSwitch().set(closed);
        assert.equal(await loadSwitch().isClosed(), closed);
      }
    });

    it("says so when the contacts did not follow", async function () {
      await loadSwitch().set(true);
      (bench().weld ?? this.skip())();
      await fault(() => loadSwitch().set(false));
      assert.equal(await loadSwitch().isClosed(), true);
    });
  });
}
