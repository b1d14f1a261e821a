import { sameBytes } from "../../base/bytes.ts";
import { messageOf } from "../../base/coded-error.ts";
import type { Cancel } from "../../board.ts";
import type { Line } from "../line/line.ts";
import type { Timers } from "../timers.ts";
import { negotiateParams, type SmpParams } from "./buffer-size.ts";
import type { Payload } from "./cbor.ts";
import type { RequestOptions, SmpClientOptions, SmpCounters, UnaskedMessage } from "./client-options.ts";
import { groupName } from "./error-table.ts";
import { generalError, groupError, SmpError, unsupportedError } from "./errors.ts";
import { isPayload, malformed } from "./fields.ts";
import { encodeFrame, type FrameReceiver, frameReceiver, type SmpFraming } from "./frames.ts";
import {
  decodePackets,
  encodePacket,
  isResponse,
  payloadOf,
  requestOp,
  type SmpOperation,
  type SmpPacket,
  type SmpVersion,
} from "./message.ts";
import { PendingReplies } from "./pending.ts";

/** Groups from here on are the users' own; only those send unasked. */
const FIRST_USER_GROUP = 64;
/** Sent packets that an echo is compared with. */
const REMEMBERED = 16;
/** Characters of a board's own reason that are kept, in one line. */
const MAX_REASON = 200;
const DEFAULT_TIMEOUT_MS = 2000;
const DEFAULT_IDLE_MS = 100;

/**
 * Talks to an SMP server at the far end of a line. Any number of requests up to 64 may be under way; answers find
 * their requests by sequence number, operation, group and command. Every wait ends: with the answer, an
 * {@link SmpError}, or the end of the line. Listeners must not throw.
 */
export class SmpClient {
  readonly line: Line;
  readonly timers: Timers;
  readonly timeoutMs: number;
  readonly framing: SmpFraming;
  readonly counters: SmpCounters = {
    ...{ crc: 0, length: 0, base64: 0, "too-long": 0, garbage: 0 },
    ...{ echo: 0, stray: 0, malformed: 0, retry: 0 },
  };
  readonly #options: SmpClientOptions;
  readonly #pending: PendingReplies;
  readonly #receiver: FrameReceiver;
  readonly #consoleListeners = new Set<(text: string) => void>();
  readonly #unaskedListeners = new Set<(message: UnaskedMessage) => void>();
  readonly #sent: Uint8Array[] = [];
  readonly #detach: Cancel[];
  #version: SmpVersion;
  #closed: string | undefined;
  #cancelIdle: Cancel = () => {};
  #params: Promise<SmpParams> | undefined;

