import {
  type Cancel,
  HalError,
  type Listener,
  type Radio,
  type RadioFrame,
  type RadioSettings,
  type TransmitOutcome,
} from "../board.ts";
import { type Air, maxMpduBytes, type Transceiver, type Transmission } from "./air.ts";
import { ackFrame, type FrameHeader, filterAccepts, isBroadcast, parseFrameHeader } from "./frame-header.ts";
import { Listeners, type Power } from "./power.ts";
import type { SeededRandom } from "./random.ts";

/** IEEE 802.15.4-2006 table 86 and §6.4.1 for 2.4 GHz; a symbol is 16 µs. */
const mac = {
  minBackoffExponent: 3,
  maxBackoffExponent: 5,
  maxBackoffs: 4,
  maxRetries: 3,
  backoffMs: 0.32,
  ccaMs: 0.128,
  turnaroundMs: 0.192,
  ackWaitMs: 0.864,
};

/** Frames that may wait in a radio; one more is answered "channel-busy" at once. */
const queueLimit = 16;

interface Job {
  readonly mpdu: Uint8Array;
  readonly header: FrameHeader;
  readonly done: Listener<TransmitOutcome>;
  retries: number;
}

/** Fault switches of a radio. */
export interface RadioFaults {
  /** Hears nothing. */
  deaf: boolean;
  /** Transmits nothing; firmware sees "no-ack" or "sent" as from a broken antenna. */
  mute: boolean;
}

/**
 * An 802.15.4 radio with a hardware MAC: unslotted CSMA-CA, address filter, acknowledgements, three retries.
 *
 * A receiver with `rxOnWhenIdle` false is on while it waits for an acknowledgement and for
 * `settings.sleepyWindowMs` after each own transmission; each frame it takes in that window opens it anew.
 * Every acknowledgement of a Data Request says "frame pending": whether something waits is known only to
 * firmware, and common radios answer so by default.
 */
export class MockRadio implements Radio, Transceiver {
  readonly eui64: Uint8Array;
  readonly faults: RadioFaults = { deaf: false, mute: false };
  readonly #air: Air;
  readonly #power: Power;
  readonly #random: SeededRandom;
  readonly #spend: () => boolean;
  readonly #frames: Listeners<RadioFrame>;
  readonly #extendedAddress: Uint8Array;
  #settings: RadioSettings | undefined;
  #configuredAtMs = 0;
  #queue: Job[] = [];
  #onAir: Transmission | undefined;
  #lastSent: Transmission | undefined;
  #awakeUntilMs = Number.NEGATIVE_INFINITY;
  #awaitedAck: { readonly sequence: number; readonly arrived: () => void } | undefined;

