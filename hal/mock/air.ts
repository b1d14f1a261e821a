/** What a radio and the air it is in know of each other. */
import type { FrameHeader } from "./frame-header.ts";
import type { Scheduler } from "./scheduler.ts";

export interface Position {
  readonly xM: number;
  readonly yM: number;
}

/** A radio, as the air sees it. */
export interface Transceiver {
  readonly boardId: string;
  readonly channel: number;
  /** Was the receiver on, and on this channel, for the whole of that frame? */
  listening(one: Transmission): boolean;
  /** Takes a frame that arrived whole. */
  receive(one: Transmission, header: FrameHeader, rssiDbm: number, repeat: boolean): void;
}

/** The air, as a radio sees it. */
export interface Air {
  readonly scheduler: Scheduler;
  readonly settings: { readonly delayMs: number; readonly sleepyWindowMs: number };
  /** Puts a radio's frame on the air; `ended` runs at its end, after the receivers. */
  transmit(radio: Transceiver, mpdu: Uint8Array, ended: () => void): Transmission;
  /** Is there energy above the threshold where this radio is? */
  channelBusy(radio: Transceiver): boolean;
}

/** A frame while it is on the air. */
export interface Transmission {
  readonly from: Transceiver | undefined;
  readonly fromId: string;
  readonly position: Position;
  readonly channel: number;
  readonly mpdu: Uint8Array;
  readonly startMs: number;
  readonly endMs: number;
  /** The sender lost its power inside the frame. */
  truncated: boolean;
}

/** 250 kbit/s: 32 µs a byte. */
const byteMs = 0.032;
/** Preamble, start delimiter, length. */
const phyHeaderBytes = 6;
const fcsBytes = 2;
/** The longest MPDU without its FCS. */
export const maxMpduBytes = 125;
/** Longest time a frame is on the air; older transmissions cannot overlap anything. */
export const longestFrameMs = (phyHeaderBytes + maxMpduBytes + fcsBytes) * byteMs;

export const airtimeMs = (mpduBytes: number): number => (phyHeaderBytes + mpduBytes + fcsBytes) * byteMs;
