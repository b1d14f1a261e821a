/**
 * Sensitive results (the consumer's readings) travel encrypted to the party that asked: the results of the
 * response in a COSE_Encrypt0, which the response carries as its one value. The message's protection covers
 * the ciphertext; the header fields are bound as external data.
 */
import type { Crypto, Mac } from "../../../hal/board.ts";
import type { OperationResult } from "../message.ts";
import type { MacContext } from "../wire.ts";
import { readResults, resultItems } from "./body.ts";
import { encode } from "./cbor.ts";
import { encrypt0, openEncrypt0, readEncrypt0 } from "./encrypt0.ts";
import { byteStrings } from "./structure.ts";

/** What seals values of one pair: an A128GCM key, and a MAC that makes IVs. */
export interface ValueKey {
  readonly key: Uint8Array;
  readonly ivMac: Mac;
}

const IV_BYTES = 12;

/**
 * Seals `results` for the message that `context` names. The IV is a MAC of the content: a command that is
 * answered twice under one counter, with other readings, never uses an IV twice, and no state or entropy is needed.
 */
export function sealValues(
  crypto: Crypto,
  { key, ivMac }: ValueKey,
  context: MacContext,
  results: readonly OperationResult[],
): Uint8Array {
  const aad = contextBytes(context);
  const plaintext = encode(resultItems(results));
  const iv = ivMac(byteStrings(aad, [plaintext])).slice(0, IV_BYTES);
  return encrypt0(crypto, plaintext, key, iv, aad);
}

/** The results; undefined when anything was changed. Throws `wire/malformed`, `wire/format`, `wire/algorithm`. */
export function openValues(
  crypto: Crypto,
  { key }: ValueKey,
  context: MacContext,
  sealed: Uint8Array,
): readonly OperationResult[] | undefined {
  const plaintext = openEncrypt0(crypto, readEncrypt0(sealed), key, contextBytes(context));
  return plaintext && readResults(plaintext);
}

const contextBytes = ({ kind, originator, target, counter }: MacContext) =>
  encode([kind, originator, target, counter]);
