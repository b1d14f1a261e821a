import { sameBytes } from "../../base/bytes.ts";
import type { Cancel, MaybePromise } from "../../board.ts";
import type { Line } from "../line/line.ts";
import type { Timers } from "../timers.ts";
import type { Payload } from "./cbor.ts";
import { generalError, legacyRc, SmpError } from "./errors.ts";
import { FaultCounter, type SmpFaults } from "./faults.ts";
import { malformedPayload } from "./fields.ts";
import { encodeFrame, type FrameReceiver, frameReceiver, type SmpFraming } from "./frames.ts";
import {
  answerOp,
  encodePacket,
  HEADER_BYTES,
  payloadOf,
  type Received,
  receivedIn,
  type SmpOperation,
  type SmpPacket,
  type SmpVersion,
} from "./message.ts";

export interface SmpRequest {
  readonly group: number;
  readonly command: number;
  readonly operation: SmpOperation;
  readonly payload: Payload;
}

export interface SmpContext {
  /** Runs once the answer has been written, or failed to be: for what ends the connection, as a reset. */
  afterReply(action: () => MaybePromise<void>): void;
  /** Runs another command as if it had come in, past the guard: for a command whose sender has been checked. */
  dispatch(operation: SmpOperation, group: number, command: number, payload: Payload): Promise<Payload>;
}

/** One group of commands. A handler refuses by throwing an error made by `groupError` or `generalError`. */
export interface SmpGroup {
  readonly id: number;
  readonly name: string;
  /** How many commands there are, for the enum group. */
  readonly commandCount?: number;
  handle(
    command: number,
    operation: SmpOperation,
    payload: Payload,
    context: SmpContext,
  ): MaybePromise<Payload>;
}

export interface SmpServerOptions {
  readonly timers: Timers;
  readonly groups: readonly SmpGroup[];
  /** Bytes of one buffer: header, payload, on a console also the frame's length and CRC. Default 2048. */
  readonly bufSize?: number;
  /** Requests that fit at once, the one under way included; more are lost, as on a board. Default 4. */
  readonly bufCount?: number;
  /** The highest version spoken, default 2. */
  readonly version?: SmpVersion;
  /** Version 1 requests are answered too, default true; a server of version 2 alone answers them with rc 12. */
  readonly legacy?: boolean;
  /**
   * Answers as servers gave them before SMP version 2: `rc: 0` in every good one, last, and no `match` after an upload.
   * cmcumgr-client 0.2.1 takes no other. Default false.
   */
  readonly olderAnswers?: boolean;
  readonly framing?: SmpFraming;
  /** Throws to refuse a request before its handler sees it: unsigned commands that act, for instance. */
  readonly guard?: (request: SmpRequest) => MaybePromise<void>;
  readonly faults?: SmpFaults;
  /** Hears errors of handlers that are no SmpError (answered with rc 1). */
  readonly onFault?: (error: unknown) => void;
  /** Raw framing: a pause in the middle of a packet after which the rest is given up; default 100. */
  readonly idleMs?: number;
}

const DEFAULT_BUF_SIZE = 2048;
const DEFAULT_BUF_COUNT = 4;
const DEFAULT_IDLE_MS = 100;
/** The reason in an error of version 1: short enough for any buffer. */
const MAX_REASON_CHARS = 120;

/**
 * An SMP server on one end of a line, as strict on the wire as Zephyr's: any client that follows the protocol can
 * use it. Requests are handled one after the other, in order.
 */
export class SmpServer {
  readonly line: Line;
  readonly bufSize: number;
  readonly bufCount: number;
  /** May be changed while the server runs. */
  readonly faults: SmpFaults;
  readonly #options: SmpServerOptions;
  readonly #framing: SmpFraming;
  readonly #groups: ReadonlyMap<number, SmpGroup>;
  readonly #receiver: FrameReceiver;
  readonly #detach: Cancel[];
  readonly #counter = new FaultCounter();
  readonly #queue: Uint8Array[] = [];
  #busy = false;
  #closed = false;
  #sequence = 0;
  /** Counts the hosts: an answer goes to none but the one that asked. */
  #host = 0;
  #lastAnswer: Uint8Array = new Uint8Array(0);
  #cancelIdle: Cancel = () => {};

