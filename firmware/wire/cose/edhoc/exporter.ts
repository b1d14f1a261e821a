/** Keys that a finished EDHOC session gives to applications (RFC 9528 §4.2). */
import { CodedError } from "../../../../hal/base/coded-error.ts";
import type { Crypto } from "../../../../hal/board.ts";
import { edhocKdf, HASH_BYTES, Label } from "./key-schedule.ts";

const MAX_CONTEXT_BYTES = 256;
const MAX_EXPORT_BYTES = 255;
/** Labels below are registered with IANA; 32768 and above are for private use (RFC 9528 §10.1). */
const MAX_LABEL = 0xffff;

/** The keys of a session: PRK_out = EDHOC_KDF(PRK_4e3m, 7, TH_4, 32). */
export function sessionKeys(crypto: Crypto, prk4e3m: Uint8Array, transcript4: Uint8Array): EdhocKeys {
  return new EdhocKeys(crypto, edhocKdf(crypto, prk4e3m, Label.prkOut, transcript4, HASH_BYTES));
}

export class EdhocKeys {
  readonly #crypto: Crypto;
  /** PRK_out, 32 bytes: the session key. Store it, never send it. */
  readonly prkOut: Uint8Array;
  readonly #prkExporter: Uint8Array;

  constructor(crypto: Crypto, prkOut: Uint8Array) {
    this.#crypto = crypto;
    this.prkOut = prkOut;
    this.#prkExporter = edhocKdf(crypto, prkOut, Label.prkExporter, new Uint8Array(0), HASH_BYTES);
  }

  /**
   * EDHOC_Exporter (RFC 9528 §4.2.1): `length` bytes, 1 to 255, for `label` 0 … 65535 and `context` of at most
   * 256 bytes. Both sides get the same. Throws `edhoc/exporter` when out of these bounds.
   */
  export(label: number, context: Uint8Array, length: number): Uint8Array {
    const fits =
      Number.isInteger(label) && label >= 0 && label <= MAX_LABEL && context.length <= MAX_CONTEXT_BYTES;
    if (!fits || !Number.isInteger(length) || length < 1 || length > MAX_EXPORT_BYTES)
      throw new CodedError(
        "edhoc/exporter",
        `export of ${length} bytes for label ${label}, context of ${context.length} bytes: expected 1 to ` +
          `${MAX_EXPORT_BYTES} bytes, label 0 to ${MAX_LABEL}, context of at most ${MAX_CONTEXT_BYTES} bytes`,
        { label, length },
      );
    return edhocKdf(this.#crypto, this.#prkExporter, label, context, length);
  }

  /** EDHOC_KeyUpdate (RFC 9528 Appendix H): fresh keys from these and a context both sides know. */
  updated(context: Uint8Array): EdhocKeys {
    return new EdhocKeys(
      this.#crypto,
      edhocKdf(this.#crypto, this.prkOut, Label.keyUpdate, context, HASH_BYTES),
    );
  }
}
