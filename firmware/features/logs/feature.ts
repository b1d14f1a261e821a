/** Reads of the event, security and power event logs (ECS35a–e). Only the event log can be cleared remotely. */
import type { EventLog, LogEntry } from "../../kernel/event-log.ts";
import { objects } from "../../model/index.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { type Range, readRange } from "../ranges.ts";
import { done, refused, serve } from "../serve.ts";

const eventLogCleared = 0x8f52;
const nothing = new Uint8Array();

export function logsFeature(context: DeviceContext): Feature {
  const { eventLog, securityLog, powerLog } = context;
  return {
    name: "logs",
    objects: [
      serve(objects.eventLog, {
        buffer: {
          get: (range) =>
            read(eventLog, range, ({ timeS, code, other = nothing }) => ({ time: timeS, code, other })),
          load: (entries) =>
            eventLog.replace(
              entries.map(({ time, code, other }) => ({
                timeS: time,
                code,
                ...(other.length > 0 && { other }),
              })),
            ),
        },
        reset: async () => {
          const entry = { timeS: context.stampS(), code: eventLogCleared };
          await securityLog.appendWith(entry, (change) => eventLog.clear(change));
          return done;
        },
      }),
      serve(objects.securityLog, {
        buffer: {
          get: (range) => read(securityLog, range, ({ timeS, code }) => ({ time: timeS, code })),
          load: (entries) => securityLog.replace(entries.map(({ time, code }) => ({ timeS: time, code }))),
        },
      }),
      serve(objects.powerEventLog, {
        buffer: {
          get: (range) => read(powerLog, range, ({ timeS, code }) => ({ time: timeS, code, value: 0 })),
        },
      }),
    ],
  };
}

/** Oldest first, both bounds inclusive. */
function read<T>(log: EventLog, range: Range | undefined, told: (entry: LogEntry) => T) {
  const bounds = readRange(range);
  return bounds === undefined ? refused : { value: log.entries(...bounds).map(told) };
}
