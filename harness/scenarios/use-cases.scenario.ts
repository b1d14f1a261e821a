import assert from "node:assert/strict";
import {
  cellsOf,
  type DeviceName as DeviceType,
  type GrantRow,
  grantsOn,
  type Role,
  type UseCase,
} from "../../firmware/model/index.ts";
import { partyIdentities, partyNames } from "../headend/parties.ts";
import {
  appliesTo,
  type DeviceName,
  type Exchange,
  needs,
  type PartyName,
  type Premises,
  reading,
  serviceRequests,
  succeeded,
} from "../index.ts";
import { allModelled, modelledUseCases } from "../rig/emulate/modelled.ts";
import { type Sample, type Subject, samples } from "./samples.ts";
import { announce, commissioned, expectRefusal, flipBit, forge } from "./support.ts";

const modelled = { esme: await modelledUseCases("ESME"), hub: await modelledUseCases("CHF") } as const;
const everywhere = await allModelled();
const types = { esme: "ESME", hub: "CHF" } as const satisfies Record<DeviceName, DeviceType>;

const subjectOf = ({ nowS, headEnd, esme, hub }: Premises): Subject => ({
  nowS,
  issuingCertificate: headEnd.pki.issuingCertificate,
  contingencyKey: headEnd.pki.contingencyKey,
  nextRootCertificate: () => headEnd.pki.nextRootCertificate(),
  nextKeys: (name) => headEnd.pki.partyKeys(name),
  listed: esme.eui,
  announce: (eui, type) => announce({ headEnd, hub }, eui, type),
});

/** Who asks: the sample's party, or the first whose role may. */
const askerOf = ({ by, reference }: Sample): PartyName =>
  by ?? partyNames.find((name) => serviceRequests[reference].roles.includes(partyIdentities[name].role))!;

/** The first role that the device knows, and that its row grants nothing: of the parties that have it, the first. */
function intruderOn(type: DeviceType, grants: readonly GrantRow[]): PartyName | undefined {
  const granted = grants.map(({ role }) => role);
  const known = new Set<Role>(cellsOf(type).map(({ role }) => role));
  return partyNames.find((name) => {
    const { role } = partyIdentities[name];
    return role !== "root" && known.has(role) && !granted.includes(role);
  });
}

describe("every use case, accepted once, and refused for role, replay and change", function () {
  appliesTo(this, ["cose"]);
  needs(this, { boards: true });
  let home: Premises;
  beforeEach(async function () {
    home = await commissioned(this);
    await home.run(2 * 3_600_000);
  });

  it("covers all use cases of meter and hub", () => {
    const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).sort();
    assert.deepEqual(samples.map(({ useCase }) => useCase).sort(), ids(everywhere));
  });

  const submit = (one: Sample, to: DeviceName): Promise<Exchange> =>
    home.request(one.reference, one.parameters(subjectOf(home)) as never, { by: askerOf(one), to });

  /** As the grant has it, for the party that asks. */
  const protectionOf = (one: Sample, grants: readonly GrantRow[]) => {
    const party = serviceRequests[one.reference].byHand.actsAs ?? askerOf(one);
    const grant = grants.find(({ role }) => role === partyIdentities[party].role);
    return (grant ?? grants[0])?.protection ?? "mac";
  };

  function scenarios(one: Sample, useCase: UseCase, to: DeviceName): void {
    const { reference, first } = one;
    const { id, title, replayProtected } = useCase;
    const grants = grantsOn(useCase, types[to]);
    const intruder = intruderOn(types[to], grants);
    const what = `${title} at the ${to} (${reference}, ${id})`;

    it(`${what} is carried out and answered${replayProtected ? ", and not a second time" : ""}`, async () => {
      if (first !== undefined) await home.command(first, {} as never);
      const exchange = await submit(one, to);
      assert.equal(exchange.status, "answered");
      assert.ok(succeeded(exchange), `results ${exchange.answer?.results.map((r) => r.status)}`);
      assert.equal(exchange.preCommand.useCase.id, id);
      one.check?.(reading(exchange) as never, home);
      if (!replayProtected) return;
      const replayed = { reason: "replay", alertCode: 0x8f3e, device: to };
      await expectRefusal(home, replayed, () => home.replay(exchange));
    });

    it(`${what} changed on its way is refused: not authentic`, async () => {
      const asked = one.parameters(subjectOf(home)) as never;
      const options = { by: askerOf(one), to, tamper: flipBit(), timeoutMs: 30_000 };
      const reason = protectionOf(one, grants) === "signature" ? "signature" : "mac";
      await expectRefusal(home, { reason, alertCode: 0x8f3d, device: to }, () =>
        home.request(one.reference, asked, options),
      );
    });

    if (intruder !== undefined)
      it(`${what} by the ${intruder} is refused: no authority`, async () => {
        const { headEnd } = home;
        const target = home[to].eui;
        const options = { by: askerOf(one), to: target, unchecked: true };
        const preCommand = headEnd.prepare(one.reference, one.parameters(subjectOf(home)) as never, options);
        const { operations } = preCommand.command;
        const protection = protectionOf(one, grants);
        const forged = forge(home, { code: useCase.code, operations, by: intruder, target, protection });
        await expectRefusal(home, { reason: "role", alertCode: 0x8f30, device: to }, () => home.inject(forged));
      });
  }

  for (const to of ["esme", "hub"] as const)
    for (const one of samples) {
      const useCase = modelled[to].find(({ id }) => id === one.useCase);
      if (useCase !== undefined) scenarios(one, useCase, to);
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
