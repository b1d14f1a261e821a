/** One sample of each use case's request: what scenarios and tests ask, and what the answer must say. */
import assert from "node:assert/strict";
import type { DeviceName as DeviceType, MessageId } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { type PartyKeys, partyIdentities, partyNames } from "../headend/parties.ts";
import type { Certificates } from "../headend/requests/credentials.ts";
import {
  dateOf,
  type Parameters,
  type PartyName,
  type Premises,
  type Reading,
  type Reference,
  serviceRequests,
  wholeLog,
} from "../index.ts";

/** What a sample may depend on: a home, or the like for a board under test. */
export interface Subject {
  readonly nowS: number;
  /** Of the DCC's issuing authority. */
  readonly issuingCertificate: Uint8Array;
  readonly contingencyKey: Uint8Array;
  nextRootCertificate(): Uint8Array;
  /** The party's keys that are to replace its present ones. */
  nextKeys(name: PartyName): PartyKeys;
  /** The device that the hub's log loses. */
  readonly listed: Eui64;
  /** Tells the inventory of a device (12.2), once. */
  announce(eui: Eui64, type: DeviceType): void;
}

export interface Sample {
  readonly useCase: MessageId;
  readonly reference: Reference;
  parameters(subject: Subject): unknown;
  /** Who asks, where the row names no user of the DCC. */
  readonly by?: PartyName;
  /** The one device whose parties it is about, where others know them not. */
  readonly to?: "hub" | "esme";
  /** The request that must have been carried out first. */
  readonly first?: Reference;
  /** The answer's values are the device's own state: of a board under test only their shape is compared. */
  readonly stateDecides?: boolean;
  /** What the answer must say. */
  readonly check?: (answer: never, home: Premises) => void;
}

/** Who asks: the sample's party, or the first whose role may. */
export const askerOf = ({ by, reference }: Sample): PartyName =>
  by ?? partyNames.find((name) => serviceRequests[reference].roles.includes(partyIdentities[name].role))!;

type Rest<R extends Reference> = Omit<Sample, "useCase" | "reference" | "parameters" | "check"> & {
  readonly check?: (answer: Reading<R>, home: Premises) => void;
};
const sample = <R extends Reference>(
  useCase: MessageId,
  reference: R,
  parameters: (subject: Subject) => Parameters<R>,
  rest: Rest<R> = {},
): Sample => ({ useCase, reference, parameters, ...rest }) as Sample;

/** The two-rate prices; other rates cost nothing. */
export const twoRatePrices = {
  ElectricityPriceElements: {
    StandingCharge: 4521,
    StandingChargeScale: -2,
    PriceScale: -5,
    TOUTariff: {
      TOUPrice: [
        { index: 1, value: 1575 },
        { index: 2, value: 3208 },
      ],
    },
  },
};

const NO_FURTHER_BLOCK = 0xffff_ffff;

/** An ordinary two-rate tariff: rate 2 from 07:30 on weekdays, rate 1 at all other times; `SpecialDay`s are its own. */
export const twoRateTariff = {
  ElecTariffElements: {
    CurrencyUnits: "GBP",
    SwitchingTable: {
      DayProfiles: {
        DayProfile: [
          {
            DayName: 1,
            ProfileSchedule: [
              { StartTime: "00:00:00Z", TOUTariffAction: 1 },
              { StartTime: "07:30:00Z", TOUTariffAction: 2 },
            ],
          },
          { DayName: 2, ProfileSchedule: [{ StartTime: "00:00:00Z", TOUTariffAction: 1 }] },
        ],
      },
      WeekProfiles: {
        WeekProfile: [
          {
            WeekName: 1,
            ReferencedDayName: [1, 1, 1, 1, 1, 2, 2].map((value, i) => ({ index: i + 1, value })),
          },
        ],
      },
      Seasons: {
        Season: [{ SeasonName: "year", SeasonStartDate: dateOf("01-01"), ReferencedWeekName: 1 }],
      },
    },
    SpecialDays: {},
    ThresholdMatrix: {
      Thresholds: Array.from({ length: 8 }, (_, i) => ({
        index: i + 1,
        BlockThreshold: [{ index: 1, value: NO_FURTHER_BLOCK }],
      })),
    },
  },
  PriceElements: twoRatePrices,
} as const satisfies Parameters<"1.1.1">;

