import { type Cancel, HalError, type Listener, type Modem, type SendOutcome } from "../board.ts";
import { Listeners, Power } from "./power.ts";
import type { SeededRandom } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** How the WAN behaves. Change it at any time; setting `down` acts at once. */
export interface WanSettings {
  /** From `attach()` to attached, ms. */
  attachMs: number;
  /** One way, ms. */
  delayMs: number;
  /** Added to the delay, uniform from 0, ms. Messages of one direction stay in order. */
  jitterMs: number;
  /** Chance that a message is lost, each way. */
  lossProbability: number;
  /** Bits per second each way when nobody else is there. */
  bandwidthBps: number;
  /** Share of the bandwidth that others take, 0 (idle) to 1 (1 bit/s is left). */
  congestion: number;
  /** Bytes that may wait for bandwidth, each way; a message beyond that is refused. */
  queueBytes: number;
  /** A sender gives up on a lost message after this long, ms. */
  timeoutMs: number;
  /** Added to the network's time of day, ms; undefined: the network tells no time. */
  networkTimeErrorMs: number | undefined;
}

/** A cellular link on a good day. From memory of LTE Cat-M figures, not from a measurement. */
export const defaultWan: WanSettings = {
  attachMs: 8_000,
  delayMs: 150,
  jitterMs: 100,
  lossProbability: 0,
  bandwidthBps: 200_000,
  congestion: 0,
  queueBytes: 262_144,
  timeoutMs: 15_000,
  networkTimeErrorMs: 0,
};

/** The longest message a modem carries, bytes. */
export const maxWanMessageBytes = 65_535;

/** What a board gives the modem: its power, and the energy one message costs (false = it ended there). */
export interface WanHost {
  readonly power: Power;
  readonly startUtcMs: number;
  readonly spend: () => boolean;
}

/** One direction of the link: messages take turns at its bandwidth, and stay in order. */
class Lane {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  #freeAtMs = 0;
  #lastArrivalMs = 0;
  #waitingBytes = 0;

  constructor(scheduler: Scheduler, random: SeededRandom) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** Takes bandwidth for one message; undefined when the queue is full or the message gets lost. */
  book(
    bytes: number,
    settings: WanSettings,
  ): { readonly leftMs: number; readonly arrivalMs: number } | undefined {
    if (this.#waitingBytes + bytes > settings.queueBytes) return undefined;
    const rateBps = Math.max(1, settings.bandwidthBps * (1 - settings.congestion));
    this.#freeAtMs = Math.max(this.#scheduler.nowMs, this.#freeAtMs) + (bytes * 8_000) / rateBps;
    this.#waitingBytes += bytes;
    this.#scheduler.at(this.#freeAtMs, () => {
      this.#waitingBytes -= bytes;
    });
    if (this.#random.chance(settings.lossProbability)) return undefined;
    const arrivalMs = this.#freeAtMs + settings.delayMs + this.#random.next() * settings.jitterMs;
    this.#lastArrivalMs = Math.max(arrivalMs, this.#lastArrivalMs);
    return { leftMs: this.#freeAtMs, arrivalMs: this.#lastArrivalMs };
  }
}

/**
 * One hub's link to the DCC: the modem is the board's end, `deliver` and `onUplink` the head end's.
 *
 * A message is lost when the link goes down or the board dies before its last byte has left; after that
 * it arrives whatever happens to the board. Messages for a modem that is not attached are lost.
 */
export class WanLink {
  readonly settings: WanSettings & { down: boolean };
  readonly #scheduler: Scheduler;
  readonly #up: Lane;
  readonly #downward: Lane;
  #uplinkListeners: Listener<Uint8Array>[] = [];
  #down = false;
  #wanted = false;
  #attached = false;
  /** Changes at every attach and detach: what was on its way under another number is lost. */
  #epoch = 0;
  #cancelAttach: Cancel = () => {};
  #host: WanHost;
  #messages: Listeners<Uint8Array>;
  #attachChanges: Listeners<boolean>;
  /** The board's end. */
  readonly modem: Modem;

  constructor(scheduler: Scheduler, random: SeededRandom, settings: Partial<WanSettings> = {}) {
    this.#scheduler = scheduler;
    this.#up = new Lane(scheduler, random.fork("up"));
    this.#downward = new Lane(scheduler, random.fork("down"));
    const power = new Power("(no board)");
    power.turnOn();
    this.#host = { power, startUtcMs: 0, spend: () => true };
    this.#messages = new Listeners(power);
    this.#attachChanges = new Listeners(power);
    this.modem = this.#makeModem();
    const setDown = (down: boolean): void => this.#setDown(down);
    const isDown = (): boolean => this.#down;
    this.settings = {
      ...defaultWan,
      ...settings,
      get down() {
        return isDown();
      },
      set down(down: boolean) {
        setDown(down);
      },
    };
  }

