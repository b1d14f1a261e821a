import assert from "node:assert/strict";
import { useCases } from "../../firmware/objects/use-cases.ts";
import {
  appliesTo,
  type DeviceName,
  type HomeRequestOptions,
  needs,
  type PartyName,
  type Premises,
  type Reading,
  reading,
  succeeded,
} from "../index.ts";
import {
  commissioned,
  expectRequestRefused,
  flipBit,
  loadLimit,
  macBytes,
  type Refusal,
  twoRateTariff,
  voltageThresholds,
} from "./support.ts";

interface UseCaseScenario {
  readonly reference: string;
  readonly useCase: string;
  readonly parameters?: (home: Premises) => unknown;
  readonly by?: PartyName;
  readonly to?: DeviceName;
  /** What must have happened first. */
  readonly before?: (home: Premises) => Promise<void>;
  /** What the answer must say. */
  readonly check?: (answer: Reading, home: Premises) => void;
  /** The party that has no business doing this, and yet tries. */
  readonly intruder?: PartyName;
  /** Another refusal than that of the wrong role. */
  readonly refusal?: HomeRequestOptions & { readonly expected: Omit<Refusal, "device"> };
}

const wrongRole = { reason: "role", alertCode: 0x8f30 } as const;
const badSignature = { tamper: flipBit(macBytes), expected: { reason: "mac", alertCode: 0x8f3d } } as const;
const badMac = { tamper: flipBit(0), expected: { reason: "mac", alertCode: 0x8f3d } } as const;

const certificateFor = (home: Premises, name: PartyName, usage: "sign" | "agree", prepay = false) => {
  const keys = home.headEnd.pki.partyKeys(name);
  const { role } = home.headEnd.parties[name];
  const certificate =
    usage === "sign" ? keys.sign.certificate : (prepay ? keys.prepay : keys.agree).certificate;
  return { cell: { role, usage, prepay }, certificate };
};
const replace = (name: PartyName, usage: "sign" | "agree") => (home: Premises) => ({
  replacements: [certificateFor(home, name, usage)],
  path: [home.headEnd.pki.issuingCertificate],
});
/** {accepted, [{cell, outcome, …}]} with every outcome a success. */
const replaced = (answer: Reading) => {
  const [accepted, outcomes] = answer.values[0];
  assert.equal(accepted, true);
  for (const [, outcome] of outcomes) assert.equal(outcome, 0);
};

const aroundNow = (home: Premises) => ({ validFrom: home.nowS - 60, validUntil: home.nowS + 60 });

