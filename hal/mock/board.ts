import {
  type AuxiliaryOutputs,
  type Board,
  type Cancel,
  type Clock,
  type Crypto,
  type Entropy,
  type Flash,
  HalError,
  type LoadSwitch,
  type Mains,
  type MaybePromise,
  type Metrology,
  type Modem,
  type Radio,
  type SubGhzRadio,
  type Supervisor,
  type Tamper,
  type UserInterface,
} from "../board.ts";
import { MockAuxiliary } from "./auxiliary.ts";
import { MockClock } from "./clock.ts";
import { MockEntropy } from "./entropy.ts";
import type { Ether } from "./ether.ts";
import { defaultFlash, type FlashOptions, MockFlash } from "./flash.ts";
import { constantLoad, type LoadProfile } from "./load-profile.ts";
import { MockLoadSwitch } from "./load-switch.ts";
import { type MainsSettings, MockMains, meterMains } from "./mains.ts";
import { type LoadCircuit, MockMetrology } from "./metrology.ts";
import { Power } from "./power.ts";
import type { MockRadio } from "./radio.ts";
import type { SeededRandom } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import { MockSubGhz } from "./sub-ghz.ts";
import { MockSupervisor } from "./supervisor.ts";
import { MockTamper } from "./tamper.ts";
import { MockUserInterface } from "./user-interface.ts";
import type { WanLink } from "./wan.ts";

/** What a board has besides clock, flash, entropy and crypto. `true` takes the defaults. */
export interface MockParts {
  readonly subGhz?: true;
  readonly flash?: Partial<FlashOptions>;
  /** Flash for firmware images, `defaultImageFlash` unless told. */
  readonly imageFlash?: true | Partial<FlashOptions>;
  readonly mains?: true | Partial<MainsSettings>;
  /** Needs `mains`. */
  readonly metrology?: true | { readonly profile?: LoadProfile; readonly elementCount?: 1 | 2 };
  readonly loadSwitch?: true;
  readonly auxiliary?: true;
  readonly tamper?: true;
  readonly supervisor?: true;
  readonly userInterface?: true;
}

/** Two slots of 32 KiB, and a sector to swap over. */
export const defaultImageFlash: FlashOptions = { ...defaultFlash, sectorCount: 17 };
/** From a reset to the start of the firmware. */
const restartMs = 100;

export interface MockBoardOptions {
  readonly scheduler: Scheduler;
  /** The board draws from a fork of this, labelled with its id. */
  readonly random: SeededRandom;
  readonly id: string;
  /** UTC at virtual time 0: for load profile and network time. The board's own time of day starts unset. */
  readonly startUtcMs: number;
  readonly crypto: Crypto;
  readonly parts?: MockParts;
  /** With `eui64` (8 bytes, most significant first) the board has a radio here. */
  readonly ether?: Ether;
  readonly eui64?: Uint8Array;
  /** The board has this link's modem. */
  readonly wan?: WanLink;
}

/**
 * A simulated board. It starts without power. `board.flash` and its like are what firmware sees;
 * `board.mockFlash` and its like are the same parts with their fault switches.
 */
export class MockBoard implements Board {
  readonly id: string;
  readonly clock: Clock;
  readonly flash: Flash;
  readonly imageFlash?: Flash;
  readonly entropy: Entropy;
  readonly crypto: Crypto;
  readonly mains?: Mains;
  readonly metrology?: Metrology;
  readonly loadSwitch?: LoadSwitch;
  readonly auxiliary?: AuxiliaryOutputs;
  readonly tamper?: Tamper;
  readonly supervisor?: Supervisor;
  readonly userInterface?: UserInterface;
  readonly radio?: Radio;
  readonly modem?: Modem;
  readonly subGhz?: SubGhzRadio;
  readonly wan: WanLink | undefined;
  readonly mockClock: MockClock;
  readonly mockFlash: MockFlash;
  readonly mockEntropy: MockEntropy;
  readonly #power: Power;
  readonly #scheduler: Scheduler;
  readonly #faults: MockFaults;
  #onListeners: (() => MaybePromise<void>)[] = [];
  #lostListeners: (() => MaybePromise<void>)[] = [];

