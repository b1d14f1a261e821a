import { type Cancel, HalError, type Listener, type Mains, type MainsState } from "../board.ts";
import { Listeners, type Power } from "./power.ts";
import type { Scheduler } from "./scheduler.ts";

/** Energy of a board. Figures are estimates from data sheets of common parts, from memory, not measurements. */
export interface MainsSettings {
  readonly phaseCount: number;
  readonly nominalV: number;
  /** The power supply works from this voltage up; below it the phase counts as lost. */
  readonly dropOutV: number;
  /** Firmware hears of a loss or return that lasted this long, ms. */
  readonly debounceMs: number;
  /** Full hold-up store, joules. */
  readonly holdUpCapacityJ: number;
  /** The store fills at this power while a phase is there, watts. */
  readonly rechargeW: number;
  /** What the board draws from the store when nothing happens, watts. */
  readonly idleW: number;
  /** One radio frame: 40 mA at 3.3 V for 4 ms. */
  readonly radioFrameJ: number;
  /** One WAN message: a cellular modem at about 2 W for 2.5 s. */
  readonly wanMessageJ: number;
  /** One byte programmed: 20 mA at 3.3 V, 0.8 ms for 256 bytes. */
  readonly flashProgramByteJ: number;
  /** One sector erased: 20 mA at 3.3 V for 45 ms. */
  readonly flashEraseJ: number;
  /** From the return of the mains to power on, ms. */
  readonly startUpMs: number;
}

/** An electricity meter: some seconds to put its state in order. */
export const meterMains: MainsSettings = {
  phaseCount: 1,
  nominalV: 230,
  dropOutV: 115,
  debounceMs: 20,
  holdUpCapacityJ: 5,
  rechargeW: 1,
  idleW: 0.5,
  radioFrameJ: 0.0005,
  wanMessageJ: 5,
  flashProgramByteJ: 2e-7,
  flashEraseJ: 0.003,
  startUpMs: 100,
};

/** A hub: a super-capacitor that carries it past the three minutes after which it must still send. */
export const hubMains: MainsSettings = { ...meterMains, holdUpCapacityJ: 60, idleW: 0.2 };

/** A board that dies with the mains, such as a display. */
export const noHoldUp: MainsSettings = { ...meterMains, holdUpCapacityJ: 0 };

/** Things that cost energy. */
export type Spending = "radioFrameJ" | "wanMessageJ" | "flashProgramByteJ" | "flashEraseJ";

/**
 * The supply at one board's terminals, and its hold-up store. With no phase at `dropOutV` or more the
 * board lives on the store; at 0 J the power is lost. When a phase returns the board powers on again by
 * itself, unless someone pulled its plug (`MockBoard.powerOff`).
 */
export class MockMains implements Mains {
  readonly settings: MainsSettings;
  readonly #scheduler: Scheduler;
  readonly #power: Power;
  readonly #listeners: Listeners<MainsState>;
  /** What the grid gives each phase, when it is there. */
  readonly #gridV: number[];
  readonly #lost: boolean[];
  /** The latest dip on each phase, while it lasts. */
  readonly #dips: ({ readonly volts: number } | undefined)[];
  #present: boolean[];
  #sensed: boolean[];
  #storedJ: number;
  #storedAtMs: number;
  /** What flows into the store since then, watts; negative drains it. */
  #flowW = 0;
  #cancelDeath: Cancel = () => {};
  #cancelStart: Cancel = () => {};
  #changeHooks: (() => void)[] = [];
  #plugged = true;
  /** Fault: firmware's sense input says what it said when this became true. */
  senseStuck = false;

