import assert from "node:assert/strict";
import { objects } from "../../../firmware/model/index.ts";
import type { Alert } from "../../../firmware/wire/message.ts";
import { type MeterRig, meterRig, op } from "../devices/rig.ts";

const enable = [op("call", objects.supplyControl.id, 1, 0x33)];

describe("a burst of refusals", () => {
  let rig: MeterRig;
  before(async () => {
    rig = await meterRig();
  });
  const codes = () => rig.meter.device.securityLog.entries().map(({ code }) => code);
  const stranger = () => rig.desk.command(0x4f, enable, { to: "0000000000000001" });

  it("is logged and reported three times a reason, then touches flash and signer no more", async () => {
    for (let i = 0; i < 3; i++) await rig.meter.device.receive(stranger());
    assert.deepEqual(codes(), [0x8f3e, 0x8f3e, 0x8f3e]);
    assert.equal(rig.take().length, 3);
    await rig.settle();
    const operations = rig.board.mockFlash.operationCount;
    for (let i = 0; i < 500; i++) await rig.meter.device.receive(stranger());
    assert.equal(rig.board.mockFlash.operationCount, operations);
    assert.equal(rig.take().length, 0);
    assert.equal(codes().length, 3);
  });

  it("leaves the budget of other reasons alone", async () => {
    await rig.meter.device.receive(Uint8Array.of(1, 2, 3));
    assert.equal(codes().at(-1), 0x8f1e);
  });

  it("is summed up once, as 8F60, when the window ends; then the budget is new", async () => {
    rig.take();
    await rig.scheduler.runUntil(3_600_000);
    assert.deepEqual(codes().slice(-2), [0x8f1e, 0x8f60]);
    const told = rig.take().map((bytes) => rig.desk.read<Alert>(bytes, rig.world.of("supplier")));
    assert.deepEqual(
      told.map(({ alertCode }) => alertCode),
      [0x8f60],
      "signed, to the supplier",
    );
    assert.deepEqual(rig.observations.find(({ kind }) => kind === "refusals")?.counts, {
      "not-for-me": 503,
      malformed: 1,
    });
    await rig.meter.device.receive(stranger());
    assert.equal(codes().at(-1), 0x8f3e);
    await rig.scheduler.runUntil(2 * 3_600_000);
    assert.equal(codes().filter((code) => code === 0x8f60).length, 1);
  });

  it("leaves log and alert, or neither, whatever flash operation the power fails at", async () => {
    let cuts = 0;
    for (let operation = 0; operation < 3; operation++)
      for (const point of ["before", "torn", "after"] as const) {
        const cut = await meterRig();
        cut.link.outcome = "timeout";
        const { mockFlash } = cut.board;
        mockFlash.cutPowerAt(mockFlash.operationCount + operation, point);
        await cut.meter.device.receive(stranger());
        if (!cut.board.powered) cuts++;
        mockFlash.clearCut();
        await cut.reboot();
        const { securityLog, journal } = cut.meter.device;
        const alerts = journal.keys("alert/").length;
        assert.equal(securityLog.entries().length, alerts, `${point} operation ${operation}`);
      }
    assert.ok(cuts >= 3, `${cuts} cuts`);
  });

  it("does not stop a good command", async () => {
    for (let i = 0; i < 50; i++) await rig.meter.device.receive(stranger());
    rig.take();
    await rig.meter.device.receive(rig.desk.command(0x4f, enable));
    assert.equal(rig.take().length, 1);
  });
});

describe("a stranger who wants evidence gone", () => {
  /** Every kind of refusal that somebody without a key can cause. */
  function everyRefusal(rig: MeterRig): Uint8Array[] {
    const { desk, world } = rig;
    const nobody = world.party("supplier", "FFFFFFFFFFFFFF01");
    const stale = { counter: 1n } as const;
    const good = desk.command(0x4f, enable);
    const changed = good.slice();
    changed[changed.length - 1]! ^= 1;
    return [
      Uint8Array.of(1, 2, 3),
      desk.command(0x4f, enable, { to: "0000000000000001" }),
      desk.command(0x4f, enable, { from: nobody }),
      desk.command(0xfff0, enable),
      desk.command(0x4f, enable, { from: "networkOperator" }),
      desk.command(0x4f, enable, stale),
      desk.command(0x4f, enable, { signer: nobody.signer }),
      changed,
    ];
  }

  it("erases neither a tamper entry from the security log nor its alert from the queue, however long", async () => {
    const rig = await meterRig();
    const { device } = rig.meter;
    await device.receive(rig.desk.command(0x4f, enable));
    await rig.settle();
    rig.take();
    rig.link.outcome = "timeout";
    const tamper = 0x8f3f;
    await device.event("test", () =>
      device.securityLog.appendWith({ timeS: device.nowS(), code: tamper }, (entry) =>
        device.raise({ alertCode: tamper, to: "supplier" }, [entry]),
      ),
    )(undefined);
    const refused = new Set<unknown>();
    let perHour = 0;
    for (let hour = 0; hour < 60; hour++) {
      const before = rig.board.mockFlash.operationCount;
      for (let i = 0; i < 5; i++) for (const message of everyRefusal(rig)) await device.receive(message);
      perHour = Math.max(perHour, rig.board.mockFlash.operationCount - before);
      await rig.scheduler.runUntil(rig.scheduler.nowMs + 3_600_000);
    }
    for (const { kind, reason } of rig.observations) if (kind === "command-refused") refused.add(reason);
    assert.ok(refused.size >= 6, [...refused].join());
    assert.ok(perHour <= 20, `${perHour} flash operations for forty refusals`);
    const codes = device.securityLog.entries().map(({ code }) => code);
    assert.ok(codes.includes(tamper), "in the security log");
    assert.ok(codes.filter((code) => code !== tamper).length <= 25);
    await rig.reboot();
    rig.link.outcome = "delivered";
    await rig.scheduler.runUntil(rig.scheduler.nowMs + 3_600_000);
    const told = rig.take().map((bytes) => rig.desk.read<Alert>(bytes, rig.world.of("supplier")).alertCode);
    assert.ok(told.includes(tamper), "in the queue of alerts");
    assert.ok(told.includes(0x8f60));
  });
});
