/** Extreme over- and under-voltage, sag and swell of each phase: 8020/808D, 8028/8095, 802C/8099, 8024/8091. */
import type { Cancel, MetrologyReading, MetrologyThreshold } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import { alerts } from "../../model/index.ts";
import type { DeviceContext } from "../feature.ts";
import { report } from "../report.ts";
import { type DurationEvent, type DurationState, durationStep } from "./machine.ts";

export type VoltageLimit = "extremeOver" | "extremeUnder" | "sag" | "swell";

export interface LimitSetting {
  readonly thresholdV: number;
  readonly periodS: number;
}
export type LimitSettings = Readonly<Record<VoltageLimit, LimitSetting>>;

/** Alert codes of a single-phase meter; phase n (1..3) of a polyphase one has the code + n. */
const limitCodes: Readonly<Record<VoltageLimit, { over: boolean; began: number; ended: number }>> = {
  extremeOver: {
    over: true,
    began: alerts.extremeOverVoltage.code,
    ended: alerts.extremeOverVoltageEnded.code,
  },
  extremeUnder: {
    over: false,
    began: alerts.extremeUnderVoltage.code,
    ended: alerts.extremeUnderVoltageEnded.code,
  },
  sag: { over: false, began: alerts.voltageSag.code, ended: alerts.voltageSagEnded.code },
  swell: { over: true, began: alerts.voltageSwell.code, ended: alerts.voltageSwellEnded.code },
};
const limits = Object.keys(limitCodes) as VoltageLimit[];

/** The code of phase `phase` (0-based): the code itself on a single-phase meter. */
export const phaseCode = (code: number, phase: number, phaseCount: number): number =>
  phaseCount === 1 ? code : code + 1 + phase;

/** Watches the limits in force. What has begun is kept, so that its end is told after a power cut too. */
export class LimitWatch {
  readonly #context: DeviceContext;
  readonly #settings: () => LimitSettings;
  /** Limits that began and have not ended: "limit/phase". */
  readonly #begun: Kept<readonly string[]>;
  readonly #states = new Map<string, DurationState>();
  readonly #timers = new Map<string, Cancel>();
  #unwatch: Cancel = () => {};

  constructor(context: DeviceContext, settings: () => LimitSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#begun = new Kept<readonly string[]>(context.journal, "voltage/begun", []);
    for (const key of this.#begun.value) this.#states.set(key, "beyond");
  }

  /** (Re)starts on the settings in force; a limit under way is timed anew, and one no longer monitored forgotten. */
  async restart(): Promise<void> {
    const { metrology } = this.#context.board;
    if (metrology === undefined) return;
    this.#unwatch();
    await this.#forgetUnmonitored();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const [key, state] of this.#states)
      this.#states.set(key, state === "entering" ? "within" : state === "leaving" ? "beyond" : state);
    this.#unwatch = metrology.watch(
      this.#thresholds(metrology.phaseCount),
      this.#context.event("voltage-limits", (reading) => this.#see(reading)),
    );
    await this.#see(await metrology.read());
  }

  /** A period of 0 is not monitored (service-rules 5.4). */
  #monitored(): VoltageLimit[] {
    return limits.filter((limit) => this.#settings()[limit].periodS > 0);
  }

  async #forgetUnmonitored(): Promise<void> {
    const monitored = this.#monitored();
    const isMonitored = (key: string) => monitored.some((limit) => key.startsWith(`${limit}/`));
    for (const key of this.#states.keys()) if (!isMonitored(key)) this.#states.delete(key);
    const begun = this.#begun.value.filter(isMonitored);
    if (begun.length < this.#begun.value.length) await this.#begun.keep(begun);
  }

  #thresholds(phaseCount: number): MetrologyThreshold[] {
    const phases = Array.from({ length: phaseCount }, (_, phase) => phase);
    const settings = this.#settings();
    return phases.flatMap((phase) =>
      this.#monitored().map((limit) => ({
        quantity: "rmsVoltageV" as const,
        phase,
        level: settings[limit].thresholdV,
      })),
    );
  }

  async #see(reading: MetrologyReading): Promise<void> {
    for (const limit of this.#monitored()) {
      const { thresholdV } = this.#settings()[limit];
      for (const [phase, volts] of reading.rmsVoltageV.entries()) {
        const exceeds = limitCodes[limit].over ? volts > thresholdV : volts < thresholdV;
        await this.#feed(limit, phase, exceeds ? "exceeds" : "returns");
      }
    }
  }

  async #feed(limit: VoltageLimit, phase: number, event: DurationEvent): Promise<void> {
    const key = `${limit}/${phase}`;
    const step = durationStep(this.#states.get(key) ?? "within", event);
    this.#states.set(key, step.state);
    for (const action of step.actions) {
      if (action === "startTimer") this.#startTimer(key, limit, phase);
      else if (action === "stopTimer") this.#timers.get(key)?.();
      else await this.#report(key, limit, phase, action);
    }
  }

  #startTimer(key: string, limit: VoltageLimit, phase: number): void {
    const delayMs = this.#settings()[limit].periodS * 1000;
    this.#timers.set(
      key,
      this.#context.after(delayMs, () => this.#feed(limit, phase, "elapsed")),
    );
  }

  async #report(key: string, limit: VoltageLimit, phase: number, what: "began" | "ended"): Promise<void> {
    const phaseCount = this.#context.board.metrology?.phaseCount ?? 1;
    const others = this.#begun.value.filter((each) => each !== key);
    const code = phaseCode(limitCodes[limit][what], phase, phaseCount);
    await this.#begun.keepWith(what === "began" ? [...others, key] : others, (change) =>
      report(this.#context, code, { changes: [change] }),
    );
  }
}
