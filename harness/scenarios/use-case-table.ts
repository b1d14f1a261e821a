/** Every use case of meter and hub: its request, what the answer must say, and who is refused. */
import assert from "node:assert/strict";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { HeadEnd } from "../headend/head-end.ts";
import type { PartyKeys } from "../headend/parties.ts";
import type { HomeRequestOptions, PartyName, Premises, Reading } from "../index.ts";
import { flipBit, loadLimit, macBytes, type Refusal, twoRateTariff, voltageThresholds } from "./support.ts";

/** What the parameters of a request may depend on: a home, or the like for a board under test. */
export interface UseCaseSubject {
  readonly nowS: number;
  readonly headEnd: Pick<HeadEnd, "pki" | "parties">;
  /** The device that the hub's log loses. */
  readonly removed: { readonly eui: Eui64 };
  /** The party's keys that are to replace its present ones. */
  nextKeys(name: PartyName): PartyKeys;
}

export interface UseCaseScenario {
  readonly reference: string;
  readonly useCase: string;
  readonly parameters?: (subject: UseCaseSubject) => unknown;
  readonly by?: PartyName;
  readonly to?: string;
  /** The request that must have been carried out first. */
  readonly first?: string;
  /** The answer's values are the device's own state: of a board under test only their shape is compared. */
  readonly stateDecides?: boolean;
  /** What the answer must say. */
  readonly check?: (answer: Reading, home: Premises) => void;
  /** The party that has no business doing this, and yet tries. */
  readonly intruder?: PartyName;
  /** Another refusal than that of the wrong role. */
  readonly refusal?: HomeRequestOptions & { readonly expected: Omit<Refusal, "device"> };
}

const badSignature = { tamper: flipBit(macBytes), expected: { reason: "mac", alertCode: 0x8f3d } } as const;
const badMac = { tamper: flipBit(0), expected: { reason: "mac", alertCode: 0x8f3d } } as const;

const certificateFor = (
  subject: UseCaseSubject,
  name: PartyName,
  usage: "sign" | "agree",
  prepay = false,
) => {
  const keys = subject.nextKeys(name);
  const { role } = subject.headEnd.parties[name];
  const certificate =
    usage === "sign" ? keys.sign.certificate : (prepay ? keys.prepay : keys.agree).certificate;
  return { cell: { role, usage, prepay }, certificate };
};
const replace = (name: PartyName, usage: "sign" | "agree") => (subject: UseCaseSubject) => ({
  replacements: [certificateFor(subject, name, usage)],
  path: [subject.headEnd.pki.issuingCertificate],
});
/** Every cell has been replaced. */
const replaced = ({ cells }: Reading) => {
  assert.ok(cells.length > 0);
  for (const { outcome } of cells) assert.equal(outcome, "success");
};
/** A root that the one in force certifies: any other would be "abnormal". */
const replaceRoot = ({ headEnd: { pki } }: UseCaseSubject) => ({
  replacements: [{ cell: { role: "root", usage: "certify" }, certificate: pki.nextRootCertificate() }],
});

const aroundNow = ({ nowS }: UseCaseSubject) => ({ validFrom: nowS - 3600, validUntil: nowS + 3600 });

