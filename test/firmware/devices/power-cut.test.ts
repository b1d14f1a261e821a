import assert from "node:assert/strict";
import { objects } from "../../../firmware/model/index.ts";
import { type Alert, NEVER, type Operation, type Response } from "../../../firmware/wire/message.ts";
import type { CutPoint, FlashSnapshot } from "../../../hal/mock/flash.ts";
import { type MeterRig, meterRig, op, startUtcS } from "./rig.ts";

const cutPoints: readonly CutPoint[] = ["before", "torn", "after"];
const disable = [op("call", objects.supplyControl.id, 1, 0x34)];
const loadLimitObjects = [
  objects.loadLimitSupplyState,
  objects.loadLimitPowerThreshold,
  objects.loadLimitPeriod,
  objects.loadLimitRestorationPeriod,
];

/** Flash operations that `work` takes on a meter whose power stays on. */
async function countOperations(rig: MeterRig, work: () => Promise<void>): Promise<number> {
  const before = rig.board.mockFlash.operationCount;
  await work();
  await rig.settle();
  return rig.board.mockFlash.operationCount - before;
}

/** A meter that starts again and again from one state of its flash. */
async function fromSnapshot(rig: MeterRig, snapshot: FlashSnapshot): Promise<void> {
  await rig.settle();
  if (rig.board.powered) rig.board.powerOff();
  rig.board.mockFlash.clearCut();
  rig.board.mockFlash.restore(snapshot);
  rig.board.powerOn();
  await rig.board.clock.setRtcMs(startUtcS * 1000);
  rig.board.powerOff();
  await rig.reboot();
  rig.take();
  rig.observations.length = 0;
}

async function comeBack(rig: MeterRig): Promise<void> {
  rig.board.mockFlash.clearCut();
  await rig.reboot();
  await rig.settle();
}

describe("a power cut inside a command", () => {
  it("at every flash operation: the command is done and answered, or never happened; no counter goes back, no replay is accepted", async () => {
    const rig = await meterRig();
    const snapshot = rig.board.mockFlash.snapshot();
    const command = rig.desk.command(0x50, disable, { counter: 77n });
    const work = () => rig.meter.device.receive(command);
    await fromSnapshot(rig, snapshot);
    const operations = await countOperations(rig, work);
    assert.ok(operations >= 3, `${operations} operations`);

    let forgotten = 0;
    let kept = 0;
    for (let i = 0; i < operations; i++)
      for (const point of cutPoints) {
        const where = `cut ${point} operation ${i} of ${operations}`;
        await fromSnapshot(rig, snapshot);
        const { mockFlash } = rig.board;
        mockFlash.cutPowerAt(mockFlash.operationCount + i, point);
        await work();
        assert.equal(rig.board.powered, false, where);
        await comeBack(rig);
        const accepted = rig.meter.device.counters.highest("supplier") === 77n;
        const answers = rig.take();
        assert.equal(await rig.board.loadSwitch?.isClosed(), !accepted, where);
        assert.equal(answers.length >= 1, accepted, where);
        for (const answer of answers) {
          const { header, results } = rig.desk.read<Response>(answer, rig.world.of("supplier"));
          assert.deepEqual([header.counter, results], [77n, [{ status: 0 }]], where);
        }
        rig.observations.length = 0;
        await work();
        const reason = rig.observations.find(({ kind }) => kind === "command-refused")?.reason;
        assert.equal(reason, accepted ? "replay" : undefined, where);
        assert.equal(rig.meter.device.counters.highest("supplier"), 77n, where);
        if (accepted) kept++;
        else forgotten++;
      }
    assert.ok(forgotten > 0 && kept > 0, `${forgotten} never happened, ${kept} done`);
  });

  it("does nothing again at the boot after the next", async () => {
    const rig = await meterRig();
    await rig.meter.device.receive(rig.desk.command(0x50, disable));
    await rig.meter.device.receive(rig.desk.command(0x4f, [op("call", objects.supplyControl.id, 1, 0x33)]));
    rig.take();
    await rig.reboot();
    await rig.settle();
    assert.deepEqual(rig.take(), []);
    assert.equal(await rig.board.loadSwitch?.isClosed(), true);
  });

  it("keeps a long command whole: one of several chunks is answered after the cut", async () => {
    const rig = await meterRig();
    const path = Array.from({ length: 4 }, (_, i) => new Uint8Array(1200).fill(i));
    const cell = [2, 1, 0];
    const control = [2, null, null, cell, 5n, null, null, null];
    const argument = [control, [[Uint8Array.of(0), cell]], path, 0];
    const command = rig.desk.command(0x102, [op("call", objects.credentials.id, 1, argument)], {
      counter: 5n,
    });
    assert.ok(command.length > 4096);
    const snapshot = rig.board.mockFlash.snapshot();
    let answered = 0;
    for (let i = 0; i < 8; i++) {
      await fromSnapshot(rig, snapshot);
      const { mockFlash } = rig.board;
      mockFlash.cutPowerAt(mockFlash.operationCount + i, "after");
      await rig.meter.device.receive(command);
      await comeBack(rig);
      const answers = rig
        .take()
        .map((bytes) => rig.desk.read<Response>(bytes, rig.world.of("supplier")).header.counter);
      if (rig.meter.device.counters.highest("supplier") !== 5n) continue;
      assert.equal(answers[0], 5n);
      answered++;
      assert.deepEqual(rig.meter.device.journal.keys("pending/"), []);
    }
    assert.ok(answered > 0);
  });
});

