/** What no source at hand settles about the DCC: each a setting, with the default that is taken here. */

/** A hub's region, and how well the WAN reaches it: what 12.1 tells of an address. */
export interface Coverage {
  readonly CSPRegion: string;
  readonly CoverageAvailability: boolean;
  readonly WANTechnology: string;
  readonly ConnectivityLikelihood: "High" | "Medium" | "Low";
}

export interface DccSettings {
  /** Response codes for what no source gives a code. From memory or of the schema's list, unverified. */
  readonly codes: DccCodes;
  /** Codes of DCC alerts; meaning of all but AD1 from memory, unverified. */
  readonly alertCodes: DccAlertCodes;
  /** How the DCC tells that a command failed: by E20/E21, by a CommandFailure alert, or both. Unverified. */
  readonly commandFailure: "response" | "alert" | "both";
  /** Commands that are on their way to one device at a time; others wait. Unverified; a hub here takes 16. */
  readonly maxUnderWay: number;
  /** How long after its acceptance a device's answer is waited for, virtual ms. From memory, unverified. */
  readonly answerTimeoutMs: number;
  /** How long after its time a dated instruction's outcome may come from a device, s. Unverified. */
  readonly datedOutcomeS: number;
  /** How long before its time the CoS party sends a dated change of supplier to the device, s. Unverified. */
  readonly cosLeadS: number;
  /** How long the hub's alert may follow its answer to 8.11 before the outcome is told as doubtful, s. Unverified. */
  readonly hubLogS: number;
  /** How long a request waits for the one before it in its sequence, s. Unverified. */
  readonly sequenceWaitS: number;
  /** Requests that may be with the DCC and not yet be settled, of all users; also those that it holds, and its schedules. */
  readonly maxOpen: number;
  /** The same, of one user: the others have the rest. */
  readonly maxOfUser: number;
  /** Schedules of a device (the schema's bound). */
  readonly maxSchedules: number;
  /** RequestIDs whose answers are remembered, so that asking again does nothing again. */
  readonly maxRemembered: number;
  /** GBCS version in the DCC's pre-commands. */
  readonly gbcsVersion: string;
  /** What the coverage database, which is not at hand, says of any address; none: it knows no address. */
  readonly coverage: readonly Coverage[];
}

export interface DccCodes {
  /** A RequestID that was used before, or is not above its predecessors. */
  readonly usedId: string;
  /** A body that its form does not allow. */
  readonly form: string;
  /** A signed pre-command that is not the one the DCC made, or is not signed by who asks. */
  readonly preCommand: string;
  /** The request before it in a sequence failed, or never came. */
  readonly sequence: string;
  /** What the DCC cannot keep or do any more. */
  readonly full: string;
  /** A cancellation is done: there is nothing to send, and nothing will follow. */
  readonly cancelled: string;
  /** There is nothing that a cancellation could cancel. */
  readonly nothingToCancel: string;
  /** What was cancelled before its time gets this. */
  readonly wasCancelled: string;
  /** 5.1: this read may not be scheduled for this device. */
  readonly notScheduled: string;
  /** 5.1: its dates or offsets leave no time to run, or no log to read. */
  readonly scheduleDates: string;
  /** 5.1: the device has as many schedules as there may be. */
  readonly tooManySchedules: string;
  /** 5.2, 5.3: no such schedule of this user. */
  readonly noSchedule: string;
  readonly noScheduleToDelete: string;
  /** 6.23: the metering point is not the device's. */
  readonly otherMpxn: string;
  /** 8.2: nothing is there. */
  readonly notInInventory: string;
  /** 8.2: more devices than an answer holds. */
  readonly tooManyDevices: string;
  /** 8.3: the device is not in a status from which it can go. */
  readonly notDecommissioned: string;
  /** 8.4: the status cannot become what is asked. */
  readonly statusRefused: string;
  /** 8.4: details of a device that is in use. */
  readonly detailsRefused: string;
  /** 8.4: a device that is in use is not deleted. */
  readonly deleteRefused: string;
  /** 8.4: only meters have a metering point. */
  readonly mpxnRefused: string;
  /** 8.6: the device is not the one named. */
  readonly otherDevice: string;
  /** 8.13: no command was given out that this answers. */
  readonly noLocalCommand: string;
  /** 8.14: the device is no hub. */
  readonly noHub: string;
  /** 8.14: a hub of that status is not installed or returned. */
  readonly hubRefused: string;
  /** 11.1, 11.4: none of the devices can take it. */
  readonly noFirmwareTarget: string;
  readonly noPpmidTarget: string;
  /** 12.1: no such address. */
  readonly noAddress: string;
  /** 12.2: the same device is named as hub and as gas proxy. Known of DUIS. */
  readonly sameDevice: string;
  /** 12.2: the inventory has it already. */
  readonly knownDevice: string;
}

