/** What can go wrong with a line. */
import { CodedError } from "../../base/coded-error.ts";

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
  /** A session that is played back went another way than the recorded one. */
  | "line/diverged";

/** What to do, where the case itself knows no better. */
const adviceOf: Readonly<Record<LineErrorCode, string>> = {
  "line/not-found":
    "Check cable and power, and the port's name: `meterbench list ports` shows what is there.",
  "line/ambiguous": "Name the port's position, as 1-2.3, or its path: see `meterbench list ports`.",
  "line/busy": "End the program that has the port, then try again.",
  "line/open": "Check that this is the board's port, and that you may open it: see `meterbench doctor`.",
  "line/closed": "Check cable and power; a board that resets comes back by itself.",
  "line/unsupported": "Use a port or adapter that can do this, or leave the setting out.",
  "line/timeout": "Check power, cable, flow control and, over a network, that the far end runs.",
  "line/syntax": "Check the name, the option or the recording for the form that was expected.",
  "line/protocol":
    "Check that the far end speaks this protocol: tcp:// carries bytes, rfc2217:// a serial port.",
  "line/diverged": "Play it back with the program and the options that made the recording, or record anew.",
};

/** An error of a line, with a stable code, and in `data` the facts of the case and `advice`: what to do. */
export class LineError extends CodedError<LineErrorCode> {
  constructor(code: LineErrorCode, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(code, message, { advice: adviceOf[code], ...data }, cause);
  }
}
