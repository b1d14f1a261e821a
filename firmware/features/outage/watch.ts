/** One supply (all phases, or one phase) watched through outages, its interruption time kept in the journal. */
import type { Cancel } from "../../../hal/board.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import { UNSET_TIME } from "../../wire/message.ts";
import type { DeviceContext } from "../feature.ts";
import { report } from "../report.ts";
import { type OutageEvent, type OutageState, outageStep } from "./machine.ts";

export interface OutageSettings {
  /** From this long on an outage is a long one (8F36, Power Outage Event): three minutes, facts §5.8. */
  readonly longOutageS: number;
  /** A supply back for less than this has not come back: the bound on what flapping can cost. Ours, not a fact. */
  readonly settleMs: number;
  /** Outages logged and reported in any hour of device time; more are only counted. Ours, not a fact. */
  readonly maxReportsPerHour: number;
}

export const outageDefaults: OutageSettings = { longOutageS: 180, settleMs: 5_000, maxReportsPerHour: 10 };

/** UTC seconds, or UNSET_TIME where the clock was not set. */
export interface Outage {
  readonly interruptedS: number;
  readonly restoredS: number;
  readonly long: boolean;
}

export interface OutageWatchOptions {
  /** Name in the journal and in observations: "supply", "phase1" … */
  readonly name: string;
  readonly lostCode: number;
  readonly settings: OutageSettings;
  /** The supply has just been lost; the time is already durable. */
  lost?(sinceS: number): Promise<void>;
  /** Reports the outage; `change` clears it and must be made durable with the report. */
  restored(outage: Outage, change: JournalChange): Promise<void>;
}

interface KeptOutage {
  /** When the outage under way began; 0 = none. */
  readonly sinceS: number;
  readonly hourBeganS: number;
  readonly reportsInHour: number;
}

export class OutageWatch {
  readonly #context: DeviceContext;
  readonly #options: OutageWatchOptions;
  readonly #kept: Kept<KeptOutage>;
  #state: OutageState;
  #settling: Cancel = () => {};
  /** Uptimes of the first loss and of the last return, where this run of the firmware saw them. */
  #lostMs: number | undefined;
  #returnedMs = 0;

  constructor(context: DeviceContext, options: OutageWatchOptions) {
    this.#context = context;
    this.#options = options;
    this.#kept = new Kept(context.journal, `outage/${options.name}`, {
      sinceS: 0,
      hourBeganS: 0,
      reportsInHour: 0,
    });
    const { sinceS } = this.#kept.value;
    this.#state = sinceS === 0 ? { phase: "present" } : { phase: "lost", sinceS };
  }

  /** Feeds what the mains sense says; the same news twice is no news. */
  async feed(present: boolean, atS: number): Promise<void> {
    const uptimeMs = this.#context.board.clock.uptimeMs();
    if (present) this.#returnedMs = uptimeMs;
    else if (this.#state.phase === "present") this.#lostMs = uptimeMs;
    await this.#step({ kind: present ? "returned" : "lost", atS });
  }

  async #step(event: OutageEvent): Promise<void> {
    const step = outageStep(this.#state, event);
    this.#state = step.state;
    for (const action of step.actions) {
      if (action.kind === "record") await this.#record(action.sinceS);
      else if (action.kind === "report") await this.#report(action.sinceS, action.restoredS);
      else if (action.kind === "stopSettling") this.#settling();
      else
        this.#settling = this.#context.after(this.#options.settings.settleMs, () =>
          this.#step({ kind: "settled" }),
        );
    }
  }

  /** The time first: it is one small commit, and the energy may end at any moment. */
  async #record(sinceS: number): Promise<void> {
    const { name, lostCode } = this.#options;
    const { hourBeganS, reportsInHour } = this.#kept.value;
    const nowS = this.#context.nowS();
    const sameHour = nowS >= hourBeganS && nowS - hourBeganS < 3600;
    await this.#kept.keep({
      sinceS: Math.max(1, sinceS),
      hourBeganS: sameHour ? hourBeganS : nowS,
      reportsInHour: sameHour ? reportsInHour + 1 : 1,
    });
    this.#context.observe({ kind: "outage", supply: name, phase: "lost", sinceS });
    if (this.#tooMany()) return;
    await report(this.#context, lostCode, { timeS: sinceS });
    await this.#options.lost?.(sinceS);
  }

  async #report(interruptedS: number, returnedS: number): Promise<void> {
    const { name, settings } = this.#options;
    const known = interruptedS !== UNSET_TIME && returnedS !== UNSET_TIME;
    const restoredS = known ? Math.max(interruptedS, returnedS) : returnedS;
    const lengthS = known ? restoredS - interruptedS : this.#lengthByUptimeS();
    const outage: Outage = { interruptedS, restoredS, long: lengthS >= settings.longOutageS };
    const next = { ...this.#kept.value, sinceS: 0 };
    if (this.#tooMany()) await this.#kept.keep(next);
    else await this.#kept.keepWith(next, (change) => this.#options.restored(outage, change));
    this.#context.observe({ kind: "outage", supply: name, phase: "restored", ...outage });
  }

  /** Without a clock: 0 when the firmware started anew meanwhile. A length that nobody knows tells a short outage. */
  #lengthByUptimeS(): number {
    return this.#lostMs === undefined ? 0 : (this.#returnedMs - this.#lostMs) / 1000;
  }

  #tooMany(): boolean {
    return this.#kept.value.reportsInHour > this.#options.settings.maxReportsPerHour;
  }
}

/**
 * Feeds `see` with the mains, now and at every change, each with the time at which it happened (an event may
 * have to wait for its turn).
 */
export async function watchMains(
  context: DeviceContext,
  see: (phasesPresent: readonly boolean[], atS: number) => Promise<void>,
): Promise<void> {
  const { mains } = context.board;
  if (mains === undefined) return;
  const handle = context.event<{ phasesPresent: readonly boolean[]; atS: number }>("mains", (event) =>
    see(event.phasesPresent, event.atS),
  );
  mains.onChange(({ phasesPresent }) => handle({ phasesPresent, atS: context.stampS() }));
  await see((await mains.read()).phasesPresent, context.stampS());
}
