import assert from "node:assert/strict";
import { objects } from "../../../firmware/model/index.ts";
import { coseWire } from "../../../firmware/wire/cose/wire.ts";
import { type Alert, Kind } from "../../../firmware/wire/message.ts";
import { HalError } from "../../../hal/board.ts";
import { HomeRig } from "./home-rig.ts";
import { meterRig, op } from "./rig.ts";

const readState = [op("get", objects.supplyState.id, 3)];

/** The next `count` calls of `part[name]` throw, now or a little later; those after do what they always did. */
function failNext<N extends string>(
  part: { [name in N]: (...args: never[]) => unknown },
  name: N,
  count: number,
): void {
  const works = part[name].bind(part) as (...args: never[]) => unknown;
  let left = count;
  part[name] = ((...args: never[]) => {
    if (left-- <= 0) return works(...args);
    const error = new HalError("hal/fault", "the port is broken");
    if (left % 2 === 0) throw error;
    return Promise.reject(error);
  }) as (typeof part)[N];
}

const kindsOf = (messages: readonly Uint8Array[]) =>
  messages.map((bytes) => coseWire.peek(bytes).header.kind as number);

describe("a port that throws", () => {
  let rig: HomeRig;
  const hub = () => rig.hub.device;
  const raise = (alertCode: number) =>
    hub().event("test", () => hub().raise({ alertCode, to: "accessControlBroker" }))(undefined);
  beforeEach(async () => {
    rig = await HomeRig.build();
    await rig.list();
    rig.take();
  });

  for (const count of [1, 2, 5])
    it(`modem.send, ${count} times: what waits leaves within a minute, once and in order`, async () => {
      failNext(rig.hubBoard.modem as never, "send", count);
      for (const code of [0x8f74, 0x8f75, 0x8f76]) await raise(code);
      await rig.run(60_000);
      const codes = rig.take().map((bytes) => (coseWire.decode(coseWire.peek(bytes)) as Alert).alertCode);
      assert.deepEqual(codes, [0x8f74, 0x8f75, 0x8f76]);
    });

  for (const part of ["hubBoard", "meterBoard"] as const)
    for (const count of [1, 4, 9])
      it(`radio.transmit of the ${part}, ${count} times: the command is answered`, async () => {
        failNext(rig[part].radio as never, "transmit", count);
        rig.wan.deliver(rig.toMeter.command(0x52, readState));
        await rig.run(120_000);
        rig.wan.deliver(rig.toMeter.command(0x52, readState));
        await rig.run(60_000);
        assert.deepEqual(kindsOf(rig.take()).filter((kind) => kind === Kind.response).length, 2);
      });

  it("networkTimeMs, as the WAN comes back: what waits leaves all the same", async () => {
    rig.wan.settings.down = true;
    await rig.run(1_000);
    await raise(0x8f74);
    failNext(rig.hubBoard.modem as never, "networkTimeMs", 1);
    rig.wan.settings.down = false;
    await rig.run(120_000);
    assert.deepEqual(kindsOf(rig.take()), [Kind.alert]);
  });

  it("the way into the home, once: the commands behind it are delivered in order", async () => {
    failNext(rig.hub.han as never, "send", 1);
    for (let i = 0; i < 3; i++) rig.wan.deliver(rig.toMeter.command(0x52, readState));
    await rig.run(120_000);
    const counters = rig.take().map((bytes) => coseWire.peek(bytes).header.counter);
    assert.equal(counters.length, 3);
    assert.deepEqual(counters, [...counters].sort());
  });

  it("a meter's link, at an answer and at an alert: both leave later", async () => {
    const meter = await meterRig();
    failNext(meter.link as never, "send", 1);
    await meter.meter.device.receive(meter.desk.command(0x52, readState));
    await meter.scheduler.runUntil(meter.scheduler.nowMs + 120_000);
    assert.deepEqual(kindsOf(meter.take()), [Kind.response]);
    failNext(meter.link as never, "send", 2);
    const { device } = meter.meter;
    for (const alertCode of [0x8f74, 0x8f75])
      await device.event("test", () => device.raise({ alertCode, to: "supplier" }))(undefined);
    await meter.scheduler.runUntil(meter.scheduler.nowMs + 300_000);
    assert.deepEqual(kindsOf(meter.take()), [Kind.alert, Kind.alert]);
  });

  for (const count of [1, 3])
    it(`radio.configure of a joining meter, ${count} times: it joins all the same`, async () => {
      const fresh = await HomeRig.build();
      failNext(fresh.meterBoard.radio as never, "configure", count);
      await fresh.list();
      await fresh.run(180_000);
      assert.equal(fresh.meter.han?.state, "joined");
    });
});
