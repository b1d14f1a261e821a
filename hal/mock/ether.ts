import type { Cancel } from "../board.ts";
import {
  type Air,
  airtimeMs,
  longestFrameMs,
  type Position,
  type Transceiver,
  type Transmission,
} from "./air.ts";
import { type FrameHeader, parseFrameHeader } from "./frame-header.ts";
import type { Power } from "./power.ts";
import { MockRadio } from "./radio.ts";
import type { SeededRandom } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** How the air behaves; change it at any time. */
export interface EtherSettings {
  /** Chance that one receiver misses one frame. */
  lossProbability: number;
  /** Chance that a receiver hands the same frame up twice. */
  duplicateProbability: number;
  /** From the end of a frame to its delivery to firmware, ms. */
  delayMs: number;
  /** Power of every transmitter. 8 dBm is what 2.4 GHz smart-metering radios use; from memory. */
  txPowerDbm: number;
  /** Loss at 1 m, dB (2.4 GHz free space: 40). */
  pathLossAt1mDb: number;
  /** Loss exponent; 2 in free space, about 3 through a house. */
  pathLossExponent: number;
  /** Weaker frames are not heard. */
  sensitivityDbm: number;
  /** Stronger energy makes the channel busy (clear channel assessment). */
  ccaThresholdDbm: number;
  /** A frame survives an overlapping one that is this much weaker, dB. */
  captureDb: number;
  /** How long a sleepy receiver stays on after its own transmission, ms. */
  sleepyWindowMs: number;
}

export const defaultEther: EtherSettings = {
  lossProbability: 0,
  duplicateProbability: 0,
  delayMs: 0,
  txPowerDbm: 8,
  pathLossAt1mDb: 40,
  pathLossExponent: 3,
  sensitivityDbm: -100,
  ccaThresholdDbm: -85,
  captureDb: 10,
  sleepyWindowMs: 50,
};

/** Something that spoils frames wherever it is heard as loud as they are. */
export interface Jammer {
  on: boolean;
  position: Position;
  powerDbm: number;
  /** Undefined: all channels. */
  channel: number | undefined;
  /** Set: it waits and spoils only the frames this picks, and never makes the channel busy. */
  picks: ((mpdu: Uint8Array) => boolean) | undefined;
}

/** One frame as it was on the air, acknowledgements and retries included. */
export interface AirFrame {
  /** Start of the frame, virtual ms. */
  readonly timeMs: number;
  /** As sent, without its FCS. */
  readonly mpdu: Uint8Array;
  /** False: a sniffer beside the hub could not have read it (collision or jammer). */
  readonly fcsOk: boolean;
  /** At the sniffer. */
  readonly rssiDbm: number;
  readonly channel: number;
  /** Board id of the sender. */
  readonly from: string;
}

/** The 2.4 GHz air that the radios of a run share. */
export class Ether implements Air {
  readonly settings: EtherSettings;
  readonly jammer: Jammer = {
    on: false,
    position: { xM: 0, yM: 0 },
    powerDbm: 20,
    channel: undefined,
    picks: undefined,
  };
  /** Where the capturing sniffer stands. */
  snifferAt: Position = { xM: 0, yM: 0 };
  readonly scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #radios: Transceiver[] = [];
  readonly #positions = new Map<string, Position>();
  #recent: Transmission[] = [];
  #captures: ((frame: AirFrame) => void)[] = [];

  constructor(scheduler: Scheduler, random: SeededRandom, settings: Partial<EtherSettings> = {}) {
    this.scheduler = scheduler;
    this.#random = random;
    this.settings = { ...defaultEther, ...settings };
  }

  /** Puts a board (by its id) somewhere; boards that were never placed stand at 0, 0. */
  place(board: string | { readonly id: string }, position: Position): void {
    this.#positions.set(typeof board === "string" ? board : board.id, position);
  }

  positionOf(boardId: string): Position {
    return this.#positions.get(boardId) ?? { xM: 0, yM: 0 };
  }

  /** Tells every frame on the air, when it ends. */
  onFrame(listener: (frame: AirFrame) => void): Cancel {
    const own = (frame: AirFrame): void => listener(frame);
    this.#captures.push(own);
    return () => {
      this.#captures = this.#captures.filter((other) => other !== own);
    };
  }

  /** Adds a board's radio. `eui64` is most significant byte first; `spend` is false when the energy ended. */
  attachRadio(eui64: Uint8Array, power: Power, spend: () => boolean): MockRadio {
    const random = this.#random.fork(`radio/${power.boardId}/${this.#radios.length}`);
    const radio = new MockRadio(this, eui64, power, random, spend);
    this.#radios.push(radio);
    return radio;
  }

