import assert from "node:assert/strict";
import {
  type CellName,
  cellText,
  cellUsages,
  keyUsages,
  objects,
  type Role,
  roles,
} from "../../../firmware/model/index.ts";
import { type Alert, Kind, NEVER, NOW, type Response, type Value } from "../../../firmware/wire/message.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { euiBytes } from "../../../hal/base/eui64.ts";
import type { CutPoint } from "../../../hal/mock/flash.ts";
import { type MeterRig, meterRig, op, startUtcS, type TestParty, type World } from "../../support/devices.ts";

const { id } = objects.credentials;
const cell = (
  role: Role,
  usage: CellName["usage"],
  cellUsage: CellName["cellUsage"] = "management",
): CellName => ({
  role,
  usage,
  cellUsage,
});
/** As the wire has it. */
const cellToValue = ({ role, usage, cellUsage }: CellName): Value => [
  roles[role].number,
  keyUsages[usage].number,
  cellUsages[cellUsage],
];
const supplierCells = [
  cell("supplier", "sign"),
  cell("supplier", "agree"),
  cell("supplier", "agree", "topUp"),
];
const modes = { supplier: 2, networkOperator: 3, accessControlBroker: 4, transitionalCoS: 6 } as const;
type Mode = 0 | 2 | 3 | 4 | 6 | 7 | 8 | 9;
/** Of what waits, or was cancelled: accepted, and no outcome. */
const bareAcceptance = { status: 0, value: [null, null] };
/** Outcome, old holder and key id, new holder and key id of one cell; floors put in force. */
interface Answer {
  readonly counter: bigint;
  readonly mode: number;
  readonly floors: readonly Value[];
  readonly codes: readonly number[];
  readonly cells: readonly (readonly [Value, number, Uint8Array, Uint8Array, Uint8Array, Uint8Array])[];
}

interface Order {
  readonly from: Role;
  readonly mode: Mode;
  readonly set: readonly (readonly [certificate: Uint8Array, cell: CellName])[];
  readonly counter?: bigint;
  readonly saysCounter?: bigint;
  readonly saysMode?: number;
  readonly saysCell?: CellName | null;
  readonly symmetricKey?: Uint8Array;
  readonly timeChecks?: number;
  readonly authoriserFloor?: bigint;
  readonly authoriserTopUpFloor?: bigint;
  readonly floors?: readonly (readonly [Role, bigint, bigint?])[];
  readonly as?: TestParty;
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

  function argumentOf(order: Order, at: bigint): Value {
    const { mode, from, saysCell = mode === 4 || mode === 9 ? null : cell(from, "sign") } = order;
    const topUp = (floor: bigint | undefined) => (floor === undefined ? null : [[0, floor]]);
    const { floors = [] } = order;
    return [
      [
        order.saysMode ?? mode,
        order.symmetricKey ?? null,
        order.timeChecks ?? null,
        saysCell === null ? null : cellToValue(saysCell),
        order.saysCounter ?? at,
        order.authoriserFloor ?? null,
        topUp(order.authoriserTopUpFloor),
        floors.length === 0
          ? null
          : floors.map(([role, floor, top]) => [roles[role].number, floor, topUp(top)]),
      ],
      order.set.map(([certificate, name]) => [certificate, cellToValue(name)]),
      order.path ?? [],
      order.executionS ?? NOW,
    ];
  }
  function commandOf(order: Order): Uint8Array {
    const at = order.counter ?? ++counter;
    const operations = [op("call", id, 1, argumentOf(order, at))];
    return rig.desk.command(0x100 + order.mode, operations, { from: order.as ?? order.from, counter: at });
  }
  const resultOf = (response: Uint8Array, from: TestParty) =>
    rig.desk.read<Response>(response, from).results[0];

  /** The one result of a CS02b; undefined when it was not answered, be it told of by an alert. */
  async function ask(order: Order) {
    rig.take();
    await rig.meter.device.receive(commandOf(order));
    const [response] = rig
      .take()
      .filter((bytes) => suites.cose.wire.peek(bytes).header.kind === Kind.response);
    return response && resultOf(response, order.as ?? rig.world.of(order.from));
  }
  /** The answer of one that was judged at once. */
  async function send(order: Order): Promise<Answer> {
    const result = await ask(order);
    assert.equal(result?.status, 0);
    return answerOf(result?.value);
  }
  const answerOf = (reply: Value | undefined): Answer => toldOf((reply as readonly Value[])[1]);
  function toldOf(outcome: Value | undefined): Answer {
    const [at, mode, floors, cells] = outcome as unknown as [number, number, Value[], Answer["cells"]];
    return { counter: BigInt(at), mode, floors, cells, codes: cells.map(([, code]) => code) };
  }
  /** "accepted" or why not, of a command that enables the supply, or reads (a MAC alone) when `code` says so. */
  async function outcome(from: Role | TestParty, at: bigint): Promise<unknown> {
    const enable = [op("call", objects.supplyControl.id, 1, 0x33)];
    return play(rig.desk.command(0x4f, enable, { from, counter: at, protection: "signature+mac" }));
  }
  const resetCounter = (from: Role | TestParty, at: bigint) =>
    rig.desk.command(0x44, [op("call", objects.loadLimitCounter.id, 1, 0)], {
      from,
      counter: at,
      protection: "mac",
    });
  async function play(bytes: Uint8Array): Promise<unknown> {
    rig.observations.length = 0;
    await rig.meter.device.receive(bytes);
    rig.take();
    return rig.observations.find(({ kind }) => kind === "command-refused")?.reason ?? "accepted";
  }
  const holderOf = (name: CellName) => rig.meter.device.anchors.cell(name)?.holder;

