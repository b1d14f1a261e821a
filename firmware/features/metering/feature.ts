/**
 * Registers (ECS17a–e), half-hourly profiles (ECS22a–c), daily consumption (ECS66) and daily reads (ECS21a, c). All of
 * them are shares of the metrology chip's counts, which survive power cuts: nothing is counted twice or lost.
 */
import type { Cancel, Flash } from "../../../hal/board.ts";
import type { FlashRegion, JournalChange } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import { RecordLog, type RecordLogShape } from "../../kernel/record-log.ts";
import { daySeconds, halfHourSeconds } from "../calendar-time.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { ServedObject } from "../serve.ts";
import { defaultRate, defaultSecondaryRate, type Rate } from "../tariff/calendar.ts";
import type { TariffFeature } from "../tariff/feature.ts";
import { meteringObjects, type Power, type ShownMetering } from "./cosem.ts";
import { Counters, type Counts, wrap } from "./counts.ts";
import { DailyReads } from "./daily-reads.ts";
import { Profile, type ProfileEntry, profileShape } from "./profile.ts";
import { book, emptyCounters, emptyRegisters, type TariffRegisters } from "./registers.ts";
import { registerRecord, type Snapshot, snapshotOf } from "./snapshot.ts";

/** Entries that reads of the logs can return (facts §5.6). */
const entries = { import: 19_056, export: 4464, reactive: 4464, consumption: 731 } as const;

/** Logs too long for the journal. */
export interface MeteringLogs {
  /** Half hours of import. */
  readonly profile: RecordLog;
  /** Half hours of export and its reactive part. */
  readonly exportProfile: RecordLog;
  /** Half hours of reactive import. */
  readonly reactiveProfile: RecordLog;
  /** Days. */
  readonly consumption: RecordLog;
  readonly dailyReads: RecordLog;
}

type LogName = "profileLog" | "exportLog" | "reactiveLog" | "consumptionLog" | "dailyReadLog";

/** Opens them where they are. Throws as `RecordLog.open`. */
export async function meteringLogs(
  flash: Flash,
  regions: Readonly<Record<LogName, FlashRegion>>,
): Promise<MeteringLogs> {
  const open = (region: LogName, shape: RecordLogShape) => RecordLog.open(flash, regions[region], shape);
  return {
    profile: await open("profileLog", profileShape(2, entries.import)),
    exportProfile: await open("exportLog", profileShape(2, entries.export)),
    reactiveProfile: await open("reactiveLog", profileShape(1, entries.reactive)),
    consumption: await open("consumptionLog", profileShape(1, entries.consumption)),
    dailyReads: await open("dailyReadLog", registerRecord),
  };
}

export interface MeteringOptions extends MeteringLogs {
  readonly tariff: TariffFeature;
}

/** A half hour has ended; of import that of all elements. */
export interface HalfHour {
  readonly endS: number;
  readonly direction: "import" | "export";
  readonly wh: number;
}
type OnBooked = (registers: TariffRegisters) => Promise<void>;
type OnHalfHour = (halfHour: HalfHour) => Promise<void>;

export interface MeteringFeature extends Feature {
  /** Call it when the device's time was set or adjusted. */
  timeChanged(): Promise<void>;
  /** What has been imported, split by rate and block, up to now. */
  registers(): Promise<TariffRegisters>;
  /** All registers of import, as logs keep them. */
  snapshot(): Promise<Snapshot>;
  /** Sets the block counters to zero; `commit` must make the change durable or throw. */
  resetBlockCounters(commit: (change: JournalChange) => Promise<void>): Promise<void>;
  /**
   * Runs in the device's loop with what `registers` gives: at the start, when the rate changes, before another tariff
   * takes force, and at each end of a half hour. Registers only grow, modulo 2^32: what is new in them since the last
   * call was imported at the prices in force until now. A listener that keeps how far it has come, in one commit with
   * what it makes of it, counts every Wh exactly once, whatever power cuts come between.
   */
  onBooked(listener: OnBooked): void;
  /** Runs in the device's loop at each end of a half hour, and at a start again for the last: it may know it already. */
  onHalfHour(listener: OnHalfHour): void;
}

export function meteringFeature(context: DeviceContext, options: MeteringOptions): MeteringFeature {
  return new Metering(context, options);
}