  constructor(line: Line, options: SmpServerOptions) {
    this.line = line;
    this.#options = options;
    this.bufSize = options.bufSize ?? DEFAULT_BUF_SIZE;
    this.bufCount = options.bufCount ?? DEFAULT_BUF_COUNT;
    this.faults = options.faults ?? {};
    this.#framing = options.framing ?? "console";
    this.#groups = new Map(options.groups.map((group) => [group.id, group]));
    this.#receiver = frameReceiver(
      this.#framing,
      { onPacket: (packet) => this.#enqueue(packet) },
      this.maxPacketBytes,
      "board",
    );
    this.#detach = [line.onData((bytes) => this.#receive(bytes)), line.onClose(() => this.close())];
  }

  /** The largest packet in or out. */
  get maxPacketBytes(): number {
    return this.bufSize - (this.#framing === "console" ? 4 : 0);
  }

  get groups(): readonly SmpGroup[] {
    return [...this.#groups.values()];
  }

  /** Stops answering; the line stays open. */
  close(): void {
    this.#closed = true;
    this.#queue.length = 0;
    this.#cancelIdle();
    for (const detach of this.#detach) detach();
  }

  /** Another host may be at the far end now: what the former one asked, in whole or in part, is not answered any more. */
  newHost(): void {
    this.#host++;
    this.#queue.length = 0;
    this.#lastAnswer = new Uint8Array(0);
    this.#cancelIdle();
    this.#receiver.reset();
  }

  /** Sends a write request of our own: an event. No answer is expected. Never rejects. */
  async sendUnasked(group: number, command: number, payload: Payload): Promise<void> {
    const header = { op: 2, versionBits: 1, group, sequence: this.#sequence, command };
    this.#sequence = (this.#sequence + 1) & 0xff;
    await this.#guarded(() => this.#write(encodeFrame(this.#framing, encodePacket(header, payload))));
  }

  /** Prints console text; on a raw line nothing, for text has no place there. Never rejects. */
  async print(text: string): Promise<void> {
    if (this.#framing === "console") await this.#write(Buffer.from(text));
  }

  /** Runs a command without a line: what the answer's payload would be, or an SmpError. */
  async dispatch(request: SmpRequest, afterReply: SmpContext["afterReply"] = () => {}): Promise<Payload> {
    const group = this.#groups.get(request.group);
    if (group === undefined) throw generalError(8);
    const { operation, command, payload } = request;
    return group.handle(command, operation, payload, {
      afterReply,
      dispatch: (op, inner, id, args) =>
        this.dispatch({ operation: op, group: inner, command: id, payload: args }, afterReply),
    });
  }

  #receive(bytes: Uint8Array): void {
    if (this.faults.echo) void this.#write(bytes.slice());
    this.#cancelIdle();
    this.#receiver.push(bytes);
    if (this.#framing === "raw" && this.#receiver.midPacket)
      this.#cancelIdle = this.#options.timers.after(this.#options.idleMs ?? DEFAULT_IDLE_MS, () =>
        this.#receiver.reset(),
      );
  }

  /** A request for which there is no buffer is lost; its sender tries again. */
  #enqueue(packet: Uint8Array): void {
    const underWay = this.#queue.length + (this.#busy ? 1 : 0);
    if (this.#closed || underWay >= this.bufCount) return;
    this.#queue.push(packet);
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
      for (const received of this.#isOurs(next) ? [] : receivedIn(next))
        if (!(await this.#serve(received))) break;
    this.#busy = false;
  }

  /** The far end echoes: our own answer came back. To answer it would never end. */
  #isOurs(bytes: Uint8Array): boolean {
    return sameBytes(bytes, this.#lastAnswer);
  }

  /** False when what stands behind this one is not looked at. */
  async #serve({ packet, whole }: Received): Promise<boolean> {
    const host = this.#host;
    const after: (() => MaybePromise<void>)[] = [];
    const isRequest = packet.op === 0 || packet.op === 2;
    const payload = isRequest
      ? await this.#answer(packet, whole, (action) => after.push(action))
      : this.#errorPayload(packet, generalError(8));
    if (host === this.#host) await this.#reply(this.#encodeAnswer(packet, payload));
    for (const action of after) await this.#guarded(action);
    return isRequest;
  }

  async #answer(packet: SmpPacket, whole: boolean, afterReply: SmpContext["afterReply"]): Promise<Payload> {
    try {
      if (!whole) throw generalError(9);
      this.#checkVersion(packet);
      const request = requestOf(packet);
      await this.#options.guard?.(request);
      const answer = await this.dispatch(request, afterReply);
      return this.#options.olderAnswers ? olderAnswer(answer) : answer;
    } catch (error) {
      return this.#errorPayload(packet, error);
    }
  }

  #checkVersion({ versionBits }: SmpPacket): void {
    const { version = 2, legacy = true } = this.#options;
    if (versionBits + 1 > version) throw generalError(13);
    if (versionBits === 0 && version === 2 && !legacy) throw generalError(12);
  }

  #errorPayload(packet: SmpPacket, error: unknown): Payload {
    if (!(error instanceof SmpError)) {
      this.#options.onFault?.(error);
      return { rc: 1 };
    }
    if (packet.versionBits === 0) return { rc: legacyRc(error), rsn: reasonFor(packet, error) };
    if (error.group === undefined) return { ...error.data, rc: error.rc ?? 1 };
    return { ...error.data, err: { group: error.group, rc: error.rc ?? 1 } };
  }

  /** An answer that does not fit the buffer becomes rc 7. */
  #encodeAnswer(packet: SmpPacket, payload: Payload): Uint8Array {
    const highest = (this.#options.version ?? 2) - 1;
    const header = { ...packet, op: answerOp(packet.op), versionBits: Math.min(packet.versionBits, highest) };
    try {
      const answer = encodePacket(header, payload);
      if (answer.length <= this.maxPacketBytes) return answer;
    } catch (error) {
      this.#options.onFault?.(error);
    }
    return encodePacket(header, { rc: 7 });
  }

  async #reply(answer: Uint8Array): Promise<void> {
    const { silent, badCrc, truncated, duplicated, chatter, delayMs } = this.faults;
    this.#counter.next();
    if (delayMs !== undefined && delayMs > 0)
      await new Promise<void>((resolve) => this.#options.timers.after(delayMs, resolve));
    if (this.#counter.hits(silent)) return;
    this.#lastAnswer = answer;
    let frame = encodeFrame(this.#framing, answer);
    if (this.#counter.hits(badCrc)) frame = damaged(frame, this.#framing);
    if (this.#counter.hits(truncated)) frame = frame.subarray(0, frame.length >> 1);
    if (chatter) await this.print("[00:00:01.000,000] <inf> app: ready\r\n");
    await this.#write(frame);
    if (this.#counter.hits(duplicated)) await this.#write(frame);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (!this.#closed) await this.#guarded(() => this.line.write(bytes));
  }

  async #guarded(action: () => MaybePromise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#options.onFault?.(error);
    }
  }
}

function requestOf(packet: SmpPacket): SmpRequest {
  const operation = packet.op === 0 ? "read" : "write";
  return { group: packet.group, command: packet.command, operation, payload: payloadOr(packet) };
}

function payloadOr(packet: SmpPacket): Payload {
  try {
    return payloadOf(packet);
  } catch {
    return malformedPayload;
  }
}

const olderAnswer = ({ match: _, ...answer }: Payload): Payload => ({ ...answer, rc: 0 });

/** In version 1 Zephyr gives a reason for what is wrong with an upload, and none else. */
const reasonFor = ({ group, command }: SmpPacket, error: SmpError): string | undefined =>
  group === 1 && command === 1 ? error.text.slice(0, MAX_REASON_CHARS) : undefined;

/** Another character of the same alphabet in the middle of a line: the frame stays well-formed, its CRC is wrong. */
function damaged(frame: Uint8Array, framing: SmpFraming): Uint8Array {
  const copy = frame.slice();
  const at = framing === "console" ? Math.min(copy.length - 2, 8) : HEADER_BYTES;
  if (at < copy.length) copy[at] = copy[at] === 0x41 ? 0x42 : 0x41;
  return copy;
}
