/**
 * The meter's clock (ECS70): sets itself by the hub's clock when that lies in the window the supplier gave.
 * The first setting is taken as it is; after that a correction of up to 10 s is made and logged (8145), and
 * a larger one refused with 8F0C, as is a window that is missed (facts §5.9, service-rules 1 rows 12 and 13).
 */
import { objects } from "../objects/dictionary.ts";
import { type OperationResult, Status, type Value } from "../wire/message.ts";
import type { CommandOrigin, DeviceContext, Feature } from "./feature.ts";
import { Kept } from "./kept.ts";
import { report } from "./report.ts";
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

/** What an adjustment came to. A power cut before the answer has the command done again: the outcome then stands. */
interface Done {
  /** The command, by originator and counter. */
  readonly command: string;
  /** A first setting has none: whether it was made, the clock itself tells. */
  readonly status?: Status;
}

interface KeptClock {
  readonly base: number;
  readonly unreliable: boolean;
  readonly done: Done;
}

const nameOf = ({ originator, counter }: CommandOrigin): string => `${originator}/${counter}`;

class ClockControl implements Feature {
  readonly name = "clock";
  readonly objects;
  readonly #context: DeviceContext;
  readonly #options: ClockOptions;
  readonly #kept: Kept<KeptClock>;
  /** Good for one adjustment of the same command. */
  #window: readonly [startS: number, endS: number] | undefined;

  constructor(context: DeviceContext, options: ClockOptions) {
    this.#context = context;
    this.#options = options;
    const never: KeptClock = { base: clockBaseRadio, unreliable: false, done: { command: "" } };
    this.#kept = new Kept<KeptClock>(context.journal, "clock", never);
    this.objects = [
      {
        object: objects.clock.id,
        get: (member: number) => this.#get(member),
        set: (member: number, value: Value) => this.#set(member, value),
        call: (member: number, argument: Value, origin: CommandOrigin) =>
          member === 5 ? this.#presetWindow(argument as readonly Value[]) : this.#adjust(nameOf(origin)),
      },
    ];
  }

  get status(): number {
    if (!this.#context.timeIsSet()) return ClockStatus.invalid;
    return this.#kept.value.unreliable ? ClockStatus.unreliable : ClockStatus.reliable;
  }

  #get(member: number): OperationResult {
    if (member === 2) return withValue(this.#context.stampS());
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

  async #adjust(command: string): Promise<OperationResult> {
    const window = this.#window;
    this.#window = undefined;
    const { done } = this.#kept.value;
    if (done.command === command && (done.status !== undefined || this.#context.timeIsSet()))
      return this.#wasDone(done.status ?? Status.success);
    const referenceS = this.#options.hubTimeS();
    if (referenceS === undefined) return refused(Status.temporaryFailure);
    if (window === undefined) return refused();
    if (referenceS < window[0] || referenceS > window[1]) return this.#refuse(command, false);
    if (!this.#context.timeIsSet()) return this.#setFirst(command, referenceS);
    const tooFar = Math.abs(referenceS - this.#context.nowS()) > maxAdjustmentS;
    return tooFar ? this.#refuse(command, true) : this.#correct(command, referenceS);
  }

  async #setFirst(command: string, referenceS: number): Promise<OperationResult> {
    await this.#kept.keep({ ...this.#kept.value, unreliable: false, done: { command } });
    await this.#context.setTime(referenceS);
    return this.#hasChanged(referenceS, true);
  }

  /** Time, log entry and outcome in one commit. */
  async #correct(command: string, referenceS: number): Promise<OperationResult> {
    const context = this.#context;
    const next = { ...this.#kept.value, unreliable: false, done: { command, status: Status.success } };
    await this.#kept.keepWith(next, (clock) =>
      context.adjustTime(referenceS, (time) =>
        report(context, adjusted, { timeS: referenceS, changes: [clock, time] }),
      ),
    );
    return this.#hasChanged(referenceS, false);
  }

  async #hasChanged(timeS: number, first: boolean): Promise<OperationResult> {
    this.#context.observe({ kind: "clock", first, timeS });
    await this.#options.afterSet?.();
    return success;
  }

  /** Done before a power cut: what follows a setting may not have been. */
  async #wasDone(status: Status): Promise<OperationResult> {
    if (status === Status.success) await this.#options.afterSet?.();
    return { status };
  }

  async #refuse(command: string, unreliable: boolean): Promise<OperationResult> {
    const { value } = this.#kept;
    const done: Done = { command, status: Status.otherReason };
    await this.#kept.keepWith({ ...value, unreliable: value.unreliable || unreliable, done }, (change) =>
      report(this.#context, notAdjusted, { changes: [change] }),
    );
    return refused();
  }
}
