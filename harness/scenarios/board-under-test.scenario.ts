/** A device with its own firmware at the far end of a line: what it answers must be what the model answers. */
import type { ModelledDevice } from "../../firmware/devices/boot.ts";
import { cellsOf, grantsOn, type UseCase, useCase, useCases } from "../../firmware/model/index.ts";
import type { RefusalReason } from "../../firmware/security/refusal-reasons.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import { partyIdentities } from "../headend/parties.ts";
import { serviceRequest } from "../headend/requests/index.ts";
import {
  appliesTo,
  currentRun,
  modelledDevices,
  needs,
  type PartyName,
  type Reference,
  skipElsewhere,
} from "../index.ts";
import { standardDevice } from "../premises/device-specs.ts";
import type { DeviceEnd } from "../premises/run-context.ts";
import { BesideModel } from "../rig/under-test/beside-model.ts";
import { modelledUseCases } from "../rig/under-test/modelled.ts";
import { askerOf, type Sample, type Subject, samples } from "./samples.ts";
import { announce, disableSupply, type Forgery, flipBit, forge, macBytes } from "./support.ts";

interface Asked {
  readonly base: Reference;
  readonly by: PartyName;
  readonly intruder: PartyName;
}

/** What a device is asked, and then asked wrongly. Of a type that is not here only what it answers is compared. */
const devices: Readonly<Partial<Record<ModelledDevice, Asked>>> = {
  ESME: { base: "7.2", by: "supplier", intruder: "networkOperator" },
  CHF: { base: "8.9", by: "accessControlBroker", intruder: "wanProvider" },
};

const modelled = new Map<ModelledDevice, readonly UseCase[]>();
for (const type of modelledDevices) modelled.set(type, await modelledUseCases(type));
const serves = (type: ModelledDevice, one: Sample): boolean =>
  (one.to === undefined || one.to === standardDevice(type).name) &&
  modelled.get(type)?.some(({ id }) => id === one.useCase) === true &&
  senderOf(one, type) !== undefined;

/** Who sends it: the asker, or the ACB for one whose key the device has not; nobody where it knows neither. */
function senderOf(one: Sample, type: ModelledDevice): PartyName | undefined {
  const asker = askerOf(one);
  const { actsAs = asker } = serviceRequest(one.reference).byHand;
  const granted = grantsOn(useCase(one.useCase), type).map(({ role }) => role);
  const believed = (name: PartyName): boolean => {
    const { role } = partyIdentities[name];
    return granted.includes(role) && cellsOf(type).some((cell) => cell.role === role);
  };
  if (believed(actsAs)) return asker;
  return believed("accessControlBroker") ? "accessControlBroker" : undefined;
}

interface Attack {
  readonly what: string;
  readonly reason: RefusalReason;
  readonly by?: PartyName;
  readonly forgery?: Forgery;
  readonly tamper?: (bytes: Uint8Array) => Uint8Array;
  /** For devices whose base request is signed. */
  readonly signed?: true;
}

/** One for each stage of a device's checks, in their order. */
const attacks = (type: ModelledDevice, { by, intruder }: Asked): readonly Attack[] => {
  const { code } = useCases.find(({ id }) => id === (type === "ESME" ? "ECS43" : "CCS02")) ?? { code: 0 };
  const operations = [disableSupply, disableSupply];
  const protection = type === "ESME" ? "signature+mac" : "mac";
  return [
    { what: "what is no message", reason: "malformed", tamper: () => new Uint8Array(40) },
    { what: "a command that is cut short", reason: "malformed", tamper: (bytes) => bytes.subarray(0, 40) },
    {
      what: "a command to another device",
      reason: "not-for-me",
      forgery: { code, operations, by, target: "00DB1234567890B0" },
    },
    {
      what: "a use case that there is not",
      reason: "unknown-use-case",
      forgery: { code: 0x7777, operations, by },
    },
    { what: "a party that it does not know", reason: "unknown-party", by: "secondSupplier" },
    { what: "a party without authority", reason: "role", by: intruder },
    {
      what: "a command of an old counter",
      reason: "replay",
      forgery: { code, operations, by, protection, counter: 1n },
    },
    {
      what: "a command without the protection it needs",
      reason: "protection",
      forgery: { code, operations, by, protection: "signature" },
    },
    { what: "a MAC wrong in one bit", reason: "mac", tamper: flipBit() },
    { what: "a signature wrong in one bit", reason: "mac", tamper: flipBit(macBytes), signed: true },
    {
      what: "other operations than the use case's",
      reason: "format",
      forgery: { code, operations, by, protection },
    },
  ];
};

