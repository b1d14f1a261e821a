import type { Socket } from "node:net";
import { messageOf } from "../../base/coded-error.ts";
import type { Cancel } from "../../board.ts";
import { deadline, pause } from "../timers.ts";
import {
  baudBytes,
  comPort,
  control,
  flowControl,
  modemInputs,
  notifyModemState,
  numberOf,
  parityCode,
  purgeCode,
  serverCode,
  stopCode,
} from "./com-port.ts";
import { LineError } from "./errors.ts";
import type { Flow, Line, LineFormat, LineSettings, ModemInputs, ModemOutputs } from "./line.ts";
import { connectSocket, SocketLine, type SocketOptions } from "./socket-line.ts";
import {
  escapeTelnet,
  subnegotiation,
  type TelnetEvent,
  TelnetOptions,
  TelnetReader,
  telnet,
  telnetOption,
} from "./telnet.ts";

export interface Rfc2217Options extends SocketOptions {
  readonly baudRate: number;
  readonly format: LineFormat;
  readonly flow: Flow;
  /** How long one request may stay unanswered; default 1000. */
  readonly answerTimeoutMs?: number;
}

const { binary, suppressGoAhead, comPort: comPortOption } = telnetOption;
const wantedOptions = [comPortOption, binary, suppressGoAhead];

interface Request {
  readonly value: number;
  readonly answered: (value: number | undefined) => void;
}

/**
 * Opens `rfc2217://host:port`: a serial port behind a telnet server (RFC 2217). A server that refuses COM-PORT, or
 * does not answer the offer in time, still makes a line, of bytes only: its `settings` then have no method.
 */
export async function openRfc2217Line(options: Rfc2217Options): Promise<Line> {
  const line = new Rfc2217Line(await connectSocket(options), options);
  try {
    await line.negotiate();
    return line;
  } catch (error) {
    await line.close();
    throw error;
  }
}

/**
 * The client's end. Requests that the server leaves unanswered are waited for once, within the time-out, and
 * then sent without waiting (`unanswered` names them): many servers do what they are asked and do not say so. An answer
 * with another value than asked for rejects with `line/unsupported`.
 */
export class Rfc2217Line extends SocketLine {
  /** Requests that this server has left unanswered, as `purgeData` or `setControl 8`. */
  readonly unanswered = new Set<string>();
  readonly #options: Rfc2217Options;
  readonly #answerTimeoutMs: number;
  readonly #reader = new TelnetReader();
  readonly #telnet = new TelnetOptions(wantedOptions);
  readonly #requests = new Map<number, Request[]>();
  readonly #modemListeners = new Set<(lines: ModemInputs) => void>();
  #settings: LineSettings | undefined;
  #decided: (hasComPort: boolean) => void = () => undefined;
  #modem: ModemInputs | undefined;
  /** Pending while the server has asked us to hold back (FLOWCONTROL-SUSPEND). */
  #suspended: { readonly over: Promise<void>; readonly resume: () => void } | undefined;

  constructor(socket: Socket, options: Rfc2217Options) {
    super(socket, options);
    this.#options = options;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 1000;
  }

  get settings(): LineSettings {
    return this.#settings ?? {};
  }

  /** Agrees on the options, then sets the port up. */
  async negotiate(): Promise<void> {
    const decision = new Promise<boolean>((resolve) => {
      this.#decided = resolve;
    });
    await this.#sendRaw(this.#telnet.opening(wantedOptions, [binary, suppressGoAhead]));
    const hasComPort = await this.#inTime(decision, false);
    this.assertOpen();
    if (!hasComPort) return;
    this.#settings = this.#makeSettings();
    const { baudRate, format, flow } = this.#options;
    await Promise.all([
      this.#setBaud(baudRate),
      this.#setFormat(format),
      this.#setFlow(flow),
      // Sent without waiting: servers answer masks with what they support, with a state, or not at all.
      this.#sendRequest(comPort.setModemStateMask, 0xff),
      this.#sendRequest(comPort.setLineStateMask, 0),
    ]);
  }

  /** Nothing waits for a connection that is gone. */
  protected override lost(reason: string): void {
    super.lost(reason);
    this.#decided(false);
    this.#resume();
    for (const request of [...this.#requests.values()].flat()) request.answered(undefined);
  }

  protected override arrived(bytes: Uint8Array): void {
    try {
      for (const event of this.#reader.read(bytes)) this.#handle(event);
    } catch (error) {
      this.lost(messageOf(error));
    }
  }

  protected override async send(bytes: Uint8Array): Promise<void> {
    while (this.#suspended !== undefined) await this.#suspended.over;
    await this.#sendRaw(escapeTelnet(bytes));
  }

  #sendRaw(bytes: Uint8Array): Promise<void> {
    return super.send(bytes);
  }

  #handle(event: TelnetEvent): void {
    if (event.kind === "data") this.received(event.bytes);
    else if (event.kind === "negotiation") this.#negotiated(event.verb, event.option);
    else if (event.option === comPortOption) this.#comPortMessage(event.payload);
  }

  #negotiated(verb: number, option: number): void {
    const answer = this.#telnet.answer(verb, option);
    if (answer !== undefined) this.#sendRaw(answer).catch(() => undefined);
    if (option !== comPortOption) return;
    if (verb === telnet.DO) this.#decided(true);
    if (verb === telnet.DONT) this.#decided(false);
  }

  #comPortMessage(payload: Uint8Array): void {
    const code = payload[0];
    const value = numberOf(payload.subarray(1));
    if (code === undefined) return;
    if (code === notifyModemState && value !== undefined && payload.length === 2)
      this.#modemChanged(modemInputs(value));
    else if (code === serverCode + comPort.flowControlSuspend) this.#suspend();
    else if (code === serverCode + comPort.flowControlResume) this.#resume();
    else if (value !== undefined) this.#answered(code - serverCode, value);
  }

