/** Which lane of the timeline an event belongs to, and the words for it. */
import { alertMeaning, alertText } from "../../headend/alert-codes.ts";
import type { TraceEvent } from "../../premises/trace.ts";

export const lanes = [
  "commands",
  "answers",
  "refusals",
  "alerts",
  "home network",
  "supply",
  "power",
] as const;
export type Lane = (typeof lanes)[number];

type Words = (event: TraceEvent & Record<string, never>) => string;

/** Event kinds that a reader of a timeline looks for. Others are in events.ndjson only. */
const shown: Readonly<Record<string, readonly [Lane, Words]>> = {
  request: ["commands", (e) => `${e.by} asks: ${e.title} (${e.reference}, ${e.useCase})`],
  "command-accepted": ["commands", (e) => `accepts ${e.useCase} from the ${e.role}, counter ${e.counter}`],
  response: ["answers", (e) => `answers ${e.useCase}: ${statuses(e.statuses)}`],
  answered: ["answers", (e) => `has the answer to ${e.reference}`],
  "no-answer": ["answers", (e) => `has no answer to ${e.reference}: ${e.status}`],
  "command-refused": ["refusals", (e) => `refuses a command: ${e.reason}${code(e.code)}`],
  "message-refused": ["refusals", (e) => `refuses a message: ${e.reason}`],
  alert: ["alerts", (e) => `${alertText(Number(e.alertCode))} ${alertMeaning(Number(e.alertCode))}`],
  "dcc-alert": ["alerts", (e) => `DCC tells the ${e.to}: ${rest(e)}`],
  "alert-dropped": ["alerts", (e) => `drops an alert: ${rest(e)}`],
  han: ["home network", (e) => `${e.event} ${e.eui64 ?? ""}${e.reason ? `: ${e.reason}` : ""}`],
  inventory: ["home network", (e) => `inventory: ${e.device} ${e.from} → ${e.to}`],
  supply: [
    "supply",
    (e) => `supply ${e.state}${e.cause && e.cause !== "none" ? `, because of ${e.cause}` : ""}`,
  ],
  "load-limit": ["supply", (e) => `load limit: ${rest(e)}`],
  "tariff-rate": ["supply", (e) => `tariff: ${rest(e)}`],
  clock: ["power", (e) => `clock: ${rest(e)}`],
  boot: ["power", (e) => `${e.device} starts`],
  "power-lost": ["power", () => "loses its power"],
  outage: ["power", (e) => `outage: ${rest(e)}`],
  "last-gasp": ["power", (e) => `last gasp: ${rest(e)}`],
  power: ["power", rest],
  wan: ["power", (e) => `WAN ${e.attached ? "attached" : "detached"}`],
};

export interface TimelineItem {
  /** Virtual seconds since the scenario's start. */
  readonly timeS: number;
  readonly lane: number;
  readonly source: string;
  readonly label: string;
}

/** The items of a timeline, in order. An alert is shown where it is raised, and where it arrives. */
export function timeline(events: readonly TraceEvent[]): TimelineItem[] {
  return events.flatMap((event) => {
    const known = shown[event.kind];
    if (known === undefined) return [];
    const [lane, words] = known;
    const label = words(event as TraceEvent & Record<string, never>);
    return [{ timeS: event.t / 1000, lane: lanes.indexOf(lane), source: event.source, label }];
  });
}

const unsaid = new Set(["t", "seq", "at", "source", "kind", "hex"]);

/** The remaining fields, as they are. */
function rest(event: TraceEvent): string {
  return Object.entries(event)
    .filter(([name, value]) => !unsaid.has(name) && value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(", ");
}

function statuses(list: readonly number[] | undefined): string {
  const failed = (list ?? []).filter((status) => status !== 0);
  return failed.length === 0 ? "success" : `status ${failed.join(", ")}`;
}

function code(value: number | undefined): string {
  return value === undefined ? "" : ` (${alertText(Number(value))})`;
}
