/** A line: bytes to a board and back, whatever carries them. */
import type { Cancel } from "../../board.ts";

/**
 * Bytes in order, both ways, without frames. A port on this machine, a TCP connection, a serial port behind
 * RFC 2217 and a pair in memory all look like this.
 *
 * Errors are `LineError`s. Every call ends within the line's time-outs.
 */
export interface Line {
  /** What it was opened as: a path, a serial number, an address. */
  readonly name: string;
  /**
   * Sends `bytes`; resolves when the port or the connection has taken them. Rejects with `line/closed`, or with
   * `line/timeout` when nothing moves (flow control, a dead peer): the line is then closed, for nobody knows
   * what went out.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Hears what comes in. What came before the first listener (64 KiB at most) is kept for it. */
  onData(listener: (bytes: Uint8Array) => void): Cancel;
  /** Hears once that the line is gone, and why; at once (as the next microtask) when it already is. */
  onClose(listener: (reason: string) => void): Cancel;
  /** Lets go of the port. Never rejects; closing twice is harmless. */
  close(): Promise<void>;
  /** What else the port can do; absent where there are bytes only. */
  readonly settings?: LineSettings;
}

/**
 * What a serial port can do besides bytes. A method that is absent is a capability the port has not; one that is
 * there may still reject with `line/unsupported` (a pseudo-terminal has no modem lines, and says so when asked).
 */
export interface LineSettings {
  /** Bits a second. */
  setBaud?(baudRate: number): Promise<void>;
  setFormat?(format: LineFormat): Promise<void>;
  setFlow?(flow: Flow): Promise<void>;
  /** Drives DTR and RTS; what is left out stays as it was. */
  setModemLines?(lines: Partial<ModemOutputs>): Promise<void>;
  readModemLines?(): Promise<ModemInputs>;
  /** Hears changes of the inputs, where the port reports them by itself. */
  onModemLines?(listener: (lines: ModemInputs) => void): Cancel;
  /** Holds the line in break for `ms`. */
  sendBreak?(ms: number): Promise<void>;
  /** Throws away what waits in the port's buffers. */
  purge?(buffers: "in" | "out" | "both"): Promise<void>;
  /** Resolves when all that was written has left the port. */
  drain?(): Promise<void>;
}

export interface LineFormat {
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: "none" | "odd" | "even" | "mark" | "space";
  readonly stopBits: 1 | 1.5 | 2;
}

export type Flow = "none" | "rtscts" | "xonxoff";

export interface ModemOutputs {
  readonly dtr: boolean;
  readonly rts: boolean;
}

export interface ModemInputs {
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly dcd: boolean;
  /** Ring, where the port tells. */
  readonly ri?: boolean;
}