export interface DccAlertCodes {
  readonly decommissioned: string;
  readonly withdrawn: string;
  readonly removed: string;
  readonly hubDecommissioned: string;
  readonly scheduleRemovedWithDevice: string;
  readonly scheduleRemovedWithSupplier: string;
  readonly notDelivered: string;
  readonly noResponse: string;
  readonly identity: string;
  readonly firmwareNotDistributed: string;
  readonly hubLogDone: string;
  readonly hubLogDoubtful: string;
  readonly changeOfSupplier: string;
  readonly suspended: string;
  readonly restored: string;
  readonly recovered: string;
  readonly credentialsUpdated: string;
  readonly firmwareMismatch: string;
}

const defaultCodes: DccCodes = {
  usedId: "E49",
  form: "E48",
  preCommand: "E41",
  sequence: "E57",
  full: "E65",
  cancelled: "I0",
  nothingToCancel: "E50",
  wasCancelled: "E51",
  notScheduled: "E050101",
  scheduleDates: "E050102",
  tooManySchedules: "E050103",
  noSchedule: "E050201",
  noScheduleToDelete: "E050301",
  otherMpxn: "E062301",
  notInInventory: "E080201",
  tooManyDevices: "E080202",
  notDecommissioned: "E080301",
  statusRefused: "E080405",
  detailsRefused: "E080406",
  deleteRefused: "E080407",
  mpxnRefused: "E080408",
  otherDevice: "E080601",
  noLocalCommand: "E081301",
  noHub: "E081401",
  hubRefused: "E081402",
  noFirmwareTarget: "E110101",
  noPpmidTarget: "E110401",
  noAddress: "E120101",
  sameDevice: "E120201",
  knownDevice: "E120203",
};

const defaultAlertCodes: DccAlertCodes = {
  decommissioned: "N1",
  withdrawn: "N2",
  removed: "N3",
  hubDecommissioned: "N4",
  scheduleRemovedWithDevice: "N5",
  scheduleRemovedWithSupplier: "N6",
  notDelivered: "N12",
  noResponse: "N13",
  identity: "N16",
  firmwareNotDistributed: "N18",
  hubLogDone: "N24",
  hubLogDoubtful: "N25",
  changeOfSupplier: "N27",
  suspended: "N28",
  restored: "N29",
  recovered: "N40",
  credentialsUpdated: "N42",
  firmwareMismatch: "N49",
};

export const defaultDccSettings: DccSettings = {
  codes: defaultCodes,
  alertCodes: defaultAlertCodes,
  commandFailure: "response",
  answerTimeoutMs: 120_000,
  maxUnderWay: 8,
  datedOutcomeS: 86_400,
  cosLeadS: 86_400,
  hubLogS: 120,
  sequenceWaitS: 86_400,
  maxOpen: 10_000,
  maxOfUser: 8_000,
  maxSchedules: 99,
  maxRemembered: 20_000,
  gbcsVersion: "4.3",
  coverage: [
    {
      CSPRegion: "Central",
      CoverageAvailability: true,
      WANTechnology: "Cellular",
      ConnectivityLikelihood: "High",
    },
  ],
};

/** Settings of a caller, which may name some of the codes alone. */
export interface DccSettingsChange extends Partial<Omit<DccSettings, "codes" | "alertCodes">> {
  readonly codes?: Partial<DccCodes>;
  readonly alertCodes?: Partial<DccAlertCodes>;
}

export const dccSettingsWith = ({ codes, alertCodes, ...more }: DccSettingsChange): DccSettings => ({
  ...defaultDccSettings,
  ...more,
  codes: { ...defaultCodes, ...codes },
  alertCodes: { ...defaultAlertCodes, ...alertCodes },
});