  /** Puts the modem into a board. Done by the board. */
  connect(host: WanHost): void {
    this.#host = host;
    this.#messages = new Listeners(host.power);
    this.#attachChanges = new Listeners(host.power);
    host.power.whenLost(() => this.#powerLost());
  }

  get attached(): boolean {
    return this.#attached;
  }

  /** Sends one message towards the board; `done` tells whether its modem took it. */
  deliver(bytes: Uint8Array, done: (outcome: SendOutcome) => void = () => {}): void {
    const message = checked(bytes).slice();
    const epoch = this.#epoch;
    const booked = this.#attached ? this.#downward.book(message.length, this.settings) : undefined;
    if (booked === undefined) {
      this.#scheduler.after(this.settings.timeoutMs, () => done("failed"));
      return;
    }
    this.#scheduler.at(booked.arrivalMs, async () => {
      if (epoch !== this.#epoch) return done("failed");
      done("delivered");
      await this.#messages.emit(message);
    });
  }

  /** The head end's receiver; it stays when the board loses its power. */
  onUplink(listener: Listener<Uint8Array>): Cancel {
    const own: Listener<Uint8Array> = (bytes) => listener(bytes);
    this.#uplinkListeners.push(own);
    return () => {
      this.#uplinkListeners = this.#uplinkListeners.filter((other) => other !== own);
    };
  }

  #makeModem(): Modem {
    const link = this;
    return {
      get attached() {
        link.#host.power.require();
        return link.#attached;
      },
      attach: () => link.#attach(),
      send: (message, done) => link.#send(message, done),
      onMessage: (listener) => link.#messages.add(listener),
      onAttachChange: (listener) => link.#attachChanges.add(listener),
      networkTimeMs: () => link.#networkTime(),
    };
  }

  #networkTime(): number | undefined {
    this.#host.power.require();
    const { networkTimeErrorMs } = this.settings;
    if (!this.#attached || networkTimeErrorMs === undefined) return undefined;
    return Math.floor(this.#host.startUtcMs + this.#scheduler.nowMs + networkTimeErrorMs);
  }

  #attach(): void {
    this.#host.power.require();
    if (this.#wanted) return;
    this.#wanted = true;
    this.#startAttach();
  }

  #startAttach(): void {
    this.#cancelAttach();
    if (!this.#wanted || this.#down || this.#attached) return;
    this.#cancelAttach = this.#scheduler.after(this.settings.attachMs, () => this.#setAttached(true));
  }

  async #setAttached(attached: boolean): Promise<void> {
    if (attached === this.#attached) return;
    this.#attached = attached;
    this.#epoch++;
    await this.#attachChanges.emit(attached);
  }

  #setDown(down: boolean): void {
    this.#down = down;
    if (!down) {
      this.#startAttach();
      return;
    }
    this.#cancelAttach();
    if (!this.#attached) return;
    this.#attached = false;
    this.#epoch++;
    this.#scheduler.after(0, () => this.#attachChanges.emit(false));
  }

  #powerLost(): void {
    this.#cancelAttach();
    this.#wanted = false;
    this.#attached = false;
    this.#epoch++;
  }

  #send(message: Uint8Array, done: Listener<SendOutcome>): void {
    const { power, spend } = this.#host;
    power.require();
    const bytes = checked(message).slice();
    if (this.#attached && !spend()) power.fail("while the modem sent");
    const { powerOn } = power;
    const finish = (outcome: SendOutcome, delayMs: number): void => {
      this.#scheduler.after(delayMs, async () => {
        if (powerOn === power.powerOn) await power.deliver(() => done(outcome));
      });
    };
    if (this.#attached) this.#sendUp(bytes, finish);
    else finish("failed", 0);
  }

  #sendUp(bytes: Uint8Array, finish: (outcome: SendOutcome, delayMs: number) => void): void {
    const epoch = this.#epoch;
    const booked = this.#up.book(bytes.length, this.settings);
    if (booked === undefined) {
      finish("failed", this.settings.timeoutMs);
      return;
    }
    this.#scheduler.at(booked.leftMs, () => {
      if (epoch !== this.#epoch) finish("failed", this.settings.timeoutMs);
      else this.#scheduler.at(booked.arrivalMs, () => this.#arriveUp(bytes, finish));
    });
  }

  async #arriveUp(bytes: Uint8Array, finish: (outcome: SendOutcome, delayMs: number) => void): Promise<void> {
    for (const listener of this.#uplinkListeners) await listener(bytes);
    finish("delivered", this.settings.delayMs);
  }
}

function checked(message: Uint8Array): Uint8Array {
  if (message.length > 0 && message.length <= maxWanMessageBytes) return message;
  throw new HalError(
    "hal/misuse",
    `modem: a message has 1..${maxWanMessageBytes} bytes, got ${message.length}`,
    {
      bytes: message.length,
    },
  );
}
