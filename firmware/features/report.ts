/**
 * The one way in which something that happened reaches logs and parties: as its row in the tables has it, and as the parties
 * that may switch it have set its behaviour.
 */
import { hasCode } from "../../hal/base/coded-error.ts";
import type { EventLog } from "../kernel/event-log.ts";
import type { JournalChange } from "../kernel/journal.ts";
import { type AlertRow, alertByCode, carrierOf, type LogName, type Role } from "../model/index.ts";
import { strangersCause } from "../security/refusal-reasons.ts";
import type { Value } from "../wire/message.ts";
import type { Behaviour } from "./event-behaviours/machine.ts";
import type { AlertRequest, DeviceContext } from "./feature.ts";

export interface ReportOptions {
  /** When it happened, as `stampS` gives it; default now. */
  readonly timeS?: number;
  /** Body of the alert after code and time. */
  readonly values?: readonly Value[];
  /** What the log entry carries besides time and code, up to 8 bytes; a power event log's is a number of four. */
  readonly other?: Uint8Array;
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
  options: ReportOptions = {},
): Promise<void> {
  const row = rowOf(code);
  const behaviour = context.behaviours.of(row);
  await record(context, row, behaviour, options);
  await announce(context, code, behaviour);
}

async function record(
  context: DeviceContext,
  row: AlertRow,
  behaviour: Behaviour,
  options: ReportOptions,
): Promise<void> {
  const { timeS = context.stampS(), values = [], other, changes = [], originator, supplementary } = options;
  const { code } = row;
  const to = behaviour.alert ? recipientsOf(row, context, originator) : [];
  const minor = strangersCause(code);
  const message = carrierOf(code, context.deviceType)?.code;
  const alert = {
    ...{ alertCode: code, to, values, minor },
    ...(message !== undefined && { message }),
    ...(supplementary !== undefined && { supplementary }),
  };
  const tell = (all: readonly JournalChange[]): Promise<void> =>
    to.length === 0 ? context.journal.commit([...all]) : context.raise(alert, all);
  const kept = behaviour.log ? logOf(context, row) : undefined;
  if (kept === undefined || (minor && !kept.takesMinor())) return tell(changes);
  const entry = { timeS, code, ...(other && { other }), ...(minor && { minor }) };
  await kept.appendWith(entry, (change) => tell([...changes, change]));
}

/** In the home: after what is durable, and lost with the power. */
async function announce(context: DeviceContext, code: number, { han, audible }: Behaviour): Promise<void> {
  if (han) context.observe({ kind: "event-shared", code });
  if (!audible) return;
  context.observe({ kind: "alarm", code });
  try {
    await context.board.userInterface?.alarm?.();
  } catch (error) {
    if (!hasCode(error, "hal/fault")) throw error;
    context.observe({ kind: "fault", where: "alarm", error: String(error) });
  }
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

/**
 * The row's log; what a party has logged that no row logs is in the log of its kind. The auxiliary log has entries of its
 * own shape: who raises its codes appends them, among the changes.
 */
function logOf(
  { eventLog, securityLog, powerLog }: DeviceContext,
  { code, logs }: AlertRow,
): EventLog | undefined {
  const name: LogName = logs[0] ?? (code < 0x8100 ? "power" : "event");
  return { event: eventLog, security: securityLog, power: powerLog, auxiliary: undefined }[name];
}
