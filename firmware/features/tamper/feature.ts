/**
 * Covers and magnet (facts §3). An opening is told at once, a closing once it has lasted. What was told last is
 * kept, so that a cover moved while the power was off is told at the next start.
 */
import type { Cancel, TamperInput } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";

export interface TamperSettings {
  /** Closed for less than this is not closed: the bound on what a rattling cover can cost. Ours, not a fact. */
  readonly settleMs: number;
  /** Movements of one input told in any hour of device time; what then holds is told at its end. Ours, not a fact. */
  readonly maxReportsPerHour: number;
}

const defaults: TamperSettings = { settleMs: 5_000, maxReportsPerHour: 10 };

export interface TamperOptions {
  /** A cover was opened or a magnet brought, before that is told: locks the supply where that is wanted. */
  opened?(input: TamperInput): Promise<void>;
  readonly settings?: Partial<TamperSettings>;
}

interface Codes {
  readonly opened: number;
  readonly closed: number;
}

/** An electricity meter has no battery cover: 8F73 and 81A1 are the gas meter's. */
const codes = {
  "meter-cover": { opened: 0x8f74, closed: 0x81b9 },
  "terminal-cover": { opened: 0x8f76, closed: 0x81c1 },
  magnet: { opened: 0x8f75, closed: 0x81bc },
} as const satisfies Partial<Record<TamperInput, Codes>>;

type Watched = keyof typeof codes;
const inputs = Object.keys(codes) as Watched[];
const isWatched = (input: TamperInput): input is Watched => input in codes;

export function tamperFeature(context: DeviceContext, options: TamperOptions = {}): Feature {
  const watches = new Map(inputs.map((input) => [input, new TamperWatch(context, input, options)]));
  return {
    name: "tamper",
    objects: [],
    async start() {
      const { tamper } = context.board;
      if (tamper === undefined) return;
      tamper.onChange(
        context.event("tamper", async ({ input, active }) => {
          if (isWatched(input)) await watches.get(input)?.feed(active);
        }),
      );
      const now = await tamper.read();
      for (const [input, watch] of watches) await watch.feed(now[input]);
    },
  };
}

interface Told {
  /** What the supplier was told last: open, or field present. */
  readonly active: boolean;
  readonly hourBeganS: number;
  readonly reportsInHour: number;
}

/** One input: what it says, and what has been told of it. */
class TamperWatch {
  readonly #context: DeviceContext;
  readonly #input: Watched;
  readonly #options: TamperOptions;
  readonly #settings: TamperSettings;
  readonly #told: Kept<Told>;
  #now = false;
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, input: Watched, options: TamperOptions) {
    this.#context = context;
    this.#input = input;
    this.#options = options;
    this.#settings = { ...defaults, ...options.settings };
    const untouched = { active: false, hourBeganS: 0, reportsInHour: 0 };
    this.#told = new Kept<Told>(context.journal, `tamper/${input}`, untouched);
  }

  /** The input says `active`; the same news twice is no news. */
  async feed(active: boolean): Promise<void> {
    const opened = active && !this.#now;
    this.#now = active;
    this.#timer();
    if (active === this.#told.value.active) return;
    if (!active) this.#settle();
    else {
      if (opened) await this.#options.opened?.(this.#input);
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
    const code = codes[this.#input][active ? "opened" : "closed"];
    await this.#told.keepWith(next, (told) => report(this.#context, code, { changes: [told] }));
    this.#context.observe({ kind: "tamper", input: this.#input, active });
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
    this.#context.observe({ kind: "tamper-held-back", input: this.#input, active: this.#now });
    this.#timer = this.#context.at(hourBeganS + 3600, () => this.#tell());
  }
}
