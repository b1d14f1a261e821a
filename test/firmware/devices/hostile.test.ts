import assert from "node:assert/strict";
import fc from "fast-check";
import { objects, } from "../../../firmware/model/index.ts";
import type { Value } from "../../../firmware/wire/message.ts";
import { type MeterRig, meterRig, op } from "./rig.ts";

describe("hostile bytes", () => {
  let rig: MeterRig;
  before(async () => {
    rig = await meterRig();
  });
  const refused = () => rig.observations.filter(({ kind }) => kind === "command-refused").length;
  const faults = () => rig.observations.filter(({ kind }) => kind === "fault");

  it("never throw out of receive(), and change nothing once the budget is spent", async () => {
    for (let i = 0; i < 4; i++) await rig.meter.device.receive(Uint8Array.of(i));
    await rig.settle();
    const operations = rig.board.mockFlash.operationCount;
    const before = refused();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => rig.meter.device.receive(bytes)),
      { seed: 2, numRuns: 500 },
    );
    assert.equal(refused() - before, 500);
    assert.equal(rig.board.mockFlash.operationCount, operations);
    assert.deepEqual(faults(), []);
  });

  it("every single bit of a command matters: each flip is refused", async () => {
    const command = rig.desk.command(0x4f, [op("call", objects.supplyControl.id, 1, 0x33)]);
    const highest = rig.meter.device.counters.highest("supplier");
    for (let bit = 0; bit < command.length * 8; bit++) {
      const flipped = command.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const before = refused();
      await rig.meter.device.receive(flipped);
      assert.equal(refused(), before + 1, `bit ${bit}`);
    }
    assert.equal(rig.meter.device.counters.highest("supplier"), highest);
    await rig.meter.device.receive(command);
    assert.equal(rig.meter.device.counters.highest("supplier"), rig.desk.lastCounter);
    assert.deepEqual(faults(), []);
  });

  it("every truncation is refused, and so is a command with bytes after it", async () => {
    const command = rig.desk.command(0x4f, [op("call", objects.supplyControl.id, 1, 0x33)]);
    for (let length = 0; length < command.length; length++) {
      const before = refused();
      await rig.meter.device.receive(command.subarray(0, length));
      assert.equal(refused(), before + 1, `${length} bytes`);
    }
    const before = refused();
    await rig.meter.device.receive(Uint8Array.of(...command, 0));
    assert.equal(refused(), before + 1);
  });

  it("authentic commands with absurd values are answered or refused, never a fault", async () => {
    const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
        fc.boolean(),
        fc.constant(null),
        fc.string(),
        fc.uint8Array({ maxLength: 20 }),
        fc.array(tie("value"), { maxLength: 9 }),
      ),
    })).value;
    const cases = rig.meter.device.useCases;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...cases),
        fc.array(value, { minLength: 30, maxLength: 30 }),
        async (useCase, values) => {
          const operations = useCase.steps.map(({ kind, target, no }, i) =>
            op(kind, target.id, no, values[i % 30]),
          );
          const role = [...(rig.roles(useCase.code) ?? [])][0] ?? "supplier";
          await rig.meter.device.receive(rig.desk.command(useCase.code, operations, { from: role }));
        },
      ),
      { seed: 3, numRuns: 200 },
    );
    assert.deepEqual(faults(), []);
  });
});
