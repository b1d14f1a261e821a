/** Beginnings and ends that commands give before they act: of a state (ECS47, ECS47a) and of a limit (ECS47e). */
import type { Journal } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import type { ValueOf, valueTypes } from "../../model/index.ts";
import { NOW, Status } from "../../wire/message.ts";
import type { Period } from "./machine.ts";
import type { Controller } from "./selector.ts";

export type Moment = ValueOf<typeof valueTypes.auxiliaryMoment>;
/** Of what, and which end of it. */
export type TimesOf = "state" | "limit";
export type Bound = "start" | "end";

const longestS = 24 * 3600;

export class Times {
  readonly #kept: Kept<Readonly<Record<string, Moment>>>;
  readonly #nowS: () => number;

  constructor(journal: Journal, nowS: () => number) {
    this.#kept = new Kept<Readonly<Record<string, Moment>>>(journal, "auxiliary/times", {});
    this.#nowS = nowS;
  }

  /** An end must be later than its start, and at most a day (use-case-behaviours 1.10). */
  async set(controller: Controller, of: TimesOf, bound: Bound, moment: Moment): Promise<Status> {
    const start = this.#get(controller, of, "start");
    if (bound === "end" && "moment" in moment && this.#periodOf(start, moment) === undefined)
      return Status.otherReason;
    await this.#kept.keep({ ...this.#kept.value, [keyOf(controller, of, bound)]: moment });
    return Status.success;
  }

  /** Undefined when the times were not given as moments, or make no period. */
  period(controller: Controller, of: TimesOf): Period | undefined {
    return this.#periodOf(this.#get(controller, of, "start"), this.#get(controller, of, "end"));
  }

  /** Of the older form; undefined when a moment was given. */
  minutes(controller: Controller, bound: Bound): number | undefined {
    const moment = this.#get(controller, "state", bound);
    return moment !== undefined && "minutes" in moment ? moment.minutes : undefined;
  }

  #periodOf(start: Moment | undefined, end: Moment | undefined): Period | undefined {
    if (start === undefined || end === undefined || !("moment" in start) || !("moment" in end))
      return undefined;
    const fromS = start.moment === NOW ? this.#nowS() : start.moment;
    const lastsS = end.moment - fromS;
    return lastsS > 0 && lastsS <= longestS ? { fromS, untilS: end.moment } : undefined;
  }

  #get(controller: Controller, of: TimesOf, bound: Bound): Moment | undefined {
    return this.#kept.value[keyOf(controller, of, bound)];
  }
}

const keyOf = (controller: Controller, of: TimesOf, bound: Bound): string => `${controller}/${of}/${bound}`;
