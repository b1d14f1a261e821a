/**
 * EDHOC (RFC 9528) as two pure state machines: method 0 (both sides sign), cipher suite 0
 * (AES-CCM-16-64-128, SHA-256, X25519, EdDSA), with message_4 as key confirmation.
 *
 *     initiator: start ── message_1 ──▶ wait 2 ── message_3 ──▶ wait 4 ──▶ done
 *     responder: wait 1 ── message_2 ──▶ wait 3 ── message_4 ──▶ done
 *
 * A step never throws: what goes wrong ends the session in the state `failed` and gives the error message to
 * send (RFC 9528 §6). A session that has ended takes no further message.
 */
import { concat, sameBytes } from "../../../../hal/base/bytes.ts";
import { CodedError, hasCode } from "../../../../hal/base/coded-error.ts";
import type { Crypto } from "../../../../hal/board.ts";
import {
  type CredentialResolver,
  type EdhocIdentity,
  encodeIdCred,
  encodeIdentifier,
  type IdCred,
  type ResolvedCredential,
} from "./credentials.ts";
import { type EdhocKeys, sessionKeys } from "./exporter.ts";
import {
  AEAD_TAG_BYTES,
  aeadKeys,
  binaryAdd,
  extract,
  nextTranscript,
  type Proof,
  toBeSigned,
  transcript2,
} from "./key-schedule.ts";
import * as messages from "./messages.ts";
import { encodeBytes } from "./sequence.ts";

export interface EdhocOptions {
  readonly crypto: Crypto;
  readonly own: EdhocIdentity;
  readonly resolve: CredentialResolver;
  /** 32 fresh random bytes: the X25519 secret of this session and of no other. */
  readonly ephemeralSecret: Uint8Array;
  /** C_I or C_R, 0 to 8 bytes. */
  readonly connectionId: Uint8Array;
  /** EAD to send with messages 1 to 4. */
  readonly ead?: Partial<Record<1 | 2 | 3 | 4, readonly messages.EadItem[]>>;
}

export interface EdhocResult {
  readonly peer: ResolvedCredential;
  readonly keys: EdhocKeys;
  readonly connectionIds: { readonly initiator: Uint8Array; readonly responder: Uint8Array };
}

export type EdhocState =
  | { readonly phase: "wait-1"; readonly options: EdhocOptions }
  | { readonly phase: "wait-2"; readonly options: EdhocOptions; readonly message1: Uint8Array }
  | ({ readonly phase: "wait-3"; readonly options: EdhocOptions; readonly prk: Uint8Array } & After2)
  | {
      readonly phase: "wait-4";
      readonly options: EdhocOptions;
      readonly prk: Uint8Array;
      readonly transcript4: Uint8Array;
      readonly result: EdhocResult;
    }
  | { readonly phase: "done" }
  | { readonly phase: "failed"; readonly failure: CodedError };

interface After2 {
  readonly transcript3: Uint8Array;
  readonly connectionIds: EdhocResult["connectionIds"];
}

export interface EdhocStep {
  readonly state: EdhocState;
  /** What to send to the peer: the next message, or an error message. */
  readonly send?: Uint8Array;
  /** The session is up; for both sides the peer is then authenticated, for the initiator the keys confirmed. */
  readonly result?: EdhocResult;
  /** Why the session ended: a CodedError `edhoc/…`. */
  readonly failure?: CodedError;
}

/** Begins a session: `send` is message_1. */
export function initiator(options: EdhocOptions): EdhocStep {
  checkOptions(options);
  const ephemeralKey = options.crypto.x25519PublicKey(options.ephemeralSecret);
  const message1 = messages.encodeMessage1(
    { ephemeralKey, connectionId: options.connectionId },
    eadOf(options, 1),
  );
  return { state: { phase: "wait-2", options, message1 }, send: message1 };
}

/** A responder that waits for message_1. */
export function responder(options: EdhocOptions): EdhocState {
  checkOptions(options);
  return { phase: "wait-1", options };
}

/** Handles one message from the peer. */
export function advance(state: EdhocState, message: Uint8Array): EdhocStep {
  try {
    const reported = isWaitingForBytes(state) ? messages.readError(message) : undefined;
    if (reported !== undefined) return { state: { phase: "failed", failure: reported }, failure: reported };
    return handle(state, message);
  } catch (error) {
    if (!(error instanceof CodedError) || hasCode(error, "hal")) throw error;
    if (error.code === "edhoc/state") return { state, failure: error };
    return {
      state: { phase: "failed", failure: error },
      send: messages.encodeError(error),
      failure: error,
    };
  }
}

