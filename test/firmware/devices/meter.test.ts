import assert from "node:assert/strict";
import { objects, } from "../../../firmware/model/index.ts";
import { Kind, type Response } from "../../../firmware/wire/message.ts";
import type { CutPoint } from "../../../hal/mock/flash.ts";
import { type MeterRig, meterRig, op, startUtcS } from "./rig.ts";

const enable = [op("call", objects.supplyControl.id, 1, 0x33)];

describe("the electricity meter", () => {
  let rig: MeterRig;
  beforeEach(async () => {
    rig = await meterRig();
    await rig.settle();
    rig.take();
  });
  async function ask(bytes: Uint8Array, by = rig.world.of("supplier")): Promise<Response | undefined> {
    rig.take();
    await rig.meter.device.receive(bytes);
    const answers = rig.take().map((message) => rig.desk.read<Response>(message, by));
    return answers.find(({ header }) => header.kind === Kind.response);
  }

  /** The results that are sealed in a response, as `role` opens them. */
  function reveal(response: Response | undefined, role: "supplier" | "networkOperator") {
    assert.ok(response);
    const hidden = rig.desk.hiddenOf(rig.world.of(role));
    assert.ok(hidden);
    return hidden.open(response.header, response.results[0]?.value as Uint8Array);
  }

  it("answers every read that it models: no operation of a command finds nobody", async () => {
    const reads = rig.meter.device.useCases.filter(({ steps }) => steps.every(({ kind }) => kind === "get"));
    assert.ok(reads.length >= 9);
    for (const { code, id, steps } of reads) {
      const operations = steps.map(({ kind, target, no }) => op(kind, target.id, no));
      const from = rig.roles(code)[0] ?? "supplier";
      const response = await ask(rig.desk.command(code, operations, { from }), rig.world.of(from));
      assert.ok(
        response?.results.every(({ status }) => status === 0),
        id,
      );
    }
  });

  it("seals sensitive values for the party that asked, and for nobody else", async () => {
    const response = await ask(rig.desk.command(0x27, [op("get", objects.importRegisters.id, 2)]));
    assert.equal(response?.results.length, 1);
    assert.equal(reveal(response, "supplier")?.[0]?.status, 0);
    assert.equal(reveal(response, "networkOperator"), undefined);
  });

  it("answers the ACB for a party it does not know, and names that party in the answer", async () => {
    const acb = rig.world.of("accessControlBroker");
    const party = "90B3D51F3FFF0001";
    const read = [op("get", objects.supplyState.id, 3)];
    const supplementary = { party, counter: 9n };
    const response = await ask(rig.desk.command(0x52, read, { from: acb, supplementary }), acb);
    assert.deepEqual(response?.header.supplementary, supplementary);
    assert.equal(response?.header.target, acb.eui);
  });

  it("sends an answer longer than the tunnel takes in blocks", async () => {
    await rig.meter.device.event("test", async () => {
      for (let i = 0; i < 100; i++)
        await rig.meter.device.eventLog.append({
          timeS: startUtcS + i,
          code: 0x8f57,
          other: new Uint8Array(8).fill(i),
        });
    })(undefined);
    const whole = await ask(rig.desk.command(0x48, [op("get", objects.eventLog.id, 2)]));
    const entries = whole?.results[0]?.value as [number, number, Uint8Array][];
    assert.deepEqual(
      entries.map(([timeS, , other]) => [timeS - startUtcS, other[7]]),
      Array.from({ length: 100 }, (_, i) => [i, i]),
    );
  });

  it("says that an answer is too long for blocks too, instead of falling silent", async () => {
    await rig.scheduler.runUntil(rig.scheduler.nowMs + 10_000 * 1_800_000);
    const command = rig.desk.command(0x37, [op("get", objects.importProfile.id, 2)]);
    assert.deepEqual(reveal(await ask(command), "supplier"), [{ status: 250 }]);
    const nowS = rig.meter.device.nowS();
    const range = [nowS - 48 * 1800, nowS];
    const shorter = await ask(rig.desk.command(0x37, [op("get", objects.importProfile.id, 2, range)]));
    assert.equal(
      (reveal(shorter, "supplier")?.[0]?.value as unknown[] | undefined)?.length,
      49,
      "both ends inclusive",
    );
  });

  it("answers a switch that fails with hardware-fault, and stays fit for the next command", async () => {
    await ask(rig.desk.command(0x50, [op("call", objects.supplyControl.id, 1, 0x34)]));
    rig.board.mockLoadSwitch.faults.stuckOpen = true;
    const failed = await ask(rig.desk.command(0x4f, enable));
    assert.deepEqual(failed?.results, [{ status: 1 }]);
    rig.board.mockLoadSwitch.faults.stuckOpen = false;
    assert.deepEqual((await ask(rig.desk.command(0x4f, enable)))?.results, [{ status: 0 }]);
  });

  it("replaces credentials whole or not at all, whatever flash operation the power fails at", async () => {
    const gaining = rig.world.party("supplier", "90B3D51F30030000");
    const cells = [
      [2, 1, 0],
      [2, 2, 0],
      [2, 2, 1],
    ];
    const certificates = cells.map((cell) => [
      rig.world.certificate(gaining, cell[1] === 1 ? "sign" : "agree"),
      cell,
    ]);
    const floors = [[2, 100, null]];
    const control = [7, null, null, [5, 1, 0], 50n, null, null, floors];
    const argument = [control, certificates, [], 0];
    const call = [op("call", objects.credentials.id, 1, argument)];
    const command = rig.desk.command(0x107, call, { from: "transitionalCoS", counter: 50n });
    const snapshot = rig.board.mockFlash.snapshot();
    const { mockFlash } = rig.board;
    let replaced = 0;
    let kept = 0;
    for (let i = 0; i < 6; i++)
      for (const point of ["before", "torn", "after"] as const satisfies readonly CutPoint[]) {
        await rig.settle();
        rig.board.powerOff();
        mockFlash.clearCut();
        mockFlash.restore(snapshot);
        await rig.reboot();
        mockFlash.cutPowerAt(mockFlash.operationCount + i, point);
        await rig.meter.device.receive(command);
        mockFlash.clearCut();
        await rig.reboot();
        const { anchors, counters } = rig.meter.device;
        const keys = ["sign", "agree"].flatMap((usage) =>
          (["management", "topUp"] as const).map(
            (cellUsage) => anchors.cell({ role: "supplier", usage: usage as "sign", cellUsage })?.holder,
          ),
        );
        const holders = new Set(keys.filter((holder) => holder !== undefined));
        assert.equal(holders.size, 1, `cut ${point} operation ${i}`);
        const done = holders.has(gaining.eui);
        assert.equal(counters.highest("transitionalCoS") === 50n, done, `cut ${point} operation ${i}`);
        assert.equal(counters.highest("supplier"), done ? 100n : 0n);
        if (done) replaced++;
        else kept++;
      }
    assert.ok(replaced > 0 && kept > 0, `${replaced} replaced, ${kept} kept`);
  });
});