  it("replaces all of a supplier's cells by the transitional CoS, and sets the new supplier's floor", async () => {
    const gaining = newSupplier();
    const order = {
      from: "transitionalCoS",
      mode: 7,
      set: certs(gaining),
      floors: [["supplier", 100n, 7n]],
    } as const;
    rig.observations.length = 0;
    const { codes } = await send(order);
    assert.deepEqual(codes, [0, 0, 0]);
    for (const name of supplierCells) assert.equal(holderOf(name), gaining.eui);
    const told = rig.observations.filter(({ kind }) => kind === "credentials").map(({ cells }) => cells);
    assert.deepEqual(told, [supplierCells.map((name) => [cellText(name), gaining.eui])]);
    assert.equal(rig.meter.device.counters.highestTopUp("supplier", gaining.eui), 7n);
    const reasons: unknown[] = [];
    for (const from of ["supplier", gaining] as const)
      for (const at of [100n, 101n]) reasons.push(await outcome(from, at));
    assert.deepEqual(reasons, ["unknown-party", "unknown-party", "replay", "accepted"]);
  });

  it("answers with mode, authoriser's counter, floors put in force, and each cell's holders and key ids", async () => {
    const gaining = newSupplier();
    const before = supplierCells.map((name) => rig.meter.device.anchors.cell(name));
    const set = [...certs(gaining).slice(0, 2), [Uint8Array.of(1), supplierCells[2]]] as Order["set"];
    const answer = await send({ from: "transitionalCoS", mode: 7, set, floors: [["supplier", 0n, 9n]] });
    assert.equal(answer.counter, counter);
    assert.equal(answer.mode, 7);
    assert.deepEqual(answer.floors, [[2, 0, [[0, 9]]]]);
    const old = (i: number) => [euiBytes("90B3D51F30010000"), before[i]?.keyId];
    const keyIdOf = (key: Uint8Array) => rig.world.crypto.sha256(key).slice(0, 8);
    assert.deepEqual(answer.cells, [
      [[2, 1, 0], 0, ...old(0), euiBytes(gaining.eui), keyIdOf(gaining.signer.publicKey)],
      [[2, 2, 0], 0, ...old(1), euiBytes(gaining.eui), keyIdOf(gaining.agreePublic)],
      [[2, 2, 1], 5, ...old(2), ...old(2)],
    ]);
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
      const { codes, floors } = await send({ from: role, mode: modes[role], set: certs(own, cells) });
      assert.deepEqual(codes, [0]);
      assert.deepEqual(floors, [], "what is not named stays as it is");
      assert.deepEqual(
        rig.meter.device.anchors.cell(cells[0] as CellName)?.publicKey,
        role === "accessControlBroker" ? own.agreePublic : own.signer.publicKey,
      );
    });

  it("lets the supplier replace the root by one that the old root certifies, and no other", async () => {
    const root = rig.world.party("root", "90B3D51F30FF0002");
    const rootCell = cell("root", "certify");
    const self = { ...root, eui: rig.world.root.eui };
    const abnormal = signedBy(root, self, "certify");
    const order = { from: "supplier", mode: 0, set: [[abnormal, rootCell]] } as const;
    assert.deepEqual((await send(order)).codes, [10]);
    const set = [[rig.world.certificate(root, "certify"), rootCell]] as const;
    assert.deepEqual((await send({ ...order, set })).codes, [0]);
    assert.equal(holderOf(rootCell), root.eui);
    const bySecond = await send({ from: "supplier", mode: 2, set: certs(rig.world.of("supplier")) });
    assert.deepEqual(bySecond.codes, [10, 10, 10], "what the old root certified is certified no more");
  });

  it("lets the recovery party replace any cell by its signature alone, and set floors by role", async () => {
    const [gaining, operator] = [newSupplier(), rig.world.party("networkOperator", "90B3D51F30050000")];
    const set = [...certs(gaining), ...certs(operator, [cell("networkOperator", "agree")])];
    const floors = [
      ["supplier", 3n, 4n],
      ["networkOperator", 9n],
      ["wanProvider", 5n],
    ] as const;
    const answer = await send({ from: "recovery", mode: 8, set, floors, authoriserFloor: 0n });
    assert.deepEqual(answer.codes, [0, 0, 0, 0]);
    assert.deepEqual(
      answer.floors,
      [
        [1, 0, null],
        [2, 3, [[0, 4]]],
        [3, 9, null],
      ],
      "the meter has no WAN provider",
    );
    assert.equal(rig.meter.device.counters.highest("networkOperator", operator.eui), 9n);
    assert.equal(rig.meter.device.counters.highest("recovery", rig.world.of("recovery").eui), counter);
  });