  constructor(line: Line, options: SmpClientOptions) {
    this.line = line;
    this.timers = options.timers;
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.framing = options.framing ?? "console";
    this.#version = options.version ?? 2;
    this.#options = options;
    this.#pending = new PendingReplies(options.timers, (options.firstSequence ?? 0) & 0xff);
    this.#receiver = frameReceiver(this.framing, {
      onPacket: (packet) => this.#takeFrame(packet),
      onText: (text) => this.#consoleListeners.forEach((listener) => void listener(text)),
      onDrop: (reason) => this.counters[reason]++,
    });
    this.#detach = [
      line.onData((bytes) => this.#receive(bytes)),
      line.onClose((reason) => this.#end(`the line is gone: ${reason}`)),
    ];
  }

  /** The version in use; changes when the board asks for the other one. */
  get version(): SmpVersion {
    return this.#version;
  }

  /** Requests that wait for their answers. */
  get inFlight(): number {
    return this.#pending.count;
  }

  /**
   * Sends a request and hands over the map in its answer. Throws {@link SmpError}: `smp/refused` for an answer
   * that carries an error, `smp/timeout` when none came for any try, `smp/malformed`, `smp/closed`, `smp/busy`,
   * `smp/too-long`. Takes at most (retries + 1) x (writing + timeoutMs), twice that when the version changes.
   */
  async request(
    operation: SmpOperation,
    group: number,
    command: number,
    payload: Payload = {},
    options: RequestOptions = {},
  ): Promise<Payload> {
    const version = this.#version;
    try {
      return await this.#tryAndRetry(version, { operation, group, command, payload }, options);
    } catch (error) {
      const other = versionAskedFor(error, version);
      if (other === undefined) throw error;
      const answer = await this.#tryAndRetry(other, { operation, group, command, payload }, options);
      this.#version = other;
      return answer;
    }
  }

  /** The board's buffers, asked once; a board that does not tell gets the fallback. */
  params(): Promise<SmpParams> {
    this.#params ??= negotiateParams(this, this.#options.fallbackBufSize).catch((error: unknown) => {
      this.#params = undefined;
      throw error;
    });
    return this.#params;
  }

  /** Replaces what {@link params} tells: after a probe, or after the board changed (recovery, another image). */
  useParams(params: SmpParams | undefined): void {
    this.#params = params && Promise.resolve(params);
  }

  /** The largest packet (header and payload) that the board takes: its buffer less the frame's length and CRC. */
  async maxPacketBytes(): Promise<number> {
    const { bufSize } = await this.params();
    return this.framing === "console" ? bufSize - 4 : bufSize;
  }

  /** Hears what the board prints around the frames, in pieces as they come. */
  onConsole(listener: (text: string) => void): Cancel {
    this.#consoleListeners.add(listener);
    return () => void this.#consoleListeners.delete(listener);
  }

  /** Hears what the board sends of its own: write requests of the users' groups (64 and above). */
  onUnasked(listener: (message: UnaskedMessage) => void): Cancel {
    this.#unaskedListeners.add(listener);
    return () => void this.#unaskedListeners.delete(listener);
  }

  /** Lets go of the line, which stays open, and of every request under way. */
  close(): void {
    this.#end("the client was closed");
  }

  async #tryAndRetry(version: SmpVersion, request: Request, options: RequestOptions): Promise<Payload> {
    const retries = options.retries ?? (request.operation === "read" ? 2 : 0);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#exchange(version, request, options, attempt + 1);
      } catch (error) {
        if (!(error instanceof SmpError) || error.code !== "smp/timeout" || attempt >= retries) throw error;
        this.counters.retry++;
      }
    }
  }

  async #exchange(
    version: SmpVersion,
    request: Request,
    options: RequestOptions,
    tries: number,
  ): Promise<Payload> {
    if (this.#closed !== undefined) throw closedError(this.#closed);
    const { operation, group, command } = request;
    const sequence = this.#pending.nextSequence();
    const header = { op: requestOp(operation), versionBits: version - 1, group, sequence, command };
    const packet = encodeRequest(header, request);
    const timeoutMs = options.timeoutMs ?? this.timeoutMs;
    const timedOut = () => this.#timeoutError(request, timeoutMs, tries);
    const answer = this.#pending.wait(header, timeoutMs, timedOut);
    this.#write(packet).then(
      () => this.#pending.restart(sequence, timeoutMs, timedOut),
      (cause) => this.#pending.fail(sequence, closedError(`writing failed: ${messageOf(cause)}`, cause)),
    );
    return this.#readAnswer(await answer, request, options);
  }

  async #write(packet: Uint8Array): Promise<void> {
    this.#sent.push(packet);
    if (this.#sent.length > REMEMBERED) this.#sent.shift();
    await this.line.write(encodeFrame(this.framing, packet));
  }

  /** What the board says counts as an error: any `rc` but 0, any `err` with an `rc` but 0. */
  #readAnswer(packet: SmpPacket, request: Request, options: RequestOptions): Payload {
    const payload = this.#payload(packet);
    if (payload === undefined) throw malformed(nameOf(request), "a CBOR map", packet.payload);
    const { rc, err, rsn, ...rest } = payload;
    const reason = typeof rsn === "string" ? rsn.replace(/\p{Cc}+/gu, " ").slice(0, MAX_REASON) : undefined;
    if (isPayload(err) && typeof err.rc === "number" && err.rc !== 0)
      throw typeof err.group === "number"
        ? groupError(err.group, err.rc, reason, rest)
        : generalError(err.rc, reason, rest);
    if (typeof rc === "number" && rc !== 0 && !options.rcIsValue)
      throw rc === 8
        ? unsupportedError(reason ?? nameOf(request), request.group, request.command, rest)
        : generalError(rc, reason, rest);
    return payload;
  }

  #receive(bytes: Uint8Array): void {
    this.#cancelIdle();
    this.#receiver.push(bytes);
    if (this.framing === "raw" && this.#receiver.midPacket)
      this.#cancelIdle = this.timers.after(this.#options.idleMs ?? DEFAULT_IDLE_MS, () =>
        this.#receiver.reset(),
      );
  }

  #takeFrame(frame: Uint8Array): void {
    if (this.#sent.some((sent) => sameBytes(sent, frame))) {
      this.counters.echo++;
      return;
    }
    const packets = decodePackets(frame);
    if (packets.length === 0) this.counters.malformed++;
    for (const packet of packets) this.#takePacket(packet);
  }

  #takePacket(packet: SmpPacket): void {
    if (!isResponse(packet)) this.#takeUnasked(packet);
    else if (!this.#pending.settle(packet)) this.counters.stray++;
  }

  /** Other requests than the users' groups' writes can only be somebody's echo. */
  #takeUnasked(packet: SmpPacket): void {
    if (packet.op !== requestOp("write") || packet.group < FIRST_USER_GROUP) {
      this.counters.echo++;
      return;
    }
    const payload = this.#payload(packet);
    if (payload === undefined) return;
    const { group, command, sequence } = packet;
    for (const listener of this.#unaskedListeners) listener({ group, command, sequence, payload });
  }

  #payload(packet: SmpPacket): Payload | undefined {
    try {
      return payloadOf(packet);
    } catch {
      this.counters.malformed++;
      return undefined;
    }
  }

  #end(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#cancelIdle();
    for (const detach of this.#detach) detach();
    this.#pending.failAll(closedError(reason));
  }

  #timeoutError(request: Request, timeoutMs: number, tries: number): SmpError {
    const { crc, length, base64, echo } = this.counters;
    const broken = crc + length + base64;
    const hint =
      broken > 0
        ? `${broken} damaged frames came in: check baud rate, flow control and cable.`
        : echo > 0
          ? "Only our own requests came back: is there a shell without SMP, or a loop in the cable?"
          : `Check that the board runs, has an SMP server on this port, the baud rate and the framing (${this.framing}).`;
    return new SmpError({
      code: "smp/timeout",
      name: "timeout",
      text: `no answer to ${nameOf(request)} on ${this.line.name} within ${timeoutMs} ms${tries > 1 ? `, ${tries} times` : ""}`,
      advice: hint,
      group: request.group,
      data: { ...this.counters, command: request.command, timeoutMs, tries },
    });
  }
}

