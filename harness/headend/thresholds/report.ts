/** The report of what is quarantined, and of what was: what its user needs for an exit file. */
import { pairs } from "../dcc/messages.ts";
import { writeCsv } from "./csv.ts";
import type { Anomaly } from "./quarantine.ts";

const columns = [
  "RequestID",
  "QuarantineEventRef",
  "ServiceReference",
  "Kind",
  "Reason",
  "QuarantinedAt",
  "State",
  "Since",
] as const;

/** CSV; its title line says whose it is, of when, and how it is marked (see `markings.ts`). */
export const quarantineReport = (
  user: string,
  anomalies: readonly Anomaly[],
  nowS: number,
  marking: string,
): string =>
  writeCsv([
    ["quarantined", pairs(user), isoTime(nowS), marking],
    columns,
    ...anomalies.map((anomaly) => [
      anomaly.requestId,
      String(anomaly.eventReference),
      anomaly.reference,
      anomaly.kind,
      anomaly.reason,
      isoTime(anomaly.quarantinedS),
      anomaly.end ?? "waiting",
      isoTime(anomaly.endedS ?? anomaly.quarantinedS),
    ]),
  ]);

const isoTime = (timeS: number): string => new Date(timeS * 1000).toISOString();
