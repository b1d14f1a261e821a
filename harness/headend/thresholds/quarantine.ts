/** Requests that wait for their user's word, and what became of those that no longer do. */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { requestIdOf, type UserRequest } from "../dcc/messages.ts";
import type { BreachKind, ThresholdSettings } from "./settings.ts";

/** An anomalous request, as the reports know it. Times are UTC seconds. */
export interface Anomaly {
  /** The quarantine event's reference, by which its user names it. */
  readonly eventReference: number;
  readonly user: Eui64;
  readonly requestId: string;
  /** Service reference variant. */
  readonly reference: string;
  readonly kind: BreachKind;
  /** Which threshold, what passed it, and by what. */
  readonly reason: string;
  readonly quarantinedS: number;
  /** When its alert left the DCC's rules. */
  noticedS?: number;
  /** When its user had it. */
  toldS?: number;
  /** What became of it, and when. */
  end?: AnomalyEnd;
  endedS?: number;
}

/** Processed or deleted as its user has said; expired: deleted by the DCC. */
export type AnomalyEnd = "processed" | "deleted" | "expired";

/** One that still waits, with the request itself. */
export interface Quarantined extends Anomaly {
  readonly request: UserRequest;
  /** About how much memory the request takes. */
  readonly octets: number;
}

export interface QuarantineSnapshot {
  /** At least; no event that waits is named twice. */
  readonly nextReference: number;
  readonly waiting: readonly Quarantined[];
  readonly ended: readonly Anomaly[];
}

type Bounds = Pick<
  ThresholdSettings,
  "maxPerUser" | "maxInAll" | "maxOctetsPerUser" | "maxOctetsInAll" | "maxRemembered"
>;

/** Of one user: by event, oldest first. */
interface Part {
  readonly entries: Map<number, Quarantined>;
  octets: number;
}

export class Quarantine {
  readonly #bounds: Bounds;
  #nextReference = 1;
  readonly #waiting = new Map<Eui64, Part>();
  #size = 0;
  #octets = 0;
  /** By event, oldest end first. */
  readonly #ended = new Map<number, Anomaly>();

  constructor(bounds: Bounds, kept?: QuarantineSnapshot) {
    this.#bounds = bounds;
    if (kept === undefined) return;
    this.#nextReference = kept.nextReference;
    for (const entry of kept.waiting) {
      this.#put({ ...entry });
      this.#nextReference = Math.max(this.#nextReference, entry.eventReference + 1);
    }
    for (const anomaly of kept.ended) this.#ended.set(anomaly.eventReference, { ...anomaly });
  }

  /** Undefined when the user's part, or all of it, is full. */
  add(request: UserRequest, kind: BreachKind, reason: string, nowS: number): Quarantined | undefined {
    const octets = octetsOf(request);
    const user = request.originator;
    if (!this.#hasRoom(user, octets)) return undefined;
    const eventReference = this.#nextReference++;
    const [requestId, { reference }] = [requestIdOf(request), request];
    const quarantinedS = nowS;
    return this.#put({
      eventReference,
      user,
      requestId,
      reference,
      kind,
      reason,
      quarantinedS,
      request,
      octets,
    });
  }

  get(user: Eui64, eventReference: number): Quarantined | undefined {
    return this.#waiting.get(user)?.entries.get(eventReference);
  }

  /** Takes an entry out, for good. */
  end(entry: Quarantined, end: AnomalyEnd, nowS: number): void {
    const own = this.#waiting.get(entry.user);
    if (own?.entries.delete(entry.eventReference) !== true) return;
    if (own.entries.size === 0) this.#waiting.delete(entry.user);
    this.#size--;
    own.octets -= entry.octets;
    this.#octets -= entry.octets;
    const { request: _, octets: __, ...anomaly } = Object.assign(entry, { end, endedS: nowS });
    this.#ended.set(entry.eventReference, anomaly);
    if (this.#ended.size > this.#bounds.maxRemembered)
      this.#ended.delete(this.#ended.keys().next().value as number);
  }

  /** The anomaly of an event, whether it waits or has ended; undefined when it is unknown or forgotten. */
  find(user: Eui64, eventReference: number): Anomaly | undefined {
    const ended = this.#ended.get(eventReference);
    return this.get(user, eventReference) ?? (ended?.user === user ? ended : undefined);
  }

  /** Those that came at `untilS` or before. */
  *since(untilS: number): Generator<Quarantined> {
    for (const { entries } of this.#waiting.values())
      for (const entry of entries.values()) {
        if (entry.quarantinedS > untilS) break;
        yield entry;
      }
  }

  /** When the oldest that waits came. */
  oldestS(): number | undefined {
    const firsts = [...this.#waiting.values()].flatMap(
      ({ entries }) => entries.values().next().value?.quarantinedS ?? [],
    );
    return firsts.length === 0 ? undefined : Math.min(...firsts);
  }

  /** All that wait, or those of one user. */
  waiting(user?: Eui64): readonly Quarantined[] {
    const parts = user === undefined ? [...this.#waiting.values()] : [this.#waiting.get(user)];
    return parts.flatMap((own) => [...(own?.entries.values() ?? [])]);
  }

  /** Those that have ended and are remembered. */
  ended(): readonly Anomaly[] {
    return [...this.#ended.values()];
  }

  snapshot(): QuarantineSnapshot {
    return { nextReference: this.#nextReference, waiting: this.waiting(), ended: this.ended() };
  }

  #hasRoom(user: Eui64, octets: number): boolean {
    const { maxPerUser, maxInAll, maxOctetsPerUser, maxOctetsInAll } = this.#bounds;
    const own = this.#waiting.get(user);
    return (
      (own?.entries.size ?? 0) < maxPerUser &&
      this.#size < maxInAll &&
      (own?.octets ?? 0) + octets <= maxOctetsPerUser &&
      this.#octets + octets <= maxOctetsInAll
    );
  }

  #put(entry: Quarantined): Quarantined {
    const own = this.#waiting.get(entry.user) ?? { entries: new Map(), octets: 0 };
    this.#waiting.set(entry.user, own);
    own.entries.set(entry.eventReference, entry);
    this.#size++;
    own.octets += entry.octets;
    this.#octets += entry.octets;
    return entry;
  }
}

/** Texts have two octets a character; numbers, and what holds others, have eight. */
function octetsOf(value: unknown): number {
  if (typeof value === "string") return 2 * value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.entries(value).reduce((sum, [name, inner]) => sum + 2 * name.length + octetsOf(inner), 8);
}
