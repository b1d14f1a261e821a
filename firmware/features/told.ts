/**
 * A condition of the hardware, and what has been told of it: a beginning at once, an end once it has lasted. What was told
 * last is kept, so that a change while the power was off is told at the next start.
 */
import type { Cancel } from "../../hal/board.ts";
import type { JournalChange } from "../kernel/journal.ts";
import { Kept } from "../kernel/kept.ts";
import type { DeviceContext } from "./feature.ts";

export interface ToldSettings {
  /** Over for less than this is not over: the bound on what a rattling cover can cost. Ours, not a fact. */
  readonly settleMs: number;
  /** Changes of one condition told in any hour of device time; what then holds is told at its end. Ours, not a fact. */
  readonly maxReportsPerHour: number;
}

const defaults: ToldSettings = { settleMs: 5_000, maxReportsPerHour: 10 };

export interface ToldOptions {
  /** In the journal, e.g. "tamper/magnet"; the part before the slash is the kind of its observations. */
  readonly key: string;
  readonly settings?: Partial<ToldSettings> | undefined;
  /** Runs before a beginning is told. */
  began?(): Promise<void>;
  /** Tells of it, in one commit with `change`. */
  tell(active: boolean, change: JournalChange): Promise<void>;
}

interface Told {
  /** What was told last. */
  readonly active: boolean;
  readonly hourBeganS: number;
  readonly reportsInHour: number;
}

export class ToldCondition {
  readonly #context: DeviceContext;
  readonly #options: ToldOptions;
  readonly #settings: ToldSettings;
  readonly #told: Kept<Told>;
  #now = false;
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, options: ToldOptions) {
    this.#context = context;
    this.#options = options;
    this.#settings = { ...defaults, ...options.settings };
    const never = { active: false, hourBeganS: 0, reportsInHour: 0 };
    this.#told = new Kept<Told>(context.journal, options.key, never);
  }

  /** The hardware says `active`; the same news twice is no news. */
  async feed(active: boolean): Promise<void> {
    const began = active && !this.#now;
    this.#now = active;
    this.#timer();
    if (active === this.#told.value.active) return;
    if (!active) this.#settle();
    else {
      if (began) await this.#options.began?.();
      await this.#tell();
    }
  }

  #settle(): void {
    this.#timer = this.#context.after(this.#settings.settleMs, () => this.#tell());
  }

  /** State, alert and log entry in one commit: a power cut loses none of them and doubles none. */
  async #tell(): Promise<void> {
    const active = this.#now;
    if (active === this.#told.value.active) return;
    const next = this.#counted(active, this.#context.nowS());
    if (next.reportsInHour > this.#settings.maxReportsPerHour) return this.#tellLater();
    await this.#told.keepWith(next, (change) => this.#options.tell(active, change));
    const [kind = "", input] = this.#options.key.split("/");
    this.#context.observe({ kind, input, active });
  }

  #counted(active: boolean, nowS: number): Told {
    const { hourBeganS, reportsInHour } = this.#told.value;
    const sameHour = nowS >= hourBeganS && nowS - hourBeganS < 3600;
    return sameHour
      ? { active, hourBeganS, reportsInHour: reportsInHour + 1 }
      : { active, hourBeganS: nowS, reportsInHour: 1 };
  }

  #tellLater(): void {
    const { hourBeganS } = this.#told.value;
    const [kind = "", input] = this.#options.key.split("/");
    this.#context.observe({ kind: `${kind}-held-back`, input, active: this.#now });
    this.#timer = this.#context.at(hourBeganS + 3600, () => this.#tell());
  }
}
