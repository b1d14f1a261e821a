/** The boost button: whom it boosts (ECS62), for how long, and the log of its uses (ECS61c). */
import type { Button } from "../../../hal/board.ts";
import type { EventLog } from "../../kernel/event-log.ts";
import { Kept } from "../../kernel/kept.ts";
import { alerts } from "../../model/index.ts";
import type { DeviceContext } from "../feature.ts";
import { report } from "../report.ts";
import { boostEntry } from "./logs.ts";
import { type Period, press } from "./machine.ts";
import { type Controller, controllers } from "./selector.ts";

export interface BoostSettings {
  /** Whether there is a button. */
  readonly boostFunction: boolean;
  /** Minutes of the first press, of the second, and so on. */
  readonly boostPeriodsMin: readonly number[];
}

interface KeptBoost {
  readonly available: boolean;
  readonly obeys: Partial<Record<Controller, boolean>>;
}

export class Boost {
  readonly #context: DeviceContext;
  readonly #log: EventLog;
  readonly #settings: BoostSettings;
  readonly #changed: () => Promise<void>;
  readonly #kept: Kept<KeptBoost>;
  readonly #period: Kept<Period | null>;

  /** `changed` runs after whatever may change a level. */
  constructor(context: DeviceContext, log: EventLog, settings: BoostSettings, changed: () => Promise<void>) {
    this.#context = context;
    this.#log = log;
    this.#settings = settings;
    this.#changed = changed;
    const available = settings.boostFunction && context.board.userInterface !== undefined;
    this.#kept = new Kept<KeptBoost>(context.journal, "auxiliary/boost", { available, obeys: {} });
    this.#period = new Kept<Period | null>(context.journal, "auxiliary/boosting", null);
  }

  start(): void {
    const { board } = this.#context;
    const pressed = this.#context.event<{ readonly button: Button }>("boost", async ({ button }) => {
      if (button === "b") await this.press();
    });
    board.userInterface?.onButton(pressed);
  }

  get available(): boolean {
    return this.#kept.value.available;
  }

  setAvailable(available: boolean): Promise<void> {
    return this.#kept.keep({ ...this.#kept.value, available });
  }

  obeys(controller: Controller): boolean {
    return this.#kept.value.obeys[controller] ?? false;
  }

  async setObeys(controller: Controller, obeys: boolean): Promise<void> {
    await this.#kept.keep({
      ...this.#kept.value,
      obeys: { ...this.#kept.value.obeys, [controller]: obeys },
    });
    await this.#changed();
  }

  /** The boost that a controller is given, if it obeys. */
  of(controller: Controller): Period | undefined {
    return this.obeys(controller) ? this.period : undefined;
  }

  get period(): Period | undefined {
    return this.#period.value ?? undefined;
  }

  async press(): Promise<void> {
    if (!this.available) return;
    if (!controllers.some((controller) => this.obeys(controller)))
      return report(this.#context, alerts.userCommandFailed.code);
    const nowS = this.#context.nowS();
    const { period } = this;
    const next = press(period, nowS, this.#settings.boostPeriodsMin);
    const boost = next === "cancelled" ? { fromS: period?.fromS ?? nowS, untilS: nowS } : next.boost;
    await this.#period.keepWith(boost, (change) =>
      report(this.#context, alerts.userCommandDone.code, { changes: [change] }),
    );
    await this.#changed();
  }

  /** A boost that is over goes to the log. */
  async expire(nowS: number): Promise<void> {
    const { period } = this;
    if (period === undefined || period.untilS > nowS) return;
    await this.#log.appendWith(boostEntry(period.fromS, period.untilS), (logged) =>
      this.#period.keep(null, logged),
    );
  }
}
