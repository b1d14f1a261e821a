import assert from "node:assert/strict";
import { addMeter, appliesTo, attachWan, needs, type Premises, premises, type Reference } from "../index.ts";
import {
  commissioned,
  connected,
  disableSupply,
  expectRefusal,
  expectRequestRefused,
  flipBit,
  forge,
  logOf,
  macBytes,
} from "./support.ts";

const disableCode = 0x50;
const notAuthentic = (reason: string) => ({ reason, alertCode: 0x8f3d });

/** The script's number, last on every wire, as a signed one: 12 0034 becomes 10 0034 in DLMS, 18 34 becomes 38 34 in CBOR. */
function anotherType(plain: Uint8Array): Uint8Array {
  const isDlms = plain.at(-3) === 0x12;
  return isDlms ? plain.with(-3, 0x10) : plain.with(-2, 0x38);
}

describe("security: each refusal has one reason, and no other effect", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
  });
  afterEach(() => {
    assert.equal(connected(home), true, "the supply must still be on");
  });

  it("refuses a command whose bytes are no message at all (at the hub)", async () => {
    const refusal = { reason: "malformed", alertCode: 0x8f1e, device: "hub" } as const;
    await expectRefusal(home, refusal, () => home.inject(Uint8Array.of(0xff, 1, 2, 3)));
  });

  it("refuses a command for a device that is not in the home (at the hub)", async () => {
    const refusal = { reason: "not-for-me", alertCode: 0x8f3e, device: "hub" } as const;
    const stranger = { code: disableCode, operations: [disableSupply], target: "00DB1234567890B0" };
    await expectRefusal(home, refusal, () => home.inject(forge(home, stranger)));
  });

  it("refuses a message from the WAN that is no command (at the hub)", async () => {
    const refusal = { reason: "not-a-command", alertCode: 0x8f3e, device: "hub" } as const;
    const { answer } = await home.request("7.4");
    await expectRefusal(home, refusal, () => home.inject(answer!.bytes));
  });

  it("refuses a use case that the meter does not have", async () => {
    const refusal = { reason: "unknown-use-case", alertCode: 0x8f1e };
    await expectRefusal(home, refusal, () =>
      home.inject(forge(home, { code: 0x01, operations: [disableSupply] })),
    );
  });

  it("refuses a supplier whose credentials the meter does not hold", async () => {
    const refusal = { reason: "unknown-party", alertCode: 0x8f3e };
    await expectRequestRefused(home, "7.2", {}, { by: "secondSupplier" }, refusal);
  });

  it("refuses a party that has no authority for the use case", async () => {
    await expectRequestRefused(
      home,
      "7.2",
      {},
      { by: "networkOperator" },
      { reason: "role", alertCode: 0x8f30 },
    );
  });

  it("refuses a command that it has accepted before", async () => {
    const exchange = await home.command("7.1");
    await expectRefusal(home, { reason: "replay", alertCode: 0x8f3e }, () => home.replay(exchange));
  });

  it("refuses a counter below the highest, however authentic", async () => {
    await home.command("7.1");
    const counter = home.headEnd.parties.supplier.counter - 1n;
    const old = forge(home, { code: disableCode, operations: [disableSupply], counter });
    await expectRefusal(home, { reason: "replay", alertCode: 0x8f3e }, () => home.inject(old));
  });

  it("refuses a critical command that the supplier has not signed", async () => {
    const unsigned = { code: disableCode, operations: [disableSupply], protection: "mac" } as const;
    await expectRefusal(home, notAuthentic("protection"), () => home.inject(forge(home, unsigned)));
  });

  it("refuses a critical command without the ACB's MAC", async () => {
    const unmaced = { code: disableCode, operations: [disableSupply], protection: "signature" } as const;
    await expectRefusal(home, notAuthentic("protection"), () => home.inject(forge(home, unmaced)));
  });

  it("refuses a command whose MAC is wrong in one bit", async () => {
    await expectRequestRefused(home, "7.2", {}, { tamper: flipBit(0) }, notAuthentic("mac"));
  });

  it("refuses a command whose signature was changed after the ACB added its MAC", async () => {
    await expectRequestRefused(home, "7.2", {}, { tamper: flipBit(macBytes) }, notAuthentic("mac"));
  });

  it("refuses a command signed by another key, though the ACB let it through", async () => {
    const signWith = home.headEnd.pki.partyKeys("supplier").sign.signer;
    await expectRequestRefused(home, "7.2", {}, { signWith }, notAuthentic("signature"));
  });

  it("refuses an authentic command whose operations are not the use case's", async () => {
    const doubled = { code: disableCode, operations: [disableSupply, disableSupply] };
    await expectRefusal(home, { reason: "format", alertCode: 0x8f1e }, () =>
      home.inject(forge(home, doubled)),
    );
  });

  it("refuses an authentic command whose value has another type", async () => {
    const forgery = { code: disableCode, operations: [disableSupply] };
    await expectRefusal(home, { reason: "format", alertCode: 0x8f1e }, () =>
      home.inject(forge(home, { ...forgery, change: anotherType })),
    );
  });

  it("goes on after a refusal: the counter of a refused command is not used up", async () => {
    const counter = home.headEnd.parties.supplier.counter + 100n;
    const forged = forge(home, { code: disableCode, operations: [disableSupply], counter });
    await expectRefusal(home, notAuthentic("mac"), () => home.inject(flipBit(0)(forged)));
    await home.command("7.1");
  });

  it("keeps each refusal in the meter's security log", async () => {
    await expectRequestRefused(
      home,
      "7.2",
      {},
      { by: "networkOperator" },
      { reason: "role", alertCode: 0x8f30 },
    );
    const last = (await logOf(home, "Security")).at(-1);
    assert.equal(last?.code, 0x8f30);
    assert.ok(Math.abs(Number(last?.time) - home.nowS) < 60);
  });
});

