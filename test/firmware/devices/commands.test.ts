import assert from "node:assert/strict";
import { objects, type Role } from "../../../firmware/model/index.ts";
import { Kind, type Operation, type Response } from "../../../firmware/wire/message.ts";
import { type MeterRig, meterEui, meterRig, op, suite } from "../../support/devices.ts";

const ECS43 = 0x50;
const disable = op("call", objects.supplyControl.id, 1, 0x34);

describe("a command that was accepted and not answered", () => {
  let rig: MeterRig;
  beforeEach(async () => {
    rig = await meterRig();
  });

  /** Leaves in flash what a power cut leaves between the commit of a counter and the operations. */
  async function cutAfterCommit(code: number, operations: readonly Operation[], role: Role = "supplier") {
    const originator = rig.world.of(role).eui;
    const header = { kind: Kind.command, code, originator, target: meterEui, counter: 5000n } as const;
    await rig.meter.device.counters.accept(role, header, suite.wire.encode({ header, operations }));
    rig.observations.length = 0;
    await rig.reboot();
    await rig.settle();
  }
  const closed = () => rig.board.mockLoadSwitch.contactsClosed;
  const kinds = () => rig.observations.map(({ kind }) => kind);

  it("is done at the next start, and answered once, by the door that all commands enter by", async () => {
    await cutAfterCommit(ECS43, [disable]);
    assert.equal(closed(), false);
    const answers = rig
      .take()
      .filter((bytes) => suite.wire.peek(bytes).header.kind === Kind.response)
      .map((bytes) => rig.desk.read<Response>(bytes, rig.world.of("supplier")));
    assert.deepEqual(
      answers.map(({ header, results }) => [
        header.code,
        header.counter,
        results.map(({ status }) => status),
      ]),
      [[ECS43, 5000n, [0]]],
    );
    assert.ok(kinds().includes("response"));
    assert.ok(!kinds().includes("command-accepted"), "it was accepted before the cut");
    assert.equal(rig.meter.device.counters.pending(), undefined);
    await rig.reboot();
    assert.deepEqual(rig.take(), []);
  });

  const refused: [what: string, code: number, operations: readonly Operation[], role: Role][] = [
    ["has other operations than its use case", ECS43, [disable, disable], "supplier"],
    ["has a value of another type", ECS43, [{ ...disable, value: "off" }], "supplier"],
    ["is a use case that the device does not know", 0x7777, [disable], "supplier"],
    ["is a use case of another device", 0x0001, [disable], "accessControlBroker"],
    ["is from a role that may not send it", ECS43, [disable], "networkOperator"],
    [
      "is not replay-protected, so never had a counter",
      0x52,
      [op("get", objects.supplyState.id, 3)],
      "supplier",
    ],
  ];
  for (const [what, code, operations, role] of refused)
    it(`is dropped with its reason when it ${what}: no check is passed by`, async () => {
      await cutAfterCommit(code, operations, role);
      assert.equal(closed(), true);
      assert.deepEqual(rig.take(), []);
      const faults = rig.observations.filter(({ kind }) => kind === "fault");
      assert.deepEqual(
        faults.map(({ where }) => where),
        ["pending command"],
      );
      assert.equal(rig.meter.device.counters.pending(), undefined);
      assert.equal(rig.meter.device.counters.highest(role), 5000n, "its counter stays used");
    });
});
