/** A filled-in sample of every service request, between them reaching every use case of the firmware. */
import type { ServiceRequest } from "../../../harness/headend/transform.ts";

const esme = { eui: "00DB1234567890A0", type: "ESME" } as const;
const hub = { eui: "00DB1234567890A2", type: "CHF" } as const;
const certificate = new Uint8Array(200).fill(7);
const replaceSupplier = {
  replacements: [{ cell: { role: "supplier", usage: "sign" }, certificate }],
  path: [certificate],
};

export const samples: Readonly<
  Record<string, { parameters: unknown; role?: string; target?: typeof hub }[]>
> = {
  "1.1.1": [
    {
      parameters: {
        seasons: [
          { name: "winter", from: "10-27", week: "w1" },
          { name: "summer", from: "2027-03-30", week: "w2" },
        ],
        weeks: [
          { name: "w1", days: [1, 1, 1, 1, 1, 2, 2] },
          { name: "w2", days: [2, 2, 2, 2, 2, 2, 2] },
        ],
        days: [
          {
            id: 1,
            switches: [
              { at: "00:00", rate: 1 },
              { at: "07:30", rate: 2 },
            ],
          },
          { id: 2, switches: [{ at: "00:00", rate: 1 }] },
        ],
        specialDays: [{ date: "12-25", day: 2 }],
        blockThresholdsWh: [[10_000, 40_000]],
        standingCharge: 2000,
        touPrices: [2118, 941],
        blockPrices: [[2289, 4002]],
        activateAt: "2026-12-24T00:00:00Z",
      },
    },
  ],
  "1.2.1": [{ parameters: { standingCharge: -5, touPrices: [1, 2, 3], activateAt: "never" } }],
  "4.1.1": [{ parameters: {} }],
  "4.1.2": [{ parameters: {} }],
  "4.8.1": [
    { parameters: {} },
    { parameters: { from: "2026-12-01T00:00:00Z", until: "2026-12-02T00:00:00Z" } },
  ],
  "4.10": [{ parameters: { from: "2026-12-01T00:00:00+01:00" } }],
  "4.15": [{ parameters: {} }],
  "6.4.1": [
    { parameters: { thresholdW: 6900, periodS: 300, restorationS: 30, onTrip: "disable" } },
    {
      parameters: {
        thresholdW: 1,
        periodS: 2,
        restorationS: 3,
        onTrip: "unchanged",
        activateAt: 1_800_000_000,
      },
    },
  ],
  "6.4.2": [{ parameters: {} }],
  "6.5": [
    {
      role: "networkOperator",
      parameters: {
        averagingPeriodS: 1800,
        extremeOver: { thresholdV: 287, periodS: 30 },
        extremeUnder: { thresholdV: 180, periodS: 30 },
        sag: { thresholdV: 216, periodS: 30 },
        swell: { thresholdV: 253, periodS: 30 },
        averageOverV: 264,
        averageUnderV: 200,
      },
    },
    {
      role: "networkOperator",
      parameters: {
        averagingPeriodS: 0,
        extremeOver: { thresholdV: 287, periodS: 0 },
        extremeUnder: { thresholdV: 180, periodS: 30 },
        sag: { thresholdV: 216, periodS: 30 },
        swell: { thresholdV: 253, periodS: 30 },
        averageOverV: 264,
        averageUnderV: 200,
        resetCounters: false,
      },
    },
  ],
  "6.2.2": [{ parameters: {} }],
  "7.12": [{ parameters: { limitS: 900 } }],
  "6.11": [{ parameters: { validFrom: 1_700_000_000, validUntil: 1_700_172_800 } }],
  "8.1.1": [{ parameters: { validFrom: 1_700_000_000, validUntil: 1_700_172_800 } }],
  "6.13": [
    { parameters: { log: "event" } },
    { parameters: { log: "security", from: 1_700_000_000 } },
    { parameters: { log: "power", until: 1_800_000_000 } },
    { parameters: { log: "event" }, target: hub },
    { parameters: { log: "security" }, target: hub },
  ],
  "6.15.1": [
    { parameters: { ...replaceSupplier, floor: 77n, topUpFloor: 78n, activateAt: 1_800_000_000 } },
    {
      role: "networkOperator",
      parameters: { replacements: [{ cell: { role: "networkOperator", usage: "agree" }, certificate }] },
    },
    {
      parameters: {
        replacements: [{ cell: { role: "root", usage: "certify" }, certificate }],
        timeBasedChecks: false,
      },
    },
  ],
  "6.23": [
    {
      role: "transitionalCoS",
      parameters: { ...replaceSupplier, partyFloors: [{ party: "90b3d51f30030000", floor: 2n ** 40n }] },
    },
    { role: "transitionalCoS", parameters: { ...replaceSupplier, floor: 5n, topUpFloor: 6n } },
    { role: "transitionalCoS", parameters: replaceSupplier },
  ],
  "8.5": [
    {
      role: "accessControlBroker",
      parameters: { replacements: [{ cell: { role: "accessControlBroker", usage: "agree" }, certificate }] },
    },
    {
      role: "accessControlBroker",
      target: hub,
      parameters: { replacements: [{ cell: { role: "accessControlBroker", usage: "sign" }, certificate }] },
    },
  ],
  "NA-CS02b-WP": [
    {
      role: "wanProvider",
      target: hub,
      parameters: { replacements: [{ cell: { role: "wanProvider", usage: "sign" }, certificate }] },
    },
    {
      role: "wanProvider",
      target: hub,
      parameters: { replacements: [{ cell: { role: "root", usage: "certify" }, certificate }] },
    },
  ],
  "NA-CS02b-Recovery": [
    {
      role: "recovery",
      parameters: {
        ...replaceSupplier,
        floor: 1n,
        partyFloors: [
          { role: "supplier", floor: 2n, topUpFloor: 3n },
          { role: "networkOperator", floor: 0n },
        ],
      },
    },
  ],
  "NA-CS02b-Contingency": [
    {
      role: "root",
      parameters: {
        replacements: [{ cell: { role: "root", usage: "certify" }, certificate }],
        contingencyKey: new Uint8Array(32).fill(3),
        partyFloors: [{ role: "recovery", floor: 2n }],
      },
    },
  ],
  "NA-CS02b-TransCoS": [
    {
      role: "transitionalCoS",
      parameters: { replacements: [{ cell: { role: "transitionalCoS", usage: "sign" }, certificate }] },
    },
  ],
  "6.24.1": [{ parameters: { roles: ["supplier"] } }],
  "7.1": [{ parameters: {} }],
  "7.2": [{ parameters: {} }],
  "7.3": [{ parameters: {} }],
  "7.4": [{ parameters: {} }],
  "8.9": [{ parameters: {}, target: hub }],
  "8.11": [
    {
      target: hub,
      parameters: {
        action: "add",
        device: "00db1234567890a0",
        installCode: "30313233343536373839414243444546",
      },
    },
    { target: hub, parameters: { action: "remove", device: "00DB1234567890A0" } },
  ],
  "11.2": [{ parameters: {} }, { parameters: {}, target: hub }],
};

export const requests: ServiceRequest[] = Object.entries(samples).flatMap(([reference, cases]) =>
  cases.map((sample) => ({
    reference,
    parameters: sample.parameters,
    role: (sample.role ?? "supplier") as ServiceRequest["role"],
    target: sample.target ?? esme,
    originator: "90B3D51F30010000",
    counter: 2n ** 33n,
    supplementary: { party: "90B3D51F30030000", counter: 5n },
  })),
);
