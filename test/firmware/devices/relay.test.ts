import assert from "node:assert/strict";
import { RelayStore } from "../../../firmware/devices/relay-store.ts";
import { objects } from "../../../firmware/model/index.ts";
import { type Alert, Kind, type Response } from "../../../firmware/wire/message.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import type { CutPoint } from "../../../hal/mock/index.ts";
import { HomeRig, op } from "../../support/devices.ts";

const disable = [op("call", objects.supplyControl.id, 1, 0x34)];
const enable = [op("call", objects.supplyControl.id, 1, 0x33)];
const cutPoints: readonly CutPoint[] = ["before", "torn", "after"];

/** A home whose meter has just joined, with nothing on its way. */
async function joined(): Promise<HomeRig> {
  const rig = await HomeRig.build();
  await rig.list();
  rig.take();
  return rig;
}

const raise = (rig: HomeRig, alertCode = 0x8f32) =>
  rig.meter.device.event("test", () => rig.meter.device.raise({ alertCode, to: "supplier" }))(undefined);

function alertCodes(messages: readonly Uint8Array[]): number[] {
  return messages
    .map((bytes) => suites.cose.wire.peek(bytes))
    .filter(({ header }) => header.kind === Kind.alert)
    .map((envelope) => (suites.cose.wire.decode(envelope) as Alert).alertCode);
}

describe("a message between WAN and home", () => {
  it("an alert is never lost at the hub, whatever flash operation its power fails at", async function () {
    this.timeout(120_000);
    const rehearsal = await joined();
    const before = rehearsal.hubBoard.mockFlash.operationCount;
    await raise(rehearsal);
    await rehearsal.run(2_000);
    const operations = rehearsal.hubBoard.mockFlash.operationCount - before;
    assert.deepEqual(alertCodes(rehearsal.take()), [0x8f32]);
    assert.ok(operations >= 3, `${operations} operations`);
    for (let i = 0; i < operations; i++)
      for (const point of cutPoints) {
        const rig = await joined();
        const { mockFlash } = rig.hubBoard;
        mockFlash.cutPowerAt(mockFlash.operationCount + i, point);
        await raise(rig);
        await rig.run(2_000);
        if (rig.hubBoard.powered) continue;
        rig.hubBoard.powerOn();
        await rig.bootHub();
        await rig.run(900_000);
        assert.ok(alertCodes(rig.take()).includes(0x8f32), `cut ${point} operation ${i} of ${operations}`);
        assert.deepEqual(rig.hub.device.journal.keys("relay/"), []);
        assert.deepEqual(rig.meter.device.journal.keys("alert/"), []);
      }
  });

  it("an alert is in the hub's journal before the meter forgets it", async () => {
    const rig = await joined();
    rig.wan.settings.down = true;
    await raise(rig);
    await rig.scheduler.run(() => rig.meter.device.journal.keys("alert/").length === 0, 10_000);
    assert.equal(rig.hub.device.journal.keys("relay/").length, 1);
  });

  it("of a device that sends without end, alerts are kept no more than its share of the hub's store", async () => {
    const { journal } = (await joined()).hub.device;
    const store = new RelayStore(journal, 12);
    const [flood, other] = ["00DB1234567890FF", "00DB1234567890A0"];
    for (let n = 0; n < 20; n++) await store.keep(flood, Uint8Array.of(n));
    assert.equal(journal.keys("relay/").length, 9);
    const again = new RelayStore(journal, 12);
    assert.ok((await again.keep(other, Uint8Array.of(77))) !== undefined);
    assert.deepEqual(again.waiting().at(-1)?.bytes, Uint8Array.of(77));
  });

  it("commands for one meter keep their order when the first has to be sent again", async () => {
    const rig = await joined();
    rig.ether.settings.lossProbability = 1;
    rig.wan.deliver(rig.toMeter.command(0x50, disable, { counter: 10n }));
    await rig.run(9_000);
    rig.ether.settings.lossProbability = 0;
    rig.wan.deliver(rig.toMeter.command(0x4f, enable, { counter: 11n }));
    await rig.run(60_000);
    const responses = rig
      .take()
      .map((bytes) => rig.toMeter.read<Response>(bytes, rig.world.of("supplier")))
      .filter(({ header }) => header.kind === Kind.response);
    assert.deepEqual(
      responses.map(({ header, results }) => [header.counter, results[0]?.status]),
      [
        [10n, 0],
        [11n, 0],
      ],
    );
    assert.equal(rig.meterBoard.mockLoadSwitch.contactsClosed, true);
  });

  it("8F84 for what cannot reach a device is message 00D5, signed", async () => {
    const rig = await HomeRig.build();
    await rig.list(false);
    rig.take();
    rig.wan.deliver(rig.toMeter.command(0x50, disable));
    await rig.run(5_000);
    const [envelope] = rig.take().map((bytes) => suites.cose.wire.peek(bytes));
    assert.deepEqual([envelope?.header.code, envelope?.protection], [0x00d5, "signature"]);
    assert.equal((suites.cose.wire.decode(envelope!) as Alert).alertCode, 0x8f84);
  });

  it("an alert that the crowded WAN queue gave up leaves later, without a restart", async () => {
    const rig = await HomeRig.build({ wanQueueCapacity: 2 });
    await rig.list();
    await rig.run(1_800_000);
    rig.take();
    rig.observations.length = 0;
    rig.wan.settings.down = true;
    await rig.run(1_000);
    for (const code of [0x8f32, 0x8f33, 0x8f34]) await raise(rig, code);
    await rig.run(10_000);
    assert.equal(rig.observations.filter(({ kind }) => kind === "wan-dropped").length, 1);
    rig.wan.settings.down = false;
    await rig.run(1_800_000);
    assert.deepEqual(alertCodes(rig.take()).sort(), [0x8f32, 0x8f33, 0x8f34]);
    assert.deepEqual(rig.hub.device.journal.keys("relay/"), []);
  });
});