describe("a power cut inside a setting of the clock (ECS70)", () => {
  const { id } = objects.clock;
  const ecs70 = [
    op("set", id, 9, 5),
    op("call", id, 5, [NEVER, startUtcS - 86_400, startUtcS + 86_400]),
    op("call", id, 4, 0),
    op("get", id, 2),
    op("get", id, 4),
  ];
  for (const [what, first, offS] of [
    ["the first setting", true, 500],
    ["an adjustment", false, 7],
    ["an adjustment that is too large", false, 60],
  ] as const)
    it(`at any flash operation of ${what}: what was done is answered as done, logged once, and no time is lost`, async () => {
      const rig = await meterRig();
      const snapshot = rig.board.mockFlash.snapshot();
      const command = rig.desk.command(0x62, ecs70, { counter: 77n });
      const begin = async () => {
        rig.link.hubTimeS = startUtcS + offS;
        await fromSnapshot(rig, snapshot);
        if (first) {
          rig.board.mockClock.loseRtc();
          await rig.reboot();
        }
        rig.take();
        rig.board.mockFlash.clearCut();
      };
      await begin();
      const operations = await countOperations(rig, () => rig.meter.device.receive(command));
      const outcomes = new Set<string>();
      for (let i = 0; i < operations; i++)
        for (const point of cutPoints) {
          const where = `cut ${point} operation ${i} of ${operations}`;
          await begin();
          const { mockFlash } = rig.board;
          mockFlash.cutPowerAt(mockFlash.operationCount + i, point);
          await rig.meter.device.receive(command);
          rig.link.hubTimeS = undefined;
          await comeBack(rig);
          const messages = rig
            .take()
            .map((bytes) => rig.desk.read<Response | Alert>(bytes, rig.world.of("supplier")));
          const answers = messages.filter((message): message is Response => "results" in message);
          const { device } = rig.meter;
          const moved = device.timeIsSet() && device.nowS() === startUtcS + offS;
          for (const { results } of answers) {
            assert.equal(results[2]?.status === 0, moved, where);
            assert.equal(results[3]?.value, moved ? startUtcS + offS : undefined, where);
          }
          const logged = [...device.eventLog.entries(), ...device.securityLog.entries()].map(
            ({ code }) => code,
          );
          // 2: the command came too late to be tried before the cut, and the hub cannot be heard at the boot.
          const refused = answers.some(({ results }) => results[2]?.status === 250);
          const owed = first ? [] : moved ? [0x8145] : refused ? [0x8f0c] : [];
          assert.deepEqual(logged, owed, where);
          if (device.counters.highest("supplier") === 77n) assert.ok(answers.length > 0, where);
          outcomes.add(String(answers.at(-1)?.results[2]?.status));
        }
      assert.ok(outcomes.has("undefined"), "some cut left nothing of the command");
      assert.ok(outcomes.has(offS > 10 && !first ? "250" : "0"), [...outcomes].join());
    });
});

