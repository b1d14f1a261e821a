/** The forms of what the DCC itself tells its users: every choice of DUIS's DCCAlert but that of SMETS1's service providers. */
import { z } from "zod";
import {
  alertCode,
  date,
  deviceIdList,
  deviceType,
  esmeVariant,
  firmwareVersion,
  messageId,
  meterMpxns,
  remotePartyRole,
  text,
} from "../requests/dcc-types.ts";
import {
  base64Binary,
  dateTime,
  empty,
  eui,
  floorSequenceNumber,
  importMpxn,
  oneOf,
  unsignedInt,
} from "../requests/duis.ts";
import { subGhzConfiguration } from "../requests/hub.ts";
import { scheduleId } from "../requests/schedules.ts";

/** A form of which exactly one member is there. */
const choice = <S extends Readonly<Record<string, z.ZodType>>>(members: S) =>
  z
    .strictObject(
      Object.fromEntries(
        Object.entries(members).map(([name, schema]) => [name, schema.optional()]),
      ) as unknown as { [K in keyof S]: z.ZodOptional<S[K]> },
    )
    .superRefine(oneOf(...Object.keys(members)));

/** xs:string, to which the schema gives no limit. */
const words = text(0, 1000);

const associated = z.strictObject({ DeviceID: eui, DeviceType: deviceType });
const certificateTypes = ["DigitalSigning", "KeyAgreement", "KeyAgreementTopUp"] as const;

const statusChange = choice({
  MeterIdentity: z.strictObject({ MeterMPxNs: meterMpxns, ESMEVariant: esmeVariant.optional() }),
  MeterDecommissioningOrWithdrawal: z.strictObject({
    MeterDecommissionOrWithdrawal: meterMpxns,
    AssociatedType1Device: z.array(associated).max(7).optional(),
  }),
  DeviceRemovedFromInventory: empty,
  CHFDecommissioning: empty,
  DeviceSuspended: empty,
  DeviceRestored: empty,
  RecoveryCompleteACBCredentials: z.strictObject({
    SupplierCertificateType: z.array(z.enum(certificateTypes)).min(1).max(3),
    NetworkOperatorCertificateType: z
      .array(z.enum(["DigitalSigning", "KeyAgreement"]))
      .max(2)
      .optional(),
  }),
  RecoveryComplete: empty,
});

/** A request of 6.23, with the error of the party that changes suppliers; or a device that has changed. */
const changeOfSupplier = z
  .strictObject({
    ChangeOfSupplierServiceRequestID: messageId.optional(),
    ECoSErrorCode: text(3, 3).optional(),
    DeviceChangeOfSupplier: z
      .strictObject({ DeviceID: eui, DeviceType: deviceType, MPxNs: meterMpxns })
      .optional(),
  })
  .superRefine(oneOf("ChangeOfSupplierServiceRequestID", "DeviceChangeOfSupplier"))
  .refine(
    (p) => p.ECoSErrorCode === undefined || p.ChangeOfSupplierServiceRequestID !== undefined,
    "expected ECoSErrorCode beside ChangeOfSupplierServiceRequestID alone",
  );

const hubs = z.strictObject({
  OldCHFDeviceID: eui,
  NewCHFDeviceID: eui,
  OldGPFDeviceID: eui,
  NewGPFDeviceID: eui,
});
const deviceLogRestored = z
  .strictObject({ RestoredDate: date, CHFDeviceLog: hubs.optional(), GPFDeviceLog: hubs.optional() })
  .superRefine(oneOf("CHFDeviceLog", "GPFDeviceLog"));

const breach = z.strictObject({
  RequestID: messageId,
  /** Of 20 digits at most. */
  QuarantineEventRef: z
    .bigint()
    .min(0n)
    .max(10n ** 20n - 1n),
});

const channels = (count: number) =>
  choice(Object.fromEntries(Array.from({ length: count }, (_, i) => [`Channel${i}`, empty])));
