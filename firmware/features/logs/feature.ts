/** Reads of the event, security and power event logs (ECS35a–e). Only the event log can be cleared remotely. */
import { readU32, writeU32 } from "../../kernel/bytes.ts";
import { alerts, objects } from "../../model/index.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { readEntries } from "../ranges.ts";
import { done, serve } from "../serve.ts";

const eventLogCleared = alerts.eventLogCleared.code;
const nothing = new Uint8Array();

/** What an entry of the power event log carries: a number. */
function fourOctets(value: number): Uint8Array {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, value);
  return octets;
}

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
            readEntries(powerLog, range, ({ timeS, code, other }) => ({
              time: timeS,
              code,
              value: other?.length === 4 ? readU32(other, 0) : 0,
            })),
          load: (entries) =>
            powerLog.replace(
              entries.map(({ time, code, value }) => ({ timeS: time, code, other: fourOctets(value) })),
            ),
        },
      }),
    ],
  };
}
