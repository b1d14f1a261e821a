import assert from "node:assert/strict";
import { imageSlots } from "../../../../firmware/devices/board-images.ts";
import type { FirmwareImages } from "../../../../firmware/features/activation/images.ts";
import { messages, objects } from "../../../../firmware/model/index.ts";
import { type Alert, Kind, NEVER, type Response, type Value } from "../../../../firmware/wire/message.ts";
import { type MeterRig, meterRig, op, startUtcS, suite } from "../../../support/devices.ts";
import { dying } from "../../../support/feature-bench.ts";
import { mcubootImage } from "../../../support/mcuboot-image.ts";

const { id, methods } = objects.firmwareImage;
const version = Uint8Array.of(1, 2, 0, 3);
const factory = Uint8Array.of(1, 2, 3, 4);
const image = mcubootImage({ version: "1.2.3", payload: new Uint8Array(5000).fill(7) }).bytes;
const codes = { success: 0, noImage: 1, mismatch: 2, failed: 3 } as const;

describe("firmware activation (CS06)", () => {
  let rig: MeterRig;
  let counter: bigint;
  const hash = () => rig.world.crypto.sha256(image);
  beforeEach(async () => {
    counter = 7000n;
    rig = await meterRig({ observing: false });
  });

  async function deliver(bytes = image): Promise<void> {
    const flash = rig.board.mockImageFlash;
    const { secondary } = imageSlots(flash);
    await secondary.erase();
    await flash.program(secondary.offset, bytes);
  }
  const command = (argument: Value) =>
    rig.desk.command(messages.CS06.code, [op("call", id, methods.activate.no, argument)], { counter });
  /** What the meter has sent, opened. */
  const sent = () => rig.take().map((bytes) => suite.wire.decode(suite.wire.peek(bytes)));
  const answerOf = (all: readonly { readonly header: { readonly kind: number } }[]) =>
    (all.find(({ header }) => header.kind === Kind.response) as Response | undefined)?.results[0]?.value;
  const alertsOf = (all: readonly unknown[], code: number) =>
    (all as readonly Alert[]).filter(({ header }) => header.kind === Kind.alert && header.code === code);

  /** Sends it, and starts the meter again when it has ended itself. */
  async function activate(wanted: Uint8Array, atS: number | null = null, says = ++counter) {
    rig.take();
    await rig.meter.device.receive(command([wanted, says, atS]));
    await rig.settle();
    const before = sent();
    if (answerOf(before) !== undefined) return before;
    await rig.scheduler.runUntil(rig.scheduler.nowMs + 1500);
    await rig.reboot();
    return sent();
  }
  const ran = () => objects.firmwareVersion.attributes.value.no;
  async function readVersion(): Promise<Value | undefined> {
    rig.take();
    await rig.meter.device.receive(
      rig.desk.command(messages.ECS52.code, [op("get", objects.firmwareVersion.id, ran())]),
    );
    return answerOf(sent());
  }
  const logged = () => rig.meter.device.securityLog.entries().map((entry) => entry.code);

  it("without an image, or with another than named, changes nothing and says so", async () => {
    assert.deepEqual(answerOf(await activate(hash())), [1, [codes.noImage, factory]]);
    await deliver();
    assert.deepEqual(answerOf(await activate(new Uint8Array(32))), [1, [codes.mismatch, factory]]);
    assert.deepEqual(await readVersion(), factory);
  });

  it("has the image run after a restart, and answers with the version that runs then", async () => {
    await deliver();
    const all = await activate(hash());
    assert.deepEqual(answerOf(all), [1, [codes.success, Uint8Array.of(1, 2, 0, 3)]]);
    assert.deepEqual(await readVersion(), version);
    assert.equal(logged().filter((code) => code === 0x8f43).length, 1, "the change of version, once");
    assert.deepEqual(answerOf(await activate(hash())), [1, [codes.noImage, version]], "it waits no more");
  });

  it("of a command that says another counter than its own fails", async () => {
    await deliver();
    assert.deepEqual(answerOf(await activate(hash(), null, 1n)), [1, [codes.failed, factory]]);
  });

  it("that is dated is taken, image or not, and done and told when its time comes", async () => {
    const dueS = startUtcS + 600;
    assert.deepEqual(answerOf(await activate(hash(), dueS)), [0, null]);
    await deliver();
    await rig.reboot();
    await rig.scheduler.runUntil(601_000);
    await rig.settle();
    await rig.scheduler.runUntil(603_000);
    await rig.reboot();
    const [told] = alertsOf(sent(), messages.FDOA.code);
    assert.equal(told?.alertCode, 0x8f66);
    assert.deepEqual(told.values, [Number(counter), [codes.success, version]]);
    assert.deepEqual(await readVersion(), version);
  });

  it("that is dated tells what kept it from being done", async () => {
    await activate(hash(), startUtcS + 600);
    await rig.scheduler.runUntil(601_000);
    await rig.settle();
    const [told] = alertsOf(sent(), messages.FDOA.code);
    assert.equal(told?.alertCode, 0x8f67);
    assert.deepEqual(told.values, [Number(counter), [codes.noImage, factory]]);
  });

  it("that is dated is replaced by a newer one, and cancelled by never", async () => {
    await deliver();
    await activate(hash(), startUtcS + 600);
    await activate(hash(), startUtcS + 1200);
    assert.deepEqual(answerOf(await activate(hash(), NEVER)), [0, null]);
    await rig.scheduler.runUntil(1_300_000);
    await rig.settle();
    assert.deepEqual(alertsOf(sent(), messages.FDOA.code), []);
    assert.deepEqual(await readVersion(), factory);
  });

  it("refuses an image that rots between its arrival and the command", async () => {
    const rotten = image.slice();
    rotten[100] = 0;
    await deliver(rotten);
    const found = rig.world.crypto.sha256(rotten);
    assert.deepEqual(answerOf(await activate(found)), [1, [codes.failed, factory]]);
    assert.deepEqual(await readVersion(), factory);
  });

  it("of what a bench has put there is done at once", async () => {
    let shown = factory;
    const images: FirmwareImages = {
      get version() {
        return shown;
      },
      runningHash: () => undefined,
      heldHash: async () => new Uint8Array(32).fill(5),
      heldIsGood: async () => true,
      activate: async () => {
        shown = version;
        return true;
      },
    };
    rig = await meterRig({ observing: false, images });
    assert.deepEqual(answerOf(await activate(new Uint8Array(32).fill(5))), [1, [codes.success, version]]);
  });

  it("tells of an image that has come: its hash when it is whole (8F72), else that it is not (8F1C)", async () => {
    await deliver();
    rig.take();
    await rig.meter.device.imageArrived();
    await rig.settle();
    const [verified] = alertsOf(sent(), messages.FDRA.code);
    assert.equal(verified?.alertCode, 0x8f72);
    assert.deepEqual(verified.values, [hash()]);
    await deliver(image.slice(0, 3000));
    await rig.meter.device.imageArrived();
    await rig.settle();
    assert.ok(sent().some((one) => (one as Alert).alertCode === 0x8f1c));
    assert.deepEqual(logged().slice(-2), [0x8f72, 0x8f1c]);
  });

  it("ends with the new firmware or the old, and one answer, wherever the power fails", async function () {
    this.timeout(300_000);
    for (const part of ["mockFlash", "mockImageFlash"] as const)
      for (const point of ["before", "torn", "after"] as const)
        for (let n = 0; n < 4; n++) {
          rig = await meterRig({ observing: false });
          await deliver();
          rig.board[part].cutPowerAt(rig.board[part].operationCount + n, point);
          rig.take();
          await rig.meter.device.receive(command([hash(), ++counter, null]));
          const messagesSent = [...sent()];
          rig.board[part].clearCut();
          for (let start = 0; start < 4; start++) {
            await rig.settle();
            await rig.scheduler.runUntil(rig.scheduler.nowMs + 1500);
            await dying(() => rig.reboot()); // it may start anew from within its start
            messagesSent.push(...sent());
          }
          const where = `${part} ${point} operation ${n}`;
          const answers = messagesSent.filter(({ header }) => header.kind === Kind.response);
          const shown = await readVersion();
          if (answers.length === 0) {
            assert.deepEqual(shown, factory, `${where}: never taken`);
            continue;
          }
          for (const answer of answers)
            assert.deepEqual((answer as Response).results[0]?.value, [1, [codes.success, version]], where);
          assert.deepEqual(shown, version, where);
        }
  });
});