const isWaitingForBytes = (state: EdhocState) => state.phase.startsWith("wait") && state.phase !== "wait-1";

function handle(state: EdhocState, message: Uint8Array): EdhocStep {
  switch (state.phase) {
    case "wait-1":
      return onMessage1(state.options, message);
    case "wait-2":
      return onMessage2(state.options, state.message1, message);
    case "wait-3":
      return onMessage3(state, message);
    case "wait-4":
      return onMessage4(state, message);
    default:
      throw new CodedError("edhoc/state", `the session has ended (${state.phase}): start a new one`, {});
  }
}

/** Responder: RFC 9528 §5.2.3, §5.3.2. */
function onMessage1(options: EdhocOptions, message1: Uint8Array): EdhocStep {
  const { crypto, own } = options;
  const peer = messages.readMessage1(message1);
  const ephemeralKey = crypto.x25519PublicKey(options.ephemeralSecret);
  const transcript = transcript2(crypto, ephemeralKey, message1);
  const prk = sharedKey(options, peer.ephemeralKey, transcript);
  const connectionId = encodeIdentifier(options.connectionId);
  const proof = ownProof(options, { message: 2, transcript, connectionId, ead: eadOf(options, 2) });
  const plaintext = concat(connectionId, sealProof(options, prk, proof));
  const ciphertext = binaryAdd(crypto, prk, transcript, plaintext);
  return {
    state: {
      phase: "wait-3",
      options,
      prk,
      transcript3: nextTranscript(crypto, transcript, plaintext, own.credential),
      connectionIds: { initiator: peer.connectionId.slice(), responder: options.connectionId },
    },
    send: messages.encodeMessage2(ephemeralKey, ciphertext),
  };
}

/** Initiator: RFC 9528 §5.3.3, §5.4.2. */
function onMessage2(options: EdhocOptions, message1: Uint8Array, message2: Uint8Array): EdhocStep {
  const { crypto, own } = options;
  const { ephemeralKey, ciphertext } = messages.readMessage2(message2);
  const transcript = transcript2(crypto, ephemeralKey, message1);
  const prk = sharedKey(options, ephemeralKey, transcript);
  const plaintext2 = binaryAdd(crypto, prk, transcript, ciphertext);
  const claim = messages.readPlaintext2(plaintext2);
  const connectionId = encodeIdentifier(claim.connectionId);
  const peer = verifiedPeer(options, prk, claim, { message: 2, transcript, connectionId, ead: claim.ead });

  const transcript3 = nextTranscript(crypto, transcript, plaintext2, peer.credential);
  const proof = ownProof(options, {
    message: 3,
    transcript: transcript3,
    connectionId: new Uint8Array(0),
    ead: eadOf(options, 3),
  });
  const plaintext3 = sealProof(options, prk, proof);
  const transcript4 = nextTranscript(crypto, transcript3, plaintext3, own.credential);
  const connectionIds = { initiator: options.connectionId, responder: claim.connectionId.slice() };
  const result = { peer, keys: sessionKeys(crypto, prk, transcript4), connectionIds };
  return {
    state: { phase: "wait-4", options, prk, transcript4, result },
    send: sealed(crypto, prk, 3, transcript3, plaintext3),
  };
}

/** Responder: RFC 9528 §5.4.3, §5.5.2. */
function onMessage3(state: Extract<EdhocState, { phase: "wait-3" }>, message3: Uint8Array): EdhocStep {
  const { options, prk, transcript3: transcript, connectionIds } = state;
  const { crypto } = options;
  const plaintext = opened(crypto, prk, 3, transcript, message3);
  const claim = messages.readPlaintext3(plaintext);
  const connectionId = new Uint8Array(0);
  const peer = verifiedPeer(options, prk, claim, { message: 3, transcript, connectionId, ead: claim.ead });
  const transcript4 = nextTranscript(crypto, transcript, plaintext, peer.credential);
  return {
    state: { phase: "done" },
    send: sealed(crypto, prk, 4, transcript4, eadOf(options, 4)),
    result: { peer, keys: sessionKeys(crypto, prk, transcript4), connectionIds },
  };
}

