/** The auxiliary log (100 entries) and the boost log (25), as they stand in the journal. */
import { EventLog, type LogEntry } from "../../kernel/event-log.ts";
import type { Journal } from "../../kernel/journal.ts";
import type { ValueOf, valueTypes } from "../../model/index.ts";

type AuxiliaryEntry = ValueOf<typeof valueTypes.auxiliaryLogEntry>;
type BoostEntry = ValueOf<typeof valueTypes.boostLogEntry>;
export type Outcome = AuxiliaryEntry["outcome"];

const outcomes: readonly Outcome[] = ["unknown", "success", "failure"];

export interface AuxiliaryLogs {
  readonly auxiliary: EventLog;
  readonly boost: EventLog;
}

export const openAuxiliaryLogs = async (journal: Journal): Promise<AuxiliaryLogs> => ({
  auxiliary: await EventLog.open(journal, "auxiliary-log/", 100),
  boost: await EventLog.open(journal, "boost-log/", 25),
});

const u32 = (value: number): number[] => [value >>> 24, value >>> 16, value >>> 8, value];
const readU32 = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

/** Its code is the selector; outcome 1 ‖ number of the event on the home network 4. */
export const auxiliaryEntry = (
  timeS: number,
  selector: number,
  outcome: Outcome,
  hanCommand: number,
): LogEntry => ({
  timeS,
  code: selector,
  other: Uint8Array.of(outcomes.indexOf(outcome), ...u32(hanCommand)),
});

export const toldAuxiliary = ({ timeS, code, other = new Uint8Array(5) }: LogEntry): AuxiliaryEntry => ({
  time: timeS,
  controller: code,
  outcome: outcomes[other[0] ?? 0] ?? "unknown",
  hanCommand: readU32(other, 1),
});

export const keptAuxiliary = ({ time, controller, outcome, hanCommand }: AuxiliaryEntry): LogEntry =>
  auxiliaryEntry(time, controller, outcome, hanCommand);

export const boostEntry = (startS: number, endS: number): LogEntry => ({
  timeS: startS,
  code: 0,
  other: Uint8Array.from(u32(endS)),
});

export const toldBoost = ({ timeS, other = new Uint8Array(4) }: LogEntry): BoostEntry => ({
  start: timeS,
  end: readU32(other, 0),
});
export const keptBoost = ({ start, end }: BoostEntry): LogEntry => boostEntry(start, end);
