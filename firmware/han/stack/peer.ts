/** What a device knows of another one on its network: keys, counters, and how well it is heard. */
import type { RadioFrame } from "../../../hal/board.ts";
import type { Journal, JournalChange } from "../../kernel/journal.ts";
import { type Eui64, UNSET_TIME } from "../../wire/message.ts";
import { Reader, Writer } from "../frames/bytes.ts";
import { IncomingCounter } from "./counters.ts";

export interface FormerKey {
  readonly key: Uint8Array;
  readonly apsIn: IncomingCounter;
}

export class Peer {
  readonly eui64: Eui64;
  shortAddress: number;
  /** Secures APS frames once a key has been established. */
  linkKey: Uint8Array | undefined;
  readonly nwkIn: IncomingCounter;
  apsIn: IncomingCounter;
  /** A key that is not in use but may be taken back, with what was heard under it. Looked at while no other is. */
  former: FormerKey | undefined;
  readonly stats = new LinkStats();

  constructor(journal: Journal, eui64: Eui64, shortAddress: number, linkKey?: Uint8Array) {
    this.eui64 = eui64;
    this.shortAddress = shortAddress;
    this.linkKey = linkKey;
    const stored = journal.get(incomingKey(eui64));
    const reader = stored === undefined ? undefined : new Reader(stored);
    this.nwkIn = new IncomingCounter(reader?.u32("NWK floor"));
    this.apsIn = new IncomingCounter(reader?.u32("APS floor"));
  }

  /** The key in use is from now on a former one. */
  putKeyAside(): void {
    if (this.linkKey !== undefined) this.former = { key: this.linkKey, apsIn: this.apsIn };
    this.linkKey = undefined;
  }

  /** The former key is in use again. */
  takeKeyBack(): void {
    if (this.former === undefined) return;
    this.linkKey = this.former.key;
    this.apsIn = this.former.apsIn;
    this.former = undefined;
  }

  /** What to commit so that nothing heard until now is accepted again after a power cut. */
  floors(): JournalChange {
    const value = new Writer().u32(this.nwkIn.floor).u32(this.apsIn.floor).done();
    return { key: incomingKey(this.eui64), value };
  }
}

export const INCOMING_PREFIX = "han/in/";
export const incomingKey = (eui64: Eui64): string => INCOMING_PREFIX + eui64;

const bounds = [
  ...(["maxRssiDbm", "minRssiDbm", "maxLqi", "minLqi"] as const),
  ...(["lastHeardS", "failures", "successes"] as const),
] as const;
type Seen = Readonly<Record<(typeof bounds)[number] | "averageRssiDbm" | "averageLqi", number>>;

/** Counts of CCS06, kept since power-on. */
export class LinkStats {
  frames = 0;
  maxRssiDbm = 0;
  minRssiDbm = 0;
  maxLqi = 0;
  minLqi = 0;
  /** UTC seconds; not specified while it was not heard, or not heard by a clock that was set. */
  lastHeardS = UNSET_TIME;
  failures = 0;
  successes = 0;
  #rssiSum = 0;
  #lqiSum = 0;

  heard(frame: RadioFrame, nowS: number | undefined): void {
    const first = this.frames === 0;
    this.maxRssiDbm = first ? frame.rssiDbm : Math.max(this.maxRssiDbm, frame.rssiDbm);
    this.minRssiDbm = first ? frame.rssiDbm : Math.min(this.minRssiDbm, frame.rssiDbm);
    this.maxLqi = Math.max(this.maxLqi, frame.lqi);
    this.minLqi = first ? frame.lqi : Math.min(this.minLqi, frame.lqi);
    this.frames++;
    this.#rssiSum += frame.rssiDbm;
    this.#lqiSum += frame.lqi;
    this.lastHeardS = nowS ?? this.lastHeardS;
  }

  /** As if one frame had been heard at each level: for a bench. */
  bringTo(seen: Seen): void {
    for (const name of bounds) this[name] = seen[name];
    this.frames = 1;
    this.#rssiSum = seen.averageRssiDbm;
    this.#lqiSum = seen.averageLqi;
  }

  get averageRssiDbm(): number {
    return this.frames === 0 ? 0 : Math.round(this.#rssiSum / this.frames);
  }

  get averageLqi(): number {
    return this.frames === 0 ? 0 : Math.round(this.#lqiSum / this.frames);
  }
}
