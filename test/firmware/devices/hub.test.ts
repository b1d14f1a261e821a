import assert from "node:assert/strict";
import {
  encodeMac,
  encodeMacCommand,
  MAINS_DEVICE_CAPABILITY,
  MacType,
} from "../../../firmware/han/frames/mac.ts";
import { objects } from "../../../firmware/model/index.ts";
import { coseWire } from "../../../firmware/wire/cose/wire.ts";
import type { Alert, Response } from "../../../firmware/wire/message.ts";
import { HomeRig } from "./home-rig.ts";
import { meterEui, op, startUtcS } from "./rig.ts";

const disable = [op("call", objects.supplyControl.id, 1, 0x34)];
const readState = [op("get", objects.supplyState.id, 3)];
const kinds = (messages: readonly Uint8Array[]) =>
  messages.map((bytes) => coseWire.peek(bytes).header).map(({ kind, code }) => [kind, code]);

describe("the hub", () => {
  let rig: HomeRig;
  beforeEach(async () => {
    rig = await HomeRig.build();
  });

  it("attaches to the WAN and takes its time", () => {
    assert.equal(rig.wan.attached, true);
    assert.ok(rig.hub.device.timeIsSet());
    assert.ok(Math.abs(rig.hub.device.nowS() - (startUtcS + rig.scheduler.nowMs / 1000)) <= 1);
  });

  it("attaches again as soon as a WAN that was down is back, and corrects its clock by the network's", async () => {
    rig.wan.settings.down = true;
    await rig.run(3_600_000);
    rig.wan.settings.networkTimeErrorMs = 30_000;
    rig.wan.settings.down = false;
    await rig.run(120_000);
    assert.equal(rig.wan.attached, true);
    assert.ok(Math.abs(rig.hub.device.nowS() - 30 - (startUtcS + rig.scheduler.nowMs / 1000)) <= 1);
  });

  it("sends again what the WAN lost, in order", async () => {
    rig.wan.settings.lossProbability = 0.7;
    for (const alertCode of [0x8f3f, 0x8f74, 0x8f75])
      await rig.hub.device.event("test", () =>
        rig.hub.device.raise({ alertCode, to: "accessControlBroker" }),
      )(undefined);
    await rig.run(1_800_000);
    const codes = rig.take().map((bytes) => (coseWire.decode(coseWire.peek(bytes)) as Alert).alertCode);
    assert.deepEqual([...new Set(codes)], [0x8f3f, 0x8f74, 0x8f75]);
  });

  it("answers its own commands", async () => {
    const read = rig.toHub.command(0x0059, [op("get", objects.firmwareVersion.id, 2)], {
      from: "accessControlBroker",
    });
    rig.wan.deliver(read);
    await rig.run(5_000);
    const [response] = rig.take();
    const { results } = rig.toHub.read<Response>(response as Uint8Array, rig.world.of("accessControlBroker"));
    assert.deepEqual(results, [{ status: 0, value: Uint8Array.of(1, 2, 3, 4) }]);
  });

  it("carries a command to a joined meter, and its answer back", async () => {
    await rig.list();
    rig.take();
    rig.wan.deliver(rig.toMeter.command(0x50, disable));
    await rig.run(10_000);
    assert.equal(await rig.meterBoard.mockLoadSwitch.isClosed(), false);
    const [response] = rig.take();
    const { results } = rig.toMeter.read<Response>(response as Uint8Array, rig.world.of("supplier"));
    assert.deepEqual(results, [{ status: 0 }]);
  });

  it("refuses what is malformed, for nobody here, or no command", async () => {
    rig.wan.deliver(Uint8Array.of(1, 2, 3));
    rig.wan.deliver(rig.toMeter.command(0x50, disable, { to: "00DB1234567890FF" }));
    const alert = {
      kind: 3,
      code: 0x1000,
      originator: "90B3D51F30010000",
      target: meterEui,
      counter: 1n,
    } as const;
    const bytes = coseWire.encode({ header: alert, alertCode: 0x8f32, values: [] });
    rig.wan.deliver(coseWire.sign(bytes, rig.world.of("supplier").signer.sign, new Uint8Array(8)));
    await rig.run(5_000);
    assert.deepEqual(rig.refusals(), ["malformed", "not-for-me", "not-a-command"]);
    const codes = rig.hub.device.securityLog.entries().map(({ code }) => code);
    assert.deepEqual(codes, [0x8f1e, 0x8f3e, 0x8f3e]);
  });

  it("reports a message for a listed device that cannot be reached (8F84)", async () => {
    await rig.list(false);
    rig.take();
    rig.wan.deliver(rig.toMeter.command(0x50, disable));
    await rig.run(5_000);
    assert.deepEqual(rig.refusals(), ["undeliverable"]);
    const [alert] = rig.take();
    assert.equal(
      rig.toHub.read<Alert>(alert as Uint8Array, rig.world.of("accessControlBroker")).alertCode,
      0x8f84,
    );
  });

  it("carries commands on while a stranger asks to associate in the meter's name, the window open", async () => {
    await rig.list();
    const { panId } = rig.hub.han.captureKeys();
    const mpdu = encodeMac({
      type: MacType.command,
      sequence: 1,
      ackRequest: true,
      framePending: false,
      destinationPan: panId,
      destination: 0,
      sourcePan: 0xffff,
      source: meterEui,
      payload: encodeMacCommand({ command: "association-request", capability: MAINS_DEVICE_CAPABILITY }),
    });
    assert.equal(rig.hub.han.joinWindowOpen, true);
    rig.take();
    for (let i = 0; i < 10; i++) {
      rig.ether.inject(mpdu, { channel: 20 });
      await rig.run(500);
      rig.wan.deliver(rig.toMeter.command(0x52, readState));
      await rig.run(5_000);
    }
    assert.deepEqual(rig.refusals(), []);
    assert.deepEqual(kinds(rig.take()), Array(10).fill([2, 0x52]));
  });

  it("does not carry a message that a device sends in another's name", async () => {
    await rig.list();
    const forged = {
      kind: 3,
      code: 0x1000,
      originator: "00DB1234567890A1",
      target: "90B3D51F30010000",
      counter: 1n,
    } as const;
    const bytes = coseWire.encode({ header: forged, alertCode: 0x8f32, values: [] });
    const signed = coseWire.sign(bytes, rig.world.of("supplier").signer.sign, new Uint8Array(8));
    rig.take();
    for (const message of [signed, Uint8Array.of(0), rig.toMeter.command(0x50, disable)])
      await rig.meter.han?.send("00DB1234567890A2", message, () => {});
    await rig.run(10_000);
    assert.deepEqual(rig.refusals().sort(), ["malformed", "not-relayed", "not-relayed"]);
    assert.deepEqual(
      kinds(rig.take()).filter(([, code]) => code !== 0x1000),
      [],
    );
  });

  it("keeps answers and alerts while the WAN is down, and sends them when it is back", async () => {
    await rig.list();
    rig.wan.deliver(rig.toMeter.command(0x52, readState));
    await rig.run(200);
    rig.wan.settings.down = true;
    rig.take();
    await rig.meter.device.event("test", () => rig.meter.device.raise({ alertCode: 0x8f32, to: "supplier" }))(
      undefined,
    );
    await rig.hub.device.event("test", () =>
      rig.hub.device.raise({ alertCode: 0x8f3f, to: "accessControlBroker" }),
    )(undefined);
    await rig.run(300_000);
    assert.deepEqual(rig.take(), []);
    rig.wan.settings.down = false;
    await rig.run(120_000);
    assert.deepEqual(
      kinds(rig.take())
        .map(([kind]) => kind)
        .sort(),
      [3, 3],
    );
  });

  it("bounds what waits for the WAN: the oldest response gives way first", async () => {
    rig = await HomeRig.build({ wanQueueCapacity: 2 });
    await rig.list();
    rig.observations.length = 0;
    rig.wan.settings.down = true;
    await rig.run(1_000);
    await rig.meter.device.event("test", () => rig.meter.device.raise({ alertCode: 0x8f32, to: "supplier" }))(
      undefined,
    );
    await rig.run(2_000);
    for (let i = 0; i < 3; i++) {
      await rig.meter.device.receive(rig.toMeter.command(0x52, readState));
      await rig.run(2_000);
    }
    assert.equal(rig.observations.filter(({ kind }) => kind === "wan-dropped").length, 2);
    rig.take();
    rig.wan.settings.down = false;
    await rig.run(120_000);
    assert.deepEqual(kinds(rig.take()), [
      [3, 0x1000],
      [2, 0x52],
    ]);
  });

  it("comes back after a power cut with its log, its network and what it owes", async () => {
    await rig.list();
    rig.wan.settings.down = true;
    await rig.hub.device.event("test", () =>
      rig.hub.device.raise({ alertCode: 0x8f3f, to: "accessControlBroker" }),
    )(undefined);
    await rig.meter.device.event("test", () => rig.meter.device.raise({ alertCode: 0x8f32, to: "supplier" }))(
      undefined,
    );
    await rig.run(5_000);
    rig.hubBoard.powerOff();
    await rig.run(1_000);
    rig.hubBoard.powerOn();
    await rig.bootHub();
    rig.take();
    rig.wan.settings.down = false;
    await rig.run(120_000);
    assert.equal(rig.hub.han.devices().length, 1);
    const alerts = rig.take().map((bytes) => coseWire.decode(coseWire.peek(bytes)) as Alert);
    assert.ok(alerts.some(({ alertCode }) => alertCode === 0x8f3f));
    assert.equal(alerts.filter(({ alertCode }) => alertCode === 0x8f32).length, 1);
    await rig.run(1_000);
    assert.deepEqual(rig.hub.device.journal.keys("relay/"), []);
  });
});
