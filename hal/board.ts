/**
 * What firmware may touch: one small interface for each part of a board.
 *
 * Ports may answer at once or later (a board may be at the far end of a serial line), so every call that
 * reaches hardware returns a {@link MaybePromise}. Sending is fire-and-report: the call queues the work
 * and a callback tells the outcome. Listeners return the promise of their handling, and a board delivers
 * one event at a time: it awaits that promise before it delivers the next.
 */
import { CodedError } from "./base/coded-error.ts";

/** A value that is here now or comes later. Always `await` it. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on at once with what is here, later with what comes later: a promise for what is here costs more than a read of it. */
export const whenHere = <T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> => (value instanceof Promise ? value.then(next) : next(value));

/** Takes back a timer or a subscription. Calling it twice is harmless. */
export type Cancel = () => void;

/** Handles one event; the board waits for the returned promise before it delivers another. */
export type Listener<E> = (event: E) => MaybePromise<void>;

/**
 * An error of a board part, with a stable code.
 *
 * - `hal/misuse`: firmware broke a rule of the part (programs an unerased bit, reads past the end …)
 * - `hal/fault`: the part failed (switch welded, flash worn out …)
 * - `hal/absent`: the board has no such part
 */
export class HalError extends CodedError<"hal/misuse" | "hal/fault" | "hal/absent"> {}

/** Thrown out of any port call once the board has lost its power: the running firmware must stop at once. */
export class PowerLost extends Error {
  override readonly name = "PowerLost";
  readonly code = "hal/power-lost";
}

/** Time. Firmware knows no other clock. */
export interface Clock {
  /** Milliseconds since this power-on; never goes back while the power stays on. */
  uptimeMs(): number;
  /** Battery-backed time of day, milliseconds since 1970-01-01 UTC; undefined when never set or lost. */
  readRtcMs(): MaybePromise<number | undefined>;
  /** Sets the battery-backed time of day. */
  setRtcMs(utcMs: number): MaybePromise<void>;
  /** Runs `action` once, `delayMs` from now (0 = as the next event). Timers die with the power. */
  after(delayMs: number, action: () => MaybePromise<void>): Cancel;
}

/** Shape of a NOR flash part. */
export interface FlashGeometry {
  /** Smallest erasable piece, bytes. */
  readonly sectorBytes: number;
  readonly sectorCount: number;
  /** Programs start at, and cover, a multiple of this many bytes. */
  readonly programUnitBytes: number;
}

/** NOR flash: erase sets a whole sector to 0xFF, programming clears bits only, reads see every byte. */
export interface Flash {
  readonly geometry: FlashGeometry;
  /** A copy of `length` bytes at `offset`. */
  read(offset: number, length: number): MaybePromise<Uint8Array>;
  /** Clears bits. Misuse: unaligned, out of range, or a bit that would have to go from 0 to 1. */
  program(offset: number, data: Uint8Array): MaybePromise<void>;
  /** Sets sector `sector` (an index) to 0xFF. */
  erase(sector: number): MaybePromise<void>;
}

/** The mains supply as the board senses it. */
export interface MainsState {
  /** One flag a phase: is this phase's voltage there? */
  readonly phasesPresent: readonly boolean[];
  /** True while the board runs from its hold-up store. */
  readonly onHoldUp: boolean;
}

/** Mains sense and hold-up energy. With every phase lost the board lives on its hold-up store, then dies. */
export interface Mains {
  read(): MaybePromise<MainsState>;
  /** Energy left in the hold-up store, joules. */
  holdUpJ(): MaybePromise<number>;
  /** Called on loss and return of each phase (debounced by the part: 20 ms). */
  onChange(listener: Listener<MainsState>): Cancel;
}

/** What the metrology chip has counted and sees now. Cumulative values never go back, power cuts included. */
export interface MetrologyReading {
  /** Of the primary element, all phases together. */
  readonly activeImportWh: number;
  /** Of the secondary element; 0 where there is none. */
  readonly secondaryImportWh: number;
  readonly activeExportWh: number;
  readonly reactiveImportVarh: number;
  readonly reactiveExportVarh: number;
  /** Active power now, watts, of all elements; import positive. */
  readonly activePowerW: number;
  /** The secondary element's part of it. */
  readonly secondaryPowerW: number;
  /** RMS volts now, one a phase. */
  readonly rmsVoltageV: readonly number[];
  /** Integral of RMS volts over time, volt-seconds, one a phase: for averages. */
  readonly rmsVoltageVs: readonly number[];
}

/** A level the metrology chip watches for firmware. */
export interface MetrologyThreshold {
  readonly quantity: "activePowerW" | "rmsVoltageV";
  /** Phase index, for voltages. */
  readonly phase?: number;
  readonly level: number;
}

