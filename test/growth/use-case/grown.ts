/** Run in a copy of the tree to which the sample has been added (`npm run growth`). */
import assert from "node:assert/strict";
import { useCaseByCode } from "../../../firmware/model/index.ts";
import type { Response } from "../../../firmware/wire/message.ts";
import { type MeterRig, meterRig, op } from "../../support/devices.ts";

const code = 0x0199;

describe("growth: the sample use case", () => {
  let rig: MeterRig;
  before(async () => {
    rig = await meterRig();
  });
  const steps = (): ReturnType<typeof op>[] =>
    (useCaseByCode(code)?.steps ?? []).map(({ target, no }) => op("get", target.id, no));

  it("is accepted from the supplier, and answered", async () => {
    assert.equal(steps().length, 2);
    await rig.meter.device.receive(rig.desk.command(code, steps()));
    const [answer, ...others] = rig.take();
    assert.equal(others.length, 0);
    const { header, results } = rig.desk.read<Response>(answer as Uint8Array, rig.world.of("supplier"));
    assert.deepEqual([header.code, header.counter], [code, rig.desk.lastCounter]);
    assert.deepEqual(results, [
      { status: 0, value: 1 },
      { status: 0, value: 0 },
    ]);
  });

  it("is refused from a network operator, who has no grant", async () => {
    const command = rig.desk.command(code, steps(), { from: "networkOperator", protection: "mac" });
    await rig.meter.device.receive(command);
    const refused = rig.observations.filter(({ kind }) => kind === "command-refused");
    assert.deepEqual(
      refused.map(({ reason }) => reason),
      ["role"],
    );
  });
});
