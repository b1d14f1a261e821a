/**
 * Import registers (ECS17b), time-of-use registers (ECS17d) and half-hourly profile (ECS22b). All three are
 * shares of the metrology chip's count, which survives power cuts: nothing is counted twice or lost.
 */
import type { Cancel } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import type { RecordLog } from "../../kernel/record-log.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { defaultRate } from "../tariff/calendar.ts";
import type { TariffFeature } from "../tariff/feature.ts";
import { type Import, meteringObjects, type ShownMetering } from "./cosem.ts";
import { HalfHourProfile } from "./half-hour-profile.ts";
import { book, emptyRegisters, type TariffRegisters, wrap } from "./registers.ts";

export { profileRecord } from "./half-hour-profile.ts";

export interface MeteringOptions {
  /** Opened with `profileRecord`. */
  readonly profile: RecordLog;
  readonly tariff: Pick<TariffFeature, "rateAt" | "nextSwitchAfter" | "blockThresholds" | "onChange">;
}

export interface MeteringFeature extends Feature {
  /** Call it when the device's time was set or adjusted. */
  timeChanged(): Promise<void>;
  /** What has been imported, split by rate, up to now. */
  registers(): Promise<TariffRegisters>;
}

export function meteringFeature(context: DeviceContext, options: MeteringOptions): MeteringFeature {
  return new Metering(context, options);
}

class Metering implements MeteringFeature, ShownMetering {
  readonly name = "metering";
  readonly objects = meteringObjects(this);
  readonly #context: DeviceContext;
  readonly #options: MeteringOptions;
  readonly #kept: Kept<TariffRegisters>;
  readonly #profile: HalfHourProfile;
  #timer: Cancel = () => {};

  constructor(context: DeviceContext, options: MeteringOptions) {
    this.#context = context;
    this.#options = options;
    this.#kept = new Kept<TariffRegisters>(context.journal, "metering", emptyRegisters);
    this.#profile = new HalfHourProfile(
      context,
      options.profile,
      async () => (await this.imported()).activeImportWh,
    );
    options.tariff.onChange(() => this.#followRate());
  }

  async start(): Promise<void> {
    await this.timeChanged();
  }

  async timeChanged(): Promise<void> {
    await this.#followRate();
    await this.#profile.resume();
  }

  async registers(): Promise<TariffRegisters> {
    const { activeImportWh } = await this.imported();
    return book(this.#kept.value, activeImportWh);
  }

  /** Books what the rate until now has earned when other terms take over; then waits for the next switch. */
  async #followRate(): Promise<void> {
    this.#timer();
    const nowS = this.#context.nowS();
    const timeIsSet = this.#context.timeIsSet();
    const rate = timeIsSet ? this.#options.tariff.rateAt(nowS) : defaultRate;
    const thresholds = rate.kind === "block" ? this.#options.tariff.blockThresholds(rate.index) : [];
    if (!sameTerms(this.#kept.value, { rate, thresholds })) {
      await this.#kept.keep({ ...(await this.registers()), rate, thresholds });
      this.#context.observe({ kind: "tariff-rate", rate: `${rate.kind}${rate.index}` });
    }
    if (timeIsSet)
      this.#timer = this.#context.at(this.#options.tariff.nextSwitchAfter(nowS), () => this.#followRate());
  }

  profile(fromS: number, toS: number): Promise<(readonly [endS: number, wh: number])[]> {
    return this.#profile.read(fromS, toS);
  }

  /** Whole Wh and varh as the registers show them. A board without metrology has counted nothing. */
  async imported(): Promise<Import> {
    const reading = await this.#context.board.metrology?.read();
    const whole = (value = 0) => wrap(Math.floor(value + roundingErrorWh));
    return {
      activeImportWh: whole(reading?.activeImportWh),
      reactiveImportVarh: whole(reading?.reactiveImportVarh),
    };
  }
}

type Terms = Pick<TariffRegisters, "rate" | "thresholds">;

const sameTerms = (a: Terms, b: Terms): boolean =>
  a.rate.kind === b.rate.kind &&
  a.rate.index === b.rate.index &&
  a.thresholds.length === b.thresholds.length &&
  a.thresholds.every((each, i) => each === b.thresholds[i]);

/** Far above what summing in binary loses over a meter's life, far below what a meter shows. */
const roundingErrorWh = 1e-6;
