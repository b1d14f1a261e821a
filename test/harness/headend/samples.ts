/** Filled-in service requests: the scenarios' sample of each use case, and what else a form may say. */
import { type DeviceName, messages } from "../../../firmware/model/index.ts";
import { type Parameters, type Reference, serviceRequest } from "../../../harness/headend/requests/index.ts";
import type { ServiceRequest } from "../../../harness/headend/transform.ts";
import { cancellation, dateOf, partyIdentities, wholeLog } from "../../../harness/index.ts";
import {
  aroundNow,
  certificatesOf,
  certified,
  loadLimit,
  samples as oneEach,
  type Subject,
  tariffWithSpecialDays,
  twoRatePrices,
  twoRateTariff,
} from "../../../harness/scenarios/samples.ts";

const esme = { eui: "00DB1234567890A0", type: "ESME" } as const;
const sapc = { eui: "00DB1234567890A6", type: "SAPC" } as const;
const hub = { eui: "00DB1234567890A2", type: "CHF" } as const;
/** It says nothing, but has the form that ASN.1 carries. */
const certificate = Uint8Array.from([0x30, 0x81, 197, ...new Uint8Array(197).fill(7)]);
const keys = { sign: { certificate }, agree: { certificate }, prepay: { certificate } };

const backup = {
  panId: new Uint8Array(8).fill(1),
  devices: [{ device: new Uint8Array(8).fill(2), keyHash: new Uint8Array(16).fill(3) }],
};

/** A subject of no home: every certificate is the same 200 octets. */
export const subject = {
  nowS: 1_800_000_000,
  issuingCertificate: certificate,
  contingencyKey: new Uint8Array(32).fill(3),
  nextRootCertificate: () => certificate,
  nextKeys: () => keys,
  listed: esme.eui,
  vend: () => "73943333457189043313",
  announce: () => {},
} as unknown as Subject;

export interface Asked {
  readonly reference: Reference;
  readonly parameters: unknown;
  readonly role?: ServiceRequest["role"];
  readonly target?: ServiceRequest["target"];
}

const asked = <R extends Reference>(
  reference: R,
  parameters: Parameters<R>,
  rest: Omit<Asked, "reference" | "parameters"> = {},
): Asked => ({ reference, parameters, ...rest });

const sampled = oneEach.map(({ useCase, reference, parameters, by, phases = 1 }): Asked => {
  const devices: readonly DeviceName[] = messages[useCase].devices;
  const { roles, byHand } = serviceRequest(reference);
  const party = byHand.actsAs ?? by;
  const role = party === undefined ? roles[0]! : partyIdentities[party].role;
  return {
    reference,
    parameters: parameters(subject),
    role,
    target: devices.includes("ESME") ? { ...esme, phases } : devices.includes("CHF") ? hub : sapc,
  };
});

const change = { ...certified(subject), ApplyTimeBasedCPVChecks: false };
const own = certificatesOf(keys as never);
const replacement = {
  RemotePartyRole: "Root",
  CredentialType: "Certificate Signing",
  Certificate: certificate,
} as const;
const { ElectricityPriceElements } = twoRatePrices;
const { TOUTariff, ...standing } = ElectricityPriceElements;
const block = {
  BlockPrices: [
    {
      index: 1,
      BlockPrice: [
        { index: 1, value: 2289 },
        { index: 2, value: 4002 },
      ],
    },
    { index: 8, BlockPrice: [{ index: 4, value: -1 }] },
  ],
};

