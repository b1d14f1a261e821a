/**
 * The board's end of a recorded run, for a host that plays it back: it answers each request as the board did then.
 * Requests that act or bring data must come as recorded, sequence numbers aside; looks may come more or less often.
 */

import { toLowerHex } from "../../../hal/base/hex.ts";
import { BaseLine } from "../../../hal/serial/line/base-line.ts";
import { type Line, LineError, type Recording } from "../../../hal/serial/line/index.ts";
import { boardGroupId, Command } from "../../../hal/serial/parts/board-group.ts";
import {
  decodePackets,
  encodeFrame,
  encodePacket,
  type FrameReceiver,
  frameReceiver,
  HEADER_BYTES,
  isResponse,
  requestOp,
  type SmpFraming,
  type SmpPacket,
} from "../../../hal/serial/smp/index.ts";
import type { Timers } from "../../../hal/serial/timers.ts";
import { type Exchange, type Exchanges, isOrdered, keyOf, mapOf, readExchanges } from "./exchanges.ts";
import { RecordedEvents } from "./recorded-events.ts";
import { TapeTimers } from "./tape-timers.ts";

/** Where the run first left the recorded way: the request that was due, and the one that came. */
export interface RunDivergence {
  readonly why: string;
  /** The row of the recording's event list. */
  readonly event: number;
  readonly tMs: number;
  /** Whole SMP packets in hex; empty where none was expected, or none came. */
  readonly expected: string;
  readonly got: string;
}

export class RecordedBoard {
  readonly timers: Timers;
  readonly #tape: TapeTimers;
  readonly #recording: Recording;
  readonly #framing: SmpFraming;
  readonly #exchanges: Exchanges;
  readonly #events: RecordedEvents;
  readonly #looksByKey: ReadonlyMap<string, Looks>;
  /** The recording was cut off: where it ends says nothing about the run. */
  readonly #cutOff: boolean;
  #line: BoardEnd | undefined;
  /** Ordered requests that have come, and when the last one came: in this run, and then. */
  #count = 0;
  #lastMs = { now: 0, recorded: 0 };
  #divergence: RunDivergence | undefined;