/** Why a sub-GHz scan was made, in the order of the schema; by number from memory, unverified. */
export const scanTriggers = [
  "RemotePartyCommand",
  "GSMERequest",
  "GSMEMissedItsCurfew",
  "GSMEMissingForTheLastDay",
  "CHDetectedMessageFailureProblems",
  "CHDetectedMessageRetryProblems",
  "SubGHzNon-GSMEDeviceRequest",
  "SMHANFormation",
] as const;
const scanOutcome = z.enum([
  "ScanRequestAccepted",
  "HHTConnected",
  "DutyCycleUsageIsTooHigh",
  "JoiningIsCurrentlyPermitted",
  "GSMEOTADistributionUnderway",
  "TooManyScansToday",
  "TooManyCommandsToday",
  "TooManyScansThisWeek",
]);
/** At most one of them says more of an alert of a hub's sub-GHz network. */
const subGhzDetails = {
  LimitedDutyCycleActionTaken: z.strictObject({ DeviceIDToSuspend: eui }).optional(),
  SubGHzChannelChanged: z
    .strictObject({
      OperatingSubGHzChannel: choice({
        OperatingLowerBandSubGHzChannel: channels(62),
        OperatingUpperBandSubGHzChannel: channels(27),
      }),
      ScanTrigger: z.enum(scanTriggers),
    })
    .optional(),
  SubGHzChannelScanRequestAssessmentOutcome: z
    .strictObject({ StatusCode: scanOutcome, ScanTrigger: z.enum(scanTriggers) })
    .optional(),
  SubGHzConfigurationChanged: subGhzConfiguration.optional(),
  MessageDiscardedDueToDutyCycleManagement: z
    .strictObject({ RequestID: messageId, CRAFlag: z.enum(["Command", "Response", "Alert"]) })
    .optional(),
  NoMoreSubGHzDeviceCapacity: z.strictObject({ DeviceID: eui, DeviceType: deviceType.optional() }).optional(),
} as const;
const dualBand = z
  .strictObject({
    CHFDeviceID: eui,
    DeviceAlertCode: alertCode,
    GBCSHexadecimalMessageCode: alertCode.optional(),
    ...subGhzDetails,
  })
  .refine(
    (p) =>
      Object.keys(subGhzDetails).filter((name) => p[name as keyof typeof subGhzDetails] !== undefined)
        .length <= 1,
    `expected at most one of ${Object.keys(subGhzDetails).join(", ")}`,
  );

const versionMismatch = z
  .strictObject({
    DCCAlertVersionMismatch: z
      .strictObject({ DCCAlertCode: words, DeviceID: eui.optional(), RequestID: messageId.optional() })
      .optional(),
    ServiceResponseVersionMismatch: z
      .strictObject({
        RequestID: messageId,
        ServiceReference: words,
        ServiceReferenceVariant: words,
        ServiceRequestDUISVersion: words,
      })
      .optional(),
    ServiceUserDUISVersion: words,
  })
  .superRefine(oneOf("DCCAlertVersionMismatch", "ServiceResponseVersionMismatch"));

