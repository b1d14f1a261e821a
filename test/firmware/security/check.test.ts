import assert from "node:assert/strict";
import { objects } from "../../../firmware/model/index.ts";
import { refusalCodes } from "../../../firmware/security/refusal-reasons.ts";
import type { Alert, Response } from "../../../firmware/wire/message.ts";
import { type CommandOptions, type MeterRig, meterEui, meterRig, op } from "../../support/devices.ts";

const script = (no: number) => op("call", objects.supplyControl.id, 1, no);
const enable = [script(0x33)];
const readState = [op("get", objects.supplyState.id, 3)];
const ECS42 = 0x004f;
const ECS43 = 0x0050;
const ECS45 = 0x0052;

describe("a command's checks", () => {
  let rig: MeterRig;
  before(async () => {
    rig = await meterRig({ settings: { refusalReportsPerWindow: 1000 } });
  });

  /** Hands the meter a message; the reason it refused it for, or "accepted". */
  async function verdict(bytes: Uint8Array): Promise<string> {
    rig.observations.length = 0;
    await rig.meter.device.receive(bytes);
    const reason = rig.observations.find(({ kind }) => kind === "command-refused")?.reason;
    return typeof reason === "string" ? reason : "accepted";
  }
  async function supplyState(): Promise<unknown> {
    rig.take();
    assert.equal(await verdict(rig.desk.command(ECS45, readState)), "accepted");
    const [answer] = rig.take();
    return rig.desk.read<Response>(answer as Uint8Array, rig.world.of("supplier")).results[0]?.value;
  }
  const ecs42 = (options: CommandOptions = {}) => rig.desk.command(ECS42, enable, options);
  const someoneElse = () => rig.world.crypto.ed25519Signer(new Uint8Array(32).fill(7));
  const otherBroker = () => rig.world.party("accessControlBroker", "90B3D51F30000002");
  const stranger = () => rig.world.party("supplier", "90B3D51F300100FF");

  it("accepts a good critical command, and signs the answer", async () => {
    rig.take();
    assert.equal(await verdict(ecs42()), "accepted");
    const response = rig.desk.read<Response>(rig.take()[0] as Uint8Array, rig.world.of("supplier"));
    assert.equal(response.header.counter, rig.desk.lastCounter);
    assert.deepEqual(response.results, [{ status: 0 }]);
  });

  it("accepts a good non-critical command from every role that may send it, and MACs the answer", async () => {
    for (const from of ["supplier", "networkOperator", "accessControlBroker"] as const) {
      rig.take();
      assert.equal(await verdict(rig.desk.command(ECS45, readState, { from })), "accepted");
      const response = rig.desk.read<Response>(rig.take()[0] as Uint8Array, rig.world.of(from));
      assert.deepEqual(response.results, [{ status: 0, value: 1 }]);
    }
  });

  /** Each message is wrong in the way its name says, and in every way that is checked later. */
  const worse = (options: CommandOptions): CommandOptions => ({
    counter: 1n,
    signer: someoneElse(),
    broker: otherBroker(),
    ...options,
  });
  const faults: [reason: string, make: () => Uint8Array][] = [
    ["malformed", () => ecs42(worse({ to: "0000000000000001" })).slice(1)],
    ["not-for-me", () => rig.desk.command(0x7777, [], worse({ to: "0000000000000001" }))],
    ["unknown-use-case", () => rig.desk.command(0x7777, [], worse({ from: stranger() }))],
    ["unknown-use-case", () => rig.desk.command(0x0001, [], worse({ from: "accessControlBroker" }))],
    ["unknown-party", () => ecs42(worse({ from: stranger() }))],
    ["role", () => ecs42(worse({ from: "networkOperator" }))],
    ["replay", () => ecs42(worse({ protection: "mac" }))],
    ["protection", () => ecs42({ signer: someoneElse(), broker: otherBroker(), protection: "signature" })],
    ["protection", () => ecs42({ broker: otherBroker(), protection: "mac" })],
    ["mac", () => ecs42({ signer: someoneElse(), broker: otherBroker() })],
    ["signature", () => rig.desk.command(ECS42, readState, { signer: someoneElse() })],
    ["format", () => rig.desk.command(ECS42, readState)],
  ];
  for (const [reason, make] of faults)
    it(`gives the earliest reason: ${reason}`, async () => assert.equal(await verdict(make()), reason));

  it("refuses operations that differ from the use case's in number, kind, member or type of value", async () => {
    const { id } = objects.supplyControl;
    for (const operations of [
      [],
      [...enable, ...enable],
      [op("set", id, 1, 0x33)],
      [op("call", id, 2, 0x33)],
      [op("call", id, 1, "x")],
      [op("call", id, 1, 0x1_0000)],
      [op("call", id, 1)],
    ])
      assert.equal(await verdict(rig.desk.command(ECS42, operations)), "format");
  });

  it("refuses ECS42, enable, with any script but its own, and the supply stays as it is", async () => {
    for (const output of ["enabled", "disabled"] as const) {
      if (output === "disabled")
        assert.equal(await verdict(rig.desk.command(ECS43, [script(0x34)])), "accepted");
      const before = await rig.board.loadSwitch?.isClosed();
      assert.equal(before, output === "enabled");
      for (const other of [0x32, 0x34, 0x35, 0x36, 0, 0xffff]) {
        assert.equal(await verdict(rig.desk.command(ECS42, [script(other)])), "format", String(other));
        assert.equal(await rig.board.loadSwitch?.isClosed(), before, String(other));
        assert.equal(await supplyState(), output === "enabled" ? 1 : 0, String(other));
      }
    }
    assert.equal(await verdict(ecs42()), "accepted");
    assert.equal(await supplyState(), 1);
  });

  it("refuses activation times of one command that are not all equal, and does none of it", async () => {
    const parts = ["SupplyState", "PowerThreshold", "Period", "RestorationPeriod"] as const;
    const ids = parts.map((part) => objects[`loadLimit${part}`].id);
    const command = (times: readonly number[]) =>
      rig.desk.command(0x0043, [
        ...ids.map((id, i) => op("set", id, 4, i === 0 ? true : 60)),
        ...ids.map((id, i) => op("set", id, 6, times[i] as number)),
      ]);
    const [now, never, later] = [0, 0xffff_ffff, 1_800_000_000];
    for (const time of [now, never, later]) {
      assert.equal(await verdict(command([time, time, time, time])), "accepted");
      for (let odd = 0; odd < 4; odd++)
        for (const other of [now, never, later, later + 1]) {
          if (other === time) continue;
          const times = [time, time, time, time].with(odd, other);
          assert.equal(await verdict(command(times)), "format", times.join());
        }
    }
  });

  it("refuses a selector where none belongs, or of a wrong type", async () => {
    assert.equal(await verdict(rig.desk.command(ECS45, [op("get", objects.supplyState.id, 3, 1)])), "format");
    const log = (selector: number[]) => rig.desk.command(0x48, [op("get", objects.eventLog.id, 2, selector)]);
    assert.equal(await verdict(log([1])), "format");
    assert.equal(await verdict(log([0, 0xffff_ffff])), "accepted");
  });

  it("refuses a message that is no command", async () => {
    await verdict(ecs42());
    const [response] = rig.take();
    assert.equal(await verdict(response as Uint8Array), "not-a-command");
  });

  it("answers no refusal, but logs it and alerts the supplier, each reason by its own code", async () => {
    // A meter of its own: refusals fill no more than a part of the log, and then take each other's place.
    rig = await meterRig();
    rig.take();
    const before = rig.meter.device.securityLog.entries().length;
    assert.equal(await verdict(ecs42({ from: "networkOperator" })), "role");
    const [alert, ...more] = rig.take().map((m) => rig.desk.read<Alert>(m, rig.world.of("supplier")));
    assert.equal(more.length, 0);
    assert.equal(alert?.alertCode, refusalCodes.role);
    assert.equal(alert?.header.code, 0x1000);
    assert.equal(alert?.header.originator, meterEui);
    const entries = rig.meter.device.securityLog.entries();
    assert.equal(entries.length, before + 1);
    assert.equal(entries.at(-1)?.code, 0x8f30);
  });

  it("keeps the counter of a refused command usable", async () => {
    const counter = rig.desk.lastCounter + 10n;
    assert.equal(await verdict(ecs42({ counter, signer: someoneElse() })), "signature");
    assert.equal(await verdict(ecs42({ counter })), "accepted");
    assert.equal(await verdict(ecs42({ counter })), "replay");
  });

  it("keeps a counter for each role", async () => {
    const far = rig.desk.lastCounter + 1_000_000n;
    assert.equal(await verdict(ecs42({ counter: far })), "accepted");
    assert.equal(
      await verdict(rig.desk.command(0x45, [], { from: "networkOperator", counter: 5n })),
      "format",
    );
    assert.equal(await verdict(ecs42({ counter: far - 1n })), "replay");
  });

  it("does not check the counter of a read", async () => {
    assert.equal(await verdict(rig.desk.command(ECS45, readState, { counter: 1n })), "accepted");
    assert.equal(await verdict(rig.desk.command(ECS45, readState, { counter: 1n })), "accepted");
  });
});
