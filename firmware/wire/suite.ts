/**
 * All that a wire brings: envelope and codecs, signatures, MACs, hidden values, certificates and the
 * establishment of link keys. Devices, security, home network and head end take one suite and know no more of
 * the wire; `suites.ts` is the registry.
 */
import type { Board, Crypto, Mac, Signer, Verifier } from "../../hal/board.ts";
import type { Role } from "../model/index.ts";
import type { Eui64, Header, Message, OperationResult } from "./message.ts";
import type { Envelope, Wire } from "./wire.ts";

/** Who sends to whom: EUI-64s of 8 bytes. */
export interface Pair {
  readonly originator: Uint8Array;
  readonly target: Uint8Array;
}

/**
 * Agrees secrets with the private half of one key. A device is handed this service and not the key, so that
 * a bench can stand in for a key that nobody has.
 */
export interface Agreement {
  readonly publicKey: Uint8Array;
  /** The shared secret; undefined for a peer key that agrees nothing (small order, not on the curve). */
  agree(peerPublic: Uint8Array): Uint8Array | undefined;
}

/** What tells one message of a pair from another. A {@link Header} is one. */
export interface Transaction {
  readonly kind: number;
  readonly counter: bigint;
}

/** The MAC of one message of a pair: made for its context, as a wire may have a key for each message. */
export type ContextMac = (transaction: Transaction) => Mac;

/** Values that only the target may read, bound to the message that carries them. */
export interface HiddenValues {
  /** Undefined where the wire hides values alone, and one is a failure: it stands in clear. Throws `wire/format`. */
  seal(header: Hiding, results: readonly OperationResult[]): Uint8Array | undefined;
  /** Undefined when anything was changed. Throws `wire/malformed`, `wire/format`, `wire/algorithm`. */
  open(header: Hiding, sealed: Uint8Array): readonly OperationResult[] | undefined;
}

/** Of a header what hidden values depend on: the transaction, and the row that says what they are. */
export type Hiding = Pick<Header, "kind" | "counter" | "code">;

/** The part of a suite that authenticates messages: enough for one who only checks them. */
export interface EnvelopeSuite<E extends Envelope = Envelope, M = Message> {
  readonly wire: Wire<E, M>;
  /** Reads unprotected bytes (a pre-command); nothing of it is authentic. Throws `wire/malformed`, `wire/format`. */
  decodePlain(plain: Uint8Array): M & { readonly header: Message["header"] };
  /** Names a public key in messages and logs: 8 bytes. */
  keyId(crypto: Crypto, publicKey: Uint8Array): Uint8Array;
  /** `secret`: 32 bytes. */
  signer(crypto: Crypto, secret: Uint8Array): Signer;
  verifier(crypto: Crypto, publicKey: Uint8Array): Verifier;
  /**
   * Can a public key do its work? One that is not canonical, of small order or on no curve verifies no signature
   * and agrees on no key.
   */
  keyUsable(crypto: Crypto, usage: KeyUsage, publicKey: Uint8Array): boolean;
  /** `secret`: 32 bytes. */
  agreement(crypto: Crypto, secret: Uint8Array): Agreement;
  /** MACs for messages of `pair`, keyed by `own` and `peerPublic`. Undefined when these agree nothing. */
  macs(crypto: Crypto, own: Agreement, peerPublic: Uint8Array, pair: Pair): ContextMac | undefined;
}

export interface Suite extends EnvelopeSuite {
  /** Length of every public key on this wire. */
  readonly publicKeyBytes: number;
  /**
   * Who may read the hidden values of an answer, when the ACB asked for another party: the ACB, or that party. A
   * party that the device does not know shows its certificate with the command.
   */
  readonly hiddenFor: "originator" | "supplementary";
  /** Hides values for messages of `pair`. Undefined when the keys agree nothing. */
  hiddenValues(crypto: Crypto, own: Agreement, peerPublic: Uint8Array, pair: Pair): HiddenValues | undefined;
  readonly certificates: Certificates;
  readonly contingency: Contingency;
  readonly keyEstablishment: KeyEstablishment;
}

// --- certificates ---

/** What a key may do: sign messages, agree on keys, or certify other keys. */
export type KeyUsage = "sign" | "agree" | "certify";

export interface CertificateClaims {
  readonly subject: Eui64;
  readonly role: Role | "device";
  readonly usage: KeyUsage;
  readonly publicKey: Uint8Array;
  /** UTC seconds, both ends inclusive. */
  readonly notBeforeS: number;
  /** Undefined: never expires, as device certificates. */
  readonly notAfterS: number | undefined;
  /** 1 to 16 bytes (20 in an X.509 certificate that others issued), no leading zero. */
  readonly serial: Uint8Array;
  /** Of a root's: its contingency key, wrapped ({@link Contingency}). */
  readonly contingency?: Uint8Array | undefined;
}

