/** The forms of DUIS's Response: header, and what answers a request or tells of a device. Alerts of the DCC: `alerts.ts`. */
import { z } from "zod";
import { requests } from "../../../firmware/model/index.ts";
import {
  alertCode,
  cspRegion,
  date,
  deviceIdList,
  deviceManufacturer,
  deviceModel,
  deviceStatus,
  deviceType,
  esmeVariant,
  firmwareVersion,
  messageId,
  productStatus,
  propertyFilter,
  smetsChtsVersion,
  text,
  uprn,
} from "../requests/dcc-types.ts";
import { base64Binary, eui, importMpxn, mpan, oneOf, unsignedInt, whole } from "../requests/duis.ts";
import { wanMatrix } from "../requests/inventory.ts";
import { oneRead, scheduleFields, scheduleId } from "../requests/schedules.ts";
import { dccAlertMessage } from "./alerts.ts";
import { responseCode } from "./response-codes.ts";

/** GBCS bytes. */
const payload = base64Binary(1, 0xf_ffff);
/** xs:string, to which the schema gives no limit. */
const words = text(0, 100);

const device = z.strictObject({
  DeviceID: eui,
  DeviceType: deviceType,
  DeviceStatus: deviceStatus.optional(),
  DeviceManufacturer: deviceManufacturer,
  DeviceModel: deviceModel,
  SMETSCHTSVersion: smetsChtsVersion.optional(),
  DeviceFirmwareVersion: firmwareVersion.optional(),
  DeviceFirmwareVersionStatus: productStatus.optional(),
  CPLStatus: productStatus.optional(),
  DateCommissioned: date.optional(),
  ImportMPxN: importMpxn.optional(),
  SecondaryImportMPAN: mpan.optional(),
  ExportMPAN: mpan.optional(),
  ESMEVariant: esmeVariant.optional(),
  UPRN: uprn.optional(),
  PropertyFilter: propertyFilter.optional(),
  CSPRegion: cspRegion.optional(),
  DeviceGBCSVersion: words.optional(),
  HANVariant: words.optional(),
  S1SP: words.optional(),
  Connectivity: z.enum(["Cellular", "Virtual"]).optional(),
});

const warning = z.strictObject({
  InvalidDeviceIDList: deviceIdList.optional(),
  NotCommissionedDeviceIDList: deviceIdList.optional(),
  NotApplicableFirmwareDeviceIDList: deviceIdList.optional(),
  OtherRequestInProgressList: deviceIdList.optional(),
  InvalidGBCSVersionList: deviceIdList.optional(),
});

/** Coverage of a region: all that is said of it, or its response code alone. */
const coverage = z
  .strictObject({
    CSPRegion: cspRegion,
    CSPRegionResponseCode: responseCode,
    CoverageAvailability: z.boolean().optional(),
    AnticipatedCoverageDate: date.optional(),
    WANTechnology: text(1, 30).optional(),
    ConnectivityLikelihood: z.enum(["High", "Medium", "Low"]).optional(),
    AuxiliaryEquipmentRequired: text(0, 50).optional(),
    AdditionalInformation: text(0, 250).optional(),
  })
  .refine(
    ({ CSPRegion: _, CSPRegionResponseCode: __, ...said }) =>
      Object.values(said).every((value) => value === undefined) ||
      [said.CoverageAvailability, said.WANTechnology, said.ConnectivityLikelihood].every(
        (value) => value !== undefined,
      ),
    "expected CoverageAvailability, WANTechnology and ConnectivityLikelihood, or none of what stands beside them",
  );

