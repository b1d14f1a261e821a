/** The sub-GHz network as its objects show it (DBCH01 to DBCH05). */
import { objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Status } from "../../wire/message.ts";
import { readRange } from "../ranges.ts";
import { reads, refused, type ServedObject, serve } from "../serve.ts";

export type Configuration = ValueOf<typeof valueTypes.subGhzConfiguration>;
export type ChannelEntry = ValueOf<typeof valueTypes.channelLogEntry>;

export interface ShownSubGhz {
  readonly configuration: Configuration;
  readonly channel: string;
  configure(configuration: Configuration): Promise<Status>;
  scan(asked: number): Promise<Status>;
  changes(fromS: number, toS: number): readonly ChannelEntry[];
  loadConfiguration(configuration: Configuration): Promise<void>;
  loadChannel(bits: string): Promise<void>;
  loadChanges(entries: readonly ChannelEntry[]): Promise<void>;
}

export const subGhzObjects = (own: ShownSubGhz): ServedObject[] => [
  serve(objects.subGhzConfiguration, {
    value: {
      get: () => ({ value: own.configuration }),
      set: (value) => own.configure(value),
      load: (value) => own.loadConfiguration(value),
    },
  }),
  serve(objects.subGhzScan, { value: { set: (asked) => own.scan(asked) } }),
  serve(objects.subGhzChannel, {
    value: reads(
      () => own.channel,
      (bits) => own.loadChannel(bits),
    ),
  }),
  serve(objects.subGhzChannelLog, {
    buffer: {
      get: (range) => {
        const bounds = readRange(range);
        return bounds === undefined ? refused : { value: own.changes(...bounds) };
      },
      load: (entries) => own.loadChanges(entries),
    },
  }),
];
