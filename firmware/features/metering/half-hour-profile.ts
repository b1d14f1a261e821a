/**
 * Half-hourly import: an entry at the end of each UTC half hour in which the meter had power. A half hour
 * without power has no entry; energy used before a power cut belongs to the half hour that was running.
 *
 * The log holds the import register at each end, and an entry's energy is the difference to the record
 * before: one append a half hour, and no cut can make entries and register disagree. Where half hours are
 * missing (outage, clock set) a mark takes the register over to the start of the half hour now running.
 */
import type { Cancel } from "../../../hal/board.ts";
import type { RecordLog } from "../../kernel/record-log.ts";
import { halfHourSeconds } from "../calendar-time.ts";
import type { DeviceContext } from "../feature.ts";
import { wrap } from "./registers.ts";

/** Entries a read can return (facts §5.6). */
export const profileEntries = 19_056;

/** Shape of the log: {UTC seconds, + 1 in a mark; import register, Wh}, 4 bytes each; with room for marks. */
export const profileRecord = { recordBytes: 8, capacity: 20_000 } as const;

interface Reading {
  /** A whole half hour, UTC seconds. */
  readonly atS: number;
  readonly registerWh: number;
  /** Begins a half hour after a gap; is not an entry. */
  readonly isMark: boolean;
}

/** The largest correction of a clock that is set; one set back further has lost its time. */
const maxCorrectionS = 10;

export class HalfHourProfile {
  readonly #context: DeviceContext;
  readonly #log: RecordLog;
  readonly #importWh: () => Promise<number>;
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, log: RecordLog, importWh: () => Promise<number>) {
    this.#context = context;
    this.#log = log;
    this.#importWh = importWh;
  }

  /** Takes up where the log ends: at the start, when the time was set, and at each end of a half hour. */
  async resume(): Promise<void> {
    this.#timer();
    if (!this.#context.timeIsSet()) return;
    const nowS = this.#context.nowS();
    const last = await this.#last();
    if (last === undefined) await this.#mark(nowS, await this.#importWh());
    else if (last.atS - nowS > maxCorrectionS) await this.#mark(nowS, last.registerWh);
    else if (nowS >= last.atS + halfHourSeconds) await this.#close(last, nowS);
    const { atS } = (await this.#last()) as Reading;
    this.#timer = this.#context.at(atS + halfHourSeconds, () => this.resume());
  }

  /**
   * [end, Wh] of every entry from `fromS` to `toS`, oldest first. A record that flash has lost costs its own
   * entry and the next one, whose energy nobody knows any more.
   */
  async read(fromS: number, toS: number): Promise<(readonly [endS: number, wh: number])[]> {
    const entries: [number, number][] = [];
    let before: Reading | undefined;
    for (let i = 0; i < this.#log.count; i++) {
      const record = await this.#log.readSound(i);
      const reading = record === undefined ? undefined : decode(record);
      if (before !== undefined && reading !== undefined && isEntry(reading, fromS, toS))
        entries.push([reading.atS, wrap(reading.registerWh - before.registerWh)]);
      before = reading;
    }
    return entries.slice(-profileEntries);
  }

  /** The half hour after `last` has ended; when others have too, nobody was there to see them. */
  async #close(last: Reading, nowS: number): Promise<void> {
    const registerWh = await this.#importWh();
    const endS = last.atS + halfHourSeconds;
    const othersMissed = nowS >= endS + halfHourSeconds;
    if (!othersMissed || registerWh !== last.registerWh)
      await this.#log.append(encode({ atS: endS, registerWh, isMark: false }));
    if (othersMissed) await this.#mark(nowS, registerWh);
  }

  async #mark(nowS: number, registerWh: number): Promise<void> {
    const atS = Math.floor(nowS / halfHourSeconds) * halfHourSeconds;
    await this.#log.append(encode({ atS, registerWh, isMark: true }));
  }

  /** Undefined when there is none, or flash has lost it: a mark then takes the register over. */
  async #last(): Promise<Reading | undefined> {
    const record = this.#log.count === 0 ? undefined : await this.#log.readSound(this.#log.count - 1);
    return record === undefined ? undefined : decode(record);
  }
}

const isEntry = ({ atS, isMark }: Reading, fromS: number, toS: number): boolean =>
  !isMark && atS >= fromS && atS <= toS;

function encode({ atS, registerWh, isMark }: Reading): Uint8Array {
  const record = new Uint8Array(profileRecord.recordBytes);
  const view = new DataView(record.buffer);
  view.setUint32(0, atS + (isMark ? 1 : 0));
  view.setUint32(4, registerWh);
  return record;
}

function decode(record: Uint8Array): Reading {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const stamp = view.getUint32(0);
  const isMark = stamp % halfHourSeconds === 1;
  return { atS: isMark ? stamp - 1 : stamp, registerWh: view.getUint32(4), isMark };
}
