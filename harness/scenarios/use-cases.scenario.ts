import assert from "node:assert/strict";
import {
  cellsOf,
  type DeviceName as DeviceType,
  useCase as everyUseCase,
  type GrantRow,
  grantsOn,
  type Role,
  type UseCase,
} from "../../firmware/model/index.ts";
import type { Protection } from "../../firmware/wire/message.ts";
import { partyIdentities, partyNames } from "../headend/parties.ts";
import {
  appliesTo,
  type Exchange,
  type HomeDeviceSpec,
  needs,
  type PartyName,
  type Premises,
  reading,
  serviceRequests,
  succeeded,
} from "../index.ts";
import { allModelled, modelledUseCases } from "../rig/under-test/modelled.ts";
import { askerOf, type Sample, type Subject, samples } from "./samples.ts";
import { commissioned, expectRefusal, flipBit, forge, subjectFor } from "./support.ts";

const everywhere = await allModelled();
const types = { esme: "ESME", hub: "CHF", sapc: "SAPC" } as const satisfies Record<string, DeviceType>;
const modelled = {
  esme: await modelledUseCases("ESME"),
  hub: await modelledUseCases("CHF"),
  sapc: await modelledUseCases("SAPC"),
} as const;
/** Homes of another set of devices than usual. */
const devicesFor: Partial<Record<keyof typeof types, readonly HomeDeviceSpec[]>> = {
  sapc: [
    { name: "hub", type: "CHF" },
    { name: "sapc", type: "SAPC" },
  ],
};
/** What a device is called in a home. */
type DeviceName = keyof typeof types;

const subjectOf = (home: Premises): Subject => {
  const other = home.devices.find(({ type }) => type !== "CHF")?.eui ?? "";
  return subjectFor(home.headEnd, home.nowS, { hub: home.device("hub").eui, other });
};

/** The grant that the sample's command comes under; who has none asks through the ACB, which has the first. */
function grantOf(one: Sample, grants: readonly GrantRow[]): GrantRow | undefined {
  const party = serviceRequests[one.reference].byHand.actsAs ?? askerOf(one);
  return grants.find(({ role }) => role === partyIdentities[party].role) ?? grants[0];
}

const holds = (type: DeviceType, role: Role): boolean => cellsOf(type).some((cell) => cell.role === role);

/** The first role that the device knows, and that its row grants nothing: of the parties that have it, the first. */
function intruderOn(type: DeviceType, grants: readonly GrantRow[]): PartyName | undefined {
  const granted = grants.map(({ role }) => role);
  return partyNames.find((name) => {
    const { role } = partyIdentities[name];
    return role !== "root" && holds(type, role) && !granted.includes(role);
  });
}

/** What devices model and no sample asks for, and why. */
const notAsked = {
  ECS08: "the older form of ECS08a, which 2.1 becomes",
  ECS35f: "the older form of ECS35g, which 6.13 becomes",
  CCS05CCS04: "the older form of CCS06, which 8.9 becomes",
  ECS26e: "the older form of ECS26m, which 6.2.4 becomes",
  ECS26i: "the older form of ECS26n, which 6.2.4 becomes",
  ECS26d: "the older form of ECS26l, which 6.2.3 becomes",
};

describe("every use case, accepted once, and refused for role, replay and change", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  const start = async (context: Mocha.Context, to: DeviceName, { phases }: Sample): Promise<void> => {
    const devices = devicesFor[to];
    const meterMains = phases === undefined ? {} : { meterMains: { phaseCount: phases } };
    home = await commissioned(context, devices === undefined ? meterMains : { devices });
    await home.run(3_900_000); // two half hours
  };

  it("covers all use cases of all devices, but for those that nobody here can ask for", () => {
    const sampled = samples.map(({ useCase }) => useCase);
    const unasked = everywhere.map(({ id }) => id).filter((id) => !sampled.includes(id));
    assert.deepEqual(unasked.sort(), Object.keys(notAsked).sort());
    assert.deepEqual([...new Set(sampled)].sort(), sampled.toSorted());
  });

  const submit = (one: Sample, to: DeviceName): Promise<Exchange> =>
    home.request(one.reference, one.parameters(subjectOf(home)) as never, { by: askerOf(one), to });

  function scenarios(one: Sample, useCase: UseCase, to: DeviceName): void {
    const { reference, first } = one;
    const { id, title } = useCase;
    const grants = grantsOn(useCase, types[to]);
    const { protection = "mac", replayProtected = false } = grantOf(one, grants) ?? {};
    const intruder = intruderOn(types[to], grants);
    const what = `${title} at the ${to} (${reference}, ${id})`;

    const refused = [
      "changed",
      ...(intruder ? [`from the ${intruder}`] : []),
      ...(replayProtected ? ["again"] : []),
    ];

    it(`${what} is carried out and answered, and refused when it comes ${refused.join(", ")}`, async function () {
      await start(this, to, one);
      if (first !== undefined) await home.command(first, {} as never);
      await refusedWhenChanged(one, to, protection);
      if (intruder !== undefined) await refusedFrom(intruder, one, useCase, to, protection);
      const exchange = await submit(one, to);
      assert.equal(exchange.status, "answered");
      assert.ok(succeeded(exchange), `results ${exchange.answer?.results.map((r) => r.status)}`);
      assert.equal(exchange.preCommand.useCase.id, id);
      one.check?.(reading(exchange) as never, home);
      const replayed = { reason: "replay", alertCode: 0x8f3e, device: to };
      if (replayProtected) await expectRefusal(home, replayed, () => home.replay(exchange));
    });
  }

  async function refusedWhenChanged(one: Sample, to: DeviceName, protection: Protection): Promise<void> {
    const asked = one.parameters(subjectOf(home)) as never;
    const options = { by: askerOf(one), to, tamper: flipBit(), timeoutMs: 30_000 };
    const reason = protection === "signature" ? "signature" : "mac";
    await expectRefusal(home, { reason, alertCode: 0x8f3d, device: to }, () =>
      home.request(one.reference, asked, options),
    );
  }

  async function refusedFrom(
    intruder: PartyName,
    one: Sample,
    { code }: UseCase,
    to: DeviceName,
    protection: Protection,
  ): Promise<void> {
    const { headEnd } = home;
    const target = home.device(to).eui;
    const options = { by: askerOf(one), to: target, unchecked: true };
    const preCommand = headEnd.prepare(one.reference, one.parameters(subjectOf(home)) as never, options);
    const { operations } = preCommand.command;
    const forged = forge(home, { code, operations, by: intruder, target, protection });
    await expectRefusal(home, { reason: "role", alertCode: 0x8f30, device: to }, () => home.inject(forged));
  }

  for (const one of samples) if (one.phases === 3) scenarios(one, everyUseCase(one.useCase), "esme");

  for (const to of ["esme", "hub", "sapc"] as const)
    for (const one of samples) {
      const useCase = modelled[to].find(({ id }) => id === one.useCase);
      const grants = useCase === undefined ? [] : grantsOn(useCase, types[to]);
      // What only parties may send that the device holds no key of, it refuses from everyone.
      if (useCase !== undefined && grants.some(({ role }) => holds(types[to], role)) && (one.to ?? to) === to)
        scenarios(one, useCase, to);
    }
});

describe("a party that the meter does not know", function () {
  appliesTo(this, ["cose", "gbcs"]);
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
