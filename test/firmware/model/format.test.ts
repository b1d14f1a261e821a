import assert from "node:assert/strict";
import {
  type AttributeValue,
  type MessageId,
  type MethodArgument,
  matchSteps,
  type Objects,
  objects,
  type PlainOperation,
  type Serving,
  useCase,
} from "../../../firmware/model/index.ts";

const { supplyControl, clock, deviceLog, loadLimitCounter, supplyState } = objects;
const faultOf = (id: MessageId, operations: readonly PlainOperation[]): string => {
  const matched = matchSteps(useCase(id), operations);
  assert.equal(typeof matched, "string", `${id} was accepted`);
  return matched as string;
};
const script = (value: number): PlainOperation[] => [
  { kind: "call", object: supplyControl.id, member: 1, value },
];

describe("model: the format check", () => {
  it("ECS42, enable, is refused with any script but its own", () => {
    assert.equal(typeof matchSteps(useCase("ECS42"), script(0x33)), "object");
    for (const other of [0x34, 0x36, 0, 0xffff])
      assert.match(
        faultOf("ECS42", script(other)),
        /supplyControl\.execute: expected 51, as the use case has it/,
      );
  });

  it("ECS43 and ECS44 hold their own scripts likewise", () => {
    for (const [id, own, other] of [
      ["ECS43", 0x34, 0x33],
      ["ECS44", 0x36, 0x34],
    ] as const) {
      assert.equal(typeof matchSteps(useCase(id), script(own)), "object");
      assert.match(faultOf(id, script(other)), /expected/);
    }
  });

  it("refuses a step that is missing, added, out of order, or of another kind, and names it", () => {
    const read = { kind: "get", object: supplyState.id, member: 3 } as const;
    assert.equal(typeof matchSteps(useCase("ECS45"), [read]), "object");
    assert.match(
      faultOf("ECS45", []),
      /operation 1 of ECS45: expected get supplyState\.controlState, got the end/,
    );
    assert.match(faultOf("ECS45", [read, read]), /operation 2 of ECS45: expected the end, got get/);
    assert.match(faultOf("ECS45", [{ ...read, kind: "set", value: 1 }]), /expected get/);
    assert.match(faultOf("ECS45", [{ ...read, member: 2 }]), /expected get/);
    assert.match(faultOf("ECS45", [{ ...read, object: 1 }]), /expected get/);
  });

  it("refuses a value of another type, with its place by name", () => {
    const eui = new Uint8Array(8);
    const register = [eui, 1, new Uint8Array(17), 0];
    const operations: PlainOperation[] = [
      { kind: "call", object: deviceLog.id, member: 1, value: register },
      { kind: "set", object: deviceLog.id, member: 3, value: 90 },
      { kind: "set", object: deviceLog.id, member: 2, value: true },
    ];
    assert.match(faultOf("CCS01", operations), /deviceLog\.register\.key: expected 0 to 16 octets, got 17 octets/);
    operations[0] = { ...operations[0]!, value: [eui, 1, new Uint8Array(16), 4] };
    assert.match(faultOf("CCS01", operations), /deviceType: expected one of 0 ESME/);
    operations[0] = { ...operations[0]!, value: [eui, 1, new Uint8Array(16), 1] };
    assert.equal(typeof matchSteps(useCase("CCS01"), operations), "object");
    operations[2] = { ...operations[2]!, value: false };
    assert.match(faultOf("CCS01", operations), /joiningEnabled: expected true/);
  });

  it("lets optional steps be left out, one by one, and in their order only", () => {
    const { demandImport, configurableDemandImport, demandExport } = objects;
    const resets = [demandImport, configurableDemandImport, demandExport].map(
      ({ id }): PlainOperation => ({ kind: "call", object: id, member: 1, value: 0 }),
    );
    for (let chosen = 0; chosen < 8; chosen++) {
      const some = resets.filter((_, i) => chosen & (1 << i));
      assert.equal(typeof matchSteps(useCase("ECS57"), some), "object", String(chosen));
    }
    assert.match(faultOf("ECS57", [...resets].reverse()), /expected the end/);
    assert.match(faultOf("ECS57", [resets[0]!, resets[0]!]), /expected the end/);
  });

  it("lets repeated steps stand as often as the row says", () => {
    const { prepayment } = objects;
    const get = { kind: "call", object: prepayment.id, member: 7, value: [0, 0, 0, 0] } as const;
    assert.equal(typeof matchSteps(useCase("GCS16b"), Array(31).fill(get)), "object");
    assert.match(faultOf("GCS16b", Array(30).fill(get)), /operation 31/);
    assert.match(faultOf("GCS16b", Array(32).fill(get)), /expected the end/);
  });

  it("lets a log be read whole or in a range", () => {
    const { eventLog } = objects;
    const get = { kind: "get", object: eventLog.id, member: 2 } as const;
    assert.equal(typeof matchSteps(useCase("ECS35a"), [get]), "object");
    assert.equal(typeof matchSteps(useCase("ECS35a"), [{ ...get, value: [0, 5] }]), "object");
    assert.match(faultOf("ECS35a", [{ ...get, value: [0] }]), /expected 2 members/);
  });
});

describe("model: serving an object", () => {
  interface Origin {
    readonly role: string;
  }
  it("takes typed handlers by the names of the tables", async () => {
    const seen: unknown[] = [];
    const control: Serving<Objects["supplyControl"], Origin, number> = {
      execute: (argument: number, origin) => {
        seen.push(argument, origin.role);
        return { value: null };
      },
    };
    const counter: Serving<Objects["loadLimitCounter"], Origin, number> = {
      value: { get: () => ({ value: 3 }) },
      scalerUnit: { get: () => ({ value: { scaler: 0, unit: "count" } }) },
      reset: () => ({ status: 1 }),
    };
    await control.execute(0x33, { role: "supplier" });
    assert.deepEqual(seen, [0x33, "supplier"]);
    assert.deepEqual(await counter.scalerUnit.get(undefined), { value: { scaler: 0, unit: "count" } });
    assert.equal(loadLimitCounter.attributes.value.access, "get");
  });

  it("is refused by the compiler when a member is missing, misspelt or of another type", () => {
    // @ts-expect-error: `execute` is missing
    const missing: Serving<Objects["supplyControl"], Origin, number> = {};
    // @ts-expect-error: misspelt
    const misspelt: Serving<Objects["supplyControl"], Origin, number> = { exectue: () => ({ value: null }) };
    // @ts-expect-error: a supply has no such state
    const state: AttributeValue<Objects["supplyState"], "controlState"> = "on";
    // @ts-expect-error: a registration has a key
    const argument: MethodArgument<Objects["deviceLog"], "register"> = {
      device: new Uint8Array(8),
      keyType: "installCode",
    };
    assert.equal([missing, misspelt, state, argument].length, 4);
    assert.equal(clock.methods.presetAdjusting.argument.fields.preset.kind, "moment");
  });
});