  constructor(options: MockBoardOptions) {
    const { scheduler, id } = options;
    const random = options.random.fork(`board/${id}`);
    this.id = id;
    this.crypto = options.crypto;
    this.wan = options.wan;
    this.#scheduler = scheduler;
    this.#power = new Power(id);
    this.clock = this.mockClock = new MockClock(scheduler, this.#power);
    this.entropy = this.mockEntropy = new MockEntropy(this.#power, random.fork("entropy"));
    this.#faults = makeParts(options, this.#power);
    const { mains } = this.#faults;
    const spendFlash = (kind: "program" | "erase", bytes: number): boolean =>
      mains?.spend(
        kind === "program" ? "flashProgramByteJ" : "flashEraseJ",
        kind === "program" ? bytes : 1,
      ) ?? true;
    const flash = { ...defaultFlash, ...options.parts?.flash };
    this.flash = this.mockFlash = new MockFlash(flash, this.#power, random.fork("flash"), spendFlash);
    const { imageFlash } = options.parts ?? {};
    if (imageFlash !== undefined) {
      const shape = { ...defaultImageFlash, ...(imageFlash === true ? {} : imageFlash) };
      this.imageFlash = new MockFlash(shape, this.#power, random.fork("image-flash"), spendFlash);
    }
    Object.assign(this, this.#faults);
    if (options.parts?.subGhz) this.subGhz = new MockSubGhz(scheduler, this.#power);
    if (options.wan) this.modem = connectWan(options.wan, this.#power, options.startUtcMs, mains);
    // Firmware boots in a power-on listener, and may die there of the next power cut.
    this.#power.whenOn(() => this.#tell(this.#onListeners.map((boot) => () => this.#power.deliver(boot))));
    this.#power.whenLost(() => this.#tell(this.#lostListeners));
  }

  get powered(): boolean {
    return this.#power.on;
  }

  /** The mock parts this board has, by name, with their fault switches. */
  get faults(): MockFaults & { flash: MockFlash; clock: MockClock; entropy: MockEntropy; wan?: WanLink } {
    return {
      ...this.#faults,
      flash: this.mockFlash,
      clock: this.mockClock,
      entropy: this.mockEntropy,
      ...(this.wan && { wan: this.wan }),
    };
  }

  get mockSubGhz(): MockSubGhz {
    if (this.subGhz !== undefined) return this.subGhz as MockSubGhz;
    throw new HalError("hal/absent", `board ${this.id} has no subGhz`, { part: "subGhz" });
  }
  get mockImageFlash(): MockFlash {
    if (this.imageFlash !== undefined) return this.imageFlash as MockFlash;
    throw new HalError("hal/absent", `board ${this.id} has no imageFlash`, { part: "imageFlash" });
  }
  get mockMains(): MockMains {
    return this.#part("mains");
  }
  get mockMetrology(): MockMetrology {
    return this.#part("metrology");
  }
  get mockLoadSwitch(): MockLoadSwitch {
    return this.#part("loadSwitch");
  }
  get mockAuxiliary(): MockAuxiliary {
    return this.#part("auxiliary");
  }
  get mockTamper(): MockTamper {
    return this.#part("tamper");
  }
  get mockSupervisor(): MockSupervisor {
    return this.#part("supervisor");
  }
  get mockUserInterface(): MockUserInterface {
    return this.#part("userInterface");
  }
  get mockRadio(): MockRadio {
    return this.#part("radio");
  }

  /** Plugs the board in. Without mains at its terminals it stays dark until they return. */
  powerOn(): void {
    const { mains } = this.#faults;
    mains?.plug(true);
    if (!mains || mains.anyPresent) this.#power.turnOn();
  }

  /** Pulls the plug: power is lost at once, hold-up or not. */
  powerOff(): void {
    this.#faults.mains?.plug(false);
    this.#power.turnOff();
  }

  /**
   * Resets the board: firmware starts anew after `meanwhile`, and no power was lost, so that plug, store and time of
   * day are as they were. A board without power stays dark.
   */
  reset(meanwhile: () => MaybePromise<void> = () => {}): Promise<void> {
    return this.#power.restart(meanwhile);
  }

  restart(): void {
    void this.reset(() => new Promise((resolve) => void this.#scheduler.after(restartMs, resolve)));
  }

  /** True while a {@link reset} is under way, its listeners of power included. */
  get restarting(): boolean {
    return this.#power.restarting;
  }

  /** Tells every power loss, when it happens; what the listener promises is awaited as an event. */
  onPowerLost(listener: () => MaybePromise<void>): Cancel {
    const own = (): MaybePromise<void> => listener();
    this.#lostListeners.push(own);
    return () => {
      this.#lostListeners = this.#lostListeners.filter((other) => other !== own);
    };
  }

  /** Tells every power-on: the moment to boot firmware. */
  onPowerOn(listener: () => MaybePromise<void>): Cancel {
    const own = (): MaybePromise<void> => listener();
    this.#onListeners.push(own);
    return () => {
      this.#onListeners = this.#onListeners.filter((other) => other !== own);
    };
  }

  /** Calls each now; the next event awaits what they promise, so that an error reaches who runs the scheduler. */
  #tell(listeners: readonly (() => MaybePromise<void>)[]): void {
    for (const listener of listeners) {
      const result = listener();
      if (result === undefined) continue;
      result.catch(() => {});
      this.#scheduler.after(0, () => result);
    }
  }

  #part<K extends keyof MockFaults>(name: K): NonNullable<MockFaults[K]> {
    const part = this.#faults[name];
    if (part === undefined)
      throw new HalError("hal/absent", `board ${this.id} has no ${name}`, { part: name });
    return part;
  }
}

export interface MockFaults {
  readonly mains?: MockMains;
  readonly metrology?: MockMetrology;
  readonly loadSwitch?: MockLoadSwitch;
  readonly auxiliary?: MockAuxiliary;
  readonly tamper?: MockTamper;
  readonly supervisor?: MockSupervisor;
  readonly userInterface?: MockUserInterface;
  readonly radio?: MockRadio;
}

function makeParts(options: MockBoardOptions, power: Power): MockFaults {
  const { scheduler, parts = {}, ether, eui64 } = options;
  const mains = parts.mains && new MockMains(scheduler, power, withDefaults(parts.mains));
  const loadSwitch = parts.loadSwitch && new MockLoadSwitch(scheduler, power);
  const metrology = parts.metrology && makeMetrology(options, power, mains, loadSwitch);
  const radio = ether && eui64 && ether.attachRadio(eui64, power, () => mains?.spend("radioFrameJ") ?? true);
  return {
    ...(mains && { mains }),
    ...(loadSwitch && { loadSwitch }),
    ...(parts.auxiliary && { auxiliary: new MockAuxiliary(power) }),
    ...(metrology && { metrology }),
    ...(parts.tamper && { tamper: new MockTamper(scheduler, power) }),
    ...(parts.supervisor && { supervisor: new MockSupervisor(scheduler, power) }),
    ...(parts.userInterface && { userInterface: new MockUserInterface(scheduler, power) }),
    ...(radio && { radio }),
  };
}

function connectWan(wan: WanLink, power: Power, startUtcMs: number, mains: MockMains | undefined): Modem {
  wan.connect({ power, startUtcMs, spend: () => mains?.spend("wanMessageJ") ?? true });
  return wan.modem;
}

const withDefaults = (mains: true | Partial<MainsSettings>): MainsSettings => ({
  ...meterMains,
  ...(mains === true ? {} : mains),
});

function makeMetrology(
  { scheduler, parts, startUtcMs, id }: MockBoardOptions,
  power: Power,
  mains: MockMains | undefined,
  loadSwitch: MockLoadSwitch | undefined,
): MockMetrology {
  if (!mains) throw new HalError("hal/misuse", `board ${id}: metrology needs mains`);
  const options = typeof parts?.metrology === "object" ? parts.metrology : {};
  const circuit: LoadCircuit = {
    phaseCount: mains.settings.phaseCount,
    elementCount: options.elementCount ?? 1,
    voltageV: (phase) => mains.voltageV(phase),
    energised: (phase) => mains.isPresent(phase),
    connected: () => loadSwitch?.contactsClosed ?? true,
  };
  const profile = options.profile ?? constantLoad(0);
  const metrology = new MockMetrology(scheduler, power, circuit, profile, startUtcMs);
  mains.whenChanged(() => metrology.refresh());
  loadSwitch?.whenMoved(() => metrology.refresh());
  return metrology;
}