/** {@link twoRateTariff} with day profile 2 on each of `dates`. */
export const tariffWithSpecialDays = (dates: readonly string[]): Parameters<"1.1.1"> => ({
  ...twoRateTariff,
  ElecTariffElements: {
    ...twoRateTariff.ElecTariffElements,
    SpecialDays: { SpecialDay: dates.map((date) => ({ Date: dateOf(date), ReferencedDayName: 2 })) },
  },
});

export const loadLimit = {
  LoadLimitPeriod: 300,
  LoadLimitPowerThreshold: 6900,
  LoadLimitRestorationPeriod: 60,
  LoadLimitSupplyState: "Disable",
} as const satisfies Parameters<"6.4.1">;

export const rmsVoltageSettings = {
  RMSExtremeOverVoltageMeasurementPeriod: 30,
  RMSExtremeOverVoltageThreshold: 287,
  RMSExtremeUnderVoltageMeasurementPeriod: 30,
  RMSExtremeUnderVoltageThreshold: 180,
  RMSVoltageSagMeasurementPeriod: 30,
  RMSVoltageSagThreshold: 216,
  RMSVoltageSwellMeasurementPeriod: 30,
  RMSVoltageSwellThreshold: 253,
} as const;
export const averageVoltageSettings = {
  AverageRMSOverVoltageThreshold: 264,
  AverageRMSUnderVoltageThreshold: 200,
  AverageRMSVoltageMeasurementPeriod: 600,
} as const;
export const voltageSettings = {
  RMSVoltageSettings: rmsVoltageSettings,
  SinglePhaseVoltageSettings: averageVoltageSettings,
} as const satisfies Parameters<"6.5">;

/** A window around now. */
export const aroundNow = ({ nowS }: Pick<Subject, "nowS">): Parameters<"6.11"> => ({
  CurrentDateTime: nowS - 3600,
  TolerancePeriod: 7200,
});

const log = (LogToRead: Parameters<"6.13">["LogToRead"]) => () => ({ ReadLogPeriod: wholeLog, LogToRead });
const whole = () => ({ ReadLogPeriod: wholeLog });
const nothing = () => ({});

/** What every change of credentials ends with: the path to the root, and the usual checks. */
export const certified = ({ issuingCertificate }: Pick<Subject, "issuingCertificate">) => ({
  CertificationPathCertificates: { Certificate: [issuingCertificate] },
  ApplyTimeBasedCPVChecks: true,
});
/** Certificates for the keys of a supplier, or other party. */
export const certificatesOf = ({
  sign,
  agree,
  prepay,
}: PartyKeys): Record<keyof Certificates, Uint8Array> => ({
  DigitalSigningCertificate: sign.certificate,
  KeyAgreementCertificate: agree.certificate,
  KeyAgreementTopUpCertificate: prepay.certificate,
});
const keyAgreement = (subject: Subject, name: PartyName) => ({
  KeyAgreementCertificate: subject.nextKeys(name).agree.certificate,
});

type AnyChange = Parameters<"NA-CS02b-Root">;
/** A party's signing key, changed by a request that DUIS has no number for. */
const signingKey =
  (role: "WanProvider" | "TransCoS" | "Recovery", name: PartyName) =>
  (subject: Subject): AnyChange => ({
    ReplacementCertificates: [
      {
        RemotePartyRole: role,
        CredentialType: "Digital Signature",
        Certificate: subject.nextKeys(name).sign.certificate,
      },
    ],
    ...certified(subject),
  });