/** The metrology chip. */
export interface Metrology {
  readonly phaseCount: number;
  /** 2: a twin-element meter, whose second circuit is counted apart. */
  readonly elementCount: 1 | 2;
  read(): MaybePromise<MetrologyReading>;
  /** Replaces this watcher's thresholds; the listener runs whenever a watched value passes one, either way. */
  watch(thresholds: readonly MetrologyThreshold[], listener: Listener<MetrologyReading>): Cancel;
}

/** The load switch (contactor) of an electricity meter. */
export interface LoadSwitch {
  /** Moves the switch. Throws `hal/fault` when the feedback contact disagrees afterwards. */
  set(closed: boolean): MaybePromise<void>;
  /** The feedback contact: is the load connected? */
  isClosed(): MaybePromise<boolean>;
}

/** What an auxiliary output lets through each way, percent 0..100. A plain switch knows 0 and 100 of `output` only. */
export interface AuxiliaryLevels {
  readonly output: number;
  readonly input: number;
}

/** Outputs 1..5 to auxiliary loads, each a switch or a proportional controller. They keep their levels without power. */
export interface AuxiliaryOutputs {
  /** Throws `hal/misuse` for a number or level there is none of, `hal/fault` when the output does not follow. */
  set(number: number, levels: AuxiliaryLevels): MaybePromise<void>;
  /** What the output lets through now. */
  read(number: number): MaybePromise<AuxiliaryLevels>;
}

/** "other": what a maker has besides, such as a sensor of light or shock. */
export const tamperInputs = [
  "meter-cover",
  "terminal-cover",
  "second-terminal-cover",
  "battery-cover",
  "magnet",
  "other",
] as const;
export type TamperInput = (typeof tamperInputs)[number];

/** Cover switches and field sensors. `true` = open, or field present. */
export interface Tamper {
  read(): MaybePromise<Readonly<Record<TamperInput, boolean>>>;
  onChange(listener: Listener<{ readonly input: TamperInput; readonly active: boolean }>): Cancel;
}

/**
 * What a board's own supervision and its metrology chip may find, and what is plugged in: self checks; what was found at
 * this start (why it came, firmware that did not verify); wiring and load; connectors.
 */
export type Condition =
  | "measurement"
  | "metrology-firmware"
  | "memory"
  | "program"
  | "program-storage"
  | "ram"
  | "unexpected-reset"
  | "watchdog-reset"
  | "firmware"
  | "phase-sequence"
  | "polarity"
  | "reverse-current"
  | "over-current-1"
  | "over-current-2"
  | "over-current-3"
  | "power-factor"
  | "hub-detached"
  | "local-port";

/** Self checks of the hardware, flags of the metrology chip, sense of connectors. */
export interface Supervisor {
  /** What holds now. */
  read(): MaybePromise<readonly Condition[]>;
  onChange(listener: Listener<{ readonly condition: Condition; readonly active: boolean }>): Cancel;
}

