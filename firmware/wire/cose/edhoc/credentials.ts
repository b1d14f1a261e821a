/**
 * How EDHOC names and carries credentials (RFC 9528 §3.5): `x5t` names an X.509 certificate by its hash,
 * `kcwt` carries a CWT certificate by value, `kid` names a key that both sides know.
 */
import { concat } from "../../../../hal/base/bytes.ts";
import { Major } from "../../../../hal/base/cbor-head.ts";
import type { Crypto, Signer, Verifier } from "../../../../hal/board.ts";
import {
  encodeBytes,
  encodeHead,
  encodeInteger,
  type Item,
  integerOf,
  malformed,
  readSequence,
} from "./sequence.ts";

/** COSE header parameters (RFC 9360, RFC 9528 §9.6) that may stand in ID_CRED_x here. */
export const HeaderLabel = { kid: 4, kcwt: 13, x5t: 34 } as const;
/** COSE algorithm SHA-256 truncated to 64 bits. */
const SHA_256_64 = -15;
const MAX_CWT_BYTES = 1200;
const MAX_KID_BYTES = 32;

export type IdCred =
  | { readonly kind: "x5t"; readonly algorithm: number; readonly hash: Uint8Array }
  /** `cwt`: the untagged COSE_Sign1 of the certificate. */
  | { readonly kind: "kcwt"; readonly cwt: Uint8Array }
  | { readonly kind: "kid"; readonly kid: Uint8Array };

/** A credential that the resolver vouches for. */
export interface ResolvedCredential {
  /** CRED_x as CBOR: a byte string around DER for X.509, the untagged CWT itself for a CWT. */
  readonly credential: Uint8Array;
  /** Verifies with the credential's public key. */
  readonly verify: Verifier;
  /** Who it is, e.g. an EUI-64 as 16 hex digits. */
  readonly subject: string;
}

/**
 * Finds and judges the peer's credential (chain, dates, expected subject). `refused` is the reason, one
 * clear sentence; it goes into the failure, not to the peer.
 */
export type CredentialResolver = (id: IdCred) => ResolvedCredential | { readonly refused: string };

/** What a side authenticates itself with. */
export interface EdhocIdentity {
  readonly idCred: IdCred;
  /** CRED_x as CBOR, as in {@link ResolvedCredential}. */
  readonly credential: Uint8Array;
  readonly signer: Pick<Signer, "sign">;
}

/** An identity from a DER certificate, named by `x5t` (RFC 9529 chapter 2). */
export function x509Identity(crypto: Crypto, der: Uint8Array, signer: Pick<Signer, "sign">): EdhocIdentity {
  return { idCred: x5tOf(crypto, der), credential: encodeBytes(der), signer };
}

/** ID_CRED of a DER certificate: its SHA-256, cut to 8 bytes. */
export function x5tOf(crypto: Crypto, der: Uint8Array): IdCred {
  return { kind: "x5t", algorithm: SHA_256_64, hash: crypto.sha256(der).slice(0, 8) };
}

/** An identity from a CWT certificate, carried by value (`kcwt`). A leading COSE_Sign1 tag is dropped. */
export function cwtIdentity(certificate: Uint8Array, signer: Pick<Signer, "sign">): EdhocIdentity {
  const cwt = untagged(certificate);
  return { idCred: { kind: "kcwt", cwt }, credential: cwt, signer };
}

/** CRED_x of a CWT is the untagged form (RFC 9528 §3.5.2). */
export function untagged(cwt: Uint8Array): Uint8Array {
  return cwt[0] === 0xd2 ? cwt.subarray(1) : cwt;
}

/** ID_CRED_x as a CBOR map, the form that goes into MAC and signature. */
export function encodeIdCred(id: IdCred): Uint8Array {
  return concat(Uint8Array.of(0xa1), ...idCredEntry(id));
}

