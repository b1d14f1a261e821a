import type { BindingInterface, PortStatus, SetOptions } from "@serialport/bindings-cpp";
import { SerialPortStream } from "@serialport/stream";
import { messageOf } from "../../base/coded-error.ts";
import { deadline, pause, type Timers } from "../timers.ts";
import { BaseLine, plain } from "./base-line.ts";
import { LineError } from "./errors.ts";
import type { Flow, Line, LineFormat, LineSettings, ModemInputs, ModemOutputs } from "./line.ts";

export interface SerialLineOptions {
  /** The name it was asked for by. */
  readonly name: string;
  readonly path: string;
  readonly baudRate: number;
  readonly format: LineFormat;
  readonly flow: Flow;
  readonly timers: Timers;
  readonly openTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly binding: BindingInterface;
  /** Driven when the port opens; opening alone raises both. Ignored where the port has none. */
  readonly modemLines?: Partial<ModemOutputs> | undefined;
}

/** How long an answer of the driver may take: an ioctl does not wait for the board. */
const driverTimeoutMs = 1000;
/** Until it has closed a port is locked, so this is given more. */
const closeTimeoutMs = 5000;

/** Opens a serial port of this machine, a pseudo-terminal too. Rejects with the driver's own error. */
export async function openSerialLine(options: SerialLineOptions): Promise<Line> {
  const stream = new SerialPortStream({
    binding: options.binding,
    path: options.path,
    baudRate: options.baudRate,
    dataBits: options.format.dataBits,
    parity: options.format.parity,
    stopBits: options.format.stopBits,
    rtscts: options.flow === "rtscts",
    xon: options.flow === "xonxoff",
    xoff: options.flow === "xonxoff",
    // Leaves DTR alone on close: dropping it resets many boards.
    hupcl: false,
    lock: true,
    autoOpen: false,
  });
  let tooLate = false;
  const opening = called((done) => stream.open(done));
  // A port that opens after nobody waits any more is closed again, or it would stay locked.
  opening.then(() => tooLate && stream.close(), ignore);
  try {
    await deadline(options.timers, options.openTimeoutMs, `${options.path} to open`).guard(opening);
  } catch (error) {
    tooLate = true;
    throw error;
  }
  const line = new SerialLine(stream, options);
  await line.setUp(options.modemLines ?? {});
  return line;
}

class SerialLine extends BaseLine {
  readonly settings: LineSettings;
  readonly #stream: SerialPortStream;
  #outputs: ModemOutputs = { dtr: true, rts: true };

  constructor(stream: SerialPortStream, { name, timers, writeTimeoutMs }: SerialLineOptions) {
    super(name, timers, writeTimeoutMs);
    this.#stream = stream;
    stream.on("data", (bytes: Buffer) => this.received(plain(bytes)));
    // Of the port with an error or null; of the stream under it, after a failed write, with neither.
    stream.on("close", (error?: Error | null) =>
      this.lost(error ? `unplugged: ${error.message}` : "the port closed"),
    );
    stream.on("error", (error: Error) => this.lost(error.message));
    this.settings = {
      setBaud: (baudRate) => this.#driver("set the baud rate", (done) => stream.update({ baudRate }, done)),
      setModemLines: (lines) => this.#setModemLines(lines),
      readModemLines: () => this.#readModemLines(),
      sendBreak: (ms) => this.#sendBreak(ms),
      purge: () => this.#driver("purge", (done) => stream.flush(done)),
      drain: () => this.#driver("drain", (done) => stream.drain(done), writeTimeoutMs),
    };
  }

  /** Best effort: pseudo-terminals and some adapters have neither modem lines nor a latency to lower. */
  async setUp(lines: Partial<ModemOutputs>): Promise<void> {
    await this.#setModemLines(lines).catch(ignore);
    // Common USB adapters else hold bytes back for up to 16 ms.
    const flags = { ...this.#outputs, lowLatency: true };
    await this.#set("lower the latency", flags).catch(ignore);
  }

  protected override async send(bytes: Uint8Array): Promise<void> {
    try {
      await called((done) => this.#stream.write(Buffer.from(bytes), undefined, done));
    } catch (error) {
      throw this.error("line/closed", `writing failed: ${messageOf(error)}`, error);
    }
  }

  /** Throws away what waits first: closing a terminal else waits for a board that may be held off. */
  protected override async release(): Promise<void> {
    const stream = this.#stream;
    if (!stream.isOpen) return;
    await this.#bounded("purge", (done) => stream.flush(done)).catch(ignore);
    await this.#bounded("close", (done) => stream.close(done), closeTimeoutMs).catch(ignore);
  }

  async #setModemLines(lines: Partial<ModemOutputs>): Promise<void> {
    const outputs = { ...this.#outputs, ...lines };
    await this.#set("drive DTR and RTS", outputs);
    this.#outputs = outputs;
  }

  async #readModemLines(): Promise<ModemInputs> {
    let status: PortStatus | undefined;
    await this.#driver("read the modem lines", (done) =>
      this.#stream.get((error, lines) => {
        status = lines;
        done(error);
      }),
    );
    return status!;
  }

  async #sendBreak(ms: number): Promise<void> {
    await this.#set("send a break", { ...this.#outputs, brk: true });
    await pause(this.timers, ms);
    await this.#set("end the break", { ...this.#outputs, brk: false });
  }

  #set(what: string, flags: SetOptions): Promise<void> {
    return this.#driver(what, (done) => this.#stream.set(flags, done));
  }

  async #driver(what: string, call: (done: Done) => void, timeoutMs = driverTimeoutMs): Promise<void> {
    this.assertOpen();
    try {
      await this.#bounded(what, call, timeoutMs);
    } catch (error) {
      if (error instanceof LineError) throw error;
      throw this.error("line/unsupported", `the port cannot ${what}: ${messageOf(error)}`, error);
    }
  }

  #bounded(what: string, call: (done: Done) => void, timeoutMs = driverTimeoutMs): Promise<void> {
    return deadline(this.timers, timeoutMs, `the driver to ${what}`).guard(called(call));
  }
}

type Done = (error?: Error | null) => void;

const called = (call: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));

const ignore = () => undefined;
