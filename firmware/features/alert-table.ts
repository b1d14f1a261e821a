/**
 * What each event code causes: who is told, and which log keeps it (facts: use-case-behaviours 1.8, 1.12 and 1.14,
 * service-rules 1 and 5.6). One row a code that a device here raises; features name the code and no more.
 */
import { AlertMessage } from "../objects/use-cases.ts";
import type { Role } from "../security/access.ts";

/** A role, or whoever hears of refusals: the supplier at a meter, the ACB at a hub. */
export type Recipient = Role | "overseer";
/** `power` is the meter's log of voltage and outages, and none other keeps what belongs there; a hub has it in its event log. */
export type LogName = "security" | "event" | "power";

export interface AlertRow {
  /** Nobody: the code is for the log alone. */
  readonly to: readonly Recipient[];
  readonly log?: LogName;
  /** Message code; default: 1000 for 8Fxx (signed), 1001 for the rest (MACed). */
  readonly message?: number;
  /** Strangers can cause it. */
  readonly minor?: boolean;
}

const row = (log: LogName | undefined, ...to: Recipient[]): AlertRow => ({ to, ...(log && { log }) });
const logged = (log: LogName): AlertRow => row(log);
const byStrangers = (log?: LogName): AlertRow => ({ ...row(log, "overseer"), minor: true });
const voltage = row("power", "networkOperator");
const restored: AlertRow = {
  ...row("power", "networkOperator"),
  message: AlertMessage.supplyOutageRestored,
};

/** The code itself, and those of the phases 1 to 3 of a polyphase meter, `step` apart. */
const eachPhase = (code: number, value: AlertRow, step = 1): [number, AlertRow][] =>
  [0, 1, 2, 3].map((n) => [code + n * step, value]);

/** Average over and under, extremes, swell, sag: begun, and ended. */
const voltageCodes = [
  0x8002, 0x8006, 0x8020, 0x8024, 0x8028, 0x802c, 0x8085, 0x8089, 0x808d, 0x8091, 0x8095, 0x8099,
];

const rows: ReadonlyMap<number, AlertRow> = new Map([
  ...voltageCodes.flatMap((code) => eachPhase(code, voltage)),
  ...eachPhase(0x8f57, logged("power")),
  ...eachPhase(0x8f35, restored, 2),
  ...eachPhase(0x8f36, restored, 2),
  [0x8145, logged("event")],
  [0x8161, logged("event")],
  [0x8183, row("event", "supplier")],
  [0x81b9, row(undefined, "supplier")],
  [0x81bc, row("event", "supplier")],
  // Mechanism failures: recipient and log are in no source seen.
  [0x81bd, row(undefined, "supplier")],
  [0x81c0, row(undefined, "supplier")],
  [0x81be, row("event", "supplier")],
  [0x81c1, row("event", "supplier")],
  [0x8f01, row("event", "supplier")],
  [0x8f0c, row("security", "supplier")],
  [0x8f1e, byStrangers("security")],
  // No source seen gives 8F30 and 8F84 a log; a maker may add entries.
  [0x8f30, byStrangers("security")],
  [0x8f32, row(undefined, "supplier")],
  [0x8f33, row(undefined, "supplier")],
  [0x8f34, row(undefined, "supplier", "networkOperator")],
  // Two makers leave 8F3D out of the security log.
  [0x8f3d, byStrangers()],
  [0x8f3e, byStrangers("security")],
  [0x8f48, logged("security")],
  [0x8f49, logged("security")],
  [0x8f4b, logged("security")],
  [0x8f52, logged("security")],
  [0x8f60, byStrangers("security")],
  [0x8f69, row(undefined, "supplier")],
  [0x8f70, logged("security")],
  [0x8f74, row("security", "supplier")],
  [0x8f75, row("security", "supplier", "networkOperator")],
  [0x8f76, row("security", "supplier", "networkOperator")],
  [0x8f84, { ...byStrangers("security"), message: AlertMessage.undeliverable }],
] satisfies [number, AlertRow][]);

/** The row of `code`. Throws when there is none: a code that no row has is a fault of this firmware. */
export function alertRow(code: number): AlertRow {
  const found = rows.get(code);
  if (found === undefined) throw new Error(`no row for code ${code.toString(16)} in alert-table.ts`);
  return found;
}
