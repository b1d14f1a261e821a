/** Service requests 6.28 to 6.32, 8.9 and 8.12.1: the hub's log of devices, and its sub-GHz network. */
import { z } from "zod";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { decimal, empty, eui, readLogPeriod, whole } from "./duis.ts";
import { type DeviceBackup, type Lookup, type ReadContext, type RequestContext, request } from "./request.ts";

/** `Channel27`, … as DUIS has them: elements without content. */
const channelsFrom = (first: number, last: number) =>
  z.strictObject(
    Object.fromEntries(
      Array.from({ length: last - first + 1 }, (_, i) => [`Channel${first + i}`, empty.optional()]),
    ) as Readonly<Record<string, z.ZodOptional<typeof empty>>>,
  );
/** Each band's element: the radio page of its mask, and the number of its first channel there. */
export const bands = {
  LowerBandSubGHzChannels0To26: { page: 28, first: 0, last: 26, mask: "page28" },
  LowerBandSubGHzChannels27To34: { page: 29, first: 27, last: 34, mask: "page29" },
  LowerBandSubGHzChannels35To61: { page: 30, first: 35, last: 61, mask: "page30" },
  UpperBandSubGHzChannels0To26: { page: 31, first: 0, last: 26, mask: "page31" },
} as const;
/** Channels of a radio page. */
const pageChannels = 27;
type Band = keyof typeof bands;
const bandNames = Object.keys(bands) as Band[];

const hundredths = (value: number): number => Math.round(value * 100);
export const shares = {
  limitedThreshold: "NormalLimitedDutyCycleThreshold",
  criticalThreshold: "LimitedCriticalDutyCycleThreshold",
  poorShare: "NonGSMEPoorCommsPercentageThreshold",
  failureShare: "LocalCHFailurePercentage",
  retryShare: "LocalCHRetryPercentage",
} as const;
export const counts = {
  changesPerWeek: "MaximumSubGHzChannelChangesPerWeek",
  gsmeCurfew: "GSMECurfew",
  quieterDb: "ChannelQuieterThreshold",
  noisierDb: "ChannelNoisierThreshold",
  poorPeriods: "NonGSMEPoorCommsMeasurementPeriods",
  noisePeriod: "LocalCHNoiseMeasurementPeriod",
} as const;

type Channels = Readonly<Record<string, unknown>>;
/** Radio page in the first five bits, then a bit for each channel of it, the lowest last. */
function maskOf(band: Band, channels: Channels): string {
  const { page, first } = bands[band];
  const asked = Array.from({ length: pageChannels }, (_, i) => channels[`Channel${first + i}`]);
  const bits = asked.map((channel) => (channel === undefined ? "0" : "1"));
  return page.toString(2) + bits.toReversed().join("");
}

function channelsOf(band: Band, mask: unknown): unknown {
  const { page, first, last } = bands[band];
  const bits = typeof mask === "string" ? [...mask.slice(-pageChannels)].reverse() : [];
  const channels = bits.flatMap((bit, i) => (bit === "1" ? [first + i] : []));
  const found = Object.fromEntries(channels.map((channel) => [`Channel${channel}`, {}]));
  const fits = channels.every((channel) => channel <= last) && maskOf(band, found) === mask;
  return fits && String(mask).startsWith(page.toString(2)) ? found : mask;
}

export const configuration = {
  LowerBandSubGHzChannels0To26: channelsFrom(0, 26),
  LowerBandSubGHzChannels27To34: channelsFrom(27, 34),
  LowerBandSubGHzChannels35To61: channelsFrom(35, 61),
  UpperBandSubGHzChannels0To26: channelsFrom(0, 26),
  NormalLimitedDutyCycleThreshold: decimal(0.5, 2, 1),
  LimitedCriticalDutyCycleThreshold: decimal(1.6, 2.4, 1),
  MaximumSubGHzChannelChangesPerWeek: whole(1, 7),
  GSMECurfew: whole(2, 0xffff),
  ChannelQuieterThreshold: whole(1, 255),
  ChannelNoisierThreshold: whole(0, 20),
  NonGSMEPoorCommsPercentageThreshold: decimal(1, 100, 2),
  NonGSMEPoorCommsMeasurementPeriods: whole(50, 150),
  LocalCHNoiseMeasurementPeriod: whole(61, 0xffff),
  LocalCHFailurePercentage: decimal(1, 100, 2),
  LocalCHRetryPercentage: decimal(1, 100, 2),
} as const;