const contents = {
  PowerOutageEvent: z.strictObject({ CommsHubDeviceID: eui, StartDateTime: dateTime, MPxN: importMpxn }),
  DeviceStatusChangeEvent: z.strictObject({ DeviceID: eui, DeviceStatusChange: statusChange }),
  DSPScheduleRemoval: z.strictObject({ DeviceID: eui, DSPScheduleID: scheduleId }),
  CommandFailure: z.strictObject({
    CommandRequestID: messageId,
    DSPScheduleID: scheduleId.optional(),
    DeviceID: eui,
  }),
  FirmwareDistributionFailure: z.strictObject({ UpdateFirmwareRequestID: messageId, MeterIDs: deviceIdList }),
  UpdateHANDeviceLogResult: z.strictObject({ UpdateHANDeviceLogServiceRequestID: messageId }),
  ChangeOfSupplier: changeOfSupplier,
  DeviceLogRestored: deviceLogRestored,
  PPMIDAlert: z.strictObject({
    DeviceID: eui,
    DeviceAlertCode: alertCode,
    Timestamp: dateTime.optional(),
    PPMIDFirmwareUpgradeAlert: z
      .strictObject({
        FirmwareVersion: firmwareVersion,
        ActivateImageResultCode: z.enum(["ActivationSuccess", "ActivationFailure"]),
      })
      .optional(),
  }),
  SecurityCredentialsUpdated: z.strictObject({
    DeviceID: eui,
    RemotePartyRole: remotePartyRole,
    RemotePartySeqNumberChange: z
      .strictObject({
        RemotePartyFloorSeqNumber: floorSequenceNumber,
        RemotePartyPrepaymentTopUpFloorSeqNumber: floorSequenceNumber.optional(),
      })
      .optional(),
    Certificates: z
      .array(
        z.strictObject({ CertificateType: z.enum(certificateTypes), CertificateHash: base64Binary(1, 64) }),
      )
      .min(1)
      .max(3),
  }),
  PPMIDRemoval: z.strictObject({ PPMIDDeviceID: eui, CHFDeviceID: eui }),
  QuarantinedRequest: choice({
    ADUserThresholdBreach: breach,
    ADDCCThresholdBreach: breach,
    ADAttributeLimitsBreach: breach,
  }),
  FirmwareVersionMismatch: z.strictObject({
    DeviceID: eui,
    DeviceType: deviceType,
    FirmwareVersionSMI: firmwareVersion,
    FirmwareVersionDevice: firmwareVersion,
  }),
  DualBandCHAlert: dualBand,
  SMETS1CHFirmwareNotification: z.strictObject({
    DeviceID: eui,
    FirmwareVersion: firmwareVersion,
    FirmwareVersionUpdateStatus: z.enum(["UpdateRequested", "ActivationSuccessful"]),
  }),
  ALCSHCALCSConfigurationChange: z.strictObject({
    ESMEDeviceID: eui,
    ESMEVariant: esmeVariant.optional(),
    DeviceGBCSVersion: words.optional(),
  }),
  FirmwareUpgradeRequested: z.strictObject({
    DeviceType: deviceType,
    FirmwareVersion: firmwareVersion,
    DeviceList: deviceIdList,
  }),
  CSPFirmwareDeliveryStatus: z.strictObject({
    UpdateFirmwareRequestID: messageId,
    CommsHubDeviceID: eui,
    TargetDeviceID: eui,
    FirmwareVersion: firmwareVersion,
    TimeStamp: dateTime,
    CommsHubTransferStatus: z.enum(["Success", "Failure"]),
  }),
  CommsHubAlert: z.strictObject({
    CommsHubDeviceID: eui,
    AlertCode: alertCode,
    TimeStamp: dateTime.optional(),
    FirmwareTransferAlert: z
      .strictObject({
        UpdateFirmwareRequestID: messageId.optional(),
        OtherDeviceID: eui,
        FirmwareVersion: firmwareVersion,
        TransferResponseCode: z.enum([
          "FileTransferSuccess",
          "FirmwareImageDiscarded",
          "HardwareVersionMismatch",
          "FileTransferFailure",
        ]),
      })
      .optional(),
  }),
  ECoSAlert: z.strictObject({
    AlertID: messageId,
    RequestID: messageId.optional(),
    ECoSAlertCode: words,
    DeviceID: eui,
    AdditionalInformation: words.optional(),
  }),
  CommsHubFirmwareActivation: z.strictObject({ DeviceID: eui, FirmwareVersion: firmwareVersion }),
  CoSCertificateAlert: z.strictObject({
    DeviceID: eui,
    CertificateSerialNumber: z
      .bigint()
      .min(0n)
      .max((1n << 160n) - 1n)
      .optional(),
  }),
  DUISVersionMismatch: versionMismatch,
} as const;

/** AD1, N1 to N65 without N32, and N999. The schema binds none to a content. */
const code = z
  .string()
  .regex(/^(AD1|N999|N([1-9]|[1-5]\d|6[0-5]))$/, "expected a DCC alert code, e.g. AD1 or N12")
  .refine((text) => text !== "N32", "expected another code: DUIS has no N32");

export const dccAlertMessage = z.strictObject({
  DCCAlertCode: code,
  ThrottledAlertSequenceId: unsignedInt.optional(),
  ThrottledAlertCount: unsignedInt.optional(),
  DCCAlert: choice(contents),
});

/** Names of what the DCC tells: exactly one of them stands in a DCCAlert. */
export const dccAlertKinds = Object.keys(contents) as readonly (keyof typeof contents)[];

/** One member, e.g. `{ PowerOutageEvent: { CommsHubDeviceID, StartDateTime, MPxN } }`. Times are UTC seconds. */
export type DccAlertContent = {
  readonly [K in keyof typeof contents]: { readonly [P in K]: z.output<(typeof contents)[K]> };
}[keyof typeof contents];

export interface DccAlertMessage {
  readonly DCCAlertCode: string;
  readonly ThrottledAlertSequenceId?: number | undefined;
  readonly ThrottledAlertCount?: number | undefined;
  readonly DCCAlert: DccAlertContent;
}