describe("future-dated values (ECS28a)", () => {
  it("are not active early when put off by a command that is being carried out as their time comes", async () => {
    const rig = await meterRig();
    await rig.meter.device.receive(rig.desk.command(0x43, order(1111, dueS)));
    const putOff = rig.desk.command(0x43, order(2222, dueS + 600));
    await rig.meanwhile(() => rig.meter.device.receive(putOff), 601_000);
    await rig.scheduler.runUntil(700_000);
    assert.notEqual(await activeThresholdW(rig), 2222);
    await rig.scheduler.runUntil(1_300_000);
    assert.equal(await activeThresholdW(rig), 2222);
  });

  const dueS = startUtcS + 600;
  const order = (thresholdW: number, atS: number): Operation[] => [
    ...loadLimitObjects.map(({ id }, i) => op("set", id, 4, i === 0 ? true : i === 1 ? thresholdW : 60)),
    ...loadLimitObjects.map(({ id }) => op("set", id, 6, atS)),
  ];
  async function activeThresholdW(rig: MeterRig): Promise<unknown> {
    rig.take();
    const read = [
      op("get", objects.loadLimitSupplyState.id, 2),
      op("get", objects.loadLimitCounter.id, 2),
      op("get", objects.loadLimitCounter.id, 3),
      ...[4, 6, 7].map((member) => op("get", objects.loadLimiter.id, member)),
    ];
    await rig.meter.device.receive(rig.desk.command(0x42, read));
    await rig.settle();
    const response = rig.take().at(-1) as Uint8Array;
    return rig.desk.read<Response>(response, rig.world.of("supplier")).results[3]?.value;
  }
  /** Distinct outcome alerts among `messages`: what was sent twice counts once. */
  function outcomes(rig: MeterRig, messages: readonly Uint8Array[]): Alert[] {
    const alerts = new Map<bigint, Alert>();
    for (const bytes of messages) {
      const message = rig.desk.read<Alert | Response>(bytes, rig.world.of("supplier"));
      if ("alertCode" in message && message.header.code === 0x00cc)
        alerts.set(message.header.counter, message);
    }
    return [...alerts.values()];
  }

  it("becomes active in time, with one outcome alert an attribute that names command, class, OBIS and attribute", async () => {
    const rig = await meterRig();
    await rig.meter.device.receive(rig.desk.command(0x43, order(4321, dueS), { counter: 0x1234n }));
    await rig.scheduler.runUntil(599_000);
    assert.notEqual(await activeThresholdW(rig), 4321);
    await rig.scheduler.runUntil(601_000);
    const alerts = outcomes(rig, rig.take());
    assert.equal(alerts.length, 4);
    for (const alert of alerts) assert.equal(alert.alertCode, 0x8f66);
    const bodies = alerts.map(({ values }) => Buffer.from(values[0] as Uint8Array).toString("hex"));
    assert.equal(bodies[1], ["0043", "0000000000001234", "2328", "00005e2c8007", "06"].join(""));
    assert.equal(await activeThresholdW(rig), 4321);
  });

  it("is cancelled by NEVER and replaced by a newer command", async () => {
    const rig = await meterRig();
    const before = await activeThresholdW(rig);
    await rig.meter.device.receive(rig.desk.command(0x43, order(4321, dueS)));
    await rig.meter.device.receive(rig.desk.command(0x43, order(4321, NEVER)));
    rig.take();
    await rig.scheduler.runUntil(700_000);
    assert.equal(outcomes(rig, rig.take()).length, 0);
    assert.equal(await activeThresholdW(rig), before);
    await rig.meter.device.receive(rig.desk.command(0x43, order(5000, startUtcS + 800)));
    await rig.meter.device.receive(rig.desk.command(0x43, order(6000, startUtcS + 900)));
    rig.take();
    await rig.scheduler.runUntil(1_000_000);
    assert.equal(outcomes(rig, rig.take()).length, 4);
    assert.equal(await activeThresholdW(rig), 6000);
  });

  it("a power cut at any flash operation of the activation neither loses nor doubles it", async () => {
    const rig = await meterRig();
    const command = rig.desk.command(0x43, order(4321, dueS));
    await rig.meter.device.receive(command);
    await rig.settle();
    const snapshot = rig.board.mockFlash.snapshot();
    const untilDue = () => rig.scheduler.runUntil(rig.scheduler.nowMs + 700_000);
    await fromSnapshot(rig, snapshot);
    const operations = await countOperations(rig, untilDue);
    assert.ok(operations >= 4);
    const step = Math.max(1, Math.floor(operations / 16));
    for (let i = 0; i < operations; i += step)
      for (const point of cutPoints) {
        await fromSnapshot(rig, snapshot);
        const { mockFlash } = rig.board;
        mockFlash.cutPowerAt(mockFlash.operationCount + i, point);
        await untilDue();
        assert.equal(rig.board.powered, false);
        await comeBack(rig);
        await untilDue();
        const sent = rig.take();
        assert.equal(outcomes(rig, sent).length, 4, `cut ${point} operation ${i}`);
        assert.equal(await activeThresholdW(rig), 4321, `cut ${point} operation ${i}`);
      }
  });
});
