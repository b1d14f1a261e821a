/**
 * The meter's clock (ECS70): sets itself by the hub's clock when that lies in the window the supplier gave.
 * The first setting is taken as it is; after that a correction of up to 10 s is made and logged (8145), and
 * a larger one refused with 8F0C (facts §5.9).
 */
import { objects } from "../objects/dictionary.ts";
import { type OperationResult, Status, type Value } from "../wire/message.ts";
import type { DeviceContext, Feature } from "./feature.ts";
import { Kept } from "./kept.ts";
import { denied, integer, refused, success, withValue } from "./results.ts";

/** Values of the status attribute. */
export const ClockStatus = { reliable: 0, invalid: 1, unreliable: 2 } as const;

export interface ClockOptions {
  /** The hub's time, UTC seconds; undefined while the hub has none or cannot be heard. */
  hubTimeS(): number | undefined;
  /** Runs after the device's time was set or adjusted. */
  afterSet?(): Promise<void>;
}

const maxAdjustmentS = 10;
const adjusted = 0x8145;
const notAdjusted = 0x8f0c;
/** Blue Book clock_base 5: radio controlled, here: by the hub. */
const clockBaseRadio = 5;

export function clockFeature(context: DeviceContext, options: ClockOptions): Feature {
  return new ClockControl(context, options);
}

interface KeptClock {
  readonly base: number;
  readonly unreliable: boolean;
}

class ClockControl implements Feature {
  readonly name = "clock";
  readonly objects;
  readonly #context: DeviceContext;
  readonly #options: ClockOptions;
  readonly #kept: Kept<KeptClock>;
  /** Good for one adjustment of the same command: not kept over a power cut, so a cut one is refused. */
  #window: readonly [startS: number, endS: number] | undefined;

  constructor(context: DeviceContext, options: ClockOptions) {
    this.#context = context;
    this.#options = options;
    this.#kept = new Kept<KeptClock>(context.journal, "clock", { base: clockBaseRadio, unreliable: false });
    this.objects = [
      {
        object: objects.clock.id,
        get: (member: number) => this.#get(member),
        set: (member: number, value: Value) => this.#set(member, value),
        call: (member: number, argument: Value) =>
          member === 5 ? this.#presetWindow(argument as readonly Value[]) : this.#adjust(),
      },
    ];
  }

  get status(): number {
    if (!this.#context.timeIsSet()) return ClockStatus.invalid;
    return this.#kept.value.unreliable ? ClockStatus.unreliable : ClockStatus.reliable;
  }

  #get(member: number): OperationResult {
    if (member === 2) return withValue(this.#context.nowS());
    return withValue(member === 4 ? this.status : this.#kept.value.base);
  }

  async #set(member: number, value: Value): Promise<OperationResult> {
    if (member !== 9) return denied;
    if (integer(value) !== clockBaseRadio) return refused();
    if (this.#kept.value.base !== clockBaseRadio)
      await this.#kept.keep({ ...this.#kept.value, base: clockBaseRadio });
    return success;
  }

  /** {preset time (never used: the hub's clock is the reference), start, end}; both bounds inclusive. */
  #presetWindow([, start, end]: readonly Value[]): OperationResult {
    if (integer(start) > integer(end)) return refused();
    this.#window = [integer(start), integer(end)];
    return success;
  }

  async #adjust(): Promise<OperationResult> {
    const window = this.#window;
    this.#window = undefined;
    const referenceS = this.#options.hubTimeS();
    if (referenceS === undefined) return refused(Status.temporaryFailure);
    if (window === undefined || referenceS < window[0] || referenceS > window[1]) return refused();
    return this.#adjustTo(referenceS);
  }

  async #adjustTo(referenceS: number): Promise<OperationResult> {
    const context = this.#context;
    const first = !context.timeIsSet();
    if (!first && Math.abs(referenceS - context.nowS()) > maxAdjustmentS) return this.#refuseAdjustment();
    await context.setTime(referenceS);
    if (this.#kept.value.unreliable) await this.#kept.keep({ ...this.#kept.value, unreliable: false });
    if (!first) await context.eventLog.append({ timeS: context.nowS(), code: adjusted });
    context.observe({ kind: "clock", first, timeS: referenceS });
    await this.#options.afterSet?.();
    return success;
  }

  async #refuseAdjustment(): Promise<OperationResult> {
    const context = this.#context;
    await this.#kept.keepWith({ ...this.#kept.value, unreliable: true }, (change) =>
      context.securityLog.appendWith({ timeS: context.nowS(), code: notAdjusted }, (entry) =>
        context.raise({ alertCode: notAdjusted, to: "supplier" }, [change, entry]),
      ),
    );
    return refused();
  }
}
