/** What can go wrong with a line. */

export type LineErrorCode =
  /** No port answers to that name; the message says what was there instead. */
  | "line/not-found"
  /** The name fits more than one port. */
  | "line/ambiguous"
  /** Somebody else has the port. */
  | "line/busy"
  /** The port exists but may not be opened, or is no serial port, or the far end refuses. */
  | "line/open"
  /** Used after it was closed, unplugged or cut. */
  | "line/closed"
  /** The port has no such capability, or refuses it. */
  | "line/unsupported"
  /** Something did not come in time. */
  | "line/timeout"
  /** A name, an option or a recording that is not of the form it must have. */
  | "line/syntax"
  /** The far end breaks the protocol. */
  | "line/protocol"
  /** A replayed session went another way than the recorded one. */
  | "line/diverged";

/** An error of a line, with a stable code and the facts of the case in `data`. */
export class LineError extends Error {
  override readonly name = "LineError";
  readonly code: LineErrorCode;
  readonly data: Readonly<Record<string, unknown>>;
  constructor(code: LineErrorCode, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.data = data;
  }
}

/** The words of whatever was thrown. */
export const messageOf = (reason: unknown): string =>
  reason instanceof Error ? reason.message : String(reason);
