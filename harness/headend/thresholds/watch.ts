/** One owner's thresholds, a user's or the DCC's own, and what has been counted against them. */
import { valuesAt } from "./attributes.ts";
import { type CountRule, type Levels, type LimitRule, levelsAt, type Thresholds } from "./rules.ts";
import type { ThresholdSettings } from "./settings.ts";
import { WindowCount, type WindowSnapshot } from "./window-count.ts";

/** A threshold that a request passes. */
export interface Breach {
  /** Whose threshold it is. */
  readonly by: Owner;
  readonly level: "warning" | "quarantine";
  readonly of: "count" | "attribute";
  /** "7.2", "all", "6.4.1 LoadLimitPowerThreshold above". */
  readonly rule: string;
  /** The count with this request, or the value; undefined: what has the attribute's place is no number. */
  readonly got: number | bigint | undefined;
  readonly limit: number;
}

export type Owner = "user" | "DCC";

export interface WatchSnapshot {
  readonly thresholds: Thresholds;
  readonly counts: readonly (readonly [reference: string, window: WindowSnapshot])[];
}

type Found = Omit<Breach, "by">;
const ALL = "all";

/** The request as its thresholds see it. */
export interface Seen {
  readonly reference: string;
  readonly parameters: unknown;
}

export class Watch {
  readonly #by: Owner;
  readonly #settings: ThresholdSettings;
  #thresholds: Thresholds = { counts: [], limits: [] };
  #counts = new Map<string, { readonly rule: CountRule; readonly window: WindowCount }>();
  #limits = new Map<string, LimitRule[]>();

  constructor(by: Owner, settings: ThresholdSettings, kept?: WatchSnapshot) {
    this.#by = by;
    this.#settings = settings;
    if (kept !== undefined) this.#set(kept.thresholds, new Map(kept.counts));
  }

  /** What was counted stays counted where a new threshold is for the same reference. */
  adopt(thresholds: Thresholds): void {
    this.#set(thresholds, new Map(this.#windows()));
  }

  /** Of values first, then of counts. */
  breaches(seen: Seen, nowS: number): readonly Breach[] {
    const limits = this.#limits.get(seen.reference) ?? [];
    const found = [
      ...limits.flatMap((rule) => limitBreaches(rule, levelsAt(rule, nowS), seen.parameters)),
      ...this.#countsOf(seen.reference).flatMap(([name, { rule, window }]) =>
        breach("count", name, levelsAt(rule, nowS), window.at(nowS) + 1),
      ),
    ];
    return found.map((one) => ({ ...one, by: this.#by }));
  }

  /** The request passes. */
  count({ reference }: Seen, nowS: number): void {
    for (const [, { window }] of this.#countsOf(reference)) window.add(nowS);
  }

  snapshot(): WatchSnapshot {
    return { thresholds: this.#thresholds, counts: this.#windows() };
  }

  #set(thresholds: Thresholds, windows: ReadonlyMap<string, WindowSnapshot>): void {
    const { windowS, windowSteps } = this.#settings;
    this.#thresholds = thresholds;
    this.#counts = new Map(
      thresholds.counts.map((rule) => {
        const name = rule.reference ?? ALL;
        return [name, { rule, window: new WindowCount(windowS, windowSteps, windows.get(name)) }];
      }),
    );
    this.#limits = new Map(thresholds.limits.map(({ reference }) => [reference, []]));
    for (const rule of thresholds.limits) this.#limits.get(rule.reference)?.push(rule);
  }

  #windows(): (readonly [string, WindowSnapshot])[] {
    return [...this.#counts].map(([name, { window }]) => [name, window.snapshot()]);
  }

  #countsOf(variant: string) {
    const reference = variant.split(".", 2).join(".");
    return [...new Set([ALL, reference, variant])].flatMap((name) => {
      const counted = this.#counts.get(name);
      return counted === undefined ? [] : [[name, counted] as const];
    });
  }
}

function limitBreaches(rule: LimitRule, levels: Levels, parameters: unknown): readonly Found[] {
  const { reference, attribute, side } = rule;
  const name = `${reference} ${attribute} ${side}`;
  return valuesAt(parameters, attribute).flatMap((value) => breach("attribute", name, levels, value, side));
}

/** The graver of the two levels that `got` passes. What is no number passes both. */
function breach(
  of: Breach["of"],
  rule: string,
  levels: Levels,
  got: Breach["got"],
  side: LimitRule["side"] = "above",
): readonly Found[] {
  const passes = (limit: number) => got === undefined || (side === "above" ? got > limit : got < limit);
  for (const level of ["quarantine", "warning"] as const) {
    const limit = levels[level];
    if (limit !== undefined && passes(limit)) return [{ level, of, rule, got, limit }];
  }
  return [];
}
