import assert from "node:assert/strict";
import { premises } from "../../../harness/index.ts";

describe("the head end", () => {
  it("takes an alert once: the same one again, on the way or by an attacker, is refused as repeated", async function () {
    const home = await premises(this);
    await home.commission();
    home.esme.board.mockTamper.set("magnet", true);
    const alert = await home.waitForAlert(0x8f75, 60_000, "esme");
    const known = home.headEnd.alerts.length;
    home.headEnd.receive(alert.bytes);
    assert.equal(home.headEnd.alerts.length, known);
    assert.deepEqual(home.headEnd.refused.at(-1), {
      kind: "refused",
      reason: "repeated",
      bytes: alert.bytes,
      header: alert.header,
    });
  });
});
