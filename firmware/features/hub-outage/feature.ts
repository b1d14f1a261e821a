/**
 * The hub through outages: a loss is logged (8F57, which is no message); one that reaches three minutes is told to
 * the WAN provider by a last message on hold-up energy, tried again while the energy lasts; a shorter one is not
 * told. The DCC makes AD1 of it for the network operator (service-rules 1 row 1).
 */
import type { Cancel, Listener, SendOutcome } from "../../../hal/board.ts";
import { alerts, messages, type Role } from "../../model/index.ts";
import type { AlertRequest, DeviceContext, Feature } from "../feature.ts";
import { type OutageSettings, OutageWatch, outageDefaults, watchMains } from "../outage/watch.ts";
import { type LastGaspEvent, type LastGaspState, lastGaspStep } from "./machine.ts";

export interface HubOutageSettings extends OutageSettings {
  /** How long a loss lasts before the last gasp leaves: three minutes, 180,000 (service-rules 1 rows 1 and 5.5). */
  readonly outageAlertAfterMs: number;
  /**
   * Energy below which no attempt starts, joules: one could not end. A hub whose store falls under it before
   * `outageAlertAfterMs` stays silent (observation "last-gasp" with outcome "out-of-energy").
   */
  readonly lastGaspReserveJ: number;
  /** Pause between a failed attempt and the next. Ours, not a fact. */
  readonly retryAfterMs: number;
  /** An attempt without an outcome for this long counts as failed. Ours, not a fact. */
  readonly attemptTimeoutMs: number;
}

export const hubOutageDefaults: HubOutageSettings = {
  ...outageDefaults,
  outageAlertAfterMs: 180_000,
  lastGaspReserveJ: 6,
  retryAfterMs: 2_000,
  attemptTimeoutMs: 15_000,
};

/** What leaves: no source seen shows the hub's own message, so this one is ours, and its body is the time of the loss. */
export type LastGaspAlert = AlertRequest & { readonly to: Role };

export interface HubOutageOptions {
  /**
   * One attempt to send `alert` now; `done` runs once with what became of it. Not the durable way of other
   * alerts: after the supply has returned this one must not leave any more.
   */
  sendNow(alert: LastGaspAlert, done: Listener<SendOutcome>): Promise<void>;
  readonly settings?: Partial<HubOutageSettings>;
}

/**
 * Message and alert code of a hub's last gasp, body [time of the loss]. Ours, outside the families of the message set:
 * what a hub sends at an outage is in no source seen.
 */
export const lastGaspCode = messages.HUBOUT.code;
const restoredShort = alerts.supplyRestored.code;
const restoredLong = alerts.supplyRestoredAfterLong.code;

export function hubOutageFeature(context: DeviceContext, options: HubOutageOptions): Feature {
  const settings: HubOutageSettings = { ...hubOutageDefaults, ...options.settings };
  const lastGasp = new LastGasp(context, options, settings);
  const supply = new OutageWatch(context, {
    name: "supply",
    lostCode: alerts.supplyInterrupted.code,
    settings,
    restored: async ({ long, restoredS }, change) => {
      const entry = { timeS: restoredS, code: long ? restoredLong : restoredShort };
      await context.eventLog.appendWith(entry, (logged) => context.journal.commit([change, logged]));
    },
  });
  return {
    name: "outage",
    objects: [],
    start: () =>
      watchMains(context, async (phasesPresent, atS) => {
        const present = phasesPresent.includes(true);
        await supply.feed(present, atS);
        await (present ? lastGasp.feed("returned") : lastGasp.lost(atS));
      }),
  };
}

class LastGasp {
  readonly #context: DeviceContext;
  readonly #options: HubOutageOptions;
  readonly #settings: HubOutageSettings;
  #state: LastGaspState = "idle";
  #timer: Cancel = () => {};
  /** Attempts are numbered, so that a late outcome is not taken for a newer attempt's. */
  #attempt = 0;
  #lostS = 0;

  constructor(context: DeviceContext, options: HubOutageOptions, settings: HubOutageSettings) {
    this.#context = context;
    this.#options = options;
    this.#settings = settings;
  }

  lost(atS: number): Promise<void> {
    if (this.#state === "idle") this.#lostS = atS;
    return this.feed("lost");
  }

  async feed(event: LastGaspEvent): Promise<void> {
    const step = lastGaspStep(this.#state, event);
    this.#state = step.state;
    for (const action of step.actions) {
      this.#timer();
      if (action === "startWait") this.#wait(this.#settings.outageAlertAfterMs, "due");
      else if (action === "startPause") this.#wait(this.#settings.retryAfterMs, "retryDue");
      else if (action === "send") await this.#send();
      else if (action === "giveUp") this.#observe("out-of-energy");
    }
  }

  #wait(delayMs: number, event: LastGaspEvent): void {
    this.#timer = this.#context.after(delayMs, () => this.feed(event));
  }

  async #send(): Promise<void> {
    const energyJ = (await this.#context.board.mains?.holdUpJ()) ?? 0;
    if (energyJ < this.#settings.lastGaspReserveJ) return this.feed("energyLow");
    const attempt = ++this.#attempt;
    const settle = async (outcome: SendOutcome): Promise<void> => {
      if (attempt !== this.#attempt || this.#state !== "sending") return;
      this.#observe(outcome);
      await this.feed(outcome);
    };
    const done = this.#context.event<SendOutcome>("last-gasp", settle);
    this.#timer = this.#context.after(this.#settings.attemptTimeoutMs, () => settle("failed"));
    const alert = {
      alertCode: lastGaspCode,
      message: lastGaspCode,
      to: "wanProvider",
    } as const;
    await this.#options.sendNow({ ...alert, values: [this.#lostS] }, done);
  }

  #observe(outcome: string): void {
    this.#context.observe({ kind: "last-gasp", outcome, attempt: this.#attempt });
  }
}
