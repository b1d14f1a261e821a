/** What a hub decides about its sub-GHz network: pure. Measures and levels as DBCH06 names them. */
import type { SubGhzChannel } from "../../../hal/board.ts";
import { sameChannel } from "./channels.ts";

/** Duty cycle, from free to all but silent. */
export const dutyLevels = ["normal", "limited", "critical", "regulated"] as const;
export type DutyLevel = (typeof dutyLevels)[number];

/** Shares of air time, hundredths of a per cent. */
export interface DutyThresholds {
  readonly limited: number;
  readonly critical: number;
  readonly regulated: number;
}

export function dutyLevel(share: number, { limited, critical, regulated }: DutyThresholds): DutyLevel {
  if (share >= regulated) return "regulated";
  if (share >= critical) return "critical";
  return share >= limited ? "limited" : "normal";
}

export type DutyStep = { readonly to: Exclude<DutyLevel, "normal">; readonly entered: boolean };

/** Each threshold that is passed on the way, in order: entered upwards, left downwards. */
export function dutySteps(from: DutyLevel, to: DutyLevel): DutyStep[] {
  const [a, b] = [dutyLevels.indexOf(from), dutyLevels.indexOf(to)];
  const passed = dutyLevels.slice(Math.min(a, b) + 1, Math.max(a, b) + 1) as DutyStep["to"][];
  return b > a
    ? passed.map((level) => ({ to: level, entered: true }))
    : passed.reverse().map((level) => ({ to: level, entered: false }));
}

export interface Heard {
  readonly channel: SubGhzChannel;
  readonly noiseDbm: number;
}

/** The quietest channel, when the present one is not among them or is noisier by so much; else undefined: stay. */
export function betterChannel(
  heard: readonly Heard[],
  present: SubGhzChannel,
  quieterDb: number,
): SubGhzChannel | undefined {
  const [best] = heard.toSorted((a, b) => a.noiseDbm - b.noiseDbm);
  const now = heard.find(({ channel }) => sameChannel(channel, present));
  if (best === undefined || sameChannel(best.channel, present)) return undefined;
  return now === undefined || now.noiseDbm - best.noiseDbm >= quieterDb ? best.channel : undefined;
}

/** Air time of the last hour, in minutes of uptime. */
export class AirTime {
  readonly #minutes = new Map<number, number>();

  add(atMs: number, airtimeMs: number): void {
    const minute = Math.floor(atMs / 60_000);
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + airtimeMs);
  }

  /** Hundredths of a per cent of the hour that ends at `atMs`. */
  share(atMs: number): number {
    const oldest = Math.floor(atMs / 60_000) - 59;
    let sumMs = 0;
    for (const [minute, ms] of this.#minutes)
      if (minute < oldest) this.#minutes.delete(minute);
      else sumMs += ms;
    return Math.round(sumMs / 360);
  }
}
