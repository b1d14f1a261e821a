/**
 * Values that only one party may read (GBCS section 8): AES-128-GCM under a key of the pair and the message, kind 4 in
 * the place of the message's own. A sealed item is `31 00000000` ‖ ciphertext ‖ tag 12.
 *
 * GBCS gives every item of a message, and its repetition under the same counter, one key and one IV: two that differ
 * tell the XOR of their values to whoever hears both, and GCM protects them no more against that listener. The wire
 * demands it; the message's own MAC or signature stands around them.
 */
import { euiBytes } from "../../../hal/base/eui64.ts";
import type { Crypto } from "../../../hal/board.ts";
import type { OperationResult } from "../message.ts";
import type { Agreement, HiddenValues, Hiding, Pair } from "../suite.ts";
import { malformed, Reader, Writer } from "./bytes.ts";
import { macKey, nonceOf } from "./kdf.ts";
import { MAC_BYTES } from "./mac-wrapper.ts";
import type { GbcsEnvelope } from "./wire.ts";

/** Results as the payload writes them. Throws `wire/malformed`, `wire/format`. */
export interface ValuesCodec {
  /** Undefined when one is a failure, which this wire does not hide. */
  write(header: Hiding, results: readonly OperationResult[]): Uint8Array | undefined;
  read(header: Hiding, plain: Uint8Array): readonly OperationResult[];
}

const SECURITY_CONTROL = 0x31;
const HEADER_BYTES = 5;
const VALUES_KIND = 4;
const aad = Uint8Array.of(SECURITY_CONTROL);

/** Seals and opens items of messages from one device to one party: their bytes, whatever they say. */
export interface ItemSealer {
  seal(counter: bigint, plain: Uint8Array): Uint8Array;
  /** Undefined when anything was changed. Throws `wire/malformed`. */
  open(counter: bigint, sealed: Uint8Array): Uint8Array | undefined;
}

/** Undefined when the keys agree nothing. `pair`: the device, and the party that may read. */
export function itemSealer(
  crypto: Crypto,
  own: Agreement,
  peerPublic: Uint8Array,
  pair: Pair,
): ItemSealer | undefined {
  const shared = own.agree(peerPublic);
  if (shared === undefined) return undefined;
  const nonce = nonceOf(pair.originator);
  const key = (counter: bigint) => macKey(crypto, shared, { ...pair, kind: VALUES_KIND, counter });
  return {
    seal(counter, plain) {
      const sealed = crypto.aesGcmSeal(key(counter), nonce, aad, plain, MAC_BYTES);
      const writer = new Writer(HEADER_BYTES + sealed.length).u8(SECURITY_CONTROL);
      writer.at = HEADER_BYTES;
      return writer.put(sealed).bytes;
    },
    open(counter, sealed) {
      const reader = new Reader(sealed);
      reader.expect("security control", SECURITY_CONTROL);
      for (let n = 1; n < HEADER_BYTES; n++) reader.expect("invocation counter", 0);
      if (reader.left < MAC_BYTES) throw malformed("tag", reader.at, `${MAC_BYTES} bytes`, reader.left);
      return crypto.aesGcmOpen(key(counter), nonce, aad, sealed.subarray(HEADER_BYTES), MAC_BYTES);
    },
  };
}

export function hiddenValues(
  crypto: Crypto,
  own: Agreement,
  peerPublic: Uint8Array,
  pair: Pair,
  codec: ValuesCodec,
): HiddenValues | undefined {
  const sealer = itemSealer(crypto, own, peerPublic, pair);
  if (sealer === undefined) return undefined;
  return {
    seal: (header, results) => {
      const plain = codec.write(header, results);
      return plain && sealer.seal(header.counter, plain);
    },
    open: (header, sealed) => {
      const plain = sealer.open(header.counter, sealed);
      return plain && codec.read(header, plain);
    },
  };
}

/**
 * Who may read the hidden values of a message from a device, and under which counter they stand: the party that its
 * other-information names, else the target; the device's own counter for that party where the field has one (its
 * form for a party whose certificate came with the command), else the message's.
 */
export function hiddenContextOf({
  header,
  otherInformation,
}: GbcsEnvelope): Pair & { readonly counter: bigint } {
  const { party = header.target, originatorCounter = header.counter } = otherInformation;
  return { originator: euiBytes(header.originator), target: euiBytes(party), counter: originatorCounter };
}