  /** An attacker's transmitter: puts these bytes on the air now, whatever they are. No CSMA, no retry. */
  inject(mpdu: Uint8Array, options: { channel: number; position?: Position; from?: string }): void {
    const position = options.position ?? { xM: 0, yM: 0 };
    this.#start(undefined, options.from ?? "(injected)", position, options.channel, mpdu);
  }

  /** Puts a radio's frame on the air; `ended` runs at its end, after the receivers. */
  transmit(radio: Transceiver, mpdu: Uint8Array, ended: () => void): Transmission {
    return this.#start(radio, radio.boardId, this.positionOf(radio.boardId), radio.channel, mpdu, ended);
  }

  /** Is there energy above the threshold where this radio is? */
  channelBusy(radio: Transceiver): boolean {
    const position = this.positionOf(radio.boardId);
    const { ccaThresholdDbm } = this.settings;
    const { jammer } = this;
    if (this.#jams(radio.channel) && !jammer.picks && this.#jammerDbm(position) >= ccaThresholdDbm)
      return true;
    return this.#recent.some(
      (one) =>
        one.endMs > this.scheduler.nowMs &&
        one.channel === radio.channel &&
        one.from !== radio &&
        this.#rssiDbm(one.position, position, this.settings.txPowerDbm) >= ccaThresholdDbm,
    );
  }

  #start(
    from: Transceiver | undefined,
    fromId: string,
    position: Position,
    channel: number,
    mpdu: Uint8Array,
    ended: () => void = () => {},
  ): Transmission {
    const startMs = this.scheduler.nowMs;
    const endMs = startMs + airtimeMs(mpdu.length);
    const one: Transmission = {
      from,
      fromId,
      position,
      channel,
      mpdu: mpdu.slice(),
      startMs,
      endMs,
      truncated: false,
    };
    this.#recent = this.#recent.filter((other) => other.endMs > startMs - 2 * longestFrameMs);
    this.#recent.push(one);
    this.scheduler.at(endMs, () => this.#end(one, ended));
    return one;
  }

  #end(one: Transmission, ended: () => void): void {
    this.#capture(one);
    const header = parseFrameHeader(one.mpdu);
    if (header !== undefined && !one.truncated) {
      for (const radio of this.#radios) this.#offer(one, header, radio);
    }
    ended();
  }

  #capture(one: Transmission): void {
    if (this.#captures.length === 0) return;
    const rssiDbm = this.#rssiDbm(one.position, this.snifferAt, this.settings.txPowerDbm);
    const fcsOk = !one.truncated && !this.#spoiled(one, this.snifferAt, rssiDbm);
    const frame: AirFrame = {
      timeMs: one.startMs,
      mpdu: one.mpdu,
      fcsOk,
      rssiDbm,
      channel: one.channel,
      from: one.fromId,
    };
    for (const listener of this.#captures) listener(frame);
  }

  #offer(one: Transmission, header: FrameHeader, radio: Transceiver): void {
    if (radio === one.from || !radio.listening(one)) return;
    const position = this.positionOf(radio.boardId);
    const rssiDbm = this.#rssiDbm(one.position, position, this.settings.txPowerDbm);
    if (rssiDbm < this.settings.sensitivityDbm || this.#spoiled(one, position, rssiDbm)) return;
    if (this.#random.chance(this.settings.lossProbability)) return;
    const repeat = header.type !== "ack" && this.#random.chance(this.settings.duplicateProbability);
    radio.receive(one, header, rssiDbm, repeat);
  }

  /** Did a jammer or an overlapping frame spoil this one at that place? */
  #spoiled(one: Transmission, position: Position, rssiDbm: number): boolean {
    const { captureDb } = this.settings;
    const jamming = this.#jams(one.channel) && (this.jammer.picks?.(one.mpdu) ?? true);
    if (jamming && this.#jammerDbm(position) > rssiDbm - captureDb) return true;
    return this.#recent.some(
      (other) =>
        other !== one &&
        other.channel === one.channel &&
        other.startMs < one.endMs &&
        other.endMs > one.startMs &&
        this.#rssiDbm(other.position, position, this.settings.txPowerDbm) > rssiDbm - captureDb,
    );
  }

  #jams(channel: number): boolean {
    return this.jammer.on && (this.jammer.channel ?? channel) === channel;
  }

  #jammerDbm(position: Position): number {
    return this.#rssiDbm(this.jammer.position, position, this.jammer.powerDbm);
  }

  /** Log-distance path loss; nearer than 1 m counts as 1 m. Whole dBm, as radios report it. */
  #rssiDbm(a: Position, b: Position, powerDbm: number): number {
    const distanceM = Math.max(1, Math.hypot(a.xM - b.xM, a.yM - b.yM));
    const { pathLossAt1mDb, pathLossExponent } = this.settings;
    return Math.round(powerDbm - pathLossAt1mDb - 10 * pathLossExponent * Math.log10(distanceM));
  }
}
