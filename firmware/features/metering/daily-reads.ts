/**
 * The daily read logs: registers of import (ECS21a) and of export (ECS21c) at midnight UTC, 31 of each. Registers stand
 * still without power, so that a midnight which the meter missed is read at its return.
 */
import type { JournalChange } from "../../kernel/journal.ts";
import { KeptRing } from "../../kernel/kept-ring.ts";
import type { RecordLog } from "../../kernel/record-log.ts";
import { midnights } from "../executions.ts";
import type { DeviceContext } from "../feature.ts";
import { Recurring } from "../recurring.ts";
import { decodeEntry, encodeEntry, type RegisterEntry, type Snapshot } from "./snapshot.ts";

export interface DailyReadsOptions {
  /** Opened with `registerRecord`. */
  readonly log: RecordLog;
  readonly isTwin: boolean;
  snapshot(): Promise<Snapshot>;
  exportWh(): Promise<number>;
}

export interface ExportRead {
  readonly time: number;
  readonly value: number;
}

export class DailyReads {
  readonly #options: DailyReadsOptions;
  readonly #exports: KeptRing<ExportRead>;
  readonly #midnights: Recurring;

  constructor(context: DeviceContext, options: DailyReadsOptions) {
    this.#options = options;
    this.#exports = new KeptRing<ExportRead>(context.journal, "metering/daily-export/", options.log.capacity);
    this.#midnights = new Recurring(context, {
      key: "metering/daily",
      executions: () => midnights,
      run: (dueS, done) => this.#read(context, dueS, done),
    });
  }

  resume(): Promise<void> {
    return this.#midnights.resume();
  }

  /** Oldest first, both bounds inclusive. */
  async registers(fromS: number, toS: number): Promise<RegisterEntry[]> {
    const { log, isTwin } = this.#options;
    const entries: RegisterEntry[] = [];
    for (let i = 0; i < log.count; i++) {
      const record = await log.readSound(i);
      const entry = record && decodeEntry(record, isTwin);
      if (entry !== undefined && entry.time >= fromS && entry.time <= toS) entries.push(entry);
    }
    return entries;
  }

  exports(fromS: number, toS: number): ExportRead[] {
    return this.#exports.entries.filter(({ time }) => time >= fromS && time <= toS);
  }

  async loadRegisters(entries: readonly RegisterEntry[]): Promise<void> {
    await this.#options.log.clear();
    for (const entry of entries) await this.#options.log.append(encodeEntry(entry));
  }

  loadExports(entries: readonly ExportRead[]): Promise<void> {
    return this.#exports.replace(entries);
  }

  async #read(context: DeviceContext, time: number, done: JournalChange): Promise<void> {
    const { log, snapshot, exportWh } = this.#options;
    // A power cut after the first of the two logs has both written again.
    const newest = log.count === 0 ? undefined : await log.readSound(log.count - 1);
    if (newest === undefined || decodeEntry(newest, true).time !== time)
      await log.append(encodeEntry({ time, ...(await snapshot()) }));
    const entry = { time, value: await exportWh() };
    await this.#exports.appendWith(entry, (change) => context.journal.commit([change, done]));
  }
}