/** Also what a hub tells of a configuration that has changed. */
export const subGhzConfiguration = z.strictObject(configuration);

const entries = <T extends object>(record: T) => Object.entries(record) as [keyof T & string, string][];

function readConfiguration(value: Lookup): Readonly<Record<string, unknown>> {
  const { ...left } = (value("subGhzConfiguration.value") ?? {}) as Record<string, unknown>;
  const take = (name: string): unknown => {
    const taken = left[name];
    delete left[name];
    return taken;
  };
  const channels = bandNames.map((band) => [band, channelsOf(band, take(bands[band].mask))]);
  const parts = entries(shares).map(([member, element]) => [element, Number(take(member)) / 100]);
  const numbers = entries(counts).map(([member, element]) => [element, take(member)]);
  return { ...Object.fromEntries([...channels, ...parts, ...numbers]), ...left };
}

export const hub = {
  "6.28": request("6.28", "SetCHFSubGHzConfiguration", {
    fields: configuration,
    values: (p) => ({
      "subGhzConfiguration.value": Object.fromEntries([
        ...bandNames.map((band) => [bands[band].mask, maskOf(band, p[band])]),
        ...entries(shares).map(([member, element]) => [
          member,
          hundredths(p[element as keyof typeof p] as number),
        ]),
        ...entries(counts).map(([member, element]) => [member, p[element as keyof typeof p]]),
      ]),
    }),
    readBack: readConfiguration,
  }),
  "6.29": request("6.29", "RequestCHFSubGHzChannelScan", {
    values: () => ({ "subGhzScan.value": 0 }),
    readBack: (value) => {
      const asked = value("subGhzScan.value");
      return asked === 0 ? {} : { scan: asked };
    },
  }),
  "6.30": request("6.30", "ReadCHFSubGHzConfiguration"),
  "6.31": request("6.31", "ReadCHFSubGHzChannel"),
  "6.32": request("6.32", "ReadCHFSubGHzChannelLog", { fields: { ReadLogPeriod: readLogPeriod } }),
  /** Of a hub its log, with keys' hashes when asked for; of another device whom it has joined. */
  "8.9": request("8.9", "ReadDeviceLog", {
    fields: { ReadSecurityDetails: empty.optional() },
    useCase: ({ ReadSecurityDetails }, { device, isOlder }) => {
      const plain = isOlder ? "CCS05CCS04" : "CCS06";
      if (device === "CHF") return ReadSecurityDetails === undefined ? plain : "CCS07";
      if (ReadSecurityDetails === undefined) return "CS07";
      throw new CodedError(
        "headend/parameters",
        "service request 8.9: ReadSecurityDetails: expected for a hub alone",
        { device },
      );
    },
    readBack: (_, { useCase }) => (useCase === "CCS07" ? { ReadSecurityDetails: {} } : {}),
  }),
  /** What the old hub last told of its log goes into the new one. */
  "8.12.1": request("8.12.1", "RestoreHANDeviceLog", {
    fields: { OldCHFID: eui },
    values: ({ OldCHFID }, { backups }) => ({ "deviceLog.restore": backupOf(OldCHFID, backups) }),
    readBack: (value, context) => ({ OldCHFID: whose(value("deviceLog.restore"), context) }),
  }),
} as const;

function backupOf(hub: string, backups: RequestContext["backups"]): DeviceBackup {
  const backup = backups?.get(hub);
  if (backup !== undefined) return backup;
  throw new CodedError(
    "headend/parameters",
    `service request 8.12.1: OldCHFID: ${hub} has told the DCC of no device log; expected a hub that has (CS14)`,
    { hub },
  );
}

/** The hub whose last backup it is, or what stands there instead. */
function whose(restored: unknown, { backups }: ReadContext): unknown {
  const text = JSON.stringify(restored, plainBytes);
  const hubs = [...(backups ?? [])];
  return hubs.find(([, backup]) => JSON.stringify(backup, plainBytes) === text)?.[0] ?? restored;
}

const plainBytes = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
