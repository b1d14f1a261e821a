/** Reads of the event, security and power event logs (ECS35a–e). Only the event log can be cleared remotely. */
import type { EventLog } from "../kernel/event-log.ts";
import { objects } from "../objects/dictionary.ts";
import type { OperationResult, Value } from "../wire/message.ts";
import type { DeviceContext, Feature } from "./feature.ts";
import { readRange, refused, success, withValue } from "./results.ts";

const eventLogCleared = 0x8f52;
const nothing = new Uint8Array();

export function logsFeature(context: DeviceContext): Feature {
  const { eventLog, securityLog, powerLog } = context;
  return {
    name: "logs",
    objects: [
      {
        object: objects.eventLog.id,
        get: (_member, selector) => read(eventLog, selector, true),
        call: async () => {
          const entry = { timeS: context.stampS(), code: eventLogCleared };
          await securityLog.appendWith(entry, (change) => eventLog.clear(change));
          return success;
        },
      },
      { object: objects.securityLog.id, get: (_member, selector) => read(securityLog, selector, false) },
      { object: objects.powerEventLog.id, get: (_member, selector) => read(powerLog, selector, true) },
    ],
  };
}

/** Oldest first, both bounds inclusive. */
function read(log: EventLog, selector: Value | undefined, withOther: boolean): OperationResult {
  const range = readRange(selector);
  if (range === undefined) return refused();
  const entries = log.entries(...range);
  return withValue(
    entries.map(({ timeS, code, other }) => (withOther ? [timeS, code, other ?? nothing] : [timeS, code])),
  );
}
