/**
 * Average RMS voltage over each averaging period: 4,320 log entries, and one code each way when an average
 * passes a threshold (8002/8085 over, 8006/8089 under), tested at the end of each period (facts §5.7).
 * One watch a phase, each with settings, log and counters of its own (1-0:32…, 1-0:52…, 1-0:72…).
 */
import type { Cancel, MetrologyReading } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import type { RecordLog } from "../../kernel/record-log.ts";
import { alerts } from "../../model/index.ts";
import type { DeviceContext } from "../feature.ts";
import { report } from "../report.ts";
import { phaseCode } from "./limits.ts";

export interface AverageSettings {
  /** 0: not monitored. */
  readonly periodS: number;
  readonly overV: number;
  readonly underV: number;
}

/** Shape of the log: {end of the period, UTC seconds; whole volts}, 4 bytes each. */
export const averageVoltageRecord = { recordBytes: 8, capacity: 4320 } as const;

const over = {
  key: "over",
  count: "overCount",
  rose: alerts.averageVoltageHigh.code,
  fell: alerts.averageVoltageHighEnded.code,
} as const;
const under = {
  key: "under",
  count: "underCount",
  rose: alerts.averageVoltageLow.code,
  fell: alerts.averageVoltageLowEnded.code,
} as const;

interface KeptAverages {
  readonly overCount: number;
  readonly underCount: number;
  /** The last average was beyond the threshold. */
  readonly over: boolean;
  readonly under: boolean;
}

/** A phase, 0-based, of so many. */
export interface Phase {
  readonly phase: number;
  readonly phaseCount: number;
}

export class AverageWatch {
  readonly #context: DeviceContext;
  readonly #phase: Phase;
  readonly #settings: () => AverageSettings;
  readonly #log: RecordLog;
  readonly #kept: Kept<KeptAverages>;
  #periodBegan: { uptimeMs: number; voltSeconds: number } | undefined;
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, phase: Phase, log: RecordLog, settings: () => AverageSettings) {
    this.#context = context;
    this.#phase = phase;
    this.#log = log;
    this.#settings = settings;
    this.#kept = new Kept<KeptAverages>(context.journal, `voltage/average-${phase.phase + 1}`, {
      overCount: 0,
      underCount: 0,
      over: false,
      under: false,
    });
  }

  get overCount(): number {
    return this.#kept.value.overCount;
  }
  get underCount(): number {
    return this.#kept.value.underCount;
  }

  resetOver = () => this.#kept.keep({ ...this.#kept.value, overCount: 0 });
  resetUnder = () => this.#kept.keep({ ...this.#kept.value, underCount: 0 });

  /** For a bench. */
  loadCounts(counts: Partial<Pick<KeptAverages, "overCount" | "underCount">>): Promise<void> {
    return this.#kept.keep({ ...this.#kept.value, ...counts });
  }

  /** Only these entries are in the log: for a bench. */
  async load(entries: readonly (readonly [endS: number, volts: number])[]): Promise<void> {
    await this.#log.clear();
    for (const [endS, volts] of entries) await this.#store(endS, volts);
  }

  /** Begins a period now; it ends at the next whole multiple of the period in UTC. Periods cut short are not averaged. */
  async restart(): Promise<void> {
    const { metrology } = this.#context.board;
    this.#timer();
    if (this.#settings().periodS === 0) return this.#forget();
    if (metrology === undefined || !this.#context.timeIsSet()) return;
    this.#begin(await metrology.read());
  }

  /** [end of the period, volts] of every entry from `fromS` to `toS`, oldest first. */
  async read(fromS: number, toS: number): Promise<[number, number][]> {
    const entries: [number, number][] = [];
    for (let i = 0; i < this.#log.count; i++) {
      const record = await this.#log.readSound(i);
      if (record === undefined) continue; // lost by flash: the others stand
      const view = viewOf(record);
      const endS = view.getUint32(0);
      if (endS >= fromS && endS <= toS) entries.push([endS, view.getUint32(4)]);
    }
    return entries;
  }

  /** Not monitored any more: what was beyond is no longer. */
  async #forget(): Promise<void> {
    const { value } = this.#kept;
    if (value.over || value.under) await this.#kept.keep({ ...value, over: false, under: false });
  }

  #begin(reading: MetrologyReading): void {
    const { periodS } = this.#settings();
    const endS = (Math.floor(this.#context.nowS() / periodS) + 1) * periodS;
    this.#periodBegan = {
      uptimeMs: this.#context.board.clock.uptimeMs(),
      voltSeconds: this.#voltSeconds(reading),
    };
    this.#timer = this.#context.at(endS, () => this.#end(endS));
  }

  async #end(endS: number): Promise<void> {
    const { metrology, clock } = this.#context.board;
    const began = this.#periodBegan;
    if (metrology === undefined || began === undefined) return;
    const reading = await metrology.read();
    const elapsedS = (clock.uptimeMs() - began.uptimeMs) / 1000;
    if (elapsedS > 0) {
      const average = (this.#voltSeconds(reading) - began.voltSeconds) / elapsedS;
      await this.#store(endS, average);
      await this.#test(average);
    }
    this.#begin(reading);
  }

  #voltSeconds({ rmsVoltageVs }: MetrologyReading): number {
    return rmsVoltageVs[this.#phase.phase] ?? 0;
  }

  async #store(endS: number, volts: number): Promise<void> {
    const record = new Uint8Array(averageVoltageRecord.recordBytes);
    const view = viewOf(record);
    view.setUint32(0, endS);
    view.setUint32(4, Math.round(volts));
    await this.#log.append(record);
  }

  async #test(average: number): Promise<void> {
    const { overV, underV } = this.#settings();
    await this.#cross(over, average > overV);
    await this.#cross(under, average < underV);
  }

  /**
   * Reports an average that is on the other side now than the last one was, in one commit with where it is. The counters
   * count such passings, not the periods that one lasts (service-rules 5.4).
   */
  async #cross(side: typeof over | typeof under, isBeyond: boolean): Promise<void> {
    const before = this.#kept.value;
    if (before[side.key] === isBeyond) return;
    const next = {
      ...before,
      [side.count]: before[side.count] + (isBeyond ? 1 : 0),
      [side.key]: isBeyond,
    };
    const { phase, phaseCount } = this.#phase;
    const code = phaseCode(isBeyond ? side.rose : side.fell, phase, phaseCount);
    await this.#kept.keepWith(next, (change) => report(this.#context, code, { changes: [change] }));
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
