import assert from "node:assert/strict";
import { settingsFeature } from "../../../../firmware/features/settings/feature.ts";
import { supplyFeature } from "../../../../firmware/features/supply/feature.ts";
import {
  type UserInterfaceFeature,
  userInterfaceFeature,
} from "../../../../firmware/features/user-interface/feature.ts";
import { uiAtStart, uiStep } from "../../../../firmware/features/user-interface/machine.ts";
import type { Button } from "../../../../hal/board.ts";
import { cutEverywhere, FeatureBench } from "../../../support/feature-bench.ts";

const make = () =>
  FeatureBench.start({}, (context) => {
    const supply = supplyFeature(context, { pending: () => undefined, buttonElsewhere: true });
    const settings = settingsFeature(context, { changed: (name) => display.show(name) });
    const display: UserInterfaceFeature = userInterfaceFeature(context, {
      texts: () => settings.texts,
      home: () => [`Supply ${supply.state.output}`],
      enableSupply: () => supply.enableByHand(),
      idleMs: 60_000,
    });
    return { features: [supply, settings, display], supply };
  });
type Bench = Awaited<ReturnType<typeof make>>;

const write = async (
  bench: Bench,
  name: "supplierMessage" | "customerIdentificationNumber" | "importMpan",
  words: string,
) => (await bench.set(name, 2, words)).status;
const screen = (bench: Bench) => bench.board.mockUserInterface.screen();
async function press(bench: Bench, keys: string): Promise<void> {
  for (const key of keys) {
    bench.board.mockUserInterface.press(key as Button);
    await bench.run(100);
  }
}
/** What was done at the device, and whether with success. */
const done = (bench: Bench) =>
  bench.context.eventLog.entries().map(({ code, other }) => [code.toString(16), other?.[1]]);
async function arm(bench: Bench): Promise<void> {
  for (const [counter, script] of [
    [1n, 0x34],
    [2n, 0x36],
  ] as const)
    await bench.call("supplyControl", 1, script, {
      ...{ code: 0x50, originator: "90B3D51F30010000", role: "supplier", counter },
    });
}
const enabled = (bench: Bench) => bench.board.mockLoadSwitch.contactsClosed;

describe("display, keypad and privacy PIN", () => {
  it("a message is shown at once, whole and without what no display can show, and again after a power cut (ECS10)", async () => {
    const bench = await make();
    assert.deepEqual(screen(bench), ["Supply enabled"]);
    assert.equal(await write(bench, "supplierMessage", "x".repeat(40)), 0);
    assert.deepEqual(screen(bench), ["x".repeat(32), "x".repeat(8)]);
    await bench.powerCycle();
    await press(bench, "2a");
    assert.deepEqual(screen(bench), ["x".repeat(32), "x".repeat(8)]);
    await bench.set("supplierMessage", 2, "A\u001bB");
    assert.deepEqual(screen(bench), ["A?B"]);
  });

  it("acknowledging a message tells the supplier once (81A6)", async () => {
    const bench = await make();
    await write(bench, "supplierMessage", "Hello");
    await press(bench, "a2aa");
    assert.deepEqual(bench.alertCodes, ["81a6"]);
    await write(bench, "supplierMessage", "Hello");
    await press(bench, "a");
    assert.deepEqual(bench.alertCodes, ["81a6", "81a6"]);
  });

  it("a display that fails makes the command fail, and the message stands when it works again", async () => {
    const bench = await make();
    bench.board.mockUserInterface.displayBroken = true;
    assert.equal(await write(bench, "supplierMessage", "Hello"), 1);
    bench.board.mockUserInterface.displayBroken = false;
    await press(bench, "2a");
    assert.deepEqual(screen(bench), ["Hello"]);
  });

  it("with a PIN set, metering point and messages are hidden, and an armed supply stays off, until it is entered", async () => {
    const bench = await make();
    await write(bench, "importMpan", "1000000000105");
    await press(bench, "6a1234a");
    await bench.run(61_000);
    await arm(bench);
    await press(bench, "a");
    assert.equal(enabled(bench), false);
    await press(bench, "4a");
    assert.deepEqual(screen(bench), ["Enter PIN", ""]);
    await press(bench, "9999a1234a");
    assert.deepEqual(screen(bench)[1], "1000000000105");
    await press(bench, "a");
    assert.equal(enabled(bench), true);
    assert.deepEqual(done(bench), [
      ["8161", 4],
      ["8162", 5],
      ["8161", 5],
      ["8161", 2],
    ]);
  });

  it("three wrong PINs in a row, and none is taken until the meter has been left alone", async () => {
    const bench = await make();
    await press(bench, "6a1234a");
    await bench.run(61_000);
    await press(bench, "0000a1111a2222a1234a4a");
    assert.equal(screen(bench)[0], "Enter PIN");
    await bench.run(61_000);
    await press(bench, "1234a4a");
    assert.equal(screen(bench)[0], "Metering point");
  });

  it("the supplier lifts the PIN (ECS14), and the consumer can, with nothing on the screen for it", async () => {
    const bench = await make();
    await press(bench, "6a1234a");
    await bench.run(61_000);
    assert.equal((await bench.set("privacyPin", 2, new Uint8Array())).status, 0);
    await press(bench, "4a");
    assert.equal(screen(bench)[0], "Metering point");
    await press(bench, "6a1234a6aa");
    await bench.run(61_000);
    await press(bench, "4a");
    assert.equal(screen(bench)[0], "Metering point");
  });

  it("a customer identification number stays on the screen when nobody presses anything (ECS50)", async () => {
    const bench = await make();
    await write(bench, "customerIdentificationNumber", "0472");
    await press(bench, "0");
    await bench.run(61_000);
    assert.deepEqual(screen(bench), ["Customer identification number", "0472"]);
  });

  it("a PIN is set whole, with its log entry, or not at all, wherever the power is cut", async () => {
    await cutEverywhere(
      make,
      async (bench) => {
        await press(bench, "6a1234");
        await press(bench, "a");
      },
      async (bench, cut) => {
        const logged = bench.eventCodes.length;
        await press(bench, "4a");
        assert.equal(screen(bench)[0] === "Enter PIN", logged === 1, cut);
      },
    );
  });

  it("any keys at all end in a known screen, and more digits than a PIN's are nobody's here", () => {
    let state = uiAtStart;
    for (const button of "12345678901234567890a5a".repeat(3)) {
      const step = uiStep(state, { kind: "press", button: button as Button }, "1234");
      assert.deepEqual(step.actions, []);
      state = step.state;
    }
    assert.equal(state.screen, "cin");
  });
});