class Metering implements MeteringFeature, ShownMetering {
  readonly name = "metering";
  readonly objects: readonly ServedObject[];
  readonly isTwin: boolean;
  readonly counters: Counters;
  readonly profile: Profile;
  readonly exportProfile: Profile;
  readonly reactiveProfile: Profile;
  readonly consumption: Profile;
  readonly dailyReads: DailyReads;
  readonly tariff: TariffFeature;
  readonly #context: DeviceContext;
  readonly #kept: Kept<TariffRegisters>;
  readonly #booked: OnBooked[] = [];
  readonly #halfHours: OnHalfHour[] = [];
  /** What a bench adds to the power that is measured, until the next start. */
  #powerAdded: Power = { totalW: 0, primaryW: 0 };
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, options: MeteringOptions) {
    const { metrology } = context.board;
    this.#context = context;
    this.tariff = options.tariff;
    this.isTwin = metrology?.elementCount === 2;
    this.counters = new Counters(metrology, context.journal);
    this.#kept = new Kept<TariffRegisters>(context.journal, "metering", emptyRegisters);
    this.profile = this.#importProfile(options.profile);
    this.exportProfile = this.#exportProfile(options.exportProfile);
    this.reactiveProfile = new Profile(context, {
      ...{ log: options.reactiveProfile, periodS: halfHourSeconds, entries: entries.reactive },
      counted: async () => [(await this.counters.counted()).reactiveImportVarh],
    });
    this.consumption = new Profile(context, {
      ...{ log: options.consumption, periodS: daySeconds, entries: entries.consumption },
      counted: async () => [allImport(await this.counters.counted())],
    });
    this.dailyReads = new DailyReads(context, {
      ...{ log: options.dailyReads, isTwin: this.isTwin },
      snapshot: () => this.snapshot(),
      exportWh: async () => (await this.counters.registers()).exportWh,
    });
    options.tariff.beforeChange(() => this.#tellBooked());
    options.tariff.onChange(() => this.#followRate());
    this.objects = meteringObjects(this);
  }

  #importProfile(log: RecordLog): Profile {
    return new Profile(this.#context, {
      ...{ log, periodS: halfHourSeconds, entries: entries.import },
      counted: async () => {
        const { importWh, secondaryImportWh } = await this.counters.counted();
        return [importWh, secondaryImportWh];
      },
      onEntry: async (entry) => {
        await this.#tellHalfHour("import", entry);
        await this.#tellBooked();
      },
    });
  }

  #exportProfile(log: RecordLog): Profile {
    return new Profile(this.#context, {
      ...{ log, periodS: halfHourSeconds, entries: entries.export },
      counted: async () => {
        const { exportWh, reactiveExportVarh } = await this.counters.counted();
        return [exportWh, reactiveExportVarh];
      },
      onEntry: (entry) => this.#tellHalfHour("export", entry),
    });
  }

  async start(): Promise<void> {
    await this.#tellHalfHour("import", await this.profile.newest());
    await this.#tellHalfHour("export", await this.exportProfile.newest());
    await this.timeChanged();
    await this.#tellBooked();
  }

  async timeChanged(): Promise<void> {
    await this.#followRate();
    await this.profile.resume();
    await this.exportProfile.resume();
    await this.reactiveProfile.resume();
    await this.consumption.resume();
    await this.dailyReads.resume();
  }

  onBooked(listener: OnBooked): void {
    this.#booked.push(listener);
  }

  onHalfHour(listener: OnHalfHour): void {
    this.#halfHours.push(listener);
  }

  async #tellBooked(): Promise<void> {
    if (this.#booked.length === 0) return;
    const registers = await this.registers();
    for (const listener of this.#booked) await listener(registers);
  }

  async #tellHalfHour(direction: HalfHour["direction"], entry: ProfileEntry | undefined): Promise<void> {
    if (entry === undefined) return;
    const [endS, first = 0, second = 0] = entry;
    const wh = direction === "import" ? wrap(first + second) : first;
    for (const listener of this.#halfHours) await listener({ endS, direction, wh });
  }

  async registers(): Promise<TariffRegisters> {
    return book(this.#kept.value, await this.counters.counted());
  }

  async snapshot(): Promise<Snapshot> {
    return snapshotOf(await this.counters.registers(), await this.registers(), this.isTwin);
  }

  async resetBlockCounters(commit: (change: JournalChange) => Promise<void>): Promise<void> {
    await this.#kept.keepWith({ ...(await this.registers()), counters: emptyCounters }, commit);
  }

  async load(registers: Partial<TariffRegisters>): Promise<void> {
    await this.#kept.keep({ ...(await this.registers()), ...registers });
  }

  /** Books what the rates until now have earned when other terms take over; then waits for the next switch. */
  async #followRate(): Promise<void> {
    this.#timer();
    const nowS = this.#context.nowS();
    const timeIsSet = this.#context.timeIsSet();
    const rate = timeIsSet ? this.tariff.rateAt(nowS) : defaultRate;
    const secondaryRate = timeIsSet ? this.tariff.secondaryRateAt(nowS) : defaultSecondaryRate;
    const thresholds = rate.kind === "block" ? this.tariff.blockThresholds(rate.index) : [];
    const terms: Terms = { rate, thresholds, secondaryRate };
    if (!sameTerms(this.#kept.value, terms)) {
      await this.#tellBooked();
      await this.#kept.keep({ ...(await this.registers()), ...terms });
      this.#context.observe({ kind: "tariff-rate", rate: `${rate.kind}${rate.index}` });
    }
    if (timeIsSet)
      this.#timer = this.#context.at(this.tariff.nextSwitchAfter(nowS), () => this.#followRate());
  }

  /** Import in whole watts; what is exported is no import. */
  async power(): Promise<Power> {
    const { activePowerW = 0, secondaryPowerW = 0 } = (await this.#context.board.metrology?.read()) ?? {};
    const watts = (power: number, added: number) => Math.max(0, Math.round(power) + added);
    return {
      totalW: watts(activePowerW, this.#powerAdded.totalW),
      primaryW: watts(activePowerW - secondaryPowerW, this.#powerAdded.primaryW),
    };
  }

  async loadPower({ totalW, primaryW }: Power): Promise<void> {
    this.#powerAdded = { totalW: 0, primaryW: 0 };
    const measured = await this.power();
    this.#powerAdded = { totalW: totalW - measured.totalW, primaryW: primaryW - measured.primaryW };
  }
}

const allImport = ({ importWh, secondaryImportWh }: Counts): number => wrap(importWh + secondaryImportWh);

type Terms = Pick<TariffRegisters, "rate" | "thresholds" | "secondaryRate">;

const sameRate = (a: Rate, b: Rate): boolean => a.kind === b.kind && a.index === b.index;
const sameTerms = (a: Terms, b: Terms): boolean =>
  sameRate(a.rate, b.rate) &&
  sameRate(a.secondaryRate, b.secondaryRate) &&
  a.thresholds.length === b.thresholds.length &&
  a.thresholds.every((each, i) => each === b.thresholds[i]);
