/** The file by which a user says what becomes of its quarantined requests (the code's exit quarantine file). */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { type Cell, fileFault, type Line, shown } from "./csv.ts";
import type { Quarantine, Quarantined } from "./quarantine.ts";

export const exitColumns = ["RequestID", "QuarantineEventRef", "Action"] as const;

export interface Released {
  /** To be acted on now, in the file's order. */
  readonly process: readonly Quarantined[];
  /** To be forgotten. */
  readonly delete: readonly Quarantined[];
}

/** What the lines ask for, of one user's requests that wait; nothing is taken out yet. Throws `thresholds/file`. */
export function readExits(lines: readonly Line[], user: Eui64, quarantine: Quarantine): Released {
  const named = new Set<Quarantined>();
  const released = { process: [] as Quarantined[], delete: [] as Quarantined[] };
  for (const [id, event, action] of lines as readonly (readonly [Cell, Cell, Cell])[]) {
    const entry = /^\d{1,15}$/.test(event.text) ? quarantine.get(user, Number(event.text)) : undefined;
    if (entry === undefined)
      throw fileFault(event, "the event of a request of yours that waits in quarantine", shown(event.text));
    if (entry.requestId !== id.text.toUpperCase()) throw fileFault(id, entry.requestId, shown(id.text));
    if (named.has(entry)) throw fileFault(event, "each event once", `${event.text} again`);
    if (action.text !== "process" && action.text !== "delete")
      throw fileFault(action, "process or delete", shown(action.text));
    named.add(entry);
    released[action.text].push(entry);
  }
  return released;
}
