/** The one way in which something that happened reaches logs and parties: as its row in the tables has it. */
import type { EventLog } from "../kernel/event-log.ts";
import type { JournalChange } from "../kernel/journal.ts";
import { type AlertRow, alertByCode, carrierOf, type LogName, type Role } from "../model/index.ts";
import { strangersCause } from "../security/refusal-reasons.ts";
import type { Value } from "../wire/message.ts";
import type { AlertRequest, DeviceContext } from "./feature.ts";

export interface ReportOptions {
  /** When it happened, as `stampS` gives it; default now. */
  readonly timeS?: number;
  /** Body of the alert after code and time. */
  readonly values?: readonly Value[];
  /** Who sent the command that it is about, where its row tells the originator. */
  readonly originator?: Role;
  readonly supplementary?: AlertRequest["supplementary"];
  /** State that changes with it, or not at all. */
  readonly changes?: readonly JournalChange[];
}

/** Log entry, an alert to each recipient, and `changes`, in one commit: a power cut loses none and doubles none. */
export async function report(
  context: DeviceContext,
  code: number,
  { timeS = context.stampS(), values = [], changes = [], originator, supplementary }: ReportOptions = {},
): Promise<void> {
  const row = rowOf(code);
  const to = recipientsOf(row, context, originator);
  const minor = strangersCause(code);
  const message = carrierOf(code, context.deviceType)?.code;
  const alert = {
    ...{ alertCode: code, to, values, minor },
    ...(message !== undefined && { message }),
    ...(supplementary !== undefined && { supplementary }),
  };
  const tell = (all: readonly JournalChange[]): Promise<void> =>
    to.length === 0 ? context.journal.commit([...all]) : context.raise(alert, all);
  const [name] = row.logs;
  const kept = name && logOf(context, name);
  if (kept === undefined || (minor && !kept.takesMinor())) return tell(changes);
  const entry = minor ? { timeS, code, minor } : { timeS, code };
  await kept.appendWith(entry, (change) => tell([...changes, change]));
}

/** A code that no row has is a fault of this firmware. */
function rowOf(code: number): AlertRow {
  const row = alertByCode(code);
  if (row === undefined) throw new Error(`no alert ${code.toString(16)} in firmware/model/tables/alerts.tsv`);
  return row;
}

/** Each party once; none for what is only logged. */
function recipientsOf(
  { wan, recipients }: AlertRow,
  context: DeviceContext,
  originator: Role | undefined,
): readonly Role[] {
  if (wan === "none") return [];
  const roles = recipients.flatMap((to) =>
    to === "overseer" ? [context.overseer] : to === "originator" ? (originator ?? []) : [to],
  );
  return [...new Set(roles)];
}

/** The auxiliary log has entries of its own shape: who raises its codes appends them, among the changes. */
const logOf = ({ eventLog, securityLog, powerLog }: DeviceContext, name: LogName): EventLog | undefined =>
  ({ event: eventLog, security: securityLog, power: powerLog, auxiliary: undefined })[name];
