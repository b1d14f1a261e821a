import {
  type Cancel,
  HalError,
  type Listener,
  type Metrology,
  type MetrologyReading,
  type MetrologyThreshold,
} from "../board.ts";
import type { LoadProfile, LoadStep } from "./load-profile.ts";
import type { Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

/** What the chip measures: the terminals' voltage, and whether the load is connected. */
export interface LoadCircuit {
  readonly phaseCount: number;
  readonly elementCount: 1 | 2;
  /** Volts at the chip, one a phase. */
  voltageV(phase: number): number;
  /** Is this phase there for the load? */
  energised(phase: number): boolean;
  /** Is the load switch closed? */
  connected(): boolean;
}

interface Watcher {
  readonly thresholds: readonly MetrologyThreshold[];
  readonly listener: Listener<MetrologyReading>;
  /** Was each value above its level, last time? */
  readonly above: boolean[];
}

interface Registers {
  activeImportWh: number;
  secondaryImportWh: number;
  activeExportWh: number;
  reactiveImportVarh: number;
  reactiveExportVarh: number;
  voltSeconds: number[];
}

const msPerHour = 3_600_000;
/** Watchers and thresholds a chip has room for. */
const limits = { watchers: 8, thresholds: 16 };

/**
 * The metrology chip. Power is piecewise constant (load profile, phases, switch), so registers are booked
 * when someone looks, without a tick, and a watched level is passed exactly at a step.
 *
 * What the load profile draws on a second element is counted where there is one, and else is not there.
 * The load is shared evenly by the phases; a lost phase's share is gone. Energy counts while the chip has
 * power, its phase is there and the switch is closed. Registers survive power loss.
 */
export class MockMetrology implements Metrology {
  readonly phaseCount: number;
  readonly elementCount: 1 | 2;
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  readonly #circuit: LoadCircuit;
  readonly #startUtcMs: number;
  readonly #registers: Registers;
  #profile: LoadProfile;
  #watchers: Watcher[] = [];
  #bookedMs: number;
  /** The operating point since `#bookedMs`. */
  #volts: number[] = [];
  /** Share of the load that is connected, 0 to 1. */
  #share = 0;
  #running = false;
  #reversed = false;
  #frozen: MetrologyReading | undefined;
  #cancelStep: Cancel = () => {};

  constructor(
    scheduler: Scheduler,
    power: Power,
    circuit: LoadCircuit,
    profile: LoadProfile,
    startUtcMs: number,
  ) {
    this.#scheduler = scheduler;
    this.#power = power;
    this.#circuit = circuit;
    this.#profile = profile;
    this.#startUtcMs = startUtcMs;
    this.#bookedMs = scheduler.nowMs;
    this.phaseCount = circuit.phaseCount;
    this.elementCount = circuit.elementCount;
    this.#registers = {
      activeImportWh: 0,
      secondaryImportWh: 0,
      activeExportWh: 0,
      reactiveImportVarh: 0,
      reactiveExportVarh: 0,
      voltSeconds: new Array<number>(this.phaseCount).fill(0),
    };
    power.whenOn(() => this.refresh());
    power.whenLost(() => this.#powerLost());
    this.refresh();
  }

  read(): MetrologyReading {
    this.#power.require();
    return this.reading();
  }

  watch(thresholds: readonly MetrologyThreshold[], listener: Listener<MetrologyReading>): Cancel {
    this.#power.require();
    this.#checkThresholds(thresholds);
    const reading = this.reading();
    const watcher: Watcher = { thresholds, listener, above: thresholds.map((one) => isAbove(one, reading)) };
    this.#watchers.push(watcher);
    this.#armStep();
    return () => {
      this.#watchers = this.#watchers.filter((other) => other !== watcher);
      this.#armStep();
    };
  }

  // --- the bench's side; works without power ---

  /** What the chip would say, power or not. */
  reading(): MetrologyReading {
    this.#book();
    return this.#frozen ?? this.#live();
  }

  /** Replaces the load from now on. */
  set profile(profile: LoadProfile) {
    this.#book();
    this.#profile = profile;
    this.refresh();
  }

  /** Fault: the chip repeats what it says now until this is false again; it goes on counting inside. */
  get stuck(): boolean {
    return this.#frozen !== undefined;
  }

  set stuck(stuck: boolean) {
    if (stuck === this.stuck) return;
    this.#frozen = stuck ? this.reading() : undefined;
    this.refresh();
  }

  /** Fault: the current transformer is the wrong way round; import counts as export. */
  get reversed(): boolean {
    return this.#reversed;
  }

  set reversed(reversed: boolean) {
    this.#book();
    this.#reversed = reversed;
    this.refresh();
  }

  /** The circuit, the power or a fault changed: books what was, takes the new operating point, tells watchers. */
  refresh(): void {
    this.#book();
    this.#running = this.#power.on;
    let live = 0;
    for (let phase = 0; phase < this.phaseCount; phase++) {
      this.#volts[phase] = this.#circuit.voltageV(phase);
      if (this.#circuit.energised(phase)) live++;
    }
    this.#share = this.#running && this.#circuit.connected() ? live / this.phaseCount : 0;
    this.#armStep();
    this.#tellWatchers();
  }

  /** Books energy and volt-seconds up to now at the operating point that held. */
  #book(): void {
    const nowMs = this.#scheduler.nowMs;
    if (this.#running && nowMs > this.#bookedMs) {
      const seconds = (nowMs - this.#bookedMs) / 1000;
      this.#volts.forEach((volts, phase) => {
        this.#registers.voltSeconds[phase]! += volts * seconds;
      });
      if (this.#share > 0) this.#bookEnergy(this.#bookedMs + this.#startUtcMs, nowMs + this.#startUtcMs);
    }
    this.#bookedMs = nowMs;
  }

  #bookEnergy(fromUtcMs: number, toUtcMs: number): void {
    const registers = this.#registers;
    for (let at = fromUtcMs; at < toUtcMs; ) {
      const step = this.#profile.stepAt(at);
      const until = Math.min(step.untilUtcMs, toUtcMs);
      if (!(until > at)) throw new HalError("hal/misuse", `load profile: the step at ${at} ends at ${until}`);
      const hours = ((until - at) / msPerHour) * this.#share;
      registers.activeImportWh += hours * (this.#reversed ? step.exportW : step.importW);
      registers.secondaryImportWh += hours * this.#secondaryW(step);
      registers.activeExportWh += hours * (this.#reversed ? step.importW : step.exportW);
      registers.reactiveImportVarh +=
        hours * (this.#reversed ? step.reactiveExportVar : step.reactiveImportVar);
      registers.reactiveExportVarh +=
        hours * (this.#reversed ? step.reactiveImportVar : step.reactiveExportVar);
      at = until;
    }
  }

  #live(): MetrologyReading {
    const registers = this.#registers;
    return {
      activeImportWh: registers.activeImportWh,
      secondaryImportWh: registers.secondaryImportWh,
      activeExportWh: registers.activeExportWh,
      reactiveImportVarh: registers.reactiveImportVarh,
      reactiveExportVarh: registers.reactiveExportVarh,
      activePowerW: this.#powerW(),
      secondaryPowerW: this.#secondaryW(this.#stepNow()) * this.#share,
      rmsVoltageV: this.#volts.slice(),
      rmsVoltageVs: registers.voltSeconds.slice(),
    };
  }

  #powerW(): number {
    const step = this.#stepNow();
    const powerW = (step.importW - step.exportW) * this.#share;
    return (this.#reversed ? -powerW : powerW) + this.#secondaryW(step) * this.#share;
  }

  #secondaryW(step: LoadStep): number {
    return this.elementCount === 2 ? (step.secondaryW ?? 0) : 0;
  }

  #stepNow(): LoadStep {
    return this.#profile.stepAt(this.#scheduler.nowMs + this.#startUtcMs);
  }

  /** While someone watches, the next step of the profile is an event. */
  #armStep(): void {
    this.#cancelStep();
    if (this.#watchers.length === 0 || this.#share === 0) return;
    const { untilUtcMs } = this.#stepNow();
    if (untilUtcMs === Number.POSITIVE_INFINITY) return;
    this.#cancelStep = this.#scheduler.at(untilUtcMs - this.#startUtcMs, () => {
      this.#armStep();
      this.#tellWatchers();
    });
  }

  #tellWatchers(): void {
    if (this.#watchers.length === 0) return;
    const reading = this.reading();
    // Delivery is an event of its own, so that no listener changes the list meanwhile.
    for (const watcher of this.#watchers) {
      let passed = false;
      watcher.thresholds.forEach((threshold, i) => {
        const above = isAbove(threshold, reading);
        passed ||= above !== watcher.above[i];
        watcher.above[i] = above;
      });
      if (passed) this.#deliver(watcher, reading);
    }
  }

  #deliver(watcher: Watcher, reading: MetrologyReading): void {
    const { powerOn } = this.#power;
    this.#scheduler.after(0, async () => {
      if (powerOn !== this.#power.powerOn || !this.#watchers.includes(watcher)) return;
      await this.#power.deliver(() => watcher.listener(reading));
    });
  }

  #powerLost(): void {
    this.#watchers = [];
    this.refresh();
  }

  #checkThresholds(thresholds: readonly MetrologyThreshold[]): void {
    if (thresholds.length > limits.thresholds || this.#watchers.length >= limits.watchers) {
      throw misuse(`room for ${limits.watchers} watchers of ${limits.thresholds} thresholds`);
    }
    for (const { quantity, phase, level } of thresholds) {
      if (!Number.isFinite(level)) throw misuse(`a level must be a finite number, got ${level}`);
      const phaseOk = Number.isInteger(phase ?? 0) && (phase ?? 0) >= 0 && (phase ?? 0) < this.phaseCount;
      if (quantity === "rmsVoltageV" && !phaseOk)
        throw misuse(`phase ${phase} of ${this.phaseCount} (0 is the first)`);
    }
  }
}

function isAbove({ quantity, phase, level }: MetrologyThreshold, reading: MetrologyReading): boolean {
  const value = quantity === "activePowerW" ? reading.activePowerW : reading.rmsVoltageV[phase ?? 0]!;
  return value > level;
}

const misuse = (problem: string): HalError => new HalError("hal/misuse", `metrology: ${problem}`);