/** In an order in which a device that keeps its state is set before it is read. */
export const useCaseScenarios: readonly UseCaseScenario[] = [
  {
    reference: "6.11",
    useCase: "ECS70",
    stateDecides: true,
    parameters: aroundNow,
    intruder: "networkOperator",
    check: ({ status }) => assert.equal(status, 0),
  },
  { reference: "7.1", useCase: "ECS42", intruder: "networkOperator" },
  { reference: "7.2", useCase: "ECS43", intruder: "networkOperator" },
  {
    reference: "7.3",
    useCase: "ECS44",
    intruder: "networkOperator",
    first: "7.2",
  },
  {
    reference: "7.4",
    useCase: "ECS45",
    intruder: "transitionalCoS",
    check: ({ supply }) => assert.equal(supply, "enabled"),
  },
  { reference: "1.1.1", useCase: "ECS01a", parameters: () => twoRateTariff, intruder: "networkOperator" },
  {
    reference: "1.2.1",
    useCase: "ECS01b",
    parameters: () => ({ standingCharge: 4521, touPrices: [1600] }),
    intruder: "networkOperator",
  },
  { reference: "6.4.1", useCase: "ECS28a", parameters: () => loadLimit, intruder: "networkOperator" },
  { reference: "6.4.2", useCase: "ECS28b", intruder: "networkOperator" },
  {
    reference: "4.15",
    useCase: "ECS27",
    stateDecides: true,
    intruder: "transitionalCoS",
    check: ({ count }) => assert.equal(count, 0),
  },
  {
    reference: "6.5",
    useCase: "ECS29a",
    by: "networkOperator",
    parameters: () => voltageThresholds,
    intruder: "supplier",
  },
  {
    reference: "6.5",
    useCase: "ECS29c",
    by: "networkOperator",
    parameters: () => ({ ...voltageThresholds, resetCounters: false }),
    intruder: "supplier",
  },
  {
    reference: "7.12",
    useCase: "ECS38",
    parameters: () => ({ limitS: 900 }),
    intruder: "networkOperator",
  },
  {
    reference: "6.2.2",
    useCase: "ECS26c",
    stateDecides: true,
    intruder: "transitionalCoS",
    check: ({ offsetS, number, limitS }) => assert.equal(offsetS, Math.round((number * limitS) / 10_000)),
  },
  {
    reference: "4.10",
    useCase: "ECS23",
    stateDecides: true,
    by: "networkOperator",
    intruder: "transitionalCoS",
    check: ({ underCount, overCount }) => assert.deepEqual([underCount, overCount], [0, 0]),
  },
  {
    reference: "4.1.1",
    useCase: "ECS17b",
    stateDecides: true,
    intruder: "transitionalCoS",
    check: ({ activeImportWh }, home) => {
      const true_ = home.device("esme").board.mockMetrology.reading().activeImportWh;
      assert.ok(Math.abs(activeImportWh - true_) <= 1, `${activeImportWh} Wh, metrology says ${true_}`);
    },
  },
  {
    reference: "4.1.2",
    useCase: "ECS17d",
    stateDecides: true,
    intruder: "transitionalCoS",
    check: ({ touWh }) => assert.equal(touWh.length, 48),
  },
  {
    reference: "4.8.1",
    useCase: "ECS22b",
    stateDecides: true,
    intruder: "transitionalCoS",
    check: ({ halfHours }) => assert.ok(halfHours.length >= 2, `${halfHours.length} half hours`),
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
    useCase: "CS02bRootBySupplier",
    parameters: replaceRoot,
    check: replaced,
    refusal: badSignature,
  },
  {
    reference: "NA-CS02b-WP",
    useCase: "CS02bRootByWanProvider",
    by: "wanProvider",
    to: "hub",
    parameters: replaceRoot,
    check: replaced,
    refusal: badSignature,
  },
  {
    reference: "NA-CS02b-WP",
    useCase: "CS02bWPByWP",
    by: "wanProvider",
    to: "hub",
    parameters: replace("wanProvider", "sign"),
    check: replaced,
    refusal: badSignature,
  },
  {
    reference: "NA-CS02b-Recovery",
    useCase: "CS02bAnyExceptAbnormalRootByRecovery",
    by: "recovery",
    parameters: replace("networkOperator", "sign"),
    check: replaced,
    refusal: { tamper: flipBit(0), expected: { reason: "signature", alertCode: 0x8f3d } },
  },
  {
    reference: "NA-CS02b-Contingency",
    useCase: "CS02bAnyByContingency",
    by: "contingency",
    parameters: (subject) => ({
      ...replace("recovery", "sign")(subject),
      contingencyKey: subject.headEnd.pki.contingencyKey,
    }),
    check: replaced,
    refusal: { tamper: flipBit(0), expected: { reason: "signature", alertCode: 0x8f3d } },
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
    by: "secondSupplier",
    parameters: replace("secondSupplier", "agree"),
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
    parameters: () => ({ roles: ["supplier", "root"] }),
    intruder: "networkOperator",
    check: ({ roles }, home) => assert.equal(roles[0].anchors[0].holder, home.headEnd.parties.supplier.eui),
  },
  {
    reference: "8.11",
    useCase: "CCS01",
    to: "hub",
    parameters: () => ({
      action: "add",
      device: "00DB1234567890A5",
      installCode: "00".repeat(16),
      deviceType: 132,
    }),
    intruder: "wanProvider",
  },
  {
    reference: "8.9",
    useCase: "CCS06",
    stateDecides: true,
    to: "hub",
    intruder: "wanProvider",
    check: ({ devices }) => assert.equal(devices.length, 1),
  },
  {
    reference: "8.11",
    useCase: "CCS02",
    to: "hub",
    parameters: ({ removed }) => ({ action: "remove", device: removed.eui }),
    intruder: "wanProvider",
  },
  {
    reference: "11.2",
    useCase: "ECS52",
    intruder: "transitionalCoS",
    check: ({ firmwareVersion }) => assert.equal(firmwareVersion, "00010000"),
  },
  {
    reference: "6.13",
    useCase: "ECS35a",
    stateDecides: true,
    parameters: () => ({ log: "event" }),
    intruder: "transitionalCoS",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
  {
    reference: "6.13",
    useCase: "ECS35b",
    stateDecides: true,
    parameters: () => ({ log: "security" }),
    intruder: "transitionalCoS",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
  {
    reference: "6.13",
    useCase: "ECS35e",
    stateDecides: true,
    parameters: () => ({ log: "power" }),
    intruder: "transitionalCoS",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
  {
    reference: "6.13",
    useCase: "ECS35c",
    stateDecides: true,
    to: "hub",
    parameters: () => ({ log: "event" }),
    intruder: "wanProvider",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
  {
    reference: "6.13",
    useCase: "ECS35d",
    stateDecides: true,
    to: "hub",
    parameters: () => ({ log: "security" }),
    intruder: "wanProvider",
    check: ({ entries }) => assert.ok(Array.isArray(entries)),
  },
];