  constructor(scheduler: Scheduler, power: Power, settings: MainsSettings = meterMains) {
    this.settings = settings;
    this.#scheduler = scheduler;
    this.#power = power;
    this.#listeners = new Listeners(power);
    const each = <T>(value: T): T[] => new Array<T>(settings.phaseCount).fill(value);
    this.#gridV = each(settings.nominalV);
    this.#lost = each(false);
    this.#dips = each<{ readonly volts: number } | undefined>(undefined);
    this.#present = each(true);
    this.#sensed = each(true);
    this.#storedJ = settings.holdUpCapacityJ;
    this.#storedAtMs = scheduler.nowMs;
    power.whenOn(() => this.#powerOn());
    power.whenLost(() => this.#settle());
  }

  read(): MainsState {
    this.#power.require();
    return this.#state();
  }

  holdUpJ(): number {
    this.#power.require();
    return this.#storedNowJ();
  }

  onChange(listener: Listener<MainsState>): Cancel {
    return this.#listeners.add(listener);
  }

  // --- the bench's side; works without power ---

  /** Is any phase there (undebounced)? */
  get anyPresent(): boolean {
    return this.#present.includes(true);
  }

  /** Is this phase there (undebounced)? */
  isPresent(phase: number): boolean {
    return this.#present[phase] ?? false;
  }

  /** Puts the board's plug in or pulls it; while it is out nothing charges the store or powers the board on. */
  plug(plugged: boolean): void {
    this.#plugged = plugged;
    this.#settle();
    this.#armStart();
  }

  /** Volts at the terminals of a phase now. */
  voltageV(phase: number): number {
    if (this.#lost[phase]) return 0;
    return this.#dips[phase]?.volts ?? this.#gridV[phase]!;
  }

  /** Energy in the store, joules, readable when the board is dead. */
  get storedJ(): number {
    return this.#storedNowJ();
  }

  /** Sets the energy in the store (an aged or flat one). */
  set storedJ(joules: number) {
    this.#storedJ = Math.min(Math.max(0, joules), this.settings.holdUpCapacityJ);
    this.#storedAtMs = this.#scheduler.nowMs;
    this.#armDeath();
  }

  /** Loses a phase, or all. */
  lose(phase?: number): void {
    this.#change(phase, (index) => {
      this.#lost[index] = true;
    });
  }

  /** Brings a phase back, or all. */
  restore(phase?: number): void {
    this.#change(phase, (index) => {
      this.#lost[index] = false;
    });
  }

  /** What the grid gives from now on, volts. */
  setVoltage(volts: number, phase?: number): void {
    if (!(volts >= 0 && Number.isFinite(volts))) throw misuse(`volts must be 0 or more, got ${volts}`);
    this.#change(phase, (index) => {
      this.#gridV[index] = volts;
    });
  }

  /** Applies voltage steps at their times (virtual ms since the run's start). */
  scheduleVoltage(steps: readonly { readonly atMs: number; readonly volts: number }[], phase?: number): void {
    for (const { atMs, volts } of steps) this.#scheduler.at(atMs, () => this.setVoltage(volts, phase));
  }

  /** The voltage dips to `volts` for `durationMs`. Below `dropOutV` the board lives on its store meanwhile. */
  brownOut(options: { volts: number; durationMs: number; phase?: number }): void {
    const dip = { volts: options.volts };
    this.#change(options.phase, (index) => {
      this.#dips[index] = dip;
    });
    this.#scheduler.after(options.durationMs, () =>
      this.#change(options.phase, (index) => {
        if (this.#dips[index] === dip) this.#dips[index] = undefined;
      }),
    );
  }

  /** The mains go and come `count` times; ends present. */
  flap(options: { count: number; lostMs: number; presentMs: number; phase?: number }): void {
    const periodMs = options.lostMs + options.presentMs;
    for (let index = 0; index < options.count; index++) {
      this.#scheduler.after(index * periodMs, () => this.lose(options.phase));
      this.#scheduler.after(index * periodMs + options.lostMs, () => this.restore(options.phase));
    }
  }

  /**
   * Takes `count` of a cost out of the store while the board runs on it. False when that ended the
   * energy: the caller lets its operation fail half done and then turns the power off.
   */
  spend(cost: Spending, count = 1): boolean {
    if (this.anyPresent) return true;
    this.#settle();
    this.#storedJ -= this.settings[cost] * count;
    if (this.#storedJ > 0) {
      this.#armDeath();
      return true;
    }
    this.#storedJ = 0;
    this.#cancelDeath();
    return false;
  }

  /** Parts that see the voltage hear of every change here, at once. */
  whenChanged(hook: () => void): void {
    this.#changeHooks.push(hook);
  }

  #state(): MainsState {
    return { phasesPresent: [...this.#sensed], onHoldUp: !this.#sensed.includes(true) };
  }

  #change(phase: number | undefined, set: (index: number) => void): void {
    const { phaseCount } = this.settings;
    if (phase !== undefined && !(phase in this.#present))
      throw misuse(`phase ${phase} of ${phaseCount} (0 is the first)`);
    for (let index = 0; index < phaseCount; index++) if (phase === undefined || phase === index) set(index);
    const present = this.#present.map((_, index) => this.voltageV(index) >= this.settings.dropOutV);
    if (!same(present, this.#present)) this.#present = present;
    this.#settle();
    this.#armDeath();
    this.#armStart();
    for (const hook of this.#changeHooks) hook();
    if (this.#power.on) this.#debounce();
  }

  /** After the debounce time, if the phases are then other than sensed and have not moved since. */
  #debounce(): void {
    const seen = this.#present;
    const { powerOn } = this.#power;
    this.#scheduler.after(this.settings.debounceMs, async () => {
      const stale = powerOn !== this.#power.powerOn || seen !== this.#present || this.senseStuck;
      if (stale || same(this.#sensed, seen)) return;
      this.#sensed = [...seen];
      await this.#listeners.emit(this.#state());
    });
  }

  #powerOn(): void {
    this.#cancelStart();
    this.#settle();
    if (!this.senseStuck) this.#sensed = [...this.#present];
    this.#armDeath();
  }

  /** Books the store's energy up to now, and takes the flow that holds from now on. */
  #settle(): void {
    this.#storedJ = this.#storedNowJ();
    this.#storedAtMs = this.#scheduler.nowMs;
    if (this.anyPresent) this.#flowW = this.#plugged ? this.settings.rechargeW : 0;
    else this.#flowW = this.#power.on ? -this.settings.idleW : 0;
  }

  #storedNowJ(): number {
    const elapsedS = (this.#scheduler.nowMs - this.#storedAtMs) / 1000;
    return Math.min(this.settings.holdUpCapacityJ, Math.max(0, this.#storedJ + this.#flowW * elapsedS));
  }

  #armDeath(): void {
    this.#cancelDeath();
    if (this.anyPresent || !this.#power.on) return;
    const leftMs = (this.#storedNowJ() / this.settings.idleW) * 1000;
    this.#cancelDeath = this.#scheduler.after(leftMs, () => {
      this.#power.turnOff();
      this.#storedJ = 0;
    });
  }

  #armStart(): void {
    this.#cancelStart();
    if (!this.anyPresent || this.#power.on || !this.#plugged) return;
    this.#cancelStart = this.#scheduler.after(this.settings.startUpMs, () => this.#power.turnOn());
  }
}

const same = (a: readonly boolean[], b: readonly boolean[]): boolean =>
  a.every((flag, index) => flag === b[index]);

const misuse = (problem: string): HalError => new HalError("hal/misuse", `mains: ${problem}`);