/** Two buttons, a the one that confirms; a meter with a keypad has the digits too. */
export const buttons = ["a", "b", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
export type Button = (typeof buttons)[number];

/** How much is drawn, as an ambient indicator shows it. */
export type PowerLevel = "low" | "medium" | "high";

/** The meter's display and buttons. */
export interface UserInterface {
  /** Shows up to 4 lines of up to 32 characters. */
  show(lines: readonly string[]): MaybePromise<void>;
  /** Sounds the alarm once. Absent: there is no sounder. */
  alarm?(): MaybePromise<void>;
  /** Sets the ambient indicator. Absent: there is none. */
  indicate?(level: PowerLevel): MaybePromise<void>;
  onButton(listener: Listener<{ readonly button: Button }>): Cancel;
}

export interface RadioSettings {
  /** 802.15.4 page 0 channel, 11..26. */
  readonly channel: number;
  readonly panId: number;
  /** 0xFFFF while unassociated. */
  readonly shortAddress: number;
  /** False: the receiver is off but just after a transmission (a sleepy device polls). */
  readonly rxOnWhenIdle: boolean;
}

export interface RadioFrame {
  /** MPDU without its 2-byte FCS. The part has checked the FCS and dropped what failed. */
  readonly mpdu: Uint8Array;
  readonly rssiDbm: number;
  /** 0..255. */
  readonly lqi: number;
}

export type TransmitOutcome = "sent" | "no-ack" | "channel-busy";

/** An IEEE 802.15.4 radio: does CSMA-CA, FCS, address filter, acknowledgements and retries (3) itself. */
export interface Radio {
  readonly eui64: Uint8Array;
  configure(settings: RadioSettings): MaybePromise<void>;
  /** Queues one MPDU (at most 125 bytes without FCS); `done` runs once, later, with what became of it. */
  transmit(mpdu: Uint8Array, done: Listener<TransmitOutcome>): MaybePromise<void>;
  onFrame(listener: Listener<RadioFrame>): Cancel;
}

/** A channel of the sub-GHz bands: radio page 28 to 31, and the channel's number in it. */
export interface SubGhzChannel {
  readonly page: number;
  readonly number: number;
}

/** `device`: its EUI-64. What was sent to it; that it asks to join; that a search for one that is lost found nothing. */
export type SubGhzEvent =
  | { readonly kind: "sent"; readonly device: Uint8Array; readonly airtimeMs: number }
  | { readonly kind: "join"; readonly device: Uint8Array }
  | { readonly kind: "search-failed"; readonly device: Uint8Array };

/** The second radio of a hub, for the sub-GHz bands: it keeps its own network's frames, and tells what matters of them. */
export interface SubGhzRadio {
  tune(channel: SubGhzChannel): MaybePromise<void>;
  /** Listens on a channel for a moment: the energy there, dBm. */
  noiseDbm(channel: SubGhzChannel): MaybePromise<number>;
  onEvent(listener: Listener<SubGhzEvent>): Cancel;
}

export type SendOutcome = "delivered" | "failed";

/** The hub's WAN modem: whole messages to and from the DCC. */
export interface Modem {
  readonly attached: boolean;
  /** Starts attaching; `onAttachChange` tells when it is done. */
  attach(): MaybePromise<void>;
  /** Queues one message (at most 65,535 bytes); `done` runs once, later. */
  send(message: Uint8Array, done: Listener<SendOutcome>): MaybePromise<void>;
  onMessage(listener: Listener<Uint8Array>): Cancel;
  onAttachChange(listener: Listener<boolean>): Cancel;
  /** Network time, UTC milliseconds; undefined while not attached. */
  networkTimeMs(): MaybePromise<number | undefined>;
}

/** Random bytes fit for keys. */
export interface Entropy {
  bytes(length: number): MaybePromise<Uint8Array>;
}

/** A key made ready once, so that the hot path pays for no import. */
export type Mac = (data: Uint8Array) => Uint8Array;
export type Verifier = (message: Uint8Array, signature: Uint8Array) => boolean;
export interface Signer {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/**
 * Cryptography: synchronous, pure, the same answers from every library (`hal/crypto`).
 * Wrong lengths of keys throw {@link HalError} `hal/misuse`; wrong signatures and tags never throw.
 */
export interface Crypto {
  readonly name: "noble" | "node" | "sodium";
  sha256(data: Uint8Array): Uint8Array;
  /** For firmware images that are signed whole (MCUboot's SIG_PURE). */
  sha512(data: Uint8Array): Uint8Array;
  /** 48 bytes. */
  sha384(data: Uint8Array): Uint8Array;
  /** Prepares HMAC-SHA-256; the tag is 32 bytes. */
  hmacSha256(key: Uint8Array): Mac;
  /** RFC 5869, `length` bytes. */
  hkdfSha256(inputKey: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /** One AES-128 block, 16 bytes in, 16 out. */
  aesBlock(key: Uint8Array, block: Uint8Array): Uint8Array;
  /** AES-128-CCM (RFC 3610): ciphertext followed by a tag of `tagBytes` (4, 8 or 16). */
  aesCcmSeal(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
    tagBytes: number,
  ): Uint8Array;
  /** Undefined when the tag is wrong. */
  aesCcmOpen(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
    tagBytes: number,
  ): Uint8Array | undefined;
  /** AES-GCM (128- or 256-bit key), 12-byte nonce: ciphertext followed by a tag of `tagBytes` (12 or 16). */
  aesGcmSeal(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
    tagBytes: number,
  ): Uint8Array;
  aesGcmOpen(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
    tagBytes: number,
  ): Uint8Array | undefined;
  /** From a 32-byte seed (RFC 8032 §5.1.5). */
  ed25519Signer(seed: Uint8Array): Signer;
  /** One acceptance policy in every library: canonical A and R, S < L, no small-order A or R, cofactorless. */
  ed25519Verifier(publicKey: Uint8Array): Verifier;
  /** Could a key verify anything under that policy: 32 bytes, canonical, on the curve, not of small order? */
  ed25519KeyValid(publicKey: Uint8Array): boolean;
  /** RFC 7748 public key of a 32-byte secret. */
  x25519PublicKey(secret: Uint8Array): Uint8Array;
  /** Undefined when the result is all zero (a small-order peer key). */
  x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
  /** ECDSA P-256 SHA-256; 32-byte secret scalar; signatures are raw r‖s, 64 bytes. */
  p256Signer(secret: Uint8Array): Signer;
  /** From an uncompressed point (65 bytes). Throws `hal/misuse` when it is not on the curve. */
  p256Verifier(publicKey: Uint8Array): Verifier;
  /** ECDH P-256 x-coordinate, 32 bytes; undefined when the point is invalid. */
  p256SharedSecret(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined;
}

/** A board: what every board has, and the parts that only some have. */
export interface Board {
  readonly id: string;
  readonly clock: Clock;
  readonly flash: Flash;
  readonly entropy: Entropy;
  readonly crypto: Crypto;
  /** For firmware images, beside what `flash` holds. */
  readonly imageFlash?: Flash;
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
  /** Starts the firmware anew, after its bootloader: this run of it ends at once, and no supply was lost. */
  restart?(): void;
}
