import assert from "node:assert/strict";
import type { TamperInput } from "../../hal/board.ts";
import { appliesTo, needs, type Premises } from "../index.ts";
import { codesOf, commissioned, connected } from "./support.ts";

const minuteMs = 60_000;

describe("tampering with the meter", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;

  const move = (input: TamperInput, active: boolean) =>
    home.device("esme").board.mockTamper.set(input, active);

  const both = ["supplier", "networkOperator"];
  const movements = [
    ["meter-cover", 0x8f74, ["supplier"], 0x81b9, "no log"],
    ["terminal-cover", 0x8f76, both, 0x81c1, "the event log"],
    ["magnet", 0x8f75, both, 0x81bc, "the event log"],
  ] as const;
  for (const [input, opened, hears, closed, logged] of movements)
    it(`${input}: ${hears.join(" and ")} hear of it, signed, the supplier of its end, MACed, which is in ${logged}`, async function () {
      home = await commissioned(this);
      for (const [active, code, to, protection] of [
        [true, opened, hears, "signature"],
        [false, closed, ["supplier"], "mac"],
      ] as const) {
        move(input, active);
        await home.runUntil(() => home.alerts(code).length >= to.length, minuteMs, "the alert");
        assert.deepEqual(
          home.alerts(code).map((alert) => alert.to),
          to,
        );
        for (const alert of home.alerts(code)) {
          assert.equal(alert.device, home.device("esme").eui);
          assert.equal(home.suite.wire.peek(alert.bytes).protection, protection);
        }
        const text = code.toString(16).toUpperCase();
        const isLogged = active || logged !== "no log";
        assert.equal((await codesOf(home, active ? "Security" : "Event")).includes(text), isLogged, text);
      }
    });

  it("a cover opened while the home was dark is told when the light comes back", async function () {
    home = await commissioned(this);
    home.device("esme").board.powerOff();
    move("terminal-cover", true);
    await home.run(minuteMs);
    assert.deepEqual(home.alerts(0x8f76), []);
    home.device("esme").board.powerOn();
    await home.runUntil(() => home.alerts(0x8f76).length > 0, 5 * minuteMs, "the alert");
    await home.run(10 * minuteMs);
    assert.deepEqual(
      home.alerts(0x8f76).map(({ to }) => to),
      both,
    );
    assert.equal(connected(home), true, "nobody asked for a lock");
  });

  it("an hour of rattling costs ten alerts", async function () {
    home = await commissioned(this);
    for (let i = 0; i < 100; i++) {
      move("meter-cover", i % 2 === 0);
      await home.run(10_000);
    }
    await home.run(5 * minuteMs);
    assert.equal(home.alerts(0x8f74).length + home.alerts(0x81b9).length, 10);
  });

  it("a meter set to lock disables the supply until the supplier enables it (81BE)", async function () {
    home = await commissioned(this, { settings: { lockSupplyOnTamper: true } });
    move("magnet", true);
    await home.runUntil(() => home.alerts(0x8f75).length > 0, minuteMs, "the alert");
    assert.equal(home.alerts(0x81be).length, 1);
    assert.equal(connected(home), false);
    home.device("esme").board.mockUserInterface.press("a");
    await home.run(1000);
    assert.equal(connected(home), false, "the button does not help");
    await home.command("7.1");
    assert.equal(connected(home), true);
  });
});