describe("a board under test answers as the model does", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { device: true });
  let device: DeviceEnd;
  let beside: BesideModel;
  let subject: Subject;
  before(async () => {
    const run = currentRun();
    if (run?.device === undefined)
      throw new CodedError("rig/parts", "this scenario needs a board under test", { run: run?.target });
    device = run.device;
    beside = await BesideModel.start(device, { seed: run.seed });
    const { headEnd } = beside;
    // The board keeps what it is given from run to run: keys and holders stay, and the device that is added goes again.
    subject = {
      nowS: Math.floor(device.startUtcMs / 1000),
      issuingCertificate: headEnd.pki.issuingCertificate,
      contingencyKey: headEnd.pki.contingencyKey,
      nextRootCertificate: () => headEnd.pki.rootCertificate,
      nextKeys: (name) => headEnd.parties[name === "secondSupplier" ? "supplier" : name].keys,
      listed: "00DB1234567890A5",
      vend: (pence) => headEnd.vend(beside.eui, pence),
      announce: (eui, deviceType) => announce(headEnd, beside.eui, eui, deviceType),
    };
  });

  for (const type of modelledDevices) {
    for (const scenario of samples.filter((one) => serves(type, one))) {
      const { reference, useCase, first, stateDecides = false } = scenario;
      const { title } = useCases.find(({ id }) => id === useCase) ?? { title: useCase };
      it(`${type}: ${title} (${reference}, ${useCase})`, async function () {
        skipOthers(this, type);
        if (first !== undefined) await beside.ask(first, {}, { expects: "answer" });
        const by = senderOf(scenario, type) as PartyName;
        await beside.ask(reference, scenario.parameters(subject), { stateDecides, by, expects: "answer" });
      });
    }

    const asked = devices[type];
    if (asked === undefined) continue;
    const { base } = asked;
    for (const { what, reason, by = asked.by, forgery, tamper, signed } of attacks(type, asked))
      if (!signed || serviceRequest(base).critical)
        it(`${type}: refuses ${what}, as the model does`, async function () {
          skipOthers(this, type);
          const change = forgery ? () => forged(forgery) : tamper;
          await beside.ask(base, {}, { by, expects: reason, ...(change && { tamper: change }) });
        });

    it(`${type}: refuses a command that it has carried out already, as the model does`, async function () {
      skipOthers(this, type);
      let sent = new Uint8Array();
      const keep = (bytes: Uint8Array) => {
        sent = bytes.slice();
        return bytes;
      };
      const reference: Reference = type === "ESME" ? "7.1" : "8.11";
      const parameters = type === "ESME" ? {} : removal();
      const { by } = asked;
      await beside.ask(reference, parameters, { by, tamper: keep, expects: "answer" });
      await beside.ask(reference, parameters, { by, tamper: () => sent, expects: "replay" });
    });
  }

  it("ESME: the supply is as before all refused commands", async function () {
    skipOthers(this, "ESME");
    await beside.ask("7.4", {}, { expects: "answer" });
  });

  const removal = () => ({ DeviceID: subject.listed, RequestType: "Remove" });

  function forged(forgery: Forgery): Uint8Array {
    const { model, headEnd, eui } = beside;
    const victim = { eui, type: model.type, keys: model.keys };
    return forge({ crypto: nodeCrypto(), suite: model.suite, headEnd, devices: [victim] }, forgery);
  }

  function skipOthers(context: Mocha.Context, type: ModelledDevice): void {
    if (device.type === type) return;
    skipElsewhere(context, `the board is a ${device.type}`);
  }
});
