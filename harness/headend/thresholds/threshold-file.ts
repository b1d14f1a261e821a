/** The file by which a user sets its thresholds (the code's ADT file). All of its columns are the bench's own. */
import { requests } from "../../../firmware/model/index.ts";
import { attributeFault } from "./attribute-fault.ts";
import { type Cell, fileFault, type Line, shown } from "./csv.ts";
import type { CountRule, Exception, Levels, LimitRule, Thresholds } from "./rules.ts";
import { readTime } from "./signed-file.ts";

/** A line with `From` and `To` is an exception to the line that has neither and begins alike. */
export const thresholdColumns = [
  "Threshold",
  "ServiceReference",
  "Attribute",
  "Warning",
  "Quarantine",
  "From",
  "To",
] as const;

const MAX_LINES = 2_000;

type Row = Readonly<Record<(typeof thresholdColumns)[number], Cell>>;
type Rule = (CountRule | LimitRule) & { exceptions: Exception[]; seen: boolean };

/** Throws `thresholds/file`. */
export function readThresholds(lines: readonly Line[]): Thresholds {
  const tooMany = lines[MAX_LINES];
  if (tooMany !== undefined) throw fileFault(tooMany[0], `at most ${MAX_LINES} thresholds`, "more");
  const rules = new Map<string, Rule>();
  for (const line of lines) addRow(rules, rowOf(line));
  const read = [...rules.values()].map(({ seen: _, ...rule }) => rule);
  return {
    counts: read.filter((rule): rule is CountRule & { exceptions: Exception[] } => !("side" in rule)),
    limits: read.filter((rule): rule is LimitRule & { exceptions: Exception[] } => "side" in rule),
  };
}

const rowOf = (line: Line): Row =>
  Object.fromEntries(thresholdColumns.map((name, i) => [name, line[i]])) as unknown as Row;

function addRow(rules: Map<string, Rule>, row: Row): void {
  const key = [row.Threshold, row.ServiceReference, row.Attribute].map(({ text }) => text).join(" ");
  const rule: Rule = rules.get(key) ?? { ...ruleOf(row), exceptions: [], seen: false };
  rules.set(key, rule);
  const levels = levelsOf(row);
  if (row.From.text !== "" || row.To.text !== "")
    rule.exceptions.push(exceptionOf(row, levels, rule.exceptions));
  else {
    if (rule.seen) throw fileFault(row.Threshold, "each threshold once", `${key.trim()} again`);
    if (Object.keys(levels).length === 0)
      throw fileFault(row.Warning, "a level here or in Quarantine", "none");
    Object.assign(rule, levels, { seen: true });
  }
}

/** What the line is about, without levels. */
function ruleOf({ Threshold, ServiceReference, Attribute }: Row): CountRule | LimitRule {
  const [kind, reference, attribute] = [Threshold.text, ServiceReference.text, Attribute.text];
  if (kind === "count") {
    if (reference !== "" && !countable.has(reference))
      throw fileFault(
        ServiceReference,
        "a service reference, e.g. 4.8 or 4.8.1, or nothing",
        shown(reference),
      );
    if (attribute !== "") throw fileFault(Attribute, "nothing: counts have no attribute", shown(attribute));
    return reference === "" ? {} : { reference };
  }
  if (kind !== "above" && kind !== "below") throw fileFault(Threshold, "count, above or below", shown(kind));
  const fault = attributeFault(reference, attribute);
  if (fault === undefined) return { reference, attribute, side: kind };
  const known = Object.hasOwn(requests, reference);
  throw fileFault(known ? Attribute : ServiceReference, fault, shown(known ? attribute : reference));
}

/** Every variant, and every reference that has several. */
const countable: ReadonlySet<string> = new Set(
  Object.keys(requests).flatMap((variant) => [variant, variant.split(".", 2).join(".")]),
);

function levelsOf({ Threshold, Warning, Quarantine }: Row): Levels {
  const [warning, quarantine] = [levelOf(Warning, Threshold.text), levelOf(Quarantine, Threshold.text)];
  const order = Threshold.text === "below" ? -1 : 1;
  if (warning !== undefined && quarantine !== undefined && (quarantine - warning) * order < 0)
    throw fileFault(
      Quarantine,
      `a level ${order < 0 ? "no higher" : "no lower"} than Warning`,
      Quarantine.text,
    );
  return { ...(warning !== undefined && { warning }), ...(quarantine !== undefined && { quarantine }) };
}

function levelOf(cell: Cell, kind: string): number | undefined {
  if (cell.text === "") return undefined;
  const form = kind === "count" ? /^\d{1,12}$/ : /^-?\d{1,15}(\.\d{1,6})?$/;
  if (form.test(cell.text)) return Number(cell.text);
  throw fileFault(cell, kind === "count" ? "a whole number of requests" : "a number", shown(cell.text));
}

function exceptionOf({ From, To }: Row, levels: Levels, others: readonly Exception[]): Exception {
  const [fromS, toS] = [readTime(From), readTime(To)];
  if (fromS >= toS) throw fileFault(To, "a time after From", shown(To.text));
  if (others.some((other) => fromS < other.toS && other.fromS < toS))
    throw fileFault(From, "a time that no other exception to this threshold covers", shown(From.text));
  return { fromS, toS, ...levels };
}
