/** Reads of the event, security and power event logs (ECS35a–e). Only the event log can be cleared remotely. */
import { objects } from "../../model/index.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { readEntries } from "../ranges.ts";
import { done, serve } from "../serve.ts";

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
            readEntries(eventLog, range, ({ timeS, code, other = nothing }) => ({
              time: timeS,
              code,
              other,
            })),
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
          get: (range) => readEntries(securityLog, range, ({ timeS, code }) => ({ time: timeS, code })),
          load: (entries) => securityLog.replace(entries.map(({ time, code }) => ({ timeS: time, code }))),
        },
      }),
      serve(objects.powerEventLog, {
        buffer: {
          get: (range) =>
            readEntries(powerLog, range, ({ timeS, code }) => ({ time: timeS, code, value: 0 })),
        },
      }),
    ],
  };
}
