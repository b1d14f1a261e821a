/** The events of a recorded board, each told once, and not before the request that it followed. */
import { Command } from "../../../hal/serial/parts/board-group.ts";
import { type Exchange, mapOf } from "./exchanges.ts";

/** What one answer brought that was new. */
interface Batch {
  readonly after: number;
  readonly tMs: number;
  /** As in the answer's map: `events`, and `lost` where some were. */
  readonly answer: Record<string, unknown>;
  /** Number of the last one: a host that knows it acknowledges it. */
  readonly last: number;
}

interface NumberedEvent {
  readonly n: number;
}

export class RecordedEvents {
  readonly #batches: readonly Batch[];
  readonly #timesByCount = new Map<number, number[]>();
  #next = 0;
  /** Sent, and not yet acknowledged. */
  #told: Batch | undefined;

  constructor(looks: readonly Exchange[]) {
    this.#batches = batchesOf(looks.filter(({ packet }) => packet.command === Command.events));
    for (const { after, tMs } of this.#batches)
      this.#timesByCount.set(after, [...(this.#timesByCount.get(after) ?? []), tMs]);
  }

  /** When batches came that stood after `count` ordered requests, milliseconds of the recording. */
  after(count: number): readonly number[] {
    return this.#timesByCount.get(count) ?? [];
  }

  /** The answer to a host that acknowledges `ack`; `due` says whether a batch's time has come. */
  look(ack: unknown, due: (batch: { readonly after: number; readonly tMs: number }) => boolean) {
    if (this.#told !== undefined && ack === this.#told.last) this.#told = undefined;
    const batch = this.#batches[this.#next];
    if (this.#told === undefined && batch !== undefined && due(batch)) {
      this.#told = batch;
      this.#next++;
    }
    return this.#told?.answer ?? { events: [] };
  }
}

/** A board tells what is not acknowledged again, and counts anew when it starts anew. */
function batchesOf(looks: readonly Exchange[]): Batch[] {
  const seen = new Map<number, string>();
  const isNew = (event: NumberedEvent): boolean => {
    const text = JSON.stringify(event, (_key, value) => (typeof value === "bigint" ? String(value) : value));
    if (seen.get(event.n) === text) return false;
    seen.set(event.n, text);
    return true;
  };
  return looks.flatMap(({ packet, after, answer }) => {
    if (answer === undefined) return [];
    const map = mapOf(answer.packet);
    const told = Array.isArray(map.events) ? map.events.filter(isNumbered) : [];
    const ack = Number(mapOf(packet).ack ?? 0);
    if (told.some(({ n }) => n <= ack)) seen.clear();
    const events = told.filter(isNew);
    const last = events.at(-1);
    return last === undefined ? [] : [{ after, tMs: answer.tMs, answer: { ...map, events }, last: last.n }];
  });
}

const isNumbered = (event: unknown): event is NumberedEvent =>
  typeof event === "object" && event !== null && typeof (event as { n?: unknown }).n === "number";
