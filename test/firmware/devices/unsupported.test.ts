import assert from "node:assert/strict";
import { messages } from "../../../firmware/model/index.ts";
import type { Alert } from "../../../firmware/wire/message.ts";
import { type MeterRig, meterRig } from "../../support/devices.ts";

/** A hub's, which the ACB sends it, MACed. */
const { code: readDeviceLog } = messages.CCS06;
const acb = { from: "accessControlBroker", protection: "mac" } as const;

describe("a command for other devices", () => {
  let rig: MeterRig;
  beforeEach(async () => {
    rig = await meterRig();
  });
  const told = (bytes: Uint8Array): Alert => rig.desk.read(bytes, rig.world.of("accessControlBroker"));
  const reasons = () =>
    rig.observations.filter(({ kind }) => kind === "command-refused").map(({ reason }) => reason);

  it("is told to its sender, with code and counter, and has no other effect (ECS100)", async () => {
    const bytes = rig.desk.command(readDeviceLog, [], acb);
    await rig.meter.device.receive(bytes);
    const [alert] = rig.take().map(told);
    assert.equal(alert?.header.code, messages.ECS100.code);
    assert.equal(alert?.alertCode, 0x8f85);
    assert.equal(alert?.header.supplementary, undefined);
    const command = Uint8Array.from(alert!.values[0] as Uint8Array);
    const view = new DataView(command.buffer);
    assert.deepEqual(
      [command.length, view.getUint16(0), view.getBigUint64(2)],
      [10, readDeviceLog, rig.desk.lastCounter],
    );
    assert.deepEqual(reasons(), ["unsupported"]);
    assert.deepEqual(rig.meter.device.securityLog.entries(), []);
  });

  it("is told to the party for whom the ACB sent it, by name and counter", async () => {
    const supplementary = { party: "90B3D51F30030000", counter: 7n };
    await rig.meter.device.receive(rig.desk.command(readDeviceLog, [], { ...acb, supplementary }));
    const [alert] = rig.take().map(told);
    assert.deepEqual(alert?.header.supplementary, supplementary);
  });

  it("is an unknown use case from anyone else, or when it is not authentic or not for any device", async () => {
    const stranger = { ...acb, broker: rig.world.of("supplier") };
    for (const bytes of [
      rig.desk.command(readDeviceLog, [], stranger),
      rig.desk.command(readDeviceLog, [], { from: "networkOperator", protection: "mac" }),
      rig.desk.command(0x7777, [], acb),
    ])
      await rig.meter.device.receive(bytes);
    assert.deepEqual(reasons(), ["unknown-use-case", "unknown-use-case", "unknown-use-case"]);
  });

  it("is told three times in a window, however often it is asked", async () => {
    for (let i = 0; i < 20; i++) await rig.meter.device.receive(rig.desk.command(readDeviceLog, [], acb));
    assert.equal(rig.take().length, 3);
  });
});
