import assert from "node:assert/strict";
import { objects } from "../../../firmware/objects/dictionary.ts";
import type { Role } from "../../../firmware/security/access.ts";
import { type CellName, cellToValue } from "../../../firmware/security/cells.ts";
import { euiBytes } from "../../../firmware/security/eui.ts";
import { type Alert, NEVER, NOW, type Response, type Value } from "../../../firmware/wire/message.ts";
import { type MeterRig, meterRig, op, startUtcS, type TestParty } from "../devices/rig.ts";

const { id } = objects.credentials;
const cell = (role: Role, usage: CellName["usage"], cellUsage: 0 | 1 = 0): CellName => ({
  role,
  usage,
  cellUsage,
});
const supplierCells = [cell("supplier", "sign"), cell("supplier", "agree"), cell("supplier", "agree", 1)];
const modes = { supplier: 2, networkOperator: 3, accessControlBroker: 4, transitionalCoS: 6 } as const;
type Mode = 2 | 3 | 4 | 6 | 7;

interface Order {
  readonly from: Role;
  readonly mode: Mode;
  readonly set: readonly (readonly [certificate: Uint8Array, cell: CellName])[];
  readonly counter?: bigint;
  readonly saysCounter?: bigint;
  readonly saysMode?: number;
  readonly authoriserFloor?: bigint;
  readonly floors?: readonly (readonly [Uint8Array, bigint | number])[];
  readonly executionS?: number;
  readonly path?: readonly Uint8Array[];
}

