/** The one way in which something that happened reaches logs and parties: as the table of alerts has it. */
import type { EventLog } from "../kernel/event-log.ts";
import type { JournalChange } from "../kernel/journal.ts";
import type { Value } from "../wire/message.ts";
import { alertRow, type LogName, type Recipient } from "./alert-table.ts";
import type { DeviceContext } from "./feature.ts";

export interface ReportOptions {
  /** When it happened, as `stampS` gives it; default now. */
  readonly timeS?: number;
  /** Body of the alert after code and time. */
  readonly values?: readonly Value[];
  /** State that changes with it, or not at all. */
  readonly changes?: readonly JournalChange[];
}

/** Log entry, an alert to each recipient, and `changes`, in one commit: a power cut loses none and doubles none. */
export async function report(
  context: DeviceContext,
  code: number,
  { timeS = context.stampS(), values = [], changes = [] }: ReportOptions = {},
): Promise<void> {
  const { log, to, ...row } = alertRow(code);
  const alert = { ...row, alertCode: code, to: to.map((each) => roleOf(context, each)), values };
  const tell = (all: readonly JournalChange[]): Promise<void> =>
    to.length === 0 ? context.journal.commit([...all]) : context.raise(alert, all);
  const kept = log && logOf(context, log);
  if (kept === undefined || (row.minor === true && !kept.takesMinor())) return tell(changes);
  const entry = row.minor === true ? { timeS, code, minor: true } : { timeS, code };
  await kept.appendWith(entry, (change) => tell([...changes, change]));
}

const roleOf = (context: DeviceContext, to: Recipient) => (to === "overseer" ? context.overseer : to);

const logOf = ({ eventLog, securityLog, powerLog }: DeviceContext, log: LogName): EventLog =>
  ({ event: eventLog, security: securityLog, power: powerLog })[log];