/** A certificate as read: none of it is proved before {@link Certificates.verifyChain}. */
export interface Certificate extends CertificateClaims {
  readonly issuer: Eui64;
  readonly issuerKeyId: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface Certificates {
  /** Longest certificate that is read, bytes. */
  readonly maxBytes: number;
  /** Throws `certificate/malformed`, or `certificate/wrong-…` for a usage or role that the wire does not know. */
  read(bytes: Uint8Array): Certificate;
  /**
   * Proves `leaf` by `path` (its issuer first) and a trusted root key. `nowS` undefined: validity periods are
   * not looked at. Throws `certificate/…`.
   */
  verifyChain(
    leaf: Uint8Array,
    path: readonly Uint8Array[],
    root: { readonly publicKey: Uint8Array },
    nowS: number | undefined,
    crypto: Crypto,
  ): Certificate;
  /** Proves that a root signed itself, and nothing more. Throws `certificate/…`. */
  verifySelfIssued(bytes: Uint8Array, crypto: Crypto): Certificate;
  issue(claims: CertificateClaims, issuer: Signer, issuerName: Eui64, crypto: Crypto): Uint8Array;
  /**
   * Asks for a device's certificate (CS02c). The key asked for signs, where it can; else `own` does, the device's
   * signing key in force.
   */
  request(asked: RequestedKey & { readonly secret: Uint8Array }, own: Signer, crypto: Crypto): Uint8Array;
  /** `own`: the device's signing key in force. Throws `certificate/…`: malformed, wrong-usage, bad-signature. */
  readRequest(bytes: Uint8Array, own: Uint8Array, crypto: Crypto): CertificateRequest;
}

/** What a device asks a certificate for. */
export interface RequestedKey {
  readonly subject: Eui64;
  readonly usage: KeyUsage;
}

export interface CertificateRequest extends RequestedKey {
  readonly publicKey: Uint8Array;
}

/** The signing key that a root's certificate carries encrypted, until the symmetric key is published (CS02b, mode 9). */
export interface Contingency {
  readonly wrappedKeyBytes: number;
  wrap(crypto: Crypto, symmetricKey: Uint8Array, nonce: Uint8Array, publicKey: Uint8Array): Uint8Array;
  /** The public key; undefined when `symmetricKey` is not the one, or anything was changed. */
  unwrap(crypto: Crypto, symmetricKey: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined;
}

// --- key establishment ---

/** One command of the cluster that carries the establishment: what the home network sees of it. */
export interface EstablishmentCommand {
  readonly id: number;
  readonly payload: Uint8Array;
}

export interface EstablishmentOptions {
  readonly board: Pick<Board, "crypto" | "entropy">;
  /** What the device proves itself with. */
  readonly credential: { readonly certificate: Uint8Array; readonly signer: Signer };
  /** Every peer's certificate must chain to this key. */
  readonly trustRoot: { readonly publicKey: Uint8Array };
  /** UTC seconds for certificate validity; undefined while the device has no time. */
  nowS(): number | undefined;
}

/** `forged-credential`: this side refuses the peer's; `credential-refused`: the peer refuses this side's. */
export type EstablishmentFailure = "forged-credential" | "credential-refused" | "key-establishment-broken";

export interface EstablishmentStep {
  /** To be given back with the peer's next command; the suite's own. */
  readonly state: unknown;
  readonly send?: EstablishmentCommand;
  /** 16 bytes. */
  readonly linkKey?: Uint8Array;
  readonly failure?: EstablishmentFailure;
  /** With `send`: how long the peer said that its answer takes at most, on wires that say so. */
  readonly answerWithinS?: number;
  /** With a failure that the peer told: how long it wants to be left alone, on wires that say so. */
  readonly retryAfterS?: number;
}

/** Establishes link keys between a joining device, which begins, and the hub. Pure: a step says what to send. */
export interface KeyEstablishment {
  /** The protocol, e.g. "EDHOC". */
  readonly name: string;
  /** ZCL cluster number. */
  readonly cluster: number;
  /** ZCL manufacturer code of a cluster that is no standard one. */
  readonly manufacturer?: number;
  /** Is this, heard from the hub, a command that begins a session? A device drops it. */
  begins(command: EstablishmentCommand): boolean;
  begin(options: EstablishmentOptions, peer: Eui64): Promise<EstablishmentStep>;
  /** Takes one command; `state` is what the last step kept. Throws `wire/malformed`. */
  proceed(
    options: EstablishmentOptions,
    peer: Eui64,
    state: unknown,
    command: EstablishmentCommand,
  ): Promise<EstablishmentStep>;
  /** A command's name and fields, to be shown. Throws `wire/malformed`. */
  describe(command: EstablishmentCommand): Readonly<Record<string, unknown>>;
  /** Where devices join with credentials of their own; left out where those for messages serve for both. */
  readonly credentials?: EstablishmentCredentials;
}

/** What a device is made with to join, beside its keys for messages. */
export interface EstablishmentCredential {
  readonly certificate: Uint8Array;
  readonly secret: Uint8Array;
}

export interface EstablishmentCredentials {
  /** Of the secret of an {@link EstablishmentCredential}. */
  signer(secret: Uint8Array): Signer;
  /** An authority made on the spot: for test PKIs. `random` gives fresh random bytes. */
  authority(crypto: Crypto, name: Eui64, random: (length: number) => Uint8Array): EstablishmentAuthority;
}

export interface EstablishmentAuthority {
  readonly publicKey: Uint8Array;
  /** Valid from `notBeforeS`, UTC seconds, without end. */
  certify(subject: Eui64, notBeforeS: number): EstablishmentCredential;
}
