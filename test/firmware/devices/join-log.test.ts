import assert from "node:assert/strict";
import { objects } from "../../../firmware/model/index.ts";
import { euiBytes } from "../../../firmware/security/eui.ts";
import { coseWire } from "../../../firmware/wire/cose/wire.ts";
import type { Alert } from "../../../firmware/wire/message.ts";
import { HomeRig } from "./home-rig.ts";
import { meterEui, op } from "./rig.ts";

const hourMs = 3_600_000;
const codes = (log: { entries(): readonly { readonly code: number }[] }) =>
  log.entries().map(({ code }) => code);

describe("what a meter's logs say of joining", () => {
  let rig: HomeRig;
  const security = () => codes(rig.meter.device.securityLog);

  beforeEach(async () => {
    rig = await HomeRig.build();
  });

  it("one failure (8F48) for hours of trying, then the success (8F49, 8183), told to the supplier under a MAC; and that it is commissioned (8F69), signed", async () => {
    await rig.run(3 * hourMs);
    assert.deepEqual(security(), [0x8f48]);
    await rig.list();
    assert.deepEqual(security(), [0x8f48, 0x8f49]);
    assert.deepEqual(codes(rig.meter.device.eventLog), [0x8183]);
    const alerts = rig.take().map((bytes) => coseWire.peek(bytes));
    const joined = alerts.filter(({ header }) => header.originator === meterEui);
    assert.deepEqual(
      joined.map(({ header, protection }) => [header.code, header.target, protection]),
      [
        [0x1001, rig.world.of("supplier").eui, "mac"],
        [0x1000, rig.world.of("supplier").eui, "signature"],
      ],
    );
    assert.deepEqual(
      joined.map((envelope) => (coseWire.decode(envelope) as Alert).alertCode),
      [0x8183, 0x8f69],
    );
  });

  it("its removal from the hub's log (8F4B)", async () => {
    await rig.list();
    const remove = [op("call", objects.deviceLog.id, 2, euiBytes(meterEui))];
    rig.wan.deliver(rig.toHub.command(0x0002, remove, { from: "accessControlBroker" }));
    await rig.run(30_000);
    assert.deepEqual(rig.hub.han.devices(), []);
    assert.ok(
      security().includes(0x8f4b),
      security()
        .map((code) => code.toString(16))
        .join(),
    );
  });
});
