import assert from "node:assert/strict";
import type { CodedError } from "../../../../hal/base/coded-error.ts";
import type { DeviceEnd } from "../../../../harness/premises/run-context.ts";
import { BesideModel } from "../../../../harness/rig/under-test/beside-model.ts";
import { compareMessages } from "../../../../harness/rig/under-test/compare-messages.ts";
import { RemoteDeviceEnd } from "../../../../harness/rig/under-test/remote-device-end.ts";
import { flipBit } from "../../../../harness/scenarios/support.ts";
import { type ServedDevice, servedDevice } from "../emulate/served-device.ts";

describe("a board under test beside the model", function () {
  this.timeout(30_000);
  let served: ServedDevice;
  let device: RemoteDeviceEnd;
  before(async () => {
    served = await servedDevice("ESME");
    device = await RemoteDeviceEnd.connect(served.near);
  });
  after(async () => {
    device.close();
    await served.close();
  });

  it("answers byte for byte the same where nothing of its own goes into the answer", async () => {
    const beside = await BesideModel.start(device, { utcMs: Date.now(), seed: 1 });
    const states = { stateDecides: true };
    await beside.ask("6.11", clockWindow(), states);
    for (const reference of ["7.1", "7.2", "7.4"] as const) {
      const { verdict, differences } = await beside.ask(reference);
      assert.ok(verdict === "identical" || verdict === "same", JSON.stringify(differences));
    }
    assert.equal(
      served.emulated.device.board.mockLoadSwitch.contactsClosed,
      false,
      "the board's switch moved",
    );
    await beside.ask("4.1.1", {}, states);
  });

  it("refuses what the model refuses, with the same alert", async () => {
    const beside = await BesideModel.start(device, { utcMs: Date.now(), seed: 1 });
    const { verdict } = await beside.ask("7.1", {}, { tamper: flipBit() });
    assert.equal(verdict, "same");
    assert.equal(served.emulated.device.board.mockLoadSwitch.contactsClosed, false);
  });

  it("that answers otherwise is shown with both messages decoded", async () => {
    const beside = await BesideModel.start(device, { utcMs: Date.now(), seed: 1 });
    const liar = answering(device, (message) => {
      // The board's supply is not what it says: the last result's value, in the middle of a signed message.
      const changed = message.slice();
      changed[changed.length - 70] = (changed[changed.length - 70] as number) ^ 1;
      return changed;
    });
    const other = await BesideModel.start(liar, { utcMs: Date.now(), seed: 1 });
    await beside.ask("7.1");
    await assert.rejects(other.ask("7.4"), (error: Error) => {
      assert.match(error.message, /7\.4: the board does not answer as the model/);
      assert.match(error.message, /the model answers\nCOSE_.*of response ECS45/);
      assert.match(error.message, /the board answered\n/);
      return true;
    });
  });

  it("whose answer has a wrong signature or MAC is not believed", async () => {
    const liar = answering(device, flipBit());
    const beside = await BesideModel.start(liar, { utcMs: Date.now(), seed: 1 });
    await assert.rejects(beside.ask("7.1"), /does not believe the board's answer/);
  });

  it("that says nothing is told apart from one that refuses", async () => {
    const mute: DeviceEnd = { ...end(device), deliver: async () => {} };
    const beside = await BesideModel.start(mute, { utcMs: Date.now(), seed: 1, answerMs: 100 });
    await assert.rejects(beside.ask("7.1"), /7\.1: the board said nothing/);
  });

  it("is asked nothing that the model itself refuses, where a good answer is wanted: silence on both sides proves nothing", async () => {
    const beside = await BesideModel.start(device, { utcMs: Date.now(), seed: 1 });
    const asked = beside.ask("7.1", {}, { by: "networkOperator", expects: "answer" });
    await assert.rejects(asked, (error: CodedError) => {
      assert.equal(error.code, "rig/model");
      assert.equal(error.data.got, "role");
      return true;
    });
  });

  it("is compared by its response, though an alert of another matter comes first", async () => {
    const beside = await BesideModel.start(device, { utcMs: Date.now(), seed: 1 });
    await beside.ask("7.2");
    // Arming raises an alert of its own beside the response.
    await beside.ask("7.3", {}, { expects: "answer" });
  });

  it("of other keys is not believed", async () => {
    const beside = await BesideModel.start(device, { utcMs: Date.now(), seed: 2, answerMs: 300 });
    await assert.rejects(beside.ask("7.1"), /board said nothing|does not (answer|believe)/);
  });
});

describe("two messages beside each other", () => {
  it("that nobody knows differ", () => {
    assert.equal(compareMessages(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2)).verdict, "differs");
    assert.equal(compareMessages(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3)).verdict, "identical");
  });
});

function clockWindow() {
  const nowS = Math.floor(Date.now() / 1000);
  return { CurrentDateTime: nowS - 3600, TolerancePeriod: 7200 };
}

const end = (device: RemoteDeviceEnd): DeviceEnd => ({
  type: device.type,
  id: device.id,
  startUtcMs: device.startUtcMs,
  timers: device.timers,
  deliver: (message) => device.deliver(message),
  forget: () => device.forget(),
  next: (wanted, limitMs) => device.next(wanted, limitMs),
});

const answering = (device: RemoteDeviceEnd, change: (message: Uint8Array) => Uint8Array): DeviceEnd => ({
  ...end(device),
  async next(wanted, limitMs) {
    const message = await device.next(wanted, limitMs);
    return message && change(message);
  },
});