interface Request {
  readonly operation: SmpOperation;
  readonly group: number;
  readonly command: number;
  readonly payload: Payload;
}

const nameOf = ({ group, command, operation }: Request): string =>
  `${groupName(group)} command ${command} (${operation})`;

function encodeRequest(header: Parameters<typeof encodePacket>[0], request: Request): Uint8Array {
  try {
    return encodePacket(header, request.payload);
  } catch (cause) {
    throw new SmpError({
      code: "smp/too-long",
      name: "too-long",
      text: `${nameOf(request)} does not fit a packet: ${messageOf(cause)}`,
      advice: "Send it in pieces.",
      cause,
    });
  }
}

/** A server of version 1 or 2 alone names the other with rc 12 (too old) and 13 (too new). */
function versionAskedFor(error: unknown, version: SmpVersion): SmpVersion | undefined {
  if (!(error instanceof SmpError) || error.code !== "smp/refused" || error.group !== undefined) return;
  if (error.rc === 12 && version === 1) return 2;
  return error.rc === 13 && version === 2 ? 1 : undefined;
}

function closedError(reason: string, cause?: unknown): SmpError {
  return new SmpError({
    code: "smp/closed",
    name: "closed",
    text: reason,
    advice: "Open the line again; a board that resets comes back by itself.",
    cause,
  });
}
