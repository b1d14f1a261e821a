/**
 * Average RMS voltage over each averaging period: 4,320 log entries, and one code each way when an average
 * passes a threshold (8002/8085 over, 8006/8089 under), tested at the end of each period (facts §5.7).
 * Log and counters are phase 1's (1-0:32…); codes are raised for every phase.
 */
import type { Cancel, MetrologyReading } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import type { RecordLog } from "../../kernel/record-log.ts";
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

const over = { key: "over", count: "overCount", rose: 0x8002, fell: 0x8085 } as const;
const under = { key: "under", count: "underCount", rose: 0x8006, fell: 0x8089 } as const;

interface KeptAverages {
  readonly overCount: number;
  readonly underCount: number;
  /** Phases (0-based) whose last average was beyond the threshold. */
  readonly over: readonly number[];
  readonly under: readonly number[];
}

export class AverageWatch {
  readonly #context: DeviceContext;
  readonly #settings: () => AverageSettings;
  readonly #log: RecordLog;
  readonly #kept: Kept<KeptAverages>;
  #periodBegan: { uptimeMs: number; voltSeconds: readonly number[] } | undefined;
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, log: RecordLog, settings: () => AverageSettings) {
    this.#context = context;
    this.#log = log;
    this.#settings = settings;
    this.#kept = new Kept<KeptAverages>(context.journal, "voltage/average", {
      overCount: 0,
      underCount: 0,
      over: [],
      under: [],
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
    const { over: above, under: below } = this.#kept.value;
    if (above.length + below.length > 0) await this.#kept.keep({ ...this.#kept.value, over: [], under: [] });
  }

  #begin(reading: MetrologyReading): void {
    const { periodS } = this.#settings();
    const endS = (Math.floor(this.#context.nowS() / periodS) + 1) * periodS;
    this.#periodBegan = {
      uptimeMs: this.#context.board.clock.uptimeMs(),
      voltSeconds: reading.rmsVoltageVs,
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
      const averages = reading.rmsVoltageVs.map((sum, i) => (sum - (began.voltSeconds[i] ?? 0)) / elapsedS);
      await this.#store(endS, averages[0] ?? 0);
      await this.#test(averages);
    }
    this.#begin(reading);
  }

  async #store(endS: number, volts: number): Promise<void> {
    const record = new Uint8Array(averageVoltageRecord.recordBytes);
    const view = viewOf(record);
    view.setUint32(0, endS);
    view.setUint32(4, Math.round(volts));
    await this.#log.append(record);
  }

  async #test(averages: readonly number[]): Promise<void> {
    const { overV, underV } = this.#settings();
    const beyond = {
      over: phasesWhere(averages, (volts) => volts > overV),
      under: phasesWhere(averages, (volts) => volts < underV),
    };
    for (const side of [over, under])
      for (const phase of averages.keys())
        await this.#cross({ side, phase, isBeyond: beyond[side.key].includes(phase) }, averages.length);
  }

  /**
   * Reports a phase that is on the other side now than it was, in one commit with where it is. The counters count
   * such passings, not the periods that one lasts (service-rules 5.4).
   */
  async #cross({ side, phase, isBeyond }: Crossing, phaseCount: number): Promise<void> {
    const before = this.#kept.value;
    if (before[side.key].includes(phase) === isBeyond) return;
    const others = before[side.key].filter((each) => each !== phase);
    const counted = isBeyond && phase === 0 ? 1 : 0;
    const next = {
      ...before,
      [side.count]: before[side.count] + counted,
      [side.key]: isBeyond ? [...others, phase] : others,
    };
    const code = phaseCode(isBeyond ? side.rose : side.fell, phase, phaseCount);
    await this.#kept.keepWith(next, (change) => report(this.#context, code, { changes: [change] }));
  }
}

interface Crossing {
  readonly side: typeof over | typeof under;
  readonly phase: number;
  readonly isBeyond: boolean;
}

const phasesWhere = (averages: readonly number[], test: (volts: number) => boolean): number[] =>
  averages.flatMap((volts, phase) => (test(volts) ? [phase] : []));

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
