import assert from "node:assert/strict";
import { appliesTo, needs, type Premises, reading, succeeded } from "../index.ts";
import { allModelled } from "../rig/emulate/modelled.ts";
import { commissioned, expectRequestRefused } from "./support.ts";
import { type UseCaseSubject, useCaseScenarios } from "./use-case-table.ts";

const useCases = await allModelled();
const wrongRole = { reason: "role", alertCode: 0x8f30 } as const;

const subjectOf = (home: Premises): UseCaseSubject => ({
  nowS: home.nowS,
  headEnd: home.headEnd,
  esme: home.esme,
  nextKeys: (name) => home.headEnd.pki.partyKeys(name),
});

describe("every use case, accepted once and refused once", function () {
  appliesTo(this, ["cose"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
    await home.run(2 * 3_600_000);
  });

  it("covers all use cases of meter and hub", () => {
    assert.deepEqual(useCaseScenarios.map((s) => s.useCase).sort(), useCases.map((u): string => u.id).sort());
  });

  for (const scenario of useCaseScenarios) {
    const { reference, useCase, intruder, refusal } = scenario;
    const { title } = useCases.find((u) => u.id === useCase) ?? { title: useCase };
    const to = scenario.to ?? "esme";
    const parameters = () => scenario.parameters?.(subjectOf(home)) ?? {};

    it(`${title} (${reference}, ${useCase}) is carried out and answered`, async () => {
      if (scenario.first !== undefined) await home.command(scenario.first);
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
