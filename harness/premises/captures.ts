/** What of a home goes into a capture: frames, messages, and the keys that decrypt them. */

/** One frame or message as it was on the air or on the line. */
export interface CapturedPacket {
  readonly link: "han" | "wan";
  /** Virtual milliseconds since the home was built. */
  readonly timeMs: number;
  /** HAN: an 802.15.4 MPDU without FCS. WAN: the whole message. */
  readonly bytes: Uint8Array;
  /** Who sent it, e.g. "hub", "head-end". */
  readonly from: string;
  /** WAN only. */
  readonly direction?: "down" | "up";
  /** HAN only: false when it was damaged on the air. */
  readonly fcsOk?: boolean;
}

/** A key that decrypts the capture (pcapng decryption secrets). */
export interface CaptureKey {
  readonly kind: "network" | "link";
  /** 16 bytes. */
  readonly key: Uint8Array;
  readonly panId?: number;
  readonly label: string;
}

/** Everything of one home that goes into `capture.pcapng`. */
export interface Captures {
  /** UTC of virtual time 0, milliseconds. */
  readonly startUtcMs: number;
  readonly packets: CapturedPacket[];
  readonly keys: CaptureKey[];
}