describe("trust anchor cells (CS02b, CS02a)", () => {
  let rig: MeterRig;
  let counter: bigint;
  beforeEach(async () => {
    rig = await meterRig();
    counter = 5000n;
  });

  const certs = (party: TestParty, cells = supplierCells) =>
    cells.map((name) => [rig.world.certificate(party, name.usage), name] as const);
  const newSupplier = () => rig.world.party("supplier", "90B3D51F30030000");

  async function send(order: Order): Promise<Value | undefined> {
    const at = order.counter ?? ++counter;
    const authoriser = cell(order.from, order.from === "accessControlBroker" ? "agree" : "sign");
    const argument: Value = [
      order.saysMode ?? order.mode,
      cellToValue(authoriser),
      order.saysCounter ?? at,
      order.authoriserFloor ?? 0,
      order.floors ?? [],
      order.set.map(([certificate, name]) => [certificate, cellToValue(name)]),
      order.path ?? [],
      order.executionS ?? NOW,
    ];
    rig.take();
    const code = 0x100 + order.mode;
    await rig.meter.device.receive(
      rig.desk.command(code, [op("call", id, 1, argument)], { from: order.from, counter: at }),
    );
    const [response] = rig.take();
    if (response === undefined) return undefined;
    const [result] = rig.desk.read<Response>(response, rig.world.of(order.from)).results;
    return result?.value;
  }
  const outcomes = (value: Value | undefined) => {
    const [accepted, cells] = value as [boolean, [Value, number][]];
    return [accepted, ...cells.map(([, code]) => code)];
  };
  const holderOf = (name: CellName) => rig.meter.device.anchors.cell(name)?.holder;

  it("replaces all of a supplier's cells by the transitional CoS, and sets the new supplier's floor", async () => {
    const gaining = newSupplier();
    const floors = [[euiBytes(gaining.eui), 100n]] as const;
    const value = await send({ from: "transitionalCoS", mode: 7, set: certs(gaining), floors });
    assert.deepEqual(outcomes(value), [true, 0, 0, 0]);
    const [, [first]] = value as unknown as [boolean, [Value, number, Uint8Array, Uint8Array][]];
    assert.deepEqual(first?.[2], euiBytes("90B3D51F30010000"));
    assert.deepEqual(first?.[3], euiBytes(gaining.eui));
    for (const name of supplierCells) assert.equal(holderOf(name), gaining.eui);

    const enable = [op("call", objects.supplyControl.id, 1, 0x33)];
    const reasons: unknown[] = [];
    for (const from of ["supplier", gaining] as const)
      for (const at of [100n, 101n]) {
        rig.observations.length = 0;
        await rig.meter.device.receive(
          rig.desk.command(0x4f, enable, { from, counter: at, protection: "signature+mac" }),
        );
        reasons.push(rig.observations.find(({ kind }) => kind === "command-refused")?.reason ?? "accepted");
      }
    assert.deepEqual(reasons, ["unknown-party", "unknown-party", "replay", "accepted"]);
  });

  it("logs 8F70, and holds the new anchors after a restart", async () => {
    const gaining = newSupplier();
    await send({ from: "transitionalCoS", mode: 7, set: certs(gaining) });
    await rig.reboot();
    assert.equal(holderOf(cell("supplier", "sign")), gaining.eui);
    assert.ok(rig.meter.device.securityLog.entries().some(({ code }) => code === 0x8f70));
  });

  for (const role of ["supplier", "networkOperator", "accessControlBroker", "transitionalCoS"] as const)
    it(`lets the ${role} replace its own cells`, async () => {
      const own = rig.world.party(role, rig.world.of(role).eui);
      const cells = role === "accessControlBroker" ? [cell(role, "agree")] : [cell(role, "sign")];
      assert.deepEqual(outcomes(await send({ from: role, mode: modes[role], set: certs(own, cells) })), [
        true,
        0,
      ]);
      assert.deepEqual(
        rig.meter.device.anchors.cell(cells[0] as CellName)?.publicKey,
        role === "accessControlBroker" ? own.agreePublic : own.signer.publicKey,
      );
    });

  it("answers each bad cell with its code, and then changes none", async () => {
    const gaining = newSupplier();
    const good = (name: CellName) => rig.world.certificate(gaining, name.usage);
    const foreign = rig.world.party("root", "90B3D51F30FF0000");
    const [sign, agree, prepay] = supplierCells as [CellName, CellName, CellName];
    const notOnMeter = cell("wanProvider", "sign");
    const before = rig.meter.device.journal.get("anchor/2/1/0");
    const cases: [name: string, set: Order["set"], codes: (number | boolean)[]][] = [
      [
        "role of the certificate",
        [[rig.world.certificate(gaining, "sign", { role: "networkOperator" }), sign]],
        [false, 5],
      ],
      [
        "usage of the certificate",
        [
          [good(agree), sign],
          [good(prepay), prepay],
        ],
        [false, 5, 127],
      ],
      ["issuer", [[signedBy(gaining, foreign), sign]], [false, 5]],
      ["not a certificate", [[Uint8Array.of(1, 2, 3), sign]], [false, 5]],
      ["expired", [[rig.world.certificate(gaining, "sign", { notAfterS: startUtcS - 1 }), sign]], [false, 5]],
      ["a device's own", [[rig.world.certificate(gaining, "sign", { role: "device" }), sign]], [false, 5]],
      [
        "holder that has another role",
        [[rig.world.certificate(gaining, "sign", { subject: "90B3D51F30020000" }), sign]],
        [false, 5],
      ],
      ["cell the device has not", [[good(sign), notOnMeter]], [false, 25]],
      ["cell of another role", [[good(sign), cell("networkOperator", "sign")]], [false, 127]],
      [
        "cell named twice",
        [
          [good(sign), sign],
          [good(sign), sign],
        ],
        [false, 127, 127],
      ],
    ];
    for (const [name, set, codes] of cases) {
      assert.deepEqual(outcomes(await send({ from: "transitionalCoS", mode: 7, set })), codes, name);
      assert.deepEqual(rig.meter.device.journal.get("anchor/2/1/0"), before, name);
    }
  });

  function signedBy(holder: TestParty, issuer: TestParty): Uint8Array {
    const real = rig.world.root;
    const fake = Object.create(rig.world, {
      root: { value: { ...issuer, eui: real.eui } },
    }) as typeof rig.world;
    return fake.certificate(holder, "sign");
  }

  it("does not accept an argument that disagrees with the command's header", async () => {
    const set = certs(newSupplier());
    for (const wrong of [{ saysCounter: 1n }, { saysMode: 3 }, { set: [] }])
      assert.deepEqual(outcomes(await send({ from: "transitionalCoS", mode: 7, set, ...wrong })), [false]);
  });

  it("never lowers the counter of a holder that stays", async () => {
    const own = rig.world.party("supplier", rig.world.of("supplier").eui);
    await send({
      from: "supplier",
      mode: 2,
      set: certs(own),
      floors: [[euiBytes(own.eui), 1]],
      authoriserFloor: 2n,
    });
    assert.equal(rig.meter.device.counters.highest("supplier"), counter);
    const raised = await send({ from: "networkOperator", mode: 3, authoriserFloor: 9000n, set: noCerts() });
    assert.deepEqual(outcomes(raised), [true, 0]);
    assert.equal(rig.meter.device.counters.highest("networkOperator"), 9000n);
  });
  const noCerts = () => certs(rig.world.of("networkOperator"), [cell("networkOperator", "sign")]);

  describe("future-dated", () => {
    const dueS = startUtcS + 600;
    const outcomeAlerts = () =>
      rig.take().map((bytes) => rig.desk.read<Alert>(bytes, rig.world.of("transitionalCoS")));

    it("replaces when the time comes, and reports by alert 00CB", async () => {
      const gaining = newSupplier();
      const value = await send({ from: "transitionalCoS", mode: 7, set: certs(gaining), executionS: dueS });
      assert.deepEqual(value, [true, []]);
      const old = holderOf(supplierCells[0] as CellName);
      assert.notEqual(old, gaining.eui);
      await rig.scheduler.runUntil(599_000);
      assert.equal(holderOf(supplierCells[0] as CellName), old);
      await rig.scheduler.runUntil(601_000);
      assert.equal(holderOf(supplierCells[0] as CellName), gaining.eui);
      const [alert] = outcomeAlerts();
      assert.equal(alert?.header.code, 0x00cb);
      assert.equal(alert?.alertCode, 0x8f66);
      const body = alert?.values[0] as Uint8Array;
      assert.equal(new DataView(body.buffer, body.byteOffset).getUint16(0), 0x0107);
      assert.equal(new DataView(body.buffer, body.byteOffset).getBigUint64(2), counter);
    });

    it("survives a restart, and reports failure when a certificate has expired by then", async () => {
      const set = [
        [rig.world.certificate(newSupplier(), "sign", { notAfterS: dueS - 1 }), supplierCells[0]],
      ] as Order["set"];
      assert.deepEqual(await send({ from: "transitionalCoS", mode: 7, set, executionS: dueS }), [true, []]);
      await rig.reboot();
      await rig.scheduler.runUntil(601_000);
      const [alert] = outcomeAlerts();
      assert.equal(alert?.alertCode, 0x8f67);
      assert.equal(holderOf(supplierCells[0] as CellName), "90B3D51F30010000");
    });

    it("is cancelled by NEVER, and replaced by a newer command", async () => {
      const gaining = newSupplier();
      await send({ from: "transitionalCoS", mode: 7, set: certs(gaining), executionS: dueS });
      const cancelled = await send({
        from: "transitionalCoS",
        mode: 7,
        set: certs(gaining),
        executionS: NEVER,
      });
      assert.deepEqual(cancelled, [true, []]);
      await rig.scheduler.runUntil(601_000);
      assert.equal(outcomeAlerts().length, 0);

      const later = rig.world.party("supplier", "90B3D51F30040000");
      await send({ from: "transitionalCoS", mode: 7, set: certs(gaining), executionS: dueS + 600 });
      await send({ from: "transitionalCoS", mode: 7, set: certs(later), executionS: dueS + 1200 });
      await rig.scheduler.runUntil(1_900_000);
      assert.equal(outcomeAlerts().length, 1);
      assert.equal(holderOf(supplierCells[0] as CellName), later.eui);
    });

    it("is refused where the use case cannot be future-dated", async () => {
      const value = await send({ from: "networkOperator", mode: 3, set: noCerts(), executionS: dueS });
      assert.equal((value as [boolean])[0], false);
    });
  });

  it("reads cells with holder, key id and counter; an unknown cell is empty (CS02a)", async () => {
    const ask = [cell("supplier", "sign"), cell("root", "certify"), cell("wanProvider", "sign")].map(
      cellToValue,
    );
    await rig.meter.device.receive(rig.desk.command(0x4f, [op("call", objects.supplyControl.id, 1, 0x33)]));
    rig.take();
    for (const from of ["accessControlBroker", "transitionalCoS"] as const) {
      await rig.meter.device.receive(rig.desk.command(0x0008, [op("call", id, 2, ask)], { from }));
      const [response] = rig.take();
      const [result] = rig.desk.read<Response>(response as Uint8Array, rig.world.of(from)).results;
      const [supplier, root, wanProvider] = (result?.value ?? []) as [
        Value,
        Uint8Array,
        Uint8Array,
        number,
      ][];
      assert.deepEqual(supplier?.[1], euiBytes("90B3D51F30010000"));
      assert.equal(supplier?.[2].length, 8);
      assert.equal(supplier?.[3], 1001);
      assert.equal(root?.[1].length, 8);
      assert.deepEqual(wanProvider?.slice(1), [new Uint8Array(), new Uint8Array(), 0]);
    }
  });
});
