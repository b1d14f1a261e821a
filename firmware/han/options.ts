/**
 * What the hub and the other devices give their end of the home network, and what it tells them.
 */
import type { Board, Cancel } from "../../hal/board.ts";
import type { Journal } from "../kernel/journal.ts";
import type { Observation } from "../kernel/observation.ts";
import type { Eui64 } from "../wire/message.ts";
import type { EstablishmentFailure, EstablishmentOptions, KeyEstablishment } from "../wire/suite.ts";

export interface HanOptions extends EstablishmentOptions {
  readonly board: Board;
  readonly journal: Journal;
  /** How link keys are established: the wire's, which this network only carries. */
  readonly keyEstablishment: KeyEstablishment;
  observe(observation: Observation): void;
  /** Wraps a board listener so that its events take their turn (DeviceContext.event). Default: called as they come. */
  event?<E>(
    name: string,
    handler: (event: E) => Promise<void>,
    fromOutside?: boolean,
  ): (event: E) => Promise<void>;
  /** A timer whose action takes its turn (DeviceContext.after). Default: the board's clock. */
  after?(delayMs: number, action: () => Promise<void>): Cancel;
}

export interface HanCoordinatorOptions extends HanOptions {
  /** Channel the hub forms its network on, 11..26. Default 20. */
  readonly channel?: number;
}

export interface HanDeviceOptions extends HanOptions {
  /** As printed on the device: 16 code bytes and their 2-byte CRC, low byte first. */
  readonly installCode: Uint8Array;
  /** GBCS device type: 0 GSME, 1 ESME, 4 HCALCS, 5 PPMID, 6 type 2. */
  readonly deviceType: number;
  /** Channels a join scans, in order. Default 11..26. */
  readonly channels?: readonly number[];
}

/**
 * Why a join, a frame or an admission failed: one word each, in the words of the head end's report.
 */
export type HanReason =
  | "bad-install-code-crc"
  | "no-network"
  | "join-window-shut"
  | "not-in-device-log"
  | "device-log-full"
  | "no-association-answer"
  | "wrong-install-code"
  | "no-network-key"
  | "network-key-unanswered"
  | "no-key-establishment-answer"
  | EstablishmentFailure
  | "replayed-frame-counter"
  | "frame-not-authentic"
  | "never-seen"
  | "leave-not-meant"
  | "lost-contact"
  | "removed";

export type HanEventKind =
  | "join-window-opened"
  | "join-window-closed"
  | "joining"
  | "joined"
  | "join-failed"
  | "rejoined"
  | "rejoin-failed"
  | "tunnel-opened"
  | "removed"
  | "left"
  | "log-full"
  | "refused";

/** Something happened on the network. `eui64` is the peer (the hub's view) or the device itself. */
export interface HanEvent {
  readonly kind: HanEventKind;
  readonly eui64: Eui64;
  readonly reason?: HanReason;
}

/** One device of the hub's log: the fields of CCS06 (class 104 attribute 4). */
export interface HanDeviceEntry {
  readonly eui64: Eui64;
  readonly deviceType: number;
  /** 0 = listed, 1 = on the network, 2 = key established. */
  readonly status: number;
  readonly maxRssiDbm: number;
  readonly averageRssiDbm: number;
  readonly minRssiDbm: number;
  readonly maxLqi: number;
  readonly averageLqi: number;
  readonly minLqi: number;
  /** UTC seconds; 0 = never heard. */
  readonly lastHeardS: number;
  readonly hops: number;
  readonly failures: number;
  readonly successes: number;
  readonly applicationVersion: number;
  readonly stackVersion: number;
  /** Of a sub-GHz device, −128…127; undefined at 2.4 GHz. */
  readonly linkQuality?: number | undefined;
  /** AES-MMO hash of the trust-centre link key, 16 bytes; empty while there is none (CS14, CCS07). */
  readonly linkKeyHash: Uint8Array;
}

/** The keys of a network. Addresses as 16 bits; keys of 16 bytes. */
export interface HanKeys {
  readonly panId: number;
  readonly networkKey: Uint8Array;
  readonly devices: readonly {
    readonly eui64: Eui64;
    readonly shortAddress: number;
    /** Link key of the install code: it carried the network key. */
    readonly installKey: Uint8Array;
    readonly linkKey: Uint8Array | undefined;
  }[];
}

/** Where a device is on its way into the network. */
export type HanDeviceState =
  | "off"
  | "scanning"
  | "associating"
  | "keying"
  | "establishing"
  | "joined"
  | "rejoining";
