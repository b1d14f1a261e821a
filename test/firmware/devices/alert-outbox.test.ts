import assert from "node:assert/strict";
import type { Alert } from "../../../firmware/wire/message.ts";
import { type MeterRig, meterRig } from "../../support/devices.ts";

describe("alerts on their way out", () => {
  let rig: MeterRig;
  beforeEach(async () => {
    rig = await meterRig({ settings: { alertOutboxCapacity: 4, alertRetryMs: 1000, alertRetryMaxMs: 4000 } });
    await rig.settle();
    rig.take();
  });
  const raise = (alertCode: number) =>
    rig.meter.device.event("test", () => rig.meter.device.raise({ alertCode, to: "supplier" }))(undefined);
  const received = () => rig.take().map((bytes) => rig.desk.read<Alert>(bytes, rig.world.of("supplier")));

  it("are signed when their code is 8Fxx, and MACed otherwise", async () => {
    await raise(0x8f32);
    await raise(0x81a6);
    await rig.settle();
    const alerts = received();
    assert.deepEqual(
      alerts.map(({ header, alertCode }) => [header.code, alertCode]),
      [
        [0x1000, 0x8f32],
        [0x1001, 0x81a6],
      ],
    );
  });

  it("leave after a power cut too, in order, byte for byte, under counters that are never used again", async () => {
    rig.link.outcome = "timeout";
    for (const code of [0x8f32, 0x81a6, 0x8f3f]) await raise(code);
    await rig.settle();
    assert.deepEqual(rig.take(), []);
    await rig.reboot();
    rig.link.outcome = "delivered";
    await rig.scheduler.runUntil(rig.scheduler.nowMs + 10_000);
    const alerts = received();
    assert.deepEqual(
      alerts.map(({ alertCode }) => alertCode),
      [0x8f32, 0x81a6, 0x8f3f],
    );
    await rig.reboot();
    await raise(0x8f32);
    await rig.settle();
    const [next] = received();
    assert.ok((next?.header.counter ?? 0n) > (alerts[2]?.header.counter ?? 0n));
  });

  it("are sent again with growing pauses until they are delivered, then no more", async () => {
    rig.link.outcome = "timeout";
    let tries = 0;
    const send = rig.link.send.bind(rig.link);
    rig.link.send = async (to, bytes, done) => {
      tries++;
      await send(to, bytes, done);
    };
    await raise(0x8f32);
    await rig.scheduler.runUntil(rig.scheduler.nowMs + 20_000);
    assert.ok(tries >= 6 && tries <= 9, `${tries} tries in 20 s`);
    rig.link.outcome = "delivered";
    await rig.scheduler.runUntil(rig.scheduler.nowMs + 20_000);
    assert.equal(received().length, 1);
    assert.deepEqual(rig.meter.device.journal.keys("alert/"), []);
  });

  it("give way oldest first when more wait than the outbox holds", async () => {
    rig.link.outcome = "not-joined";
    for (let i = 0; i < 6; i++) await raise(0x8f30 + i);
    await rig.settle();
    assert.equal(rig.meter.device.journal.keys("alert/").length, 4);
    assert.equal(rig.observations.filter(({ kind }) => kind === "alert-dropped").length, 2);
    rig.link.outcome = "delivered";
    await rig.scheduler.runUntil(rig.scheduler.nowMs + 20_000);
    assert.deepEqual(
      received().map(({ alertCode }) => alertCode),
      [0x8f32, 0x8f33, 0x8f34, 0x8f35],
    );
  });

  it("give way by what they matter: the oldest that strangers can cause first, and never to one of those", async () => {
    rig.link.outcome = "not-joined";
    const minor = (alertCode: number) =>
      rig.meter.device.event("test", () =>
        rig.meter.device.raise({ alertCode, to: "supplier", minor: true }),
      )(undefined);
    await raise(0x8f3f);
    for (let i = 0; i < 20; i++) await minor(0x8f1e);
    await minor(0x8f3e);
    for (const code of [0x8f74, 0x8f75]) await raise(code);
    await rig.reboot();
    await raise(0x8f76);
    for (let i = 0; i < 20; i++) await minor(0x8f1e);
    await rig.settle();
    rig.link.outcome = "delivered";
    await rig.scheduler.runUntil(rig.scheduler.nowMs + 20_000);
    assert.deepEqual(
      received().map(({ alertCode }) => alertCode),
      [0x8f3f, 0x8f74, 0x8f75, 0x8f76],
    );
  });

  it("are not visible before they are on flash", async () => {
    const { mockFlash } = rig.board;
    for (const point of ["before", "torn"] as const) {
      mockFlash.cutPowerAt(mockFlash.operationCount, point);
      await raise(0x8f32);
      assert.deepEqual(rig.take(), []);
      await rig.reboot();
      await rig.settle();
      assert.deepEqual(rig.take(), []);
    }
  });
});
