/** GBCS messages from devices to the MMC output format: bytes in, XML out. */

import { gbcsWire } from "../../../firmware/wire/gbcs/wire.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { type OpenHidden, openMessage } from "./open.ts";
import { type Parsed, render } from "./render.ts";
export interface ParseOptions {
  /** What opens hidden values; without it they stay encrypted. */
  readonly open?: OpenHidden;
  /** The variant that a response answers, e.g. "7.5": where several requests become one use case, the message does not tell. */
  readonly reference?: string;
}

/**
 * What an authentic response or alert says; whether it is authentic is for the caller to know. Throws `mmc/kind` for a
 * command, `mmc/use-case` for one of a device that is none here, `mmc/reference`, and `mmc/unreadable`, each with what
 * was expected.
 */
export function parseMessage(
  bytes: Uint8Array,
  { open = () => undefined, reference }: ParseOptions = {},
): Parsed {
  const message = openMessage(peek(bytes), open);
  return render(message, reference);
}

function peek(bytes: Uint8Array) {
  try {
    return gbcsWire.peek(bytes);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new CodedError("mmc/unreadable", `no GBCS message: ${error.message}`, {}, error);
  }
}
