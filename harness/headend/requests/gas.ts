/**
 * Service requests for gas devices alone, and for the gas proxy: no such device is modelled, so they are known by their forms
 * and become no command.
 */
import { z } from "zod";
import { newSet, path } from "./credentials.ts";
import { remotePartyRole } from "./dcc-types.ts";
import { decimal, eui, floorSequenceNumber, oneOf, whole } from "./duis.ts";
import { request } from "./request.ts";

const lock = z.enum(["Unchanged", "Locked"]);

export const gasRequests = {
  "4.1.4": request("4.1.4", "ReadInstantaneousImportBlockCounters"),
  "6.2.8": request("6.2.8", "ReadDeviceConfigurationGas"),
  /** MJ/m3; a factor. */
  "6.6": request("6.6", "UpdateDeviceConfigurationGasConversion", {
    fields: {
      CalorificValue: decimal(0, 429_496_729.5, 1),
      ConversionFactor: decimal(0, 42_949.672_95, 5),
    },
  }),
  /** m3/h; s. */
  "6.7": request("6.7", "UpdateDeviceConfigurationGasFlow", {
    fields: {
      UncontrolledGasFlowRate: whole(0, 0xffff).optional(),
      UncontrolledGasFlowRateDecimal: decimal(0, 6.5535, 4).optional(),
      SupplyDepletionState: lock,
      SupplyTamperState: lock,
      StabilisationPeriod: whole(1, 255),
      MeasurementPeriod: whole(1, 0xffff),
    },
    check: oneOf("UncontrolledGasFlowRate", "UncontrolledGasFlowRateDecimal"),
  }),
  /** Of a gas proxy, whose supplier or network operator the DCC was until then. */
  "6.21": request("6.21", "RequestHandoverOfDCCControlledDevice", {
    fields: {
      RemotePartyRole: remotePartyRole,
      RemotePartyFloorSeqNumber: floorSequenceNumber.optional(),
      RemotePartyPrepaymentTopUpFloorSeqNumber: floorSequenceNumber.optional(),
      ReplacementCertificates: newSet,
      CertificationPathCertificates: path,
      ApplyTimeBasedCPVChecks: z.boolean(),
    },
  }),
  "8.12.2": request("8.12.2", "RestoreGPFDeviceLog", { fields: { OldGPFID: eui } }),
  "14.1": request("14.1", "RecordNetworkDataGAS"),
} as const;
