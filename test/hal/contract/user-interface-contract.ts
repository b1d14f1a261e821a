import assert from "node:assert/strict";
import type { UserInterface } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make, misuse } from "./bench.ts";

/** `screen` reads what a person sees, `press` presses; a bench without eyes or hands leaves them out. */
export interface UserInterfaceBench extends Bench<UserInterface> {
  screen?(): readonly string[];
  press?(button: "a" | "b"): void;
}

export function userInterfaceContract(name: string, make: Make<UserInterfaceBench>): void {
  describe(`${name}: user interface contract`, () => {
    const bench = eachTest(make);
    const userInterface = (): UserInterface => bench().part;

    it("shows up to 4 lines of up to 32 characters, each time anew", async function () {
      const full = Array.from({ length: 4 }, (_, index) => String(index).repeat(32));
      await userInterface().show(full);
      await userInterface().show(["£12.34"]);
      assert.deepEqual((bench().screen ?? this.skip())(), ["£12.34"]);
    });

    it("refuses a fifth line and a 33rd character", async () => {
      await misuse(() => userInterface().show(["", "", "", "", ""]));
      await misuse(() => userInterface().show(["x".repeat(33)]));
    });

    it("tells each press of a button in order", async function () {
      const press = bench().press ?? this.skip();
      const seen: string[] = [];
      userInterface().onButton(({ button }) => void seen.push(button));
      press("a");
      press("b");
      press("b");
      await bench().advance(100);
      assert.deepEqual(seen, ["a", "b", "b"]);
    });
  });
}
