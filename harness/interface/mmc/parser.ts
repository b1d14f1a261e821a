/** Messages from devices, by the keys of a folder: authentic or refused, opened or left encrypted, and told in the MMC output format. */
import { envelopeSuites } from "../../../firmware/wire/suites.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { checkMessage, type KeyStore, loadX509Keys, openHidden, ReadySuite } from "../../verify/index.ts";
import { notFromDevice } from "./open.ts";
import { parseMessage } from "./parse.ts";
import type { Parsed } from "./render.ts";

export interface PassOptions {
  /** The variant that a response answers, where the message does not tell it from another. */
  readonly reference?: string | undefined;
  /** Leaves hidden values encrypted, as for a reader who opens them later. */
  readonly isFirstPass?: boolean | undefined;
}

export class MessageParser {
  readonly #crypto = nodeCrypto();
  readonly #suite = new ReadySuite(envelopeSuites.gbcs, this.#crypto);
  readonly #keys: KeyStore;

  /** `keysDir`: `<EUI-64>-{ds,ka}.{pem,key}`; a private key of either side checks a MAC, and opens what is hidden. Throws `verify/keys`. */
  constructor(keysDir: string) {
    this.#keys = loadX509Keys(keysDir);
  }

  /** Throws `mmc/not-authentic` with the reason, and what `parseMessage` throws. */
  parse(bytes: Uint8Array, { reference, isFirstPass = false }: PassOptions = {}): Parsed {
    const { status, reason = "", header, kind } = checkMessage(bytes, this.#suite, this.#keys);
    const isCommand = kind === "command" || kind === "pre-command";
    if (isCommand) throw notFromDevice(kind, header?.code ?? 0);
    if (status === "refused")
      throw new CodedError("mmc/not-authentic", `expected an authentic message, got one that is ${reason}`, {
        reason,
      });
    return parseMessage(bytes, {
      ...(reference !== undefined && { reference }),
      ...(!isFirstPass && {
        open: (envelope, sealed) => openHidden(this.#keys, this.#crypto, envelope, sealed),
      }),
    });
  }
}
