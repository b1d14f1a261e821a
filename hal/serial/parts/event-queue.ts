/**
 * What a board has to tell: numbered events, kept until the host acknowledges them. Bounded: beyond the bound an
 * event is dropped and counted. Long messages wait beside the queue and turn into pieces as it has room. A host that
 * leaves in the middle of a message has not got it: its pieces are there again for the next one.
 */
import { encodePayload } from "../smp/cbor.ts";
import type { EventFields, EventKind, Piece } from "./board-group.ts";
import { pieces } from "./pieces.ts";

export interface EventQueueOptions {
  /** Most events kept. */
  readonly capacity?: number;
  /** Most bytes of the events of one answer, encoded. */
  readonly answerBytes: number;
  /** Most data bytes of a piece. */
  readonly chunk: number;
  readonly uptimeMs: () => number;
  /** Something was added. */
  readonly onAdded?: () => void;
}

type PieceKind = "modem-piece" | "message-piece";

/** An event as it goes on the wire. */
export type WireEvent = Readonly<Record<string, unknown>> & { readonly n: number };

interface Kept {
  readonly event: WireEvent;
  readonly bytes: number;
  /** Of a piece: others of its message follow. */
  readonly more: boolean;
}

const defaultCapacity = 64;
/** Radio frames, which a stranger sends, leave this share of the queue to what the board itself has to say. */
const frameShare = 0.75;
/** Long messages that wait, all together, bytes. */
const maxWaitingBytes = 4 * 65_535;

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #capacity: number;
  #kept: Kept[] = [];
  /** Pieces that were acknowledged, of a message that was not: one message's at most. */
  #begun: Kept[] = [];
  #waiting: { readonly kind: PieceKind; readonly left: Iterator<Piece>; readonly bytes: number }[] = [];
  #waitingBytes = 0;
  #number = 0;
  #pushed = 0;
  #lost = 0;

  constructor(options: EventQueueOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? defaultCapacity;
  }

  /** The power was lost: everything is forgotten. Numbers go on, so that no acknowledgement of before hits a new event. */
  clear(): void {
    this.#kept = [];
    this.#begun = [];
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#lost = 0;
  }

  add<K extends EventKind>(kind: K, fields: EventFields[K]): void {
    const room = kind === "radio-frame" ? this.#capacity * frameShare : this.#capacity;
    if (this.#kept.length >= room) this.#lost++;
    else this.#keep(kind, fields);
  }

  /** Another host begins: it needs the message that the former one had in part from its beginning. */
  newHost(): void {
    this.#kept = [...this.#begun, ...this.#kept];
    this.#begun = [];
  }

  /** A whole message, in pieces. Dropped and counted when too much waits already. */
  addMessage(kind: PieceKind, message: Uint8Array): void {
    if (this.#waitingBytes + message.length > maxWaitingBytes) {
      this.#lost++;
      return;
    }
    this.#waitingBytes += message.length;
    this.#waiting.push({ kind, left: pieces(message, this.#options.chunk), bytes: message.length });
    this.#fill();
  }

  /** Events after `ack`, oldest first, as many as fit; those up to it are forgotten. A number never given is no ack. */
  read(ack: number | undefined): { events: WireEvent[]; lost?: number } {
    if (ack !== undefined && ack <= this.#number) this.#forget(ack);
    this.#fill();
    const events = this.#fitting(this.#kept);
    this.#pushed = Math.max(this.#pushed, events.at(-1)?.n ?? 0);
    const lost = this.#lost;
    this.#lost = 0;
    return lost > 0 ? { events, lost } : { events };
  }

  /** What has not been sent yet, once: for a board that tells unasked. */
  unsent(): WireEvent[] {
    const events = this.#fitting(this.#kept.filter(({ event }) => event.n > this.#pushed));
    this.#pushed = Math.max(this.#pushed, events.at(-1)?.n ?? 0);
    return events;
  }

  #forget(ack: number): void {
    for (const kept of this.#kept.filter(({ event }) => event.n <= ack)) this.#hasGot(kept);
    this.#kept = this.#kept.filter(({ event }) => event.n > ack);
  }

  /** With the last piece of a message all of it has been got. Other events may stand between two pieces. */
  #hasGot(kept: Kept): void {
    if (kept.event.off === undefined) return;
    if (kept.more) this.#begun.push(kept);
    else this.#begun = [];
  }

  #fitting(kept: readonly Kept[]): WireEvent[] {
    let left = this.#options.answerBytes;
    const events: WireEvent[] = [];
    for (const { event, bytes } of kept) {
      if (bytes > left && events.length > 0) break;
      left -= bytes;
      events.push(event);
    }
    return events;
  }

  /** One place in four stays free for what is no piece. */
  #fill(): void {
    const room = this.#capacity * frameShare;
    while (this.#kept.length < room) {
      const first = this.#waiting[0];
      if (first === undefined) return;
      const next = first.left.next();
      if (next.done === true) {
        this.#waiting.shift();
        this.#waitingBytes -= first.bytes;
      } else {
        const end = next.value.off + next.value.data.length;
        this.#keep(first.kind, next.value, end < first.bytes);
      }
    }
  }

  #keep<K extends EventKind>(kind: K, fields: EventFields[K], more = false): void {
    const event = { n: ++this.#number, up: this.#options.uptimeMs(), kind, ...fields };
    this.#kept.push({ event, bytes: encodePayload(event).length, more });
    this.#options.onAdded?.();
  }
}