describe("security: what the head end refuses before anything is sent", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await premises(this);
    await attachWan(home);
    await addMeter(home);
  });

  it("a user whose role may not ask", async () => {
    await assert.rejects(
      () => home.request("7.2", {}, { by: "networkOperator" }),
      /by supplier, not by a networkOperator/,
    );
  });

  it("parameters that are missing, unknown or out of range, each by name", async () => {
    const wrong = {
      LoadLimitPowerThreshold: -1,
      LoadLimitPeriod: 300,
      LoadLimitSupplyState: "explode",
      speed: 3,
    };
    await assert.rejects(
      () => home.request("6.4.1", wrong as never),
      /LoadLimitPowerThreshold: .*; LoadLimitRestorationPeriod: .*; LoadLimitSupplyState: .*"speed"/,
    );
  });

  it("a service request that does not exist", async () => {
    await assert.rejects(
      () => home.request("99.9" as Reference),
      /no service request 99\.9: expected one of 1\.1\.1, /,
    );
  });

  it("a service request for the wrong kind of device", async () => {
    await assert.rejects(
      () => home.request("7.2", {}, { to: "hub" }),
      /7\.2 \(ECS43\) is for ESME, but .* is a CHF/,
    );
  });

  it("a service request for a device that is out of service", async () => {
    home.headEnd.inventory.apply(home.device("esme").eui, "decommissioned");
    await assert.rejects(() => home.request("7.4"), /ESME 00DB1234567890A0 is Decommissioned/);
  });
});

describe("security: what the head end does not believe", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
  });
  const refusedReasons = () => home.headEnd.refused.map((r) => (r.kind === "refused" ? r.reason : r.kind));

  it("a response that was changed in any one bit", async () => {
    const { answer } = await home.request("7.4");
    const alertsBefore = home.headEnd.alerts.length;
    for (let bit = 0; bit < answer!.bytes.length * 8; bit++) {
      const changed = answer!.bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      home.headEnd.receive(changed);
    }
    assert.equal(home.headEnd.alerts.length, alertsBefore);
    assert.equal(refusedReasons().length, answer!.bytes.length * 8);
  });

  it("a response that nobody is waiting for", async () => {
    const { answer } = await home.request("7.4");
    home.headEnd.receive(answer!.bytes);
    assert.deepEqual(refusedReasons(), ["no-such-command"]);
  });

  it("a command that comes from the home", async () => {
    const exchange = await home.request("7.4");
    home.headEnd.receive(exchange.bytes);
    assert.deepEqual(refusedReasons(), ["not-from-a-device"]);
  });
});
