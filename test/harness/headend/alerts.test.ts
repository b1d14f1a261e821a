import assert from "node:assert/strict";
import { eventName } from "../../../harness/decode/event-names.ts";
import { alertMeaning, premises } from "../../../harness/index.ts";

describe("the meaning of a code", () => {
  it("811A is the failure of an auxiliary load switch, and 8131 its success", () => {
    assert.match(alertMeaning(0x811a), /failed/);
    assert.doesNotMatch(alertMeaning(0x8131), /fail/);
    assert.match(eventName(0x811a) ?? "", /failed/);
    assert.doesNotMatch(eventName(0x8131) ?? "fail", /fail/);
  });
});

describe("the head end", () => {
  it("takes an alert once: the same one again, on the way or by an attacker, is refused as repeated", async function () {
    const home = await premises(this);
    await home.commission();
    home.device("esme").board.mockTamper.set("magnet", true);
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

  it("makes one AD1 of an outage whose last gasp came more than once, and one more of the next outage", async function () {
    const home = await premises(this);
    await home.commission();
    const { headEnd } = home;
    const hub = home.device("hub");
    const gasp = async (lostS: number) => {
      const { firmware } = hub;
      const alert = { alertCode: 0xf001, message: 0xf001, to: "wanProvider", values: [lostS] } as const;
      headEnd.receive((await firmware?.device.sealOnce(alert)) ?? new Uint8Array());
    };
    const before = headEnd.alerts.length;
    for (const lostS of [1000, 1000, 2000]) await gasp(lostS);
    const told = { code: "AD1", to: "networkOperator", hub: hub.eui, mpxns: ["1000000000003"] };
    assert.deepEqual(headEnd.dccAlerts, [
      { ...told, startS: 1000 },
      { ...told, startS: 2000 },
    ]);
    await gasp(0xffff_ffff);
    assert.deepEqual(headEnd.dccAlerts[2], told, "a hub without a clock tells no time");
    assert.equal(headEnd.alerts.length, before, "nobody hears of it as an alert of the hub");
  });

  it("believes no last gasp but its hub's own", async function () {
    const home = await premises(this);
    await home.commission();
    const alert = { alertCode: 0xf001, message: 0xf001, to: "wanProvider", values: [1000] } as const;
    const bytes = (await home.device("hub").firmware?.device.sealOnce(alert)) as Uint8Array;
    const forged = bytes.slice();
    forged[forged.length - 1]! ^= 1;
    home.headEnd.receive(forged);
    assert.deepEqual(home.headEnd.dccAlerts, []);
    assert.equal(home.headEnd.refused.at(-1)?.kind, "refused");
  });
});