/** Initiator: RFC 9528 §5.5.3. The responder has the same keys. */
function onMessage4(state: Extract<EdhocState, { phase: "wait-4" }>, message4: Uint8Array): EdhocStep {
  messages.readPlaintext4(opened(state.options.crypto, state.prk, 4, state.transcript4, message4));
  return { state: { phase: "done" }, result: state.result };
}

/** PRK_2e; in method 0 also PRK_3e2m and PRK_4e3m. */
function sharedKey(options: EdhocOptions, peerKey: Uint8Array, transcript: Uint8Array): Uint8Array {
  const shared = options.crypto.x25519(options.ephemeralSecret, peerKey);
  if (shared === undefined)
    throw new CodedError("edhoc/key", "the peer's ephemeral key has small order: the shared secret is zero");
  return extract(options.crypto, transcript, shared);
}

type Context = Pick<Proof, "message" | "transcript" | "connectionId" | "ead">;

function ownProof(options: EdhocOptions, context: Context): Proof {
  const { idCred, credential } = options.own;
  return { ...context, idCred: encodeIdCred(idCred), credential };
}

function sealProof(options: EdhocOptions, prk: Uint8Array, proof: Proof): Uint8Array {
  const signature = options.own.signer.sign(toBeSigned(options.crypto, prk, proof));
  return messages.encodePlaintext({ idCred: options.own.idCred, signature, ead: proof.ead });
}

function verifiedPeer(
  options: EdhocOptions,
  prk: Uint8Array,
  claim: { readonly idCred: IdCred; readonly signature: Uint8Array },
  context: Context,
): ResolvedCredential {
  const found = options.resolve(claim.idCred);
  if ("refused" in found)
    throw new CodedError("edhoc/credential", `the peer's credential is refused: ${found.refused}`, {
      idCred: claim.idCred.kind,
      reason: found.refused,
    });
  if (sameBytes(found.credential, options.own.credential))
    throw new CodedError("edhoc/reflected", "the peer shows our own credential: a reflected session");
  const proof = { ...context, idCred: encodeIdCred(claim.idCred), credential: found.credential };
  if (!found.verify(toBeSigned(options.crypto, prk, proof), claim.signature))
    throw new CodedError("edhoc/signature", `the signature in message_${context.message} is not valid`, {
      subject: found.subject,
    });
  return found;
}

function sealed(
  crypto: Crypto,
  prk: Uint8Array,
  message: 3 | 4,
  transcript: Uint8Array,
  plaintext: Uint8Array,
) {
  const { key, nonce, additionalData } = aeadKeys(crypto, prk, message, transcript);
  return encodeBytes(crypto.aesCcmSeal(key, nonce, additionalData, plaintext, AEAD_TAG_BYTES));
}

function opened(crypto: Crypto, prk: Uint8Array, message: 3 | 4, transcript: Uint8Array, bytes: Uint8Array) {
  const ciphertext = messages.readSingleBytes(bytes, `message_${message}`);
  if (ciphertext.length < AEAD_TAG_BYTES)
    throw new CodedError(
      "edhoc/encoding",
      `message_${message}: ${ciphertext.length} bytes, shorter than its tag`,
    );
  const { key, nonce, additionalData } = aeadKeys(crypto, prk, message, transcript);
  const plaintext = crypto.aesCcmOpen(key, nonce, additionalData, ciphertext, AEAD_TAG_BYTES);
  if (plaintext === undefined)
    throw new CodedError(
      "edhoc/decrypt",
      `message_${message} does not decrypt: changed, or not of this session`,
    );
  return plaintext;
}

const eadOf = (options: EdhocOptions, message: 1 | 2 | 3 | 4) =>
  messages.encodeEad(options.ead?.[message] ?? []);

function checkOptions(options: EdhocOptions): void {
  if (options.ephemeralSecret.length !== 32)
    throw new CodedError(
      "edhoc/options",
      `ephemeralSecret: expected 32 bytes, got ${options.ephemeralSecret.length}`,
    );
  if (options.connectionId.length > 8)
    throw new CodedError(
      "edhoc/options",
      `connectionId: expected 0 to 8 bytes, got ${options.connectionId.length}`,
    );
}
