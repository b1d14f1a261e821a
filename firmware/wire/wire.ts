/**
 * A wire turns messages into bytes and back, and knows nothing of features, roles or state.
 *
 * Opening is in steps, cheapest first, so that a device can refuse at each one: {@link Wire.peek} bounds
 * and reads the envelope; the MAC and the signature are checked with keys the caller chose; only then
 * {@link Wire.decode} reads the body. Sealing is the same way back.
 */
import type { Mac, Verifier } from "../../hal/board.ts";
import type { Header, Message, Operation, Protection } from "./message.ts";

/** A message whose envelope has been read and bounded, and nothing more: none of it is authentic yet. */
export interface Envelope {
  readonly header: Header;
  readonly protection: Protection;
  /** The bytes that the MAC covers, and the tag; absent without a MAC. */
  readonly macInput?: Uint8Array;
  readonly macTag?: Uint8Array;
  /** The bytes that were signed, and the signature; absent without one. */
  readonly signedInput?: Uint8Array;
  readonly signature?: Uint8Array;
  /** Key identifiers the sender named, where the wire carries them (8 bytes). */
  readonly macKeyId?: Uint8Array;
  readonly signingKeyId?: Uint8Array;
  /** The unprotected message bytes (a pre-command), which both protections cover. */
  readonly plain: Uint8Array;
}

/** `E` is what the wire's envelope holds beside the common part, `M` what it makes of a body. */
export interface Wire<E extends Envelope = Envelope, M = Message> {
  /** Its key in the registry of suites (`suites.ts`). */
  readonly name: string;
  /** Reads and bounds the envelope. Throws CodedError `wire/malformed`. */
  peek(bytes: Uint8Array): E;
  /** Constant-time comparison of the MAC under `mac`. False when there is none. */
  macValid(envelope: E, mac: Mac): boolean;
  /** False when there is none. */
  signatureValid(envelope: E, verify: Verifier): boolean;
  /**
   * The typed form. Throws CodedError `wire/format`. Call it after authentication. `asked`: the operations that a
   * response answers, for wires whose answers are read by them; by default the steps of the use case's row.
   */
  decode(envelope: E, asked?: readonly Operation[]): M;
  /** Unprotected bytes: for a command this is the pre-command. */
  encode(message: M): Uint8Array;
  /** Adds the originator's signature. `keyId`: 8 bytes. */
  sign(plain: Uint8Array, sign: (input: Uint8Array) => Uint8Array, keyId: Uint8Array): Uint8Array;
  /** Adds a MAC around a plain or signed message. */
  protect(message: Uint8Array, mac: Mac, keyId: Uint8Array): Uint8Array;
}

/** Which parties and transaction a MAC key is derived for. */
export interface MacContext {
  readonly originator: Uint8Array;
  readonly target: Uint8Array;
  readonly kind: number;
  readonly counter: bigint;
}