  constructor(recording: Recording, framing: SmpFraming, cutOff: boolean) {
    const exchanges = readExchanges(recording, framing);
    this.#recording = recording;
    this.#framing = framing;
    this.#exchanges = exchanges;
    this.#cutOff = cutOff;
    this.#events = new RecordedEvents(exchanges.looks);
    const keys = new Set(exchanges.looks.map(({ key }) => key));
    const looks = (wanted: string) => new Looks(exchanges.looks.filter(({ key }) => key === wanted));
    this.#looksByKey = new Map([...keys].map((key) => [key, looks(key)]));
    this.#tape = new TapeTimers(() =>
      this.#ended ? Number.POSITIVE_INFINITY : (exchanges.ordered[this.#count]?.tMs ?? 0),
    );
    this.timers = this.#tape;
  }

  /** The line as the host opens it: first, and after each time it went away. */
  open(): Line {
    if (this.#ended) throw new LineError("line/not-found", "the recording ends here", {});
    this.#line = new BoardEnd(this.#recording.line, this.timers, this.#framing, (packet, bytes) =>
      this.#asked(packet, bytes),
    );
    return this.#line;
  }

  /** To call when the host is done: what it has not asked that it asked then is a divergence too. */
  finish(): RunDivergence | undefined {
    this.#tape.stop();
    const missing = this.#exchanges.ordered[this.#count];
    if (missing !== undefined) this.#divergence ??= divergence("the host asked no more", missing, undefined);
    return this.#divergence;
  }

  get #ended(): boolean {
    const { ordered } = this.#exchanges;
    return this.#divergence !== undefined || (this.#cutOff && this.#count === ordered.length);
  }

  #asked(packet: SmpPacket, bytes: Uint8Array): void {
    if (isOrdered(packet)) this.#ordered(packet, bytes);
    else this.#look(packet, bytes);
  }

  #ordered(packet: SmpPacket, bytes: Uint8Array): void {
    const expected = this.#exchanges.ordered[this.#count];
    if (expected?.key !== keyOf(packet)) this.#diverge(expected, bytes);
    else this.#follow(packet, expected);
  }

  #follow(packet: SmpPacket, expected: Exchange): void {
    this.#count++;
    this.#lastMs = { now: this.timers.nowMs(), recorded: expected.tMs };
    this.#answer(packet, expected);
    for (const tMs of this.#events.after(this.#count)) this.#at(tMs, () => this.#sayThereAreEvents());
    for (const { after, tMs, reason } of this.#exchanges.ends)
      if (after === this.#count) this.#at(tMs, () => this.#line?.lose(reason));
  }

  #look(packet: SmpPacket, bytes: Uint8Array): void {
    const found = this.#looksByKey.get(keyOf(packet))?.next(this.#count);
    if (packet.command === Command.events) this.#tellEvents(packet);
    else if (found === undefined) this.#diverge(this.#exchanges.ordered[this.#count], bytes);
    else if (packet.command === Command.clock && found.answer !== undefined) this.#tellTime(packet, found);
    else this.#answer(packet, found);
  }

  /** As late as then. No answer where there was none. */
  #answer(request: SmpPacket, { answer, tMs }: Exchange): void {
    if (answer === undefined) return;
    const bytes = answer.bytes.slice(0, HEADER_BYTES + answer.packet.payload.length);
    bytes[6] = request.sequence;
    this.timers.after(answer.tMs - tMs, () => this.#line?.say(bytes));
  }

  /** The board's clock has gone on since that look, or was not so far yet. */
  #tellTime(request: SmpPacket, { answer, tMs }: Exchange): void {
    const { packet, tMs: answeredMs } = answer!;
    const tripMs = answeredMs - tMs;
    const passedMs = Math.round(this.timers.nowMs() + tripMs - answeredMs);
    const shift = (value: unknown) => (typeof value === "number" ? Math.max(0, value + passedMs) : value);
    const { up, rtc, ...rest } = mapOf(packet);
    const time = { up: shift(up), ...(rtc !== undefined && { rtc: shift(rtc) }) };
    const bytes = encodePacket({ ...packet, sequence: request.sequence }, { ...rest, ...time });
    this.timers.after(tripMs, () => this.#line?.say(bytes));
  }

  #tellEvents(request: SmpPacket): void {
    const { ack } = mapOf(request);
    const isDue = ({ after, tMs }: { readonly after: number; readonly tMs: number }): boolean =>
      after < this.#count || (after === this.#count && this.timers.nowMs() >= this.#nowAt(tMs));
    // A host that acknowledges nothing throws away what there is, and must get all of it.
    const answer = this.#events.look(ack, (batch) =>
      ack === undefined ? batch.after <= this.#count : isDue(batch),
    );
    const bytes = encodePacket({ ...request, op: request.op | 1 }, answer);
    this.timers.after(0, () => this.#line?.say(bytes));
  }

  /** A board may say unasked that there is something; so the host's own pace of looking does not matter. */
  #sayThereAreEvents(): void {
    const header = { op: requestOp("write"), versionBits: 1, group: boardGroupId, sequence: 0 };
    this.#line?.say(encodePacket({ ...header, command: Command.events }, { events: [] }));
  }

  /** When that moment of the recording is now, reckoned from the last ordered request. */
  #nowAt(tMs: number): number {
    return this.#lastMs.now + tMs - this.#lastMs.recorded;
  }

  #at(tMs: number, action: () => void): void {
    this.timers.after(this.#nowAt(tMs) - this.timers.nowMs(), action);
  }

  /** Where a recording was cut off its end is not the run's: then the line ends, and that is all. */
  #diverge(expected: Exchange | undefined, bytes: Uint8Array): void {
    if (expected !== undefined || !this.#cutOff)
      this.#divergence ??= divergence(
        expected === undefined ? "the host asked more" : "the host asked for something else",
        expected ?? { event: this.#recording.events.length, tMs: this.#recording.events.at(-1)?.tMs ?? 0 },
        bytes,
      );
    this.#line?.lose(this.#divergence?.why ?? "the recording ends here");
  }
}

function divergence(
  why: string,
  expected: Pick<Exchange, "event" | "tMs"> & Partial<Exchange>,
  got: Uint8Array | undefined,
): RunDivergence {
  const hex = (bytes: Uint8Array | undefined) => toLowerHex(bytes ?? new Uint8Array(0));
  return { why, event: expected.event, tMs: expected.tMs, expected: hex(expected.bytes), got: hex(got) };
}

/** Recorded looks of one kind, in order. */
class Looks {
  readonly #looks: readonly Exchange[];
  #used = -1;

  constructor(looks: readonly Exchange[]) {
    this.#looks = looks.filter(({ answer }) => answer !== undefined);
  }

  /** The next one that stood after `count` ordered requests; else the last one before. */
  next(count: number): Exchange | undefined {
    const fresh = this.#looks.findIndex(({ after }, index) => index > this.#used && after === count);
    if (fresh >= 0) this.#used = fresh;
    return this.#looks[fresh] ?? this.#looks.findLast(({ after }) => after <= count) ?? this.#looks[0];
  }
}

class BoardEnd extends BaseLine {
  readonly #framing: SmpFraming;
  readonly #receiver: FrameReceiver;

  constructor(
    name: string,
    timers: Timers,
    framing: SmpFraming,
    asked: (packet: SmpPacket, bytes: Uint8Array) => void,
  ) {
    super(name, timers, 10_000);
    this.#framing = framing;
    this.#receiver = frameReceiver(framing, {
      onPacket(bytes) {
        for (const packet of decodePackets(bytes)) if (!isResponse(packet)) asked(packet, bytes);
      },
    });
  }

  say(packet: Uint8Array): void {
    this.received(encodeFrame(this.#framing, packet));
  }

  lose(reason: string): void {
    this.lost(reason);
  }

  protected override async send(bytes: Uint8Array): Promise<void> {
    this.#receiver.push(bytes);
  }

  protected override async release(): Promise<void> {}
}
