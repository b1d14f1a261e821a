/**
 * What a refused command causes: one reason, its log entry and alert, and nothing else. A burst from
 * strangers must neither wear the flash nor keep the device signing, so each reason has a budget for a
 * window of time, and all reasons that strangers can give have one in common; what exceeds it is counted, and told
 * once as 8F60 when the window ends. Entries and alerts are minor: they displace nothing but their like.
 */
import { type RefusalReason, refusalCodes, unusualNumbers } from "../security/refusal-reasons.ts";
import type { DeviceContext } from "./feature.ts";
import { type ReportOptions, report } from "./report.ts";

/** Budgets of one reason that all reasons of strangers have together. */
const IN_COMMON = 3;

export interface RefusalSettings {
  readonly refusalReportsPerWindow: number;
  readonly refusalWindowS: number;
}

export class Refusals {
  readonly #context: DeviceContext;
  readonly #settings: RefusalSettings;
  readonly #counts = new Map<RefusalReason, number>();
  /** Reports out of the common budget, in this window. */
  #reported = 0;
  #excess = false;

  constructor(context: DeviceContext, settings: RefusalSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /** Logs and reports one refusal, or only counts it when its budget is spent. */
  report(reason: RefusalReason, more?: ReportOptions): Promise<void> | undefined {
    const count = (this.#counts.get(reason) ?? 0) + 1;
    this.#counts.set(reason, count);
    const each = this.#settings.refusalReportsPerWindow;
    // What could not be delivered is for one who is known here: strangers do not use up its budget.
    const shared = reason !== "undeliverable";
    if (count > each || (shared && this.#reported >= IN_COMMON * each)) {
      this.#excess = true;
      return undefined;
    }
    if (shared) this.#reported++;
    return this.#report(reason, more);
  }

  async #report(reason: RefusalReason, more?: ReportOptions): Promise<void> {
    if (this.#counts.size === 1 && this.#counts.get(reason) === 1)
      this.#context.after(this.#settings.refusalWindowS * 1000, () => this.#windowEnd());
    await report(this.#context, refusalCodes[reason], more);
  }

  async #windowEnd(): Promise<void> {
    const excess = this.#excess;
    const counts = Object.fromEntries(this.#counts);
    this.#counts.clear();
    this.#reported = 0;
    this.#excess = false;
    if (!excess) return;
    this.#context.observe({ kind: "refusals", counts });
    await report(this.#context, unusualNumbers);
  }
}