const scenarios: readonly UseCaseScenario[] = [
  { reference: "1.1.1", useCase: "ECS01a", parameters: () => twoRateTariff, intruder: "networkOperator" },
  {
    reference: "1.2.1",
    useCase: "ECS01b",
    parameters: () => ({ standingCharge: 4521, touPrices: [1600] }),
    intruder: "networkOperator",
  },
  {
    reference: "4.1.1",
    useCase: "ECS17b",
    intruder: "transitionalCoS",
    check: ({ activeImportWh }, home) => {
      const true_ = home.esme.board.mockMetrology.reading().activeImportWh;
      assert.ok(Math.abs(activeImportWh - true_) <= 1, `${activeImportWh} Wh, metrology says ${true_}`);
    },
  },
  {
    reference: "4.1.2",
    useCase: "ECS17d",
    intruder: "transitionalCoS",
    check: ({ touWh }) => assert.equal(touWh.length, 48),
  },
  {
    reference: "4.8.1",
    useCase: "ECS22b",
    intruder: "transitionalCoS",
    check: ({ halfHours }) => assert.ok(halfHours.length >= 2, `${halfHours.length} half hours`),
  },
  {
    reference: "4.10",
    useCase: "ECS23",
    by: "networkOperator",
    intruder: "transitionalCoS",
    check: ({ underCount, overCount }) => assert.deepEqual([underCount, overCount], [0, 0]),
  },
  {
    reference: "4.15",
    useCase: "ECS27",
    intruder: "transitionalCoS",
    check: ({ count }) => assert.equal(count, 0),
  },
  { reference: "6.4.1", useCase: "ECS28a", parameters: () => loadLimit, intruder: "networkOperator" },
  { reference: "6.4.2", useCase: "ECS28b", intruder: "networkOperator" },
  {
    reference: "6.5",
    useCase: "ECS29a",
    by: "networkOperator",
    parameters: () => voltageThresholds,
    intruder: "supplier",
  },
  {
    reference: "6.11",
    useCase: "ECS70",
    parameters: aroundNow,
    intruder: "networkOperator",
    check: ({ status }) => assert.equal(status, 0),
  },
  {
    reference: "6.13",
    useCase: "ECS35a",
    parameters: () => ({ log: "event" }),
    intruder: "transitionalCoS",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
  {
    reference: "6.13",
    useCase: "ECS35b",
    parameters: () => ({ log: "security" }),
    intruder: "transitionalCoS",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
  {
    reference: "6.13",
    useCase: "ECS35c",
    to: "hub",
    parameters: () => ({ log: "event" }),
    intruder: "wanProvider",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
  {
    reference: "6.13",
    useCase: "ECS35d",
    to: "hub",
    parameters: () => ({ log: "security" }),
    intruder: "wanProvider",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
  {
    reference: "6.15.1",
    useCase: "CS02bSupplierBySupplier",
    parameters: replace("supplier", "sign"),
    check: replaced,
    refusal: badSignature,
  },
  {
    reference: "6.15.1",
    useCase: "CS02bNOByNO",
    by: "networkOperator",
    parameters: replace("networkOperator", "agree"),
    check: replaced,
    refusal: badMac,
  },
  {
    reference: "6.23",
    useCase: "CS02bSupplierByTransCoS",
    by: "transitionalCoS",
    parameters: replace("supplier", "agree"),
    check: replaced,
    refusal: badSignature,
  },
  {
    reference: "8.5",
    useCase: "CS02bACBByACB",
    by: "accessControlBroker",
    parameters: replace("accessControlBroker", "agree"),
    check: replaced,
    refusal: badMac,
  },
  {
    reference: "NA-CS02b-TransCoS",
    useCase: "CS02bTransCoSByTransCoS",
    by: "transitionalCoS",
    parameters: replace("transitionalCoS", "sign"),
    check: replaced,
    refusal: badSignature,
  },
  {
    reference: "6.24.1",
    useCase: "CS02a",
    parameters: () => ({
      cells: [
        { role: "supplier", usage: "sign" },
        { role: "root", usage: "certify" },
      ],
    }),
    intruder: "networkOperator",
    check: ({ cells }, home) => assert.equal(cells[0].holder, home.headEnd.parties.supplier.eui),
  },
  { reference: "7.1", useCase: "ECS42", intruder: "networkOperator" },
  { reference: "7.2", useCase: "ECS43", intruder: "networkOperator" },
  {
    reference: "7.3",
    useCase: "ECS44",
    intruder: "networkOperator",
    before: async (home) => void (await home.command("7.2")),
  },
  {
    reference: "7.4",
    useCase: "ECS45",
    intruder: "transitionalCoS",
    check: ({ supply }) => assert.equal(supply, "enabled"),
  },
  {
    reference: "8.9",
    useCase: "CCS06",
    to: "hub",
    intruder: "wanProvider",
    check: ({ devices }) => assert.equal(devices.length, 1),
  },
  {
    reference: "8.11",
    useCase: "CCS01",
    to: "hub",
    parameters: () => ({
      action: "add",
      device: "00DB1234567890A5",
      installCode: "00".repeat(16),
      deviceType: 5,
    }),
    intruder: "wanProvider",
  },
  {
    reference: "8.11",
    useCase: "CCS02",
    to: "hub",
    parameters: (home) => ({ action: "remove", device: home.esme.eui }),
    intruder: "wanProvider",
  },
  {
    reference: "11.2",
    useCase: "ECS52",
    intruder: "transitionalCoS",
    check: ({ firmwareVersion }) => assert.equal(firmwareVersion, "00010000"),
  },
];

describe("every use case, accepted once and refused once", function () {
  appliesTo(this, ["cose"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
    await home.run(2 * 3_600_000);
  });

  it("covers all use cases of meter and hub", () => {
    assert.deepEqual(scenarios.map((s) => s.useCase).sort(), useCases.map((u) => u.id).sort());
  });

  for (const scenario of scenarios) {
    const { reference, useCase, intruder, refusal } = scenario;
    const { title } = useCases.find((u) => u.id === useCase) ?? { title: useCase };
    const to = scenario.to ?? "esme";
    const parameters = () => scenario.parameters?.(home) ?? {};

    it(`${title} (${reference}, ${useCase}) is carried out and answered`, async () => {
      await scenario.before?.(home);
      const exchange = await home.request(reference, parameters(), { by: scenario.by ?? "supplier", to });
      assert.equal(exchange.status, "answered");
      assert.ok(succeeded(exchange), `results ${exchange.answer?.results.map((r) => r.status)}`);
      assert.equal(exchange.preCommand.useCase.id, useCase);
      scenario.check?.(reading(exchange), home);
    });

    if (intruder !== undefined)
      it(`${title} (${reference}, ${useCase}) by the ${intruder} is refused: no authority`, async () => {
        await expectRequestRefused(
          home,
          reference,
          parameters(),
          { by: intruder, to },
          { ...wrongRole, device: to },
        );
      });

    if (refusal !== undefined) {
      const { expected, ...options } = refusal;
      it(`${title} (${reference}, ${useCase}) changed on its way is refused: not authentic`, async () => {
        const by = scenario.by ?? "supplier";
        await expectRequestRefused(
          home,
          reference,
          parameters(),
          { by, to, ...options },
          { ...expected, device: to },
        );
      });
    }
  }
});

describe("a party that the meter does not know", function () {
  appliesTo(this, ["cose"]);
  needs(this, { boards: true });

  it("reads through the ACB, which names it and its counter, and is answered the same way", async function () {
    const home = await commissioned(this);
    const { secondSupplier, accessControlBroker } = home.headEnd.parties;
    const exchange = await home.command("7.4", {}, { by: "secondSupplier" });
    const { originator, supplementary } = exchange.preCommand.command.header;
    assert.equal(originator, accessControlBroker.eui);
    assert.deepEqual(supplementary, { party: secondSupplier.eui, counter: secondSupplier.counter });
    const [answered] = home.trace.of("answered").slice(-1);
    assert.deepEqual(answered?.supplementary, {
      party: secondSupplier.eui,
      counter: String(secondSupplier.counter),
    });
  });

  it("does not get the consumer's readings, not even through the ACB", async function () {
    const home = await commissioned(this);
    const exchange = await home.request("4.1.1", {}, { by: "secondSupplier", timeoutMs: 30_000 });
    assert.equal(exchange.status, "timed-out");
    assert.equal(home.trace.of("command-refused", "esme").at(-1)?.reason, "role");
  });
});