const others: readonly Asked[] = [
  asked("1.1.1", {
    ...tariffWithSpecialDays(["12-25", "2027-03-30"]),
    ExecutionDateTime: "2026-12-24T00:00:00Z",
    PriceElements: { ElectricityPriceElements: { ...standing, HybridTariff: { ...block, ...TOUTariff } } },
  }),
  asked("1.1.1", withTariff({ CurrencyUnits: "ECB", SpecialDays: { SpecialDay: openDates() } })),
  asked("1.2.1", {
    PriceElements: { ElectricityPriceElements: { ...standing, BlockTariff: block } },
    ExecutionDateTime: cancellation,
  }),
  asked("4.8.1", {
    ReadLogPeriod: { StartDateTime: "2026-12-01T00:00:00Z", EndDateTime: "2026-12-02T00:00:00+01:00" },
  }),
  asked("6.4.1", { ...loadLimit, LoadLimitSupplyState: "Unchanged", ExecutionDateTime: 1_800_000_000 }),
  asked("8.1.1", aroundNow(subject)),
  asked("3.3", { ESMEEventLogType: "ALCS" }),
  asked("6.13", { ReadLogPeriod: { ...wholeLog, StartDateTime: 1_700_000_000 }, LogToRead: "Security" }),
  asked("6.15.1", {
    RemotePartyRole: "Supplier",
    RemotePartyFloorSeqNumber: 77n,
    RemotePartyPrepaymentTopUpFloorSeqNumber: 78n,
    ReplacementCertificates: { SupplierOrNetworkOperatorCertificates: own },
    ExecutionDateTime: 1_800_000_000,
    ...change,
  }),
  asked(
    "6.23",
    {
      SupplierFloorSeqNumber: 2n ** 40n,
      SupplierPrepaymentTopUpFloorSeqNumber: 6n,
      SupplierReplacementCertificates: own,
      ExecutionDateTime: cancellation,
      ImportMPxN: "1312345678333",
      ...change,
    },
    { role: "transitionalCoS" },
  ),
  asked("7.6", { DeactivateALCSHCALCS: { index: 3, Duration: 60 } }),
  asked("7.8", { ResetALCSHCALCS: { index: 5 } }),
  asked("7.10", { RemoveFromBoostButton: [1, 2, 3, 4, 5].map((index) => ({ index, value: index > 3 })) }),
  asked(
    "8.5",
    {
      ACBFloorSeqNumber: 3n,
      ReplacementCertificates: {
        KeyAgreementCertificate: certificate,
        DigitalSigningCertificate: certificate,
      },
      ...change,
    },
    { role: "accessControlBroker", target: hub },
  ),
  asked(
    "NA-CS02b-Recovery",
    {
      FloorSeqNumber: 1n,
      PartyFloorSeqNumbers: [
        { RemotePartyRole: "Supplier", FloorSeqNumber: 2n, PrepaymentTopUpFloorSeqNumber: 3n },
        { RemotePartyRole: "NetworkOperator", FloorSeqNumber: 0n },
      ],
      ReplacementCertificates: [replacement],
      ...change,
    },
    { role: "recovery" },
  ),
];

/** The two-rate tariff with other elements. */
export function withTariff(elements: object): Parameters<"1.1.1"> {
  return { ...twoRateTariff, ElecTariffElements: { ...twoRateTariff.ElecTariffElements, ...elements } };
}

function openDates() {
  const every = dateOf("12-25");
  return [
    {
      Date: { ...every, Month: { NonSpecifiedMonth: {} }, DayOfMonth: { LastDayOfMonth: {} } },
      ReferencedDayName: 1,
    },
    { Date: { ...every, DayOfMonth: { SecondLastDayOfMonth: {} } }, ReferencedDayName: 2 },
    { Date: { ...every, DayOfWeek: { SpecifiedDayOfWeek: 7 } }, ReferencedDayName: 2 },
  ];
}

export const requests: readonly ServiceRequest[] = [...sampled, ...others].map(
  ({ reference, parameters, role = "supplier", target = esme }) => ({
    reference,
    parameters,
    role,
    target,
    originator: "90B3D51F30010000",
    counter: 2n ** 33n,
    supplementary: { party: "90B3D51F30030000", counter: 5n },
    backups: new Map([[hub.eui, backup]]),
    typeOf: (eui: string) => (eui === "00DB1234567890A8" ? "IHD" : "PPMID"),
  }),
);

/** The first request of a reference. */
export const requestOf = (reference: Reference): ServiceRequest =>
  requests.find((request) => request.reference === reference)!;
