/**
 * The EDHOC key schedule of method 0, suite 0 (RFC 9528 §4): HKDF-SHA-256 over transcript hashes.
 * In method 0 both sides sign, so PRK_2e = PRK_3e2m = PRK_4e3m.
 */
import { concat } from "../../../../hal/base/bytes.ts";
import type { Crypto } from "../../../../hal/board.ts";
import { encodeBytes, encodeInteger, encodeText } from "./sequence.ts";

/** Suite 0: SHA-256, AES-CCM-16-64-128. A MAC that is signed is as long as the hash (§5.3.2). */
export const HASH_BYTES = 32;
export const AEAD_TAG_BYTES = 8;
const AEAD_KEY_BYTES = 16;
const AEAD_NONCE_BYTES = 13;

/** Labels of EDHOC_KDF (RFC 9528 Figure 6). */
export const Label = {
  keystream2: 0,
  mac2: 2,
  key3: 3,
  nonce3: 4,
  mac3: 6,
  prkOut: 7,
  key4: 8,
  nonce4: 9,
  prkExporter: 10,
  keyUpdate: 11,
} as const;

/** HKDF-Extract (RFC 5869 §2.2). */
export function extract(crypto: Crypto, salt: Uint8Array, inputKey: Uint8Array): Uint8Array {
  return crypto.hmacSha256(salt)(inputKey);
}

/** EDHOC_KDF (RFC 9528 §4.1.2): HKDF-Expand with info = (label, context, length). At most 8,160 bytes. */
export function edhocKdf(
  crypto: Crypto,
  key: Uint8Array,
  label: number,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const info = concat(encodeInteger(label), encodeBytes(context), encodeInteger(length));
  const mac = crypto.hmacSha256(key);
  const out = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0, counter = 1; at < length; at += HASH_BYTES, counter++) {
    block = mac(concat(block, info, Uint8Array.of(counter)));
    out.set(block.subarray(0, Math.min(HASH_BYTES, length - at)), at);
  }
  return out;
}

/** TH_2 = H(G_Y, H(message_1)) (RFC 9528 §5.3.2). */
export function transcript2(crypto: Crypto, ephemeralKey: Uint8Array, message1: Uint8Array): Uint8Array {
  return crypto.sha256(concat(encodeBytes(ephemeralKey), encodeBytes(crypto.sha256(message1))));
}

/** TH_3 and TH_4 = H(previous TH, plaintext, CRED) (RFC 9528 §5.4.2, §5.5.2). */
export function nextTranscript(
  crypto: Crypto,
  previous: Uint8Array,
  plaintext: Uint8Array,
  credential: Uint8Array,
): Uint8Array {
  return crypto.sha256(concat(encodeBytes(previous), plaintext, credential));
}

/** Applies KEYSTREAM_2 to PLAINTEXT_2 or CIPHERTEXT_2: the same operation both ways. */
export function binaryAdd(
  crypto: Crypto,
  prk: Uint8Array,
  transcript: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const keystream = edhocKdf(crypto, prk, Label.keystream2, transcript, data.length);
  return data.map((byte, i) => byte ^ (keystream[i] as number));
}

/** Keys of the AEAD that protects message_3 or message_4; additional data = Enc_structure over TH. */
export interface AeadKeys {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly additionalData: Uint8Array;
}

export function aeadKeys(crypto: Crypto, prk: Uint8Array, message: 3 | 4, transcript: Uint8Array): AeadKeys {
  const [keyLabel, nonceLabel] = message === 3 ? [Label.key3, Label.nonce3] : [Label.key4, Label.nonce4];
  return {
    key: edhocKdf(crypto, prk, keyLabel, transcript, AEAD_KEY_BYTES),
    nonce: edhocKdf(crypto, prk, nonceLabel, transcript, AEAD_NONCE_BYTES),
    additionalData: concat(
      Uint8Array.of(0x83),
      encodeText("Encrypt0"),
      Uint8Array.of(0x40),
      encodeBytes(transcript),
    ),
  };
}

/** What one side proves about itself in message_2 (with C_R) or message_3 (without). */
export interface Proof {
  readonly message: 2 | 3;
  /** ID_CRED_x as a CBOR map. */
  readonly idCred: Uint8Array;
  /** CRED_x as CBOR. */
  readonly credential: Uint8Array;
  readonly transcript: Uint8Array;
  /** C_R as CBOR in message_2; empty in message_3. */
  readonly connectionId: Uint8Array;
  /** EAD_x as a CBOR sequence. */
  readonly ead: Uint8Array;
}

/** The COSE Sig_structure over MAC_2 or MAC_3 that the side signs (RFC 9528 §5.3.2, §5.4.2). */
export function toBeSigned(crypto: Crypto, prk: Uint8Array, proof: Proof): Uint8Array {
  const { idCred, credential, ead, connectionId } = proof;
  const transcript = encodeBytes(proof.transcript);
  const context = concat(connectionId, idCred, transcript, credential, ead);
  const label = proof.message === 2 ? Label.mac2 : Label.mac3;
  const mac = edhocKdf(crypto, prk, label, context, HASH_BYTES);
  const external = concat(transcript, credential, ead);
  return concat(
    Uint8Array.of(0x84),
    encodeText("Signature1"),
    encodeBytes(idCred),
    encodeBytes(external),
    encodeBytes(mac),
  );
}