/** At most one of them answers a request. */
const answers = {
  CINMessage: z.strictObject({
    GBCSPayload: payload,
    CustomerIdentificationNumber: z.string().regex(/^\d{4}$/, "expected four digits"),
  }),
  DSPInventory: z.strictObject({ Device: z.array(device).min(1).max(17) }),
  DSPOptIn: z.strictObject({
    DeviceID: eui,
    DSPBrokerSecurityCredentialsDigitalSigning: payload.optional(),
    DSPBrokerSecurityCredentialsKeyAgreement: payload,
  }),
  DSPSchedulesRead: z.strictObject({
    DSPSchedules: z
      .array(
        z.strictObject({
          DSPScheduleID: scheduleId,
          DSPScheduleDetails: z.strictObject(scheduleFields).superRefine(oneRead),
        }),
      )
      .min(1)
      .max(99),
  }),
  DSPScheduledMessage: z.strictObject({ GBCSPayload: payload, DSPScheduleID: scheduleId }),
  DSPScheduleID: scheduleId,
  DSPUpdateFirmwareWarning: warning,
  DSPUpdatePPMIDFirmwareWarning: warning,
  DSPWANMatrix: z.strictObject({
    Request: z.strictObject(wanMatrix.fields).superRefine(wanMatrix.check),
    DSPWANMatrixResponse: z.array(coverage).min(1).max(100),
  }),
  FutureDatedDeviceAlertMessage: z.strictObject({
    FutureDatedAlertCode: z.enum(["8F66", "8F67"]),
    GBCSPayload: payload,
    InstructionNumber: whole(0, 0xffff),
    TotalCommandInstructions: whole(0, 0xffff),
  }),
  GBCSPayload: payload,
  LocalCommand: z.strictObject({ GBCSPayload: payload }),
  PreCommand: z.strictObject({ GBCSVersion: words, GBCSPayload: payload }),
} as const;
type Answers = { readonly [K in keyof typeof answers]?: z.output<(typeof answers)[K]> };

/** What a ResponseMessage may say beside its references. */
export const answerKinds = Object.keys(answers) as readonly (keyof typeof answers)[];

const optional = <T extends z.ZodType>(schema: T): z.ZodOptional<T> => schema.optional();
const majorOf = (variant: string): string => variant.split(".").slice(0, 2).join(".");
const variants = Object.keys(requests) as [string, ...string[]];

const responseMessage = z
  .strictObject({
    ServiceReference: z.enum([...new Set(variants.map(majorOf))]),
    ServiceReferenceVariant: z.enum(variants),
    ...(Object.fromEntries(
      Object.entries(answers).map(([name, schema]) => [name, optional(schema)]),
    ) as unknown as { [K in keyof typeof answers]: z.ZodOptional<(typeof answers)[K]> }),
  })
  .superRefine((message, context) => {
    const major = majorOf(message.ServiceReferenceVariant);
    const path = ["ServiceReference"];
    if (message.ServiceReference !== major)
      context.addIssue({ code: "custom", path, message: `expected ${major} of its variant` });
    const given = Object.keys(answers).filter((name) => message[name as keyof Answers] !== undefined);
    if (given.length > 1)
      context.addIssue({ code: "custom", message: `expected one answer, got ${given.join(" and ")}` });
  });

const deviceAlertMessage = z.strictObject({
  AlertCode: alertCode,
  ThrottledAlertSequenceId: unsignedInt.optional(),
  ThrottledAlertCount: unsignedInt.optional(),
  GBCSPayload: payload,
});

export const responseHeader = z.strictObject({
  RequestID: messageId.optional(),
  ResponseID: messageId.optional(),
  ResponseCode: responseCode,
  /** Milliseconds are kept. */
  ResponseDateTime: z.iso.datetime({ offset: true }),
});

/** DUIS's Body: one of its elements. SMETS1ResponseMessage is not among them: there are no SMETS1 devices here. */
export const responseBody = z
  .strictObject({
    ResponseMessage: responseMessage.optional(),
    DeviceAlertMessage: deviceAlertMessage.optional(),
    DCCAlertMessage: dccAlertMessage.optional(),
  })
  .superRefine(oneOf("ResponseMessage", "DeviceAlertMessage", "DCCAlertMessage"));

/** Beside its references at most one member. */
export type ResponseMessage = Readonly<z.output<typeof responseMessage>>;
export type DeviceAlertMessage = Readonly<z.output<typeof deviceAlertMessage>>;