  constructor(air: Air, eui64: Uint8Array, power: Power, random: SeededRandom, spend: () => boolean) {
    if (eui64.length !== 8) throw misuse(`an EUI-64 has 8 bytes, got ${eui64.length}`);
    this.eui64 = eui64.slice();
    this.#extendedAddress = eui64.slice().reverse();
    this.#air = air;
    this.#power = power;
    this.#random = random;
    this.#spend = spend;
    this.#frames = new Listeners(power);
    power.whenLost(() => this.#powerLost());
  }

  get boardId(): string {
    return this.#power.boardId;
  }

  get channel(): number {
    return this.#settings!.channel;
  }

  configure(settings: RadioSettings): void {
    this.#power.require();
    checkSettings(settings);
    if (settings.channel !== this.#settings?.channel) this.#configuredAtMs = this.#air.scheduler.nowMs;
    if (settings.rxOnWhenIdle && !this.#settings?.rxOnWhenIdle)
      this.#configuredAtMs = this.#air.scheduler.nowMs;
    this.#settings = { ...settings };
  }

  transmit(mpdu: Uint8Array, done: Listener<TransmitOutcome>): void {
    this.#power.require();
    if (this.#settings === undefined) throw misuse("transmit before configure");
    if (mpdu.length > maxMpduBytes)
      throw misuse(`an MPDU has at most ${maxMpduBytes} bytes, got ${mpdu.length}`);
    const header = parseFrameHeader(mpdu);
    if (header === undefined) throw misuse("this MPDU has no valid MAC header");
    if (header.ackRequest && isBroadcast(header))
      throw misuse("a broadcast must not ask for an acknowledgement");
    if (this.#queue.length >= queueLimit) {
      this.#after(0, () => this.#power.deliver(() => done("channel-busy")));
      return;
    }
    this.#queue.push({ mpdu: mpdu.slice(), header, done, retries: 0 });
    if (this.#queue.length === 1) this.#compete(mac.minBackoffExponent, 0);
  }

  onFrame(listener: Listener<RadioFrame>): Cancel {
    return this.#frames.add(listener);
  }

  /** Was the receiver on, and on this channel, for the whole of that frame? */
  listening(one: Transmission): boolean {
    const settings = this.#settings;
    if (settings === undefined || settings.channel !== one.channel || this.faults.deaf) return false;
    if (this.#configuredAtMs > one.startMs || (this.#lastSent && this.#lastSent.endMs > one.startMs))
      return false;
    return settings.rxOnWhenIdle || this.#awakeUntilMs >= one.startMs;
  }

  /** Takes a frame that arrived whole. */
  receive(one: Transmission, header: FrameHeader, rssiDbm: number, repeat: boolean): void {
    if (header.type === "ack") {
      this.#takeAck(header);
      return;
    }
    const own = { ...this.#settings!, extendedAddress: this.#extendedAddress };
    if (!filterAccepts(header, own)) return;
    if (header.ackRequest && !isBroadcast(header)) this.#acknowledge(header);
    this.#stayAwake();
    const frame: RadioFrame = { mpdu: one.mpdu.slice(), rssiDbm, lqi: lqiOf(rssiDbm) };
    this.#after(this.#air.settings.delayMs, () => this.#frames.emit(frame));
    if (repeat) this.#after(this.#air.settings.delayMs, () => this.#frames.emit(frame));
  }

  #takeAck(header: FrameHeader): void {
    if (header.sequence === this.#awaitedAck?.sequence) this.#awaitedAck.arrived();
  }

  #acknowledge(header: FrameHeader): void {
    const ack = ackFrame(header.sequence, header.isDataRequest);
    this.#after(mac.turnaroundMs, () => {
      if (this.#onAir === undefined) this.#send(ack, () => {});
    });
  }

  /** Unslotted CSMA-CA (IEEE 802.15.4-2006 §7.5.1.4). */
  #compete(exponent: number, backoffs: number): void {
    const waitMs = this.#random.below(2 ** exponent) * mac.backoffMs + mac.ccaMs;
    this.#after(waitMs, () => {
      if (!this.#air.channelBusy(this) && this.#onAir === undefined) {
        this.#after(mac.turnaroundMs, () => this.#sendFirst());
      } else if (backoffs + 1 > mac.maxBackoffs) {
        return this.#finish("channel-busy");
      } else {
        this.#compete(Math.min(exponent + 1, mac.maxBackoffExponent), backoffs + 1);
      }
    });
  }

  #sendFirst(): void {
    const job = this.#queue[0]!;
    // An acknowledgement may have started meanwhile; one transmitter sends one frame at a time.
    if (this.#onAir !== undefined) {
      this.#compete(mac.minBackoffExponent, 0);
      return;
    }
    this.#send(job.mpdu, () => {
      if (!job.header.ackRequest) this.#after(0, () => this.#finish("sent"));
      else this.#awaitAck(job);
    });
  }

  #awaitAck(job: Job): void {
    const timeout = this.#after(mac.ackWaitMs, () => {
      this.#awaitedAck = undefined;
      if (job.retries >= mac.maxRetries) return this.#finish("no-ack");
      job.retries++;
      this.#compete(mac.minBackoffExponent, 0);
    });
    const arrived = (): void => {
      this.#awaitedAck = undefined;
      timeout();
      this.#after(0, () => this.#finish("sent"));
    };
    this.#awaitedAck = { sequence: job.header.sequence, arrived };
  }

  async #finish(outcome: TransmitOutcome): Promise<void> {
    const job = this.#queue.shift()!;
    if (this.#queue.length > 0) this.#compete(mac.minBackoffExponent, 0);
    await this.#power.deliver(() => job.done(outcome));
  }

  /** Sends one frame; energy that ends inside it cuts it off. */
  #send(mpdu: Uint8Array, ended: () => void): void {
    const enough = this.#spend();
    if (this.faults.mute) {
      this.#after(0, ended);
      return;
    }
    const { powerOn } = this.#power;
    const one = this.#air.transmit(this, mpdu, () => {
      if (powerOn !== this.#power.powerOn) return;
      this.#onAir = undefined;
      this.#stayAwake();
      ended();
    });
    this.#onAir = one;
    this.#lastSent = one;
    if (!enough) this.#power.turnOff();
  }

  #stayAwake(): void {
    this.#awakeUntilMs = this.#air.scheduler.nowMs + this.#air.settings.sleepyWindowMs;
  }

  /** A timer of this power-on. */
  #after(delayMs: number, action: () => void | Promise<void>): Cancel {
    const { powerOn } = this.#power;
    return this.#air.scheduler.after(delayMs, () => (powerOn === this.#power.powerOn ? action() : undefined));
  }

  #powerLost(): void {
    if (this.#onAir !== undefined) this.#onAir.truncated = true;
    this.#onAir = undefined;
    this.#settings = undefined;
    this.#queue = [];
    this.#awaitedAck = undefined;
    this.#awakeUntilMs = Number.NEGATIVE_INFINITY;
  }
}

/** Link quality: 0 at -100 dBm and below, 255 at -40 dBm and above, linear between. */
const lqiOf = (rssiDbm: number): number => Math.round(Math.min(1, Math.max(0, (rssiDbm + 100) / 60)) * 255);

function checkSettings({ channel, panId, shortAddress }: RadioSettings): void {
  const is16Bit = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 0xffff;
  if (!Number.isInteger(channel) || channel < 11 || channel > 26)
    throw misuse(`channel must be 11..26, got ${channel}`);
  if (!is16Bit(panId) || !is16Bit(shortAddress))
    throw misuse(`PAN id ${panId}, address ${shortAddress}: 0..0xFFFF`);
}

const misuse = (problem: string): HalError => new HalError("hal/misuse", `radio: ${problem}`);
