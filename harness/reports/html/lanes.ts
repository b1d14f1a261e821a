/** Which lane of the timeline an event belongs to, and a technician's words for it. */
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
  "failure",
] as const;
export type Lane = (typeof lanes)[number];

type Fields = TraceEvent & Record<string, never>;
type Words = (event: Fields) => string;

const hanWords: Readonly<Record<string, string>> = {
  "join-window-opened": "opens the window for joining",
  "join-window-closed": "closes the window for joining",
  "tunnel-opened": "has a tunnel for messages",
  "join-failed": "failed to join",
  "rejoin-failed": "failed to rejoin",
  "log-full": "device log is full",
  joining: "is joining",
  joined: "has joined",
  rejoined: "has rejoined",
  removed: "was removed",
  refused: "refuses a frame",
  left: "has left",
};

/** Event kinds that a reader of a timeline looks for. Others are in events.ndjson only. */
const shown: Readonly<Record<string, readonly [Lane, Words]>> = {
  request: ["commands", (e) => `${e.by} asks: ${e.title} (${e.reference}, ${e.useCase})`],
  "command-accepted": ["commands", (e) => `accepts ${e.useCase} from the ${e.role}, counter ${e.counter}`],
  inject: ["commands", (e) => `sends ${e.bytes} bytes of its own into the WAN`],
  response: ["answers", (e) => `answers ${e.useCase}: ${statuses(e.statuses)}`],
  "response-dropped": ["answers", (e) => `drops a response: ${spaced(String(e.reason))}`],
  answered: ["answers", (e) => `has the answer to ${e.reference}`],
  "no-answer": ["answers", (e) => `has no answer to ${e.reference}: ${spaced(String(e.status))}`],
  "command-refused": ["refusals", (e) => `refuses a command: ${spaced(String(e.reason))}${code(e.code)}`],
  "message-refused": ["refusals", (e) => `refuses a message: ${spaced(String(e.reason))}`],
  refusals: ["refusals", (e) => `has refused, without an alert for each: ${counted(e.counts)}`],
  alert: ["alerts", (e) => `${alertText(Number(e.alertCode))} ${alertMeaning(Number(e.alertCode))}`],
  "dcc-alert": ["alerts", (e) => `DCC tells the ${e.to}: ${rest(e)}`],
  "alert-dropped": ["alerts", (e) => `drops an alert: ${rest(e)}`],
  han: [
    "home network",
    (e) => [hanWords[String(e.event)] ?? spaced(String(e.event)), e.eui64 ?? "", because(e)].join(" ").trim(),
  ],
  inventory: ["home network", (e) => `inventory: device ${e.device} is ${e.to}, was ${e.from}`],
  commissioned: ["home network", () => "home is commissioned"],
  supply: [
    "supply",
    (e) =>
      `supply ${e.state}${e.cause && e.cause !== "none" ? `: ${causes[String(e.cause)] ?? spaced(String(e.cause))}` : ""}`,
  ],
  "load-limit": ["supply", (e) => `load limit has tripped, time number ${e.counter}`],
  "tariff-rate": ["supply", (e) => `tariff: ${rateWords(String(e.rate))}`],
  tamper: [
    "alerts",
    (e) => `${spaced(String(e.input))}: ${e.active ? "tampered with" : "as it should be again"}`,
  ],
  "tamper-held-back": [
    "alerts",
    (e) => `${spaced(String(e.input))}: tampered with again, no further alert this hour`,
  ],
  credentials: ["commands", (e) => `replaces credentials: ${cells(e.cells)}`],
  clock: [
    "power",
    (e) => `clock ${e.first ? "set for the first time" : "adjusted"}, to ${utc(Number(e.timeS))}`,
  ],
  boot: ["power", (e) => `${e.device} starts`],
  "power-lost": ["power", () => "loses its power"],
  outage: ["power", outageWords],
  "last-gasp": ["power", (e) => `last gasp ${spaced(String(e.outcome))}, attempt ${e.attempt}`],
  "mains-lost": ["power", () => "the mains fail"],
  "mains-restored": ["power", () => "the mains are back"],
  power: ["power", rest],
  wan: ["power", (e) => `WAN ${e.attached ? "attached" : "detached"}`],
  fault: ["refusals", (e) => `FAULT of the firmware in ${e.where}: ${e.error}`],
};

const causes: Readonly<Record<string, string>> = {
  remote: "by a command",
  loadLimit: "by the load limit",
  tamper: "after tampering",
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
    return [
      {
        timeS: event.t / 1000,
        lane: lanes.indexOf(lane),
        source: event.source,
        label: words(event as Fields),
      },
    ];
  });
}

/** `joinWindow-shut` as people write it. */
const spaced = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("-", " ")
    .toLowerCase();

const because = ({ reason }: Fields): string => (reason === undefined ? "" : `(${spaced(String(reason))})`);

/** Seconds since 1970 as a time. */
function utc(seconds: number): string {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return "no time";
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function outageWords(e: Fields): string {
  const what = e.supply === "supply" ? "supply" : `supply, ${e.supply}`;
  if (e.phase === "lost") return `${what} lost at ${utc(Number(e.sinceS))}`;
  if (e.phase !== "restored") return `${what} ${rest(e)}`;
  const long = e.long ? " (three minutes or more)" : "";
  return `${what} restored at ${utc(Number(e.restoredS))}, lost at ${utc(Number(e.interruptedS))}${long}`;
}

/** `tou2`, `block1`. */
const rateWords = (rate: string): string =>
  rate.replace(/^tou(\d+)$/, "time-of-use rate $1").replace(/^block(\d+)$/, "block $1");

const counted = (counts: Record<string, number> | undefined): string =>
  Object.entries(counts ?? {})
    .map(([reason, count]) => `${count} × ${spaced(reason)}`)
    .join(", ");

const cells = (list: readonly (readonly [string, string])[] | undefined): string =>
  (list ?? []).map(([cell, holder]) => `${cell} is ${holder}`).join(", ");

const unsaid = new Set(["t", "seq", "at", "source", "kind", "hex"]);
/** Seconds since 1970 are above this, durations are not. */
const leastTimeS = 1e9;

/** The remaining fields, in the words of their names; times as times. */
function rest(event: TraceEvent): string {
  return Object.entries(event)
    .filter(([name, value]) => !unsaid.has(name) && value !== undefined)
    .map(([name, value]) => fieldWords(name, value))
    .join(", ");
}

function fieldWords(name: string, value: unknown): string {
  if (/S$/.test(name) && typeof value === "number")
    return `${spaced(name.slice(0, -1))} ${value > leastTimeS ? utc(value) : `${value} s`}`;
  if (/Code$|^code$/.test(name) && typeof value === "number")
    return `${alertText(value)} ${alertMeaning(value)}`;
  if (/Ms$/.test(name) && typeof value === "number") return `${spaced(name.slice(0, -2))} ${value} ms`;
  return `${spaced(name)} ${typeof value === "object" ? JSON.stringify(value) : value}`;
}

function statuses(list: readonly number[] | undefined): string {
  const failed = (list ?? []).filter((status) => status !== 0);
  return failed.length === 0 ? "success" : `status ${failed.join(", ")}`;
}

function code(value: number | undefined): string {
  return value === undefined ? "" : ` (${alertText(Number(value))})`;
}