  /** Gives the answer to the request it fits: the one with its value, or else the oldest that asks for a setting. */
  #answered(code: number, value: number): void {
    const waiting = this.#requests.get(code) ?? [];
    const exact = waiting.findIndex((request) => request.value === value);
    // SET-CONTROL carries five settings under one code, and servers report changes of each unasked.
    const index = exact >= 0 || code === comPort.setControl ? exact : 0;
    waiting.splice(index, index >= 0 ? 1 : 0)[0]?.answered(value);
  }

  #modemChanged(lines: ModemInputs): void {
    this.#modem = lines;
    for (const listener of [...this.#modemListeners]) listener(lines);
  }

  #suspend(): void {
    if (this.#suspended !== undefined) return;
    let resume: (() => void) | undefined;
    const over = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.#suspended = { over, resume: resume! };
  }

  #resume(): void {
    const suspended = this.#suspended;
    this.#suspended = undefined;
    suspended?.resume();
  }

  #makeSettings(): LineSettings {
    return {
      setBaud: (baudRate) => this.#setBaud(baudRate),
      setFormat: (format) => this.#setFormat(format),
      setFlow: (flow) => this.#setFlow(flow),
      setModemLines: (lines) => this.#setModemLines(lines),
      readModemLines: () => this.#readModemLines(),
      onModemLines: (listener): Cancel => {
        this.#modemListeners.add(listener);
        return () => void this.#modemListeners.delete(listener);
      },
      sendBreak: (ms) => this.#sendBreak(ms),
      purge: (buffers) => this.#request(comPort.purgeData, purgeCode[buffers]),
    };
  }

  #setBaud(baudRate: number): Promise<void> {
    return this.#request(comPort.setBaudRate, baudRate);
  }

  async #setFormat({ dataBits, parity, stopBits }: LineFormat): Promise<void> {
    await Promise.all([
      this.#request(comPort.setDataSize, dataBits),
      this.#request(comPort.setParity, parityCode[parity]),
      this.#request(comPort.setStopSize, stopCode(stopBits)),
    ]);
  }

  #setFlow(flow: Flow): Promise<void> {
    return this.#request(comPort.setControl, flowControl[flow]);
  }

  async #setModemLines({ dtr, rts }: Partial<ModemOutputs>): Promise<void> {
    if (dtr !== undefined) await this.#request(comPort.setControl, dtr ? control.dtrOn : control.dtrOff);
    if (rts !== undefined) await this.#request(comPort.setControl, rts ? control.rtsOn : control.rtsOff);
  }

  async #readModemLines(): Promise<ModemInputs> {
    if (this.#modem !== undefined) return this.#modem;
    throw this.error("line/unsupported", "the server has not told the modem lines (NOTIFY-MODEMSTATE)");
  }

  async #sendBreak(ms: number): Promise<void> {
    await this.#request(comPort.setControl, control.breakOn);
    await pause(this.timers, ms);
    await this.#request(comPort.setControl, control.breakOff);
  }

  /** Asks, and waits for the answer. */
  async #request(code: number, value: number): Promise<void> {
    this.assertOpen();
    const name = code === comPort.setControl ? `${nameOf(code)} ${value}` : nameOf(code);
    if (this.unanswered.has(name)) return this.#sendRequest(code, value);
    const answering = this.#answerTo(code, value);
    await this.#sendRequest(code, value);
    const answer = await answering;
    this.assertOpen();
    if (answer === undefined) this.unanswered.add(name);
    else if (answer !== value)
      throw this.error("line/unsupported", `asked for ${nameOf(code)} ${value}, the server set ${answer}`);
  }

  #sendRequest(code: number, value: number): Promise<void> {
    const payload = code === comPort.setBaudRate ? baudBytes(value) : Uint8Array.of(value);
    return this.#sendRaw(subnegotiation(comPortOption, Uint8Array.of(code, ...payload)));
  }

  /** The answer to the request that is about to be sent; undefined when none comes in time. */
  async #answerTo(code: number, value: number): Promise<number | undefined> {
    const waiting = this.#requests.get(code) ?? [];
    this.#requests.set(code, waiting);
    let request: Request | undefined;
    const answer = new Promise<number | undefined>((answered) => {
      request = { value, answered };
      waiting.push(request);
    });
    const answered = await this.#inTime(answer, undefined);
    if (waiting.includes(request!)) waiting.splice(waiting.indexOf(request!), 1);
    return answered;
  }

  #inTime<T>(work: Promise<T>, otherwise: T): Promise<T> {
    return deadline(this.timers, this.#answerTimeoutMs, "the server to answer")
      .guard(work)
      .catch((error) => {
        if (error instanceof LineError && error.code === "line/timeout") return otherwise;
        throw error;
      });
  }
}

const nameOf = (code: number): string =>
  Object.entries(comPort).find(([, other]) => other === code)?.[0] ?? `request ${code}`;
