/** Which lane of the timeline an event belongs to, and the words for it. */
import type { TraceEvent } from "../../premises/trace.ts";

export const lanes = [
  "commands",
  "responses",
  "refusals",
  "alerts",
  "home network",
  "supply",
  "power",
] as const;
export type Lane = (typeof lanes)[number];

const laneOfKind: readonly (readonly [RegExp, Lane])[] = [
  [/refused|quarantined|hostile|attack/, "refusals"],
  [/^(power|mains|outage|boot|board)/, "power"],
  [/^supply/, "supply"],
  [/^(han|pairing|join)/, "home network"],
  [/alert/, "alerts"],
  [/response|answered/, "responses"],
  [/command|request/, "commands"],
];

/** Fields that a reader of a timeline has no use for: they are in events.ndjson. */
const quiet = new Set(["t", "seq", "at", "source", "kind", "hex", "bytes", "scenario"]);

export interface TimelineItem {
  /** Virtual seconds since the scenario's start. */
  readonly timeS: number;
  readonly lane: number;
  readonly source: string;
  readonly label: string;
}

/** The items of a timeline, in order; events of no lane (bytes on the wire, say) are left out. */
export function timeline(events: readonly TraceEvent[]): TimelineItem[] {
  return events.flatMap((event) => {
    const lane = laneOfKind.find(([pattern]) => pattern.test(event.kind))?.[1];
    if (lane === undefined) return [];
    return [{ timeS: event.t / 1000, lane: lanes.indexOf(lane), source: event.source, label: label(event) }];
  });
}

function label(event: TraceEvent): string {
  const fields = Object.entries(event).filter(([name, value]) => !quiet.has(name) && value !== undefined);
  return [event.kind, ...fields.map(([name, value]) => `${name} ${plain(value)}`)].join(" · ");
}

function plain(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
