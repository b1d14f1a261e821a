/** The writer of DLMS data, whose length is not known before. */
import { CodedError } from "../../../../hal/base/coded-error.ts";
import { MAX_LENGTH, Writer } from "../bytes.ts";

/** `wire/format`: a value that this wire has no bytes for. Says what was expected, and what came. */
export function unwritable(expected: string, got: unknown): CodedError {
  const shown = got instanceof Uint8Array ? `${got.length} octets` : Array.isArray(got) ? "a list" : got;
  return new CodedError("wire/format", `DLMS value to be written: expected ${expected}, got ${shown}`, {
    expected,
    got: String(shown),
  });
}

const FIRST_BYTES = 256;

export class Sink extends Writer {
  constructor() {
    super(FIRST_BYTES);
  }

  /** In its shortest form. Throws `wire/format` above 65,535. */
  override length(value: number): this {
    if (value > MAX_LENGTH) throw unwritable(`a length up to ${MAX_LENGTH}`, value);
    return super.length(value);
  }
}