  describe("by the contingency key", () => {
    const rootCell = cell("root", "certify");
    const selfIssued = (root: TestParty, over: Parameters<World["certificate"]>[2] = {}) =>
      signedBy(root, root, "certify", over);
    const order = (set: Order["set"], over: Partial<Order> = {}): Order => {
      const as = { ...rig.world.root, signer: rig.world.contingency.signer };
      return { from: "root", as, mode: 9, symmetricKey: rig.world.contingency.symmetricKey, set, ...over };
    };
    const newRoot = () => rig.world.party("root", "90B3D51F30FF0009");

    it("replaces a root by one that nobody certified, and then by it all others, in one command", async () => {
      const root = newRoot();
      const gaining = newSupplier();
      const sign = supplierCells[0] as CellName;
      const set = [
        [selfIssued(root), rootCell],
        [signedBy(gaining, root), sign],
      ] as const;
      assert.deepEqual((await send(order(set))).codes, [0, 0]);
      assert.equal(holderOf(rootCell), root.eui);
      assert.equal(holderOf(sign), gaining.eui);
      await rig.reboot();
      assert.equal(holderOf(rootCell), root.eui);
      assert.equal(
        rig.meter.device.anchors.contingencyVerifier(rig.world.contingency.symmetricKey),
        undefined,
      );
    });

    it("goes on with the contingency key of the new root", async () => {
      const wrapped = rig.world.contingency.wrapped;
      const root = newRoot();
      assert.deepEqual(
        (await send(order([[selfIssued(root, { contingency: wrapped }), rootCell]]))).codes,
        [0],
      );
      await rig.reboot();
      const next = order([[selfIssued(newRoot()), rootCell]]);
      const as = { ...root, signer: rig.world.contingency.signer };
      assert.deepEqual((await send({ ...next, as })).codes, [0]);
    });

    it("is refused by another key, another symmetric key, without one, or from another party", async () => {
      const set = [[selfIssued(newRoot()), rootCell]] as const;
      const stranger = rig.world.party("root", rig.world.root.eui);
      const wrongKey = new Uint8Array(32).fill(1);
      const play = async (over: Partial<Order>) => {
        rig.observations.length = 0;
        await rig.meter.device.receive(commandOf(order(set, over)));
        return rig.observations.find(({ kind }) => kind === "command-refused")?.reason;
      };
      assert.equal(await play({ as: stranger }), "signature");
      assert.equal(
        await play({ as: rig.world.root }),
        "signature",
        "the root's own key certifies, and signs nothing",
      );
      assert.equal(await play({ symmetricKey: wrongKey }), "signature");
      assert.equal(await play({ symmetricKey: undefined as never }), "signature");
      assert.equal(await play({ as: { ...stranger, eui: "90B3D51F30FF000A" } }), "unknown-party");
      assert.equal(await play({ as: rig.world.of("recovery") }), "role");
      assert.equal(holderOf(rootCell), rig.world.root.eui);
    });

    it("believes no root that its own key has not signed, nor a doctored one", async () => {
      const root = newRoot();
      const forged = signedBy(root, { ...newRoot(), eui: root.eui }, "certify");
      const supplier = selfIssued({ ...newSupplier() }, { role: "supplier" });
      for (const [certificate, code] of [
        [forged, 5],
        [supplier, 5],
        [rig.world.certificate(root, "certify"), 10],
      ] as const)
        assert.deepEqual((await send(order([[certificate, rootCell]]))).codes, [code]);
    });

    it("may not be replayed, nor play as another mode", async () => {
      const bytes = commandOf(order([[selfIssued(newRoot()), rootCell]]));
      rig.take();
      await rig.meter.device.receive(bytes);
      rig.observations.length = 0;
      await rig.meter.device.receive(bytes);
      const reason = rig.observations.find(({ kind }) => kind === "command-refused")?.reason;
      assert.equal(reason, "unknown-party", "the old root's name is gone with it");
      const key = { symmetricKey: rig.world.contingency.symmetricKey };
      const set = certs(newSupplier());
      assert.deepEqual(await ask({ from: "recovery", mode: 8, set, ...key }), { status: 250 });
    });
  });

  it("answers each bad cell with its code, keeps its key, and replaces the others all the same", async () => {
    const gaining = newSupplier();
    const good = (name: CellName) => rig.world.certificate(gaining, name.usage);
    const foreign = rig.world.party("root", "90B3D51F30FF0000");
    const [sign, agree, prepay] = supplierCells as [CellName, CellName, CellName];
    const before = rig.meter.device.journal.get("anchor/2/1/0");
    const expired = { notAfterS: startUtcS - 1 };
    const broken = good(sign).slice();
    broken[broken.length - 1] = (broken.at(-1) as number) ^ 1;
    const bad: [name: string, set: Order["set"], code: number][] = [
      [
        "role of the certificate",
        [[rig.world.certificate(gaining, "sign", { role: "networkOperator" }), sign]],
        5,
      ],
      ["usage of the certificate", [[good(agree), sign]], 5],
      ["issuer", [[signedBy(gaining, foreign), sign]], 10],
      ["signature", [[broken, sign]], 5],
      ["not a certificate", [[Uint8Array.of(1, 2, 3), sign]], 5],
      ["expired", [[rig.world.certificate(gaining, "sign", expired), sign]], 5],
      ["a device's own", [[rig.world.certificate(gaining, "sign", { role: "device" }), sign]], 5],
      [
        "holder that has another role",
        [[rig.world.certificate(gaining, "sign", { subject: "90B3D51F30020000" }), sign]],
        5,
      ],
      ["cell the device has not", [[good(sign), cell("wanProvider", "sign")]], 25],
      ["cell of another role", [[good(sign), cell("networkOperator", "sign")]], 127],
    ];
    for (const [name, set, code] of bad) {
      const { codes } = await send({
        from: "transitionalCoS",
        mode: 7,
        set: [...set, [good(prepay), prepay]],
      });
      assert.deepEqual(codes, [code, 0], name);
      assert.deepEqual(rig.meter.device.journal.get("anchor/2/1/0"), before, name);
      assert.equal(holderOf(prepay), gaining.eui, name);
    }
    const twice = [
      [good(sign), sign],
      [good(sign), sign],
    ] as const;
    assert.deepEqual((await send({ from: "transitionalCoS", mode: 7, set: twice })).codes, [0, 127]);
  });

