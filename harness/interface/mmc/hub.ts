/** The hub's sub-GHz network and its log of devices, and a device's: 6.30 to 6.32, 8.9. */
import { channelOf, channelsIn } from "../../../firmware/features/sub-ghz/channels.ts";
import { scanTriggers } from "../../headend/dcc/alerts.ts";
import { bands, configuration, counts, shares } from "../../headend/requests/hub.ts";
import type { Written } from "../xml-writer.ts";
import { each, full, group, implied, leaf, type Part, some, where, within } from "./parts.ts";
import { code, dateTime, eui, hexBinary, hundredths, meaning, oneOf } from "./words.ts";

/** Each radio page's first channel in DUIS's numbers, and its band. */
const pages = {
  28: ["Lower", 0],
  29: ["Lower", 27],
  30: ["Lower", 35],
  31: ["Upper", 0],
} as const;

function channelElement(bits: string): readonly Written[] {
  const channel = channelOf(bits);
  const page = channel && pages[channel.page as keyof typeof pages];
  if (channel === undefined || page === undefined) return [];
  const [band, first] = page;
  const number = { name: `Channel${first + channel.number}`, content: "" };
  const content = [{ name: `Operating${band}BandSubGHzChannel`, content: [number] }];
  return [{ name: "OperatingSubGHzChannel", content }];
}

const channel =
  (path: string): Part =>
  (from) => {
    const found = from.at(path);
    const element = channelElement(String(found?.look() ?? ""));
    if (element.length > 0) found?.take();
    return element;
  };

/** Four octets of the channel's bits, then what set off the scan: an octet string of one. */
const loggedChannel: Part = (from) => {
  const octets = from.at("channel")?.look();
  if (!(octets instanceof Uint8Array) || octets.length !== 7 || octets[4] !== 9 || octets[5] !== 1) return [];
  const bits = [...octets.subarray(0, 4)].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  const [element, trigger] = [channelElement(bits), scanTriggers[octets[6] ?? -1]];
  if (element.length === 0 || trigger === undefined) return [];
  from.at("channel")?.take();
  return [...element, { name: "ScanTrigger", content: trigger }];
};

/** A band's channels that may be used; of a mask that names others none. */
const mask =
  (name: string, { page, first, mask: member }: (typeof bands)[keyof typeof bands]): Part =>
  (from) => {
    const bits = from.at(member);
    const channels = channelsIn(String(bits?.look() ?? ""), page);
    if (bits === undefined || channels === undefined) return [];
    bits.take();
    return [
      { name, content: channels.map(({ number }) => ({ name: `Channel${first + number}`, content: "" })) },
    ];
  };

/** The member that an element of 6.28 is, with its share or count. */
const setting = (name: string): Part => {
  const member = (of: Readonly<Record<string, string>>) => Object.keys(of).find((each) => of[each] === name);
  const [share, count] = [member(shares), member(counts)];
  return share === undefined ? leaf(name, count) : leaf(name, share, hundredths);
};

/** In the order of the schema, which is that of 6.28. */
const subGhz = Object.keys(configuration).map((name) =>
  Object.hasOwn(bands, name) ? mask(name, bands[name as keyof typeof bands]) : setting(name),
);

const listed = (name: string, path: string): Part =>
  each(
    path,
    16,
    group(name, leaf("DeviceID", "device", eui), leaf("DeviceSecurityDetails", "keyHash", hexBinary)),
  );

/** What a joined device may be, in the words of the schema. */
const deviceType = oneOf({
  ...Object.fromEntries(["ESME", "GSME", "GPF", "CHF", "HCALCS", "PPMID"].map((type) => [type, type])),
  type2: "Type2",
});

export const hub = {
  ReadCHFSubGHzConfiguration: [within("subGhzConfiguration.value", ...subGhz)],
  ReadCHFSubGHzChannel: [channel("subGhzChannel.value")],
  ReadCHFSubGHzChannelLog: [
    each(
      "subGhzChannelLog.buffer",
      100,
      group(
        "LogEntry",
        leaf("Timestamp", "time", dateTime),
        leaf("EventCode", "code", code),
        leaf("EventDescription", "code", meaning),
        loggedChannel,
      ),
    ),
  ],
  ReadDeviceLog: [
    where(
      "joining.list",
      group(
        "DeviceLogEntries",
        each(
          "joining.list.devices",
          16,
          full("LogEntry", leaf("DeviceID", "device", eui), leaf("DeviceType", "type", deviceType)),
        ),
        implied("joining.list.code", 0, "the log was read"),
      ),
    ),
    where(
      "deviceLog.activeDevices",
      group(
        "CHFDeviceLog",
        each(
          "deviceLog.activeDevices",
          16,
          group(
            "CHFDeviceLogEntry",
            leaf("DeviceID", "device", eui),
            leaf("LastCommunicationsDateTime", "lastHeard", dateTime),
            leaf("SubGHzLinkQuality", "linkQuality"),
          ),
        ),
      ),
    ),
    some(
      "CHFConnectedDeviceLog",
      listed("CHFCurrentConnectedDeviceLogEntry", "deviceLog.backUp.devices"),
      listed("CHFHistoricConnectedDeviceLogEntry", "historicDeviceLog.backUp.devices"),
    ),
  ],
} as const;
