/** Telnet's bytes (RFC 854, 855): splits a stream into data, negotiation and subnegotiation, and makes them. */
import { LineError } from "./errors.ts";

export const telnet = { SE: 240, SB: 250, WILL: 251, WONT: 252, DO: 253, DONT: 254, IAC: 255 } as const;
export const telnetOption = { binary: 0, echo: 1, suppressGoAhead: 3, comPort: 44 } as const;

/** No subnegotiation of ours or of COM-PORT is longer; SIGNATURE texts are shorter too. */
const subnegotiationLimit = 1024;

export type TelnetEvent =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "negotiation"; readonly verb: number; readonly option: number }
  | { readonly kind: "subnegotiation"; readonly option: number; readonly payload: Uint8Array };

type State = "data" | "command" | "option" | "subnegotiation" | "subnegotiation-command";

/**
 * Reads a telnet stream in pieces of any size. Memory is bounded: a subnegotiation over 1024 bytes throws
 * `line/protocol`. Commands without an option (NOP, GA, ...) are dropped.
 */
export class TelnetReader {
  #state: State = "data";
  #verb = 0;
  #payload: number[] = [];

  /** What `bytes` complete, in order. */
  read(bytes: Uint8Array): TelnetEvent[] {
    const events: TelnetEvent[] = [];
    let data: number[] = [];
    const flush = () => {
      if (data.length > 0) events.push({ kind: "data", bytes: Uint8Array.from(data) });
      data = [];
    };
    for (const byte of bytes) {
      const event = this.#take(byte);
      if (typeof event === "number") data.push(event);
      else if (event !== undefined) {
        flush();
        events.push(event);
      }
    }
    flush();
    return events;
  }

  /** The data byte, or the event, that `byte` completes. */
  #take(byte: number): number | TelnetEvent | undefined {
    switch (this.#state) {
      case "data":
        if (byte !== telnet.IAC) return byte;
        this.#state = "command";
        return undefined;
      case "command":
        return this.#command(byte);
      case "option":
        this.#state = "data";
        return { kind: "negotiation", verb: this.#verb, option: byte };
      case "subnegotiation":
        if (byte === telnet.IAC) this.#state = "subnegotiation-command";
        else this.#append(byte);
        return undefined;
      case "subnegotiation-command":
        return this.#subnegotiationCommand(byte);
    }
  }

  #command(byte: number): number | undefined {
    this.#state = "data";
    if (byte === telnet.IAC) return byte;
    if (byte === telnet.SB) {
      this.#payload = [];
      this.#state = "subnegotiation";
    } else if (byte >= telnet.WILL) {
      this.#verb = byte;
      this.#state = "option";
    }
    return undefined;
  }

  #subnegotiationCommand(byte: number): TelnetEvent | undefined {
    if (byte === telnet.IAC) {
      this.#state = "subnegotiation";
      this.#append(byte);
      return undefined;
    }
    // SE ends it; any other command means that the end was lost.
    this.#state = "data";
    const [option, ...payload] = this.#payload;
    if (byte !== telnet.SE) this.#command(byte);
    if (byte !== telnet.SE || option === undefined) return undefined;
    return { kind: "subnegotiation", option, payload: Uint8Array.from(payload) };
  }

  #append(byte: number): void {
    if (this.#payload.length >= subnegotiationLimit)
      throw new LineError(
        "line/protocol",
        `telnet: a subnegotiation of more than ${subnegotiationLimit} bytes without an end; is this a telnet server?`,
      );
    this.#payload.push(byte);
  }
}

/** Data as telnet carries it: every 255 twice. */
export function escapeTelnet(bytes: Uint8Array): Uint8Array {
  const extra = bytes.reduce((count, byte) => count + (byte === telnet.IAC ? 1 : 0), 0);
  if (extra === 0) return bytes;
  const escaped = new Uint8Array(bytes.length + extra);
  let at = 0;
  for (const byte of bytes) {
    escaped[at++] = byte;
    if (byte === telnet.IAC) escaped[at++] = byte;
  }
  return escaped;
}

export const subnegotiation = (option: number, payload: Uint8Array): Uint8Array =>
  Uint8Array.of(telnet.IAC, telnet.SB, option, ...escapeTelnet(payload), telnet.IAC, telnet.SE);

/** More than this many answers, and the far end is not negotiating but flooding. */
const answerLimit = 512;

/**
 * Which options are on, on either side. Each change is answered once (RFC 1143), so two ends never go round in
 * circles; what is not `wanted` is refused.
 */
export class TelnetOptions {
  readonly #wanted: ReadonlySet<number>;
  readonly #mine = new Set<number>();
  readonly #theirs = new Set<number>();
  /** Asked for, and not answered yet: an agreement then needs no reply. */
  readonly #askedMine = new Set<number>();
  readonly #askedTheirs = new Set<number>();
  #answers = 0;

  constructor(wanted: readonly number[]) {
    this.#wanted = new Set(wanted);
  }

  isMine(option: number): boolean {
    return this.#mine.has(option);
  }

  /** Offers `options` of ours, and asks for `theirs`. */
  opening(mine: readonly number[], theirs: readonly number[]): Uint8Array {
    for (const option of mine) this.#askedMine.add(option);
    for (const option of theirs) this.#askedTheirs.add(option);
    return Uint8Array.from([
      ...mine.flatMap((option) => [telnet.IAC, telnet.WILL, option]),
      ...theirs.flatMap((option) => [telnet.IAC, telnet.DO, option]),
    ]);
  }

  /** What to answer to a WILL, WONT, DO or DONT; undefined for nothing. */
  answer(verb: number, option: number): Uint8Array | undefined {
    const aboutMine = verb === telnet.DO || verb === telnet.DONT;
    const on = verb === telnet.DO || verb === telnet.WILL;
    const active = aboutMine ? this.#mine : this.#theirs;
    const asked = (aboutMine ? this.#askedMine : this.#askedTheirs).delete(option);
    const wanted = on && this.#wanted.has(option);
    const changes = wanted !== active.has(option);
    if (wanted) active.add(option);
    else active.delete(option);
    // An answer to our own question needs none, and neither does the confirmation of what already is.
    if (asked || (!changes && wanted === on)) return undefined;
    if (++this.#answers > answerLimit)
      throw new LineError("line/protocol", `telnet: more than ${answerLimit} negotiations; giving up`);
    const [yes, no] = aboutMine ? [telnet.WILL, telnet.WONT] : [telnet.DO, telnet.DONT];
    return Uint8Array.of(telnet.IAC, wanted ? yes : no, option);
  }
}