  it("logs 8F70 once a command, and not at all when nothing was replaced", async () => {
    const entries = () => rig.meter.device.securityLog.entries().filter(({ code }) => code === 0x8f70).length;
    await send({ from: "transitionalCoS", mode: 7, set: [[Uint8Array.of(1), supplierCells[0] as CellName]] });
    assert.equal(entries(), 0);
    await send({ from: "transitionalCoS", mode: 7, set: certs(newSupplier()) });
    assert.equal(entries(), 1);
  });

  it("lets no holder in under two roles by one command", async () => {
    const twin = rig.world.party("supplier", "90B3D51F30060000");
    const asOperator = rig.world.certificate(twin, "sign", { role: "networkOperator" });
    const set = [
      ...certs(twin, [supplierCells[0] as CellName]),
      [asOperator, cell("networkOperator", "sign")],
    ] as const;
    assert.deepEqual((await send({ from: "recovery", mode: 8, set })).codes, [0, 5]);
  });

  it("looks at validity periods unless told not to", async () => {
    const set = [
      [rig.world.certificate(newSupplier(), "sign", { notAfterS: startUtcS - 1 }), supplierCells[0]],
    ];
    const order = { from: "transitionalCoS", mode: 7, set: set as unknown as Order["set"] } as const;
    assert.deepEqual((await send(order)).codes, [5]);
    assert.deepEqual((await send({ ...order, timeChecks: 1 })).codes, [0]);
  });

  it("looks at no validity period while it has no time", async () => {
    rig.board.mockClock.loseRtc();
    await rig.reboot();
    const set = [[rig.world.certificate(newSupplier(), "sign"), supplierCells[0]]] as unknown as Order["set"];
    assert.deepEqual((await send({ from: "transitionalCoS", mode: 7, set })).codes, [0]);
  });