/** A root that the one in force certifies: any other would be "abnormal". */
const nextRoot = (subject: Subject): AnyChange => ({
  ReplacementCertificates: [
    {
      RemotePartyRole: "Root",
      CredentialType: "Certificate Signing",
      Certificate: subject.nextRootCertificate(),
    },
  ],
  CertificationPathCertificates: { Certificate: [] },
  ApplyTimeBasedCPVChecks: true,
});
/** Every cell has been replaced. */
const replaced = {
  check: ({ CredentialsReplace: { outcome } }: Reading<"6.15.1">) => {
    assert.ok(outcome !== undefined && outcome.cells.length > 0);
    for (const { status } of outcome.cells) assert.equal(status, "success");
  },
} as const;

const state = { stateDecides: true } as const;
const isList = (entries: unknown): void => assert.ok(Array.isArray(entries));
const ppmid = "00DB1234567890A5";

/** In an order in which a device that keeps its state is set before it is read. */
export const samples: readonly Sample[] = [
  sample("ECS70", "6.11", aroundNow, {
    ...state,
    check: ({ ClockStatus }) => assert.equal(ClockStatus, "reliable"),
  }),
  sample("ECS42", "7.1", nothing),
  sample("ECS43", "7.2", nothing),
  sample("ECS44", "7.3", nothing, { first: "7.2" }),
  sample("ECS45", "7.4", nothing, { check: ({ SupplyState }) => assert.equal(SupplyState, "enabled") }),
  sample("ECS01a", "1.1.1", () => twoRateTariff),
  sample("ECS01b", "1.2.1", () => ({ PriceElements: twoRatePrices })),
  sample("ECS28a", "6.4.1", () => loadLimit),
  sample("ECS28b", "6.4.2", nothing),
  sample("ECS27", "4.15", nothing, {
    ...state,
    check: ({ LoadLimitCounter }) => assert.equal(LoadLimitCounter, 0),
  }),
  sample("ECS29a", "6.5", () => voltageSettings),
  sample("ECS29c", "6.5", () => ({ ...voltageSettings, RMSVoltageCountersNotReset: {} })),
  sample("ECS29e", "6.27", nothing),
  sample("ECS26b", "6.2.1", nothing, {
    ...state,
    check: ({ VoltageSagThreshold }) => assert.ok(VoltageSagThreshold >= 0),
  }),
  sample("ECS15a", "3.3", nothing),
  sample("ECS38", "7.12", () => ({ RandomisedOffsetLimit: 900 })),
  sample("ECS26c", "6.2.2", nothing, {
    ...state,
    check: ({ RandomisedOffset, RandomisedOffsetNumber, RandomisedOffsetLimit }) =>
      assert.equal(RandomisedOffset, Math.round((RandomisedOffsetNumber * RandomisedOffsetLimit) / 10_000)),
  }),
  sample("ECS23", "4.10", whole, {
    ...state,
    check: ({ AverageUnderVoltageCounter, AverageOverVoltageCounter }) =>
      assert.deepEqual([AverageUnderVoltageCounter, AverageOverVoltageCounter], [0, 0]),
  }),
  sample("ECS17b", "4.1.1", nothing, {
    ...state,
    check: ({ ImportRegisters }, home) => {
      const { activeImportWh } = home.device("esme").board.mockMetrology.reading();
      const said = `${ImportRegisters.import} Wh, metrology says ${activeImportWh}`;
      assert.ok(Math.abs(ImportRegisters.import - activeImportWh) <= 1, said);
    },
  }),
  sample("ECS17d", "4.1.2", nothing, {
    ...state,
    check: ({ TouRegisters }) => assert.equal(TouRegisters.tou.length, 48),
  }),
  sample("ECS22b", "4.8.1", whole, {
    ...state,
    check: ({ ImportProfile }) => assert.ok(ImportProfile.length >= 2, `${ImportProfile.length} half hours`),
  }),
  sample(
    "CS02bSupplierBySupplier",
    "6.15.1",
    (subject) => ({
      RemotePartyRole: "Supplier",
      ReplacementCertificates: {
        SupplierOrNetworkOperatorCertificates: {
          DigitalSigningCertificate: subject.nextKeys("supplier").sign.certificate,
        },
      },
      ...certified(subject),
    }),
    replaced,
  ),
  sample("CS02bRootBySupplier", "NA-CS02b-Root", nextRoot, replaced),
  sample("CS02bRootByWanProvider", "NA-CS02b-WP", nextRoot, replaced),
  sample("CS02bWPByWP", "NA-CS02b-WP", signingKey("WanProvider", "wanProvider"), replaced),
  sample(
    "CS02bAnyExceptAbnormalRootByRecovery",
    "NA-CS02b-Recovery",
    signingKey("TransCoS", "transitionalCoS"),
    replaced,
  ),
  sample(
    "CS02bAnyByContingency",
    "NA-CS02b-Contingency",
    (subject) => ({
      ...signingKey("Recovery", "recovery")(subject),
      ContingencyKey: subject.contingencyKey,
    }),
    { ...replaced, by: "contingency" },
  ),
  sample(
    "CS02bNOByNO",
    "6.15.1",
    (subject) => ({
      RemotePartyRole: "NetworkOperator",
      ReplacementCertificates: {
        SupplierOrNetworkOperatorCertificates: keyAgreement(subject, "networkOperator"),
      },
      ...certified(subject),
    }),
    { ...replaced, by: "networkOperator" },
  ),
  sample(
    "CS02bSupplierByTransCoS",
    "6.23",
    (subject) => ({
      SupplierFloorSeqNumber: 0n,
      SupplierReplacementCertificates: certificatesOf(subject.nextKeys("secondSupplier")),
      ...certified(subject),
      ImportMPxN: "1000000000003",
    }),
    { ...replaced, by: "secondSupplier", to: "esme" },
  ),
  sample(
    "CS02bACBByACB",
    "8.5",
    (subject) => ({
      ACBFloorSeqNumber: 0n,
      ReplacementCertificates: keyAgreement(subject, "accessControlBroker"),
      ...certified(subject),
    }),
    replaced,
  ),
  sample("CS02bTransCoSByTransCoS", "NA-CS02b-TransCoS", signingKey("TransCoS", "transitionalCoS"), replaced),
  sample("CS02a", "6.24.1", () => ({ RemotePartyRole: ["ACB", "Root"] }), {
    check: ({ CredentialsProvide: [broker] }, home) => {
      const holders = new Set(broker?.anchors?.map(({ holder }) => holder));
      assert.deepEqual([...holders], [home.headEnd.parties.accessControlBroker.eui]);
    },
  }),
  sample("CCS01", "8.11", (subject) => {
    subject.announce(ppmid, "PPMID");
    return {
      DeviceID: ppmid,
      RequestType: "Add",
      AddDeviceToCHFWhitelist: { JoinTimePeriod: 3600, InstallCode: "00".repeat(16) },
    };
  }),
  sample("CCS06", "8.9", nothing, {
    ...state,
    check: ({ DeviceLog }) => assert.equal(DeviceLog.length, 1),
  }),
  sample("CCS02", "8.11", ({ listed }) => ({ DeviceID: listed, RequestType: "Remove" })),
  sample("ECS52", "11.2", nothing, {
    check: ({ FirmwareVersion }) => assert.equal(FirmwareVersion, "00010000"),
  }),
  sample("ECS35a", "6.13", log("Event"), { ...state, check: ({ EventLog }) => isList(EventLog) }),
  sample("ECS35b", "6.13", log("Security"), { ...state, check: ({ SecurityLog }) => isList(SecurityLog) }),
  sample("ECS35e", "6.13", log("PowerEvent"), {
    ...state,
    check: ({ PowerEventLog }) => isList(PowerEventLog),
  }),
  sample("ECS35c", "6.13", log("Event"), { ...state, check: ({ EventLog }) => isList(EventLog) }),
  sample("ECS35d", "6.13", log("Security"), { ...state, check: ({ SecurityLog }) => isList(SecurityLog) }),
];