function idCredEntry(id: IdCred): Uint8Array[] {
  if (id.kind === "kid") return [encodeInteger(HeaderLabel.kid), encodeBytes(id.kid)];
  if (id.kind === "kcwt") return [encodeInteger(HeaderLabel.kcwt), id.cwt];
  const value = concat(encodeHead(Major.array, 2), encodeInteger(id.algorithm), encodeBytes(id.hash));
  return [encodeInteger(HeaderLabel.x5t), value];
}

/** ID_CRED_x as it travels: a lone `kid` is sent as its value alone (RFC 9528 §3.5.3.2). */
export function encodeIdCredField(id: IdCred): Uint8Array {
  return id.kind === "kid" ? encodeIdentifier(id.kid) : encodeIdCred(id);
}

/** Reads ID_CRED_x as it travels. Throws `edhoc/encoding`. */
export function readIdCredField(item: Item, what: string): IdCred {
  if (item.major !== Major.map)
    return { kind: "kid", kid: readIdentifier(item, `${what}: kid`, MAX_KID_BYTES) };
  if (item.argument !== 1)
    throw malformed(what, 0, `a map of ${item.argument} entries, expected exactly one of kcwt and x5t`);
  const [label, value] = readSequence(item.content, 2, what) as [Item, Item];
  const number = integerOf(label);
  if (number === HeaderLabel.x5t) return readX5t(value, what);
  if (number === HeaderLabel.kcwt) return readKcwt(value, what);
  if (number === HeaderLabel.kid)
    throw malformed(what, 0, "a lone kid inside a map; it is sent as its value");
  throw malformed(what, 0, `header parameter ${number ?? "of no integer"}, expected 13 (kcwt) or 34 (x5t)`);
}

function readX5t(value: Item, what: string): IdCred {
  const fields = value.major === Major.array ? readSequence(value.content, 2, what) : [];
  const [algorithm, hash] = fields;
  if (algorithm === undefined || hash === undefined || integerOf(algorithm) !== SHA_256_64)
    throw malformed(what, 0, "an x5t that is not [-15 (SHA-256/64), hash]");
  if (hash.major !== Major.bytes || hash.argument !== 8)
    throw malformed(what, 0, "an x5t hash that is not 8 bytes");
  return { kind: "x5t", algorithm: SHA_256_64, hash: hash.content };
}

function readKcwt(value: Item, what: string): IdCred {
  if (value.major !== Major.array || value.argument !== 4 || value.raw.length > MAX_CWT_BYTES)
    throw malformed(what, 0, `a kcwt that is not an untagged COSE_Sign1 of at most ${MAX_CWT_BYTES} bytes`);
  return { kind: "kcwt", cwt: value.raw };
}

/**
 * Byte-string identifiers (C_I, C_R, kid) whose one byte is the CBOR of an integer −24 … 23 travel as that
 * integer (RFC 9528 §3.3.2), all others as byte strings.
 */
export function encodeIdentifier(identifier: Uint8Array): Uint8Array {
  return identifier.length === 1 && isOneByteInteger(identifier[0] as number)
    ? identifier
    : encodeBytes(identifier);
}

/** The reverse of {@link encodeIdentifier}. Throws `edhoc/encoding`. */
export function readIdentifier(item: Item, what: string, maxBytes: number): Uint8Array {
  if (integerOf(item) !== undefined && item.raw.length === 1) return item.raw;
  if (item.major !== Major.bytes)
    throw malformed(what, 0, "neither a byte string nor an integer from −24 to 23");
  if (item.argument > maxBytes) throw malformed(what, 0, `${item.argument} bytes, at most ${maxBytes}`);
  if (item.argument === 1 && isOneByteInteger(item.content[0] as number))
    throw malformed(what, 0, "a byte string for what has to travel as a one-byte integer");
  return item.content;
}

function isOneByteInteger(byte: number): boolean {
  return byte <= 0x17 || (byte >= 0x20 && byte <= 0x37);
}