  it("refuses keys that could verify or agree nothing, when they are put into a cell", async () => {
    const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
    const zero = new Uint8Array(32);
    const useless: [name: string, usage: "sign" | "agree", key: Uint8Array][] = [
      ["sign, zero", "sign", zero],
      ["sign, the neutral element", "sign", hex(`01${"00".repeat(31)}`)],
      ["sign, order 8", "sign", hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")],
      ["sign, not canonical", "sign", hex(`${"ff".repeat(31)}7f`)],
      ["sign, on no curve", "sign", hex(`02${"00".repeat(31)}`)],
      ["agree, zero", "agree", zero],
      ["agree, order 8", "agree", hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")],
      ["agree, the prime itself", "agree", hex(`ed${"ff".repeat(30)}7f`)],
      ["agree, the prime and 9", "agree", hex(`f6${"ff".repeat(30)}7f`)],
      ["agree, the top bit set", "agree", hex(`09${"00".repeat(30)}80`)],
    ];
    for (const [name, usage, publicKey] of useless) {
      const set = [
        [rig.world.certificate(newSupplier(), usage, { publicKey }), cell("supplier", usage)],
      ] as const;
      assert.deepEqual((await send({ from: "transitionalCoS", mode: 7, set })).codes, [5], name);
    }
    assert.equal(await outcome("supplier", 7000n), "accepted", "the supplier is not locked out");
  });

  function signedBy(
    holder: TestParty,
    issuer: TestParty,
    usage: CellName["usage"] = "sign",
    over: Parameters<World["certificate"]>[2] = {},
  ): Uint8Array {
    const fake = Object.create(rig.world, { root: { value: issuer } }) as typeof rig.world;
    return fake.certificate(holder, usage, over);
  }

  it("refuses an argument that disagrees with the command's header, or asks for more than its mode may", async () => {
    const set = certs(newSupplier());
    const tooMuch = 2n ** 63n;
    const wrong: Partial<Order>[] = [
      { saysCounter: 1n },
      { saysMode: 3 },
      { saysMode: 6 },
      { saysMode: 200 },
      { set: [] },
      { saysCell: null },
      { saysCell: cell("supplier", "sign") },
      { saysCell: cell("recovery", "sign") },
      { saysCell: cell("transitionalCoS", "agree") },
      { saysCell: cell("transitionalCoS", "sign", "topUp") },
      { symmetricKey: new Uint8Array(32) },
      { timeChecks: 0 },
      { timeChecks: 2 },
      { authoriserFloor: tooMuch },
      { authoriserFloor: 1n, authoriserTopUpFloor: 1n },
      { authoriserTopUpFloor: 1n },
      { floors: [["networkOperator", 1n]] },
      {
        floors: [
          ["supplier", 1n],
          ["supplier", 2n],
        ],
      },
      { floors: [["transitionalCoS", 1n]], authoriserFloor: 1n },
      { floors: [["supplier", tooMuch]] },
      { floors: [["supplier", 1n, tooMuch]] },
    ];
    for (const order of wrong) {
      const name = Object.keys(order).join();
      rig.observations.length = 0;
      const result = await ask({ from: "transitionalCoS", mode: 7, set, ...order });
      assert.ok(!rig.observations.some(({ kind }) => kind === "fault"), name);
      const unreadable = order.saysMode !== undefined || order.timeChecks === 0 || order.timeChecks === 2;
      assert.deepEqual(result, unreadable ? undefined : { status: 250 }, name);
      assert.equal(holderOf(supplierCells[0] as CellName), "90B3D51F30010000", name);
    }
    const named = {
      from: "accessControlBroker",
      mode: 4,
      set: certs(rig.world.of("accessControlBroker"), [cell("accessControlBroker", "agree")]),
    } as const;
    for (const usage of ["sign", "agree"] as const)
      assert.deepEqual(await ask({ ...named, saysCell: cell("accessControlBroker", usage) }), {
        status: 250,
      });
  });

  it("never lowers the counter of a holder that stays", async () => {
    const own = rig.world.party("supplier", rig.world.of("supplier").eui);
    const { floors } = await send({ from: "supplier", mode: 2, set: certs(own), authoriserFloor: 2n });
    assert.deepEqual(floors, [[2, 2, null]]);
    assert.equal(rig.meter.device.counters.highest("supplier", own.eui), counter);
    const raised = await send({ from: "networkOperator", mode: 3, authoriserFloor: 9000n, set: noCerts() });
    assert.deepEqual(raised.codes, [0]);
    assert.equal(rig.meter.device.counters.highest("networkOperator"), 9000n);
  });
  const noCerts = () => certs(rig.world.of("networkOperator"), [cell("networkOperator", "sign")]);

  it("puts floors in force also when a cell failed, and raises the counter of the holder that stays", async () => {
    const set = [[Uint8Array.of(1), supplierCells[0] as CellName]] as const;
    const { codes, floors } = await send({
      from: "transitionalCoS",
      mode: 7,
      set,
      floors: [["supplier", 6000n]],
    });
    assert.deepEqual([codes, floors], [[5], [[2, 6000, null]]]);
    assert.equal(await outcome("supplier", 6000n), "replay");
    assert.equal(await outcome("supplier", 6001n), "accepted");
  });

  it("lets a new holder start where its role stood when no floor is told, and at 0 when that is", async () => {
    assert.equal(await outcome("supplier", 6000n), "accepted");
    const gaining = newSupplier();
    await send({ from: "transitionalCoS", mode: 7, set: certs(gaining) });
    assert.equal(await outcome(gaining, 6000n), "replay");
    const third = rig.world.party("supplier", "90B3D51F30040000");
    await send({ from: "transitionalCoS", mode: 7, set: certs(third), floors: [["supplier", 0n]] });
    assert.equal(await outcome(third, 1n), "accepted");
  });

  it("takes no counter back when the signing cell alone goes to another: the old party's MACed commands stay used", async () => {
    const recorded = resetCounter("supplier", 6000n);
    assert.equal(await play(recorded), "accepted");
    const gaining = newSupplier();
    const set = certs(gaining, [cell("supplier", "sign")]);
    await send({ from: "transitionalCoS", mode: 7, set, floors: [["supplier", 5n]] });
    assert.equal(holderOf(cell("supplier", "agree")), "90B3D51F30010000", "the old party is still known");
    assert.equal(await play(recorded), "replay");
    await rig.reboot();
    assert.equal(await play(recorded), "replay");
    assert.equal(await outcome(gaining, 6n), "accepted");
    assert.equal(await play(recorded), "replay");
    const inOldName = { from: "supplier", counter: 9000n, signer: gaining.signer } as const;
    const enable = [op("call", objects.supplyControl.id, 1, 0x33)];
    const reason = await play(rig.desk.command(0x4f, enable, inOldName));
    assert.equal(reason, "signature", "nobody signs in the old party's name");
  });

  it("answers a command of another party under a counter that was used before as what it is itself", async () => {
    const own = rig.world.party("supplier", rig.world.of("supplier").eui);
    await send({ from: "supplier", mode: 2, set: certs(own), counter: 5500n });
    const gaining = newSupplier();
    await send({
      from: "transitionalCoS",
      mode: 7,
      set: certs(gaining),
      floors: [["supplier", 0n]],
      counter: 5501n,
    });
    await send({ from: "transitionalCoS", mode: 7, set: certs(gaining), counter: 5502n });
    const renewed = rig.world.party("supplier", gaining.eui);
    const order = { from: "supplier", as: gaining, mode: 2, set: certs(renewed), counter: 5502n } as const;
    assert.deepEqual((await send(order)).mode, 2);
    const key = rig.meter.device.anchors.cell(cell("supplier", "sign"))?.publicKey;
    assert.deepEqual(key, renewed.signer.publicKey);
  });

  it("lets a holder that returns without a floor go on from its own counter", async () => {
    assert.equal(await outcome("supplier", 6000n), "accepted");
    const gaining = newSupplier();
    await send({ from: "transitionalCoS", mode: 7, set: certs(gaining), floors: [["supplier", 0n]] });
    assert.equal(await outcome(gaining, 9000n), "accepted");
    await send({ from: "transitionalCoS", mode: 7, set: certs(rig.world.of("supplier")) });
    assert.equal(await outcome("supplier", 6000n), "replay");
    assert.equal(await outcome("supplier", 6001n), "accepted");
  });

  it("keeps the counter of a holder that stays in a cell, however many come and go in another", async () => {
    assert.equal(await play(resetCounter("supplier", 3n)), "accepted");
    for (let n = 0; n < 18; n++) {
      const party = rig.world.party("supplier", `90B3D51F300700${n + 10}`);
      const set = certs(party, [cell("supplier", "sign")]);
      await send({ from: "transitionalCoS", mode: 7, set });
      assert.equal(await outcome(party, 100n + BigInt(n)), "accepted");
    }
    assert.equal(await play(resetCounter("supplier", 3n)), "replay");
    assert.equal(await play(resetCounter("supplier", 4n)), "accepted");
  });

  it("answers 17 for every good cell, and changes none, when the flash has no room for them", async () => {
    const { journal } = rig.meter.device;
    const commit = journal.commit.bind(journal);
    journal.commit = async (changes) => {
      if (changes.some(({ key }) => key.startsWith("anchor/")))
        throw new CodedError("journal/full", "no room", {});
      return commit(changes);
    };
    const set = [...certs(newSupplier()), [Uint8Array.of(1), cell("wanProvider", "sign")]] as Order["set"];
    const { codes, floors, cells } = await send({
      from: "transitionalCoS",
      mode: 7,
      set,
      floors: [["supplier", 6000n]],
    });
    assert.deepEqual([codes, floors], [[17, 17, 17, 25], []]);
    assert.deepEqual(cells[0]?.[4], cells[0]?.[2]);
    assert.equal(holderOf(supplierCells[0] as CellName), "90B3D51F30010000");
    assert.equal(await outcome("supplier", 5900n), "accepted", "and the floor is not in force");
    await rig.reboot();
    assert.equal(holderOf(supplierCells[0] as CellName), "90B3D51F30010000");
  });

  it("takes no counter back when an old key returns, whatever floor it returns with", async () => {
    const enable = [op("call", objects.supplyControl.id, 1, 0x33)];
    const recorded = rig.desk.command(0x4f, enable, { counter: 6000n });
    assert.equal(await play(recorded), "accepted");
    const change = { from: "transitionalCoS", mode: 7, floors: [["supplier", 0n]] } as const;
    await send({ ...change, set: certs(newSupplier()) });
    await send({ ...change, set: certs(rig.world.of("supplier")) });
    await rig.reboot();
    assert.equal(await play(recorded), "replay");
    assert.equal(await outcome("supplier", 6001n), "accepted");
  });

  describe("future-dated", () => {
    const dueS = startUtcS + 600;
    const outcomeAlerts = () =>
      rig.take().map((bytes) => rig.desk.read<Alert>(bytes, rig.world.of("transitionalCoS")));

    it("replaces when the time comes, and reports by alert 00CB", async () => {
      const gaining = newSupplier();
      const result = await ask({ from: "transitionalCoS", mode: 7, set: certs(gaining), executionS: dueS });
      assert.deepEqual(result, bareAcceptance);
      const old = holderOf(supplierCells[0] as CellName);
      assert.notEqual(old, gaining.eui);
      await rig.scheduler.runUntil(599_000);
      assert.equal(holderOf(supplierCells[0] as CellName), old);
      await rig.scheduler.runUntil(601_000);
      assert.equal(holderOf(supplierCells[0] as CellName), gaining.eui);
      const [alert] = outcomeAlerts();
      assert.equal(alert?.header.code, 0x00cb);
      assert.equal(alert?.alertCode, 0x8f66);
      assert.equal(alert?.values.length, 1);
      const told = toldOf(alert?.values[0]);
      assert.deepEqual([told.counter, told.mode, told.codes], [counter, 7, [0, 0, 0]]);
      assert.deepEqual(told.cells[0]?.[2], euiBytes(old as string));
      assert.deepEqual(told.cells[0]?.[4], euiBytes(gaining.eui));
    });

    it("survives a restart, and reports failure when a certificate has expired by then", async () => {
      const set = [
        [rig.world.certificate(newSupplier(), "sign", { notAfterS: dueS - 1 }), supplierCells[0]],
      ] as Order["set"];
      const result = await ask({ from: "transitionalCoS", mode: 7, set, executionS: dueS });
      assert.deepEqual(result, bareAcceptance);
      await rig.reboot();
      await rig.scheduler.runUntil(601_000);
      const [alert] = outcomeAlerts();
      assert.equal(alert?.alertCode, 0x8f67);
      assert.equal(holderOf(supplierCells[0] as CellName), "90B3D51F30010000");
    });

    const change = (gaining: TestParty, executionS: number) =>
      ask({ from: "transitionalCoS", mode: 7, set: certs(gaining), executionS });

    it("is judged when its time comes: a cell that is bad at reception is answered by the bare acceptance", async () => {
      const gaining = newSupplier();
      const notYet = rig.world.certificate(gaining, "sign", { notBeforeS: dueS - 1 });
      const set = [
        [notYet, supplierCells[0]],
        [Uint8Array.of(1), supplierCells[1]],
      ] as unknown as Order["set"];
      const order = { from: "transitionalCoS", mode: 7, set, executionS: dueS } as const;
      assert.deepEqual(await ask(order), bareAcceptance);
      await rig.scheduler.runUntil(601_000);
      const [alert] = outcomeAlerts();
      assert.equal(alert?.alertCode, 0x8f67, "not every cell");
      assert.deepEqual(toldOf(alert?.values[0]).codes, [0, 5]);
      assert.equal(holderOf(supplierCells[0] as CellName), gaining.eui);
    });

    it("is cancelled by NEVER, and replaced by a newer command", async () => {
      await change(newSupplier(), dueS);
      assert.deepEqual(await change(newSupplier(), NEVER), bareAcceptance);
      await rig.scheduler.runUntil(601_000);
      assert.equal(outcomeAlerts().length, 0);
      assert.equal(holderOf(supplierCells[0] as CellName), "90B3D51F30010000");

      const later = rig.world.party("supplier", "90B3D51F30040000");
      await change(newSupplier(), dueS + 600);
      await change(later, dueS + 1200);
      await rig.scheduler.runUntil(1_900_000);
      assert.equal(outcomeAlerts().length, 1);
      assert.equal(holderOf(supplierCells[0] as CellName), later.eui);
    });

    it("stays cancelled through a restart; a cancellation needs no certificates", async () => {
      await change(newSupplier(), dueS);
      const order = { from: "transitionalCoS", mode: 7, set: [], executionS: NEVER } as const;
      assert.deepEqual(await ask(order), bareAcceptance);
      await rig.reboot();
      await rig.scheduler.runUntil(601_000);
      assert.equal(outcomeAlerts().length, 0);
      assert.equal(holderOf(supplierCells[0] as CellName), "90B3D51F30010000");
    });

    for (const restart of [false, true])
      it(`is forgotten when one at once has replaced every cell${restart ? ", also after a restart" : ""}`, async () => {
        const now = rig.world.party("supplier", "90B3D51F30040000");
        await change(newSupplier(), dueS);
        assert.deepEqual(answerOf((await change(now, NOW))?.value).codes, [0, 0, 0]);
        if (restart) await rig.reboot();
        await rig.scheduler.runUntil(601_000);
        assert.equal(holderOf(supplierCells[0] as CellName), now.eui);
        assert.equal(outcomeAlerts().length, 0);
      });

    for (const restart of [false, true])
      it(`still waits when one at once has failed in a cell${restart ? ", also after a restart" : ""}`, async () => {
        const gaining = newSupplier();
        await change(gaining, dueS);
        const set = [[Uint8Array.of(1), supplierCells[0] as CellName]] as const;
        await send({ from: "transitionalCoS", mode: 7, set });
        if (restart) await rig.reboot();
        await rig.scheduler.runUntil(601_000);
        assert.equal(holderOf(supplierCells[0] as CellName), gaining.eui);
      });

    it("of a party that has lost its cell meanwhile replaces nothing, and says so", async () => {
      const own = rig.world.party("supplier", rig.world.of("supplier").eui);
      const gaining = newSupplier();
      assert.equal((await ask({ from: "supplier", mode: 2, set: certs(own), executionS: dueS }))?.status, 0);
      assert.deepEqual(
        (await send({ from: "transitionalCoS", mode: 7, set: certs(gaining) })).codes,
        [0, 0, 0],
      );
      await rig.scheduler.runUntil(601_000);
      for (const name of supplierCells) assert.equal(holderOf(name), gaining.eui);
      const [bytes] = rig.take();
      const alert = rig.desk.read<Alert>(bytes as Uint8Array, gaining);
      assert.equal(alert.alertCode, 0x8f67);
      assert.deepEqual(toldOf(alert.values[0]).codes, [127, 127, 127]);
    });

    for (const [what, executionS, then] of [
      ["cancelled", NEVER, undefined],
      ["put off", dueS + 600, dueS + 601],
    ] as const)
      it(`does not happen when it is ${what} by a command that is being carried out as its time comes`, async () => {
        await change(newSupplier(), dueS);
        const later = rig.world.party("supplier", "90B3D51F30040000");
        const order = { from: "transitionalCoS", mode: 7, set: certs(later), executionS } as const;
        const bytes = commandOf(order);
        await rig.meanwhile(() => rig.meter.device.receive(bytes), 601_000);
        await rig.scheduler.runUntil(700_000);
        assert.equal(holderOf(supplierCells[0] as CellName), "90B3D51F30010000");
        if (then === undefined) return;
        await rig.scheduler.runUntil((then - startUtcS) * 1000);
        await rig.settle();
        assert.equal(holderOf(supplierCells[0] as CellName), later.eui);
      });

    it("waits for a network operator too", async () => {
      const order = { from: "networkOperator", mode: 3, set: noCerts(), executionS: dueS } as const;
      assert.deepEqual(await ask(order), bareAcceptance);
    });
  });

  describe("cut by a power loss at any flash operation", () => {
    /** The state of a meter after `work` was cut in operation `i`, and it has started again. */
    async function cutAndBack(
      i: number,
      point: CutPoint,
      work: () => Promise<unknown>,
    ): Promise<Uint8Array[]> {
      rig = await meterRig();
      counter = 5000n;
      await rig.settle();
      const { mockFlash } = rig.board;
      mockFlash.cutPowerAt(mockFlash.operationCount + i, point);
      await work();
      await rig.settle();
      mockFlash.clearCut();
      const before = rig.take();
      await rig.reboot();
      await rig.settle();
      return [...before, ...rig.take()];
    }
    const logged = () => rig.meter.device.securityLog.entries().filter(({ code }) => code === 0x8f70).length;

    it("a replacement is done once, logged once, and answered as what was done", async () => {
      const points = new Set<string>();
      for (let i = 0; i < 14; i++)
        for (const point of ["before", "torn", "after"] as const) {
          const own = rig.world.party("supplier", "90B3D51F30010000");
          const work = () =>
            rig.meter.device.receive(commandOf({ from: "supplier", mode: 2, set: certs(own) }));
          const answers = await cutAndBack(i, point, work);
          const accepted = rig.meter.device.counters.highest("supplier") === 5001n;
          const where = `cut ${point} operation ${i}`;
          assert.equal(logged(), accepted ? 1 : 0, where);
          assert.equal(answers.length > 0, accepted, where);
          const signKey = rig.meter.device.anchors.cell(cell("supplier", "sign"))?.keyId as Uint8Array;
          for (const bytes of answers) {
            const { codes, cells } = answerOf(resultOf(bytes, rig.world.of("supplier"))?.value);
            assert.deepEqual(codes, [0, 0, 0], where);
            assert.deepEqual(cells[0]?.[5], signKey, where);
            assert.notDeepEqual(cells[0]?.[3], signKey, `${where}: the old key is the old one`);
          }
          points.add(accepted ? "done" : "never happened");
        }
      assert.equal(points.size, 2);
    });

    it("a future-dated one is done once, logged once and told once", async () => {
      const dueS = startUtcS + 600;
      for (let i = 0; i < 14; i++)
        for (const point of ["before", "after"] as const) {
          const gaining = rig.world.party("supplier", "90B3D51F30030000");
          const order = { from: "transitionalCoS", mode: 7, set: certs(gaining), executionS: dueS } as const;
          const messages = await cutAndBack(0, "before", async () => {
            rig.board.mockFlash.clearCut();
            await ask(order);
            const { mockFlash } = rig.board;
            mockFlash.cutPowerAt(mockFlash.operationCount + i, point);
            await rig.scheduler.runUntil(601_000);
          });
          await rig.scheduler.runUntil(700_000);
          await rig.settle();
          messages.push(...rig.take());
          const where = `cut ${point} operation ${i}`;
          assert.equal(logged(), 1, where);
          assert.equal(holderOf(supplierCells[0] as CellName), gaining.eui, where);
          const told = messages.map((bytes) => rig.desk.read<Alert>(bytes, rig.world.of("transitionalCoS")));
          const outcomes = told.filter((alert) => alert.header.code === 0x00cb);
          assert.equal(new Set(outcomes.map(({ header }) => header.counter)).size, 1, where);
          const { cells } = toldOf(outcomes[0]?.values[0]);
          assert.deepEqual(cells[0]?.[2], euiBytes("90B3D51F30010000"), where);
          assert.deepEqual(cells[0]?.[4], euiBytes(gaining.eui), where);
        }
    });
  });

  it("reads a role's anchors with holder, key id and counter; a role without cells here has none (CS02a)", async () => {
    const ask = (from: Role, ...asked: Role[]): Value => [
      cellToValue(cell(from, "sign")),
      asked.map((role) => roles[role].number),
    ];
    type Told = readonly (readonly [
      role: number,
      status: number,
      counter: Value,
      anchors: readonly Value[][] | null,
    ])[];
    await rig.meter.device.receive(rig.desk.command(0x4f, [op("call", objects.supplyControl.id, 1, 0x33)]));
    rig.take();
    for (const from of ["accessControlBroker", "transitionalCoS"] as const) {
      const order = op("call", id, 2, ask(from, "supplier", "root", "wanProvider"));
      await rig.meter.device.receive(rig.desk.command(0x0008, [order], { from }));
      const [response] = rig.take();
      const [result] = rig.desk.read<Response>(response as Uint8Array, rig.world.of(from)).results;
      const [supplier, root, wanProvider] = (result?.value ?? []) as unknown as Told;
      assert.deepEqual(supplier?.slice(0, 3), [2, 0, 1001]);
      assert.deepEqual(
        supplier?.[3]?.map(([usage, cellUsage]) => [usage, cellUsage]),
        [
          [1, 0],
          [2, 0],
          [2, 1],
        ],
      );
      assert.deepEqual(supplier?.[3]?.[0]?.[2], euiBytes("90B3D51F30010000"));
      assert.equal((supplier?.[3]?.[0]?.[3] as Uint8Array | undefined)?.length, 8);
      assert.equal((root?.[3]?.[0]?.[2] as Uint8Array | undefined)?.length, 8);
      assert.deepEqual(wanProvider, [6, 25, null, null]);
    }
  });
});
