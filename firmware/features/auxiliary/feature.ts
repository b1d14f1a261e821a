/**
 * Auxiliary control: up to five switches or proportional controllers (ALCS, HCALCS, APC) that follow a calendar
 * (ECS46c, ECS46d), commands for a time (ECS47, ECS47a), limits (ECS47e) and the boost button (ECS62, ECS61c).
 */
import { Kept } from "../../kernel/kept.ts";
import { alerts } from "../../model/index.ts";
import { NEVER, Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import type { RandomisedOffsetFeature } from "../randomised-offset/feature.ts";
import { report } from "../report.ts";
import type { ServedObject } from "../serve.ts";
import { Boost, type BoostSettings } from "./boost.ts";
import { calendarLevelAt, nextEntryAfter } from "./calendar.ts";
import { type CalendarPart, CalendarValues } from "./calendar-values.ts";
import { type Fitted, readType, typeOctets } from "./controllers.ts";
import { auxiliaryObjects } from "./cosem.ts";
import type { AuxiliaryLogs } from "./logs.ts";
import { decide, type Hold, nextChangeAfter, within } from "./machine.ts";
import { type Commanded, type HomeSwitches, Outputs } from "./outputs.ts";
import {
  type Channel,
  type Controller,
  channelOctet,
  controllers,
  full,
  type OlderScript,
  readOlder,
  readTarget,
  type Target,
  ways,
} from "./selector.ts";
import { Times } from "./times.ts";

export { openAuxiliaryLogs } from "./logs.ts";

export interface AuxiliarySettings extends BoostSettings {
  /** What is wired to controllers 1 to 5, until a supplier says otherwise (ECS46c). */
  readonly auxiliaryControllers: readonly Fitted[];
}

export interface AuxiliaryOptions {
  readonly futureDated: FutureDatedValues;
  readonly logs: AuxiliaryLogs;
  readonly settings: AuxiliarySettings;
  /** How late the calendar's switching is. */
  readonly offset?: Pick<RandomisedOffsetFeature, "offsetS" | "onChange">;
  readonly home?: HomeSwitches;
}

export interface AuxiliaryFeature extends Feature {
  /** Call it when the device's time was set. */
  timeChanged(): Promise<void>;
}

export const auxiliaryFeature = (context: DeviceContext, options: AuxiliaryOptions): AuxiliaryFeature =>
  new Auxiliary(context, options);

type Holds = Readonly<Record<string, Hold>>;
interface KeptAuxiliary {
  readonly holds: Holds;
  readonly limits: Holds;
  /** The last command that an output did not carry out: done again after a power cut, it is answered so. */
  readonly failed: string;
  /** The last command that acted at once: a power cut may have come before its output moved. */
  readonly doing: Commanded | null;
  /** The last command that set a limit. */
  readonly limitedBy: string;
}

const keyOf = ({ controller, way }: Channel): string => `${controller}/${way}`;
const channels: readonly Channel[] = controllers.flatMap((controller) =>
  ways.map((way) => ({ controller, way })),
);

/** Calendars of one controller are looked at again at midnight at the latest. */
class Auxiliary implements AuxiliaryFeature {
  readonly name = "auxiliary";
  readonly objects: readonly ServedObject[];
  readonly #context: DeviceContext;
  readonly #options: AuxiliaryOptions;
  readonly #state: Kept<KeptAuxiliary>;
  readonly #types: Kept<readonly Uint8Array[]>;
  readonly #calendar: CalendarValues;
  readonly #times: Times;
  readonly #boost: Boost;
  readonly #outputs: Outputs;
  #cancelTimer: () => void = () => {};

  constructor(context: DeviceContext, options: AuxiliaryOptions) {
    const { settings, logs, offset, home } = options;
    const { journal } = context;
    this.#context = context;
    this.#options = options;
    this.#state = new Kept(journal, "auxiliary", {
      holds: {},
      limits: {},
      failed: "",
      doing: null,
      limitedBy: "",
    });
    const fitted = controllers.map((controller) => settings.auxiliaryControllers[controller - 1] ?? "none");
    this.#types = new Kept<readonly Uint8Array[]>(journal, "auxiliary/types", fitted.map(typeOctets));
    this.#calendar = new CalendarValues(journal);
    this.#times = new Times(journal, () => context.nowS());
    this.#boost = new Boost(context, logs.boost, settings, async () => void (await this.#apply()));
    this.#outputs = new Outputs(context, logs.auxiliary, (controller) => this.#fitted(controller), home);
    offset?.onChange(() => this.timeChanged());
    this.objects = auxiliaryObjects({
      ...{ context, logs, journal, auxiliary: this, futureDated: options.futureDated },
      ...{ calendar: this.#calendar, times: this.#times, boost: this.#boost, outputs: this.#outputs },
    });
  }

  async start(): Promise<void> {
    await this.#outputs.start();
    this.#boost.start();
    await this.#apply(this.#state.value.doing ?? undefined);
  }

  async timeChanged(): Promise<void> {
    await this.#apply();
  }

  // --- what objects show of it ---

  typeOf(controller: Controller): Uint8Array {
    return this.#types.value[controller - 1] ?? new Uint8Array();
  }

  async setType(controller: Controller, octets: Uint8Array): Promise<Status> {
    if (readType(octets) === undefined) return Status.otherReason;
    await this.loadType(controller, octets);
    await this.#apply();
    return Status.success;
  }

  loadType(controller: Controller, octets: Uint8Array): Promise<void> {
    return this.#types.keep(this.#types.value.map((type, i) => (i === controller - 1 ? octets : type)));
  }

  /** Entries and special days take force one after the other: nothing switches by new entries and old days. */
  async activate(part: CalendarPart): Promise<Status> {
    const status = await this.#calendar.activate(part);
    if (status === Status.success) this.#aimAt(this.#context.nowS());
    return status;
  }

  /** ECS47 and ECS47a. */
  async execute(selector: number, command: string): Promise<Status> {
    const older = readOlder(selector);
    if (older !== undefined) return this.#executeOlder(older.controller, older.script, selector, command);
    const target = readTarget(selector);
    if (target === undefined || !this.#takes(target)) return Status.otherReason;
    const period = this.#times.period(target.controller, "state");
    if (period === undefined) return Status.otherReason;
    return this.#hold(target, { ...period, level: target.level }, selector, command);
  }

  async #executeOlder(
    controller: Controller,
    script: OlderScript,
    selector: number,
    command: string,
  ): Promise<Status> {
    const channel = { controller, way: "output" } as const;
    if (!this.#takes(channel)) return Status.otherReason;
    if (script === "reset") return this.#reset(controller, selector, command);
    const minutes = this.#times.minutes(controller, script === "activate" ? "start" : "end");
    if (minutes === undefined) return Status.otherReason;
    const fromS = this.#context.nowS();
    const level = script === "activate" ? full : 0;
    return this.#hold(channel, { fromS, untilS: fromS + 60 * minutes, level }, selector, command);
  }

  #hold(channel: Channel, hold: Hold, selector: number, command: string): Promise<Status> {
    const { holds } = this.#state.value;
    const commanded = within(hold, this.#context.nowS()) ? { ...channel, command, selector } : undefined;
    return this.#change({ ...holds, [keyOf(channel)]: hold }, command, commanded);
  }

  /** Back to the calendar, both ways. */
  #reset(controller: Controller, selector: number, command: string): Promise<Status> {
    const holds = { ...this.#state.value.holds };
    for (const way of ways) delete holds[keyOf({ controller, way })];
    return this.#change(holds, command, { controller, way: "output", command, selector });
  }

  /** Intent to the journal, then the output; an output that fails takes the intent back. */
  async #change(holds: Holds, command: string, commanded: Commanded | undefined): Promise<Status> {
    const before = this.#state.value;
    if (before.failed === command) return Status.hardwareFault;
    await this.#state.keep({ ...before, holds, doing: commanded ?? null });
    if (await this.#apply(commanded)) return Status.success;
    await this.#state.keep({ ...before, failed: command, doing: null });
    await this.#apply();
    return Status.hardwareFault;
  }

  /** ECS47e: a limit of a proportional controller, told to the supplier in the commit that sets it. */
  async limit(selector: number, command: string): Promise<Status> {
    const target = readTarget(selector);
    if (target === undefined || this.#fitted(target.controller) !== "proportional") return Status.otherReason;
    const period = this.#times.period(target.controller, "limit");
    if (period === undefined) return Status.otherReason;
    const state = this.#state.value;
    if (state.limitedBy !== command)
      await this.#setLimit(target, { ...period, level: target.level }, command);
    await this.#apply();
    return Status.success;
  }

  async #setLimit(target: Target, limit: Hold, command: string): Promise<void> {
    const { value } = this.#state;
    const limits = { ...value.limits, [keyOf(target)]: limit };
    const level = this.#decideWith(target, limit, Math.max(limit.fromS, this.#context.nowS()));
    await this.#state.keepWith({ ...value, limits, limitedBy: command }, (change) =>
      report(this.#context, alerts.auxiliaryLimitSet.code, {
        values: [channelOctet(target), limit.fromS, limit.untilS, level],
        changes: [change],
      }),
    );
  }

  // --- what time brings ---

  /** Ends what is over, takes every output to where it should be, and aims at the next change. */
  async #apply(commanded?: Commanded): Promise<boolean> {
    const nowS = this.#context.nowS();
    await this.#boost.expire(nowS);
    await this.#endLimits(nowS);
    let followed = true;
    for (const controller of controllers) {
      const own = commanded?.controller === controller ? commanded : undefined;
      const decided = {
        output: this.#decide({ controller, way: "output" }, nowS),
        input: this.#decide({ controller, way: "input" }, nowS),
      };
      const done = await this.#outputs.follow(controller, decided, own);
      followed &&= done || own === undefined;
    }
    this.#aim();
    return followed;
  }

  async #endLimits(nowS: number): Promise<void> {
    for (const channel of channels) {
      const { value } = this.#state;
      const { [keyOf(channel)]: limit, ...limits } = value.limits;
      if (limit === undefined || limit.untilS > nowS) continue;
      const level = this.#decideWith(channel, undefined, nowS);
      await this.#state.keepWith({ ...value, limits }, (change) =>
        report(this.#context, alerts.auxiliaryLimitEnded.code, {
          values: [channelOctet(channel), level],
          changes: [change],
        }),
      );
    }
  }

  #aim(): void {
    const { holds, limits } = this.#state.value;
    const periods = [...Object.values(holds), ...Object.values(limits), this.#boost.period];
    const nowS = this.#context.nowS();
    const next = [nextChangeAfter(periods, nowS), this.#nextEntryS(nowS)].filter((atS) => atS !== undefined);
    this.#aimAt(next.length > 0 ? Math.min(...next) : NEVER);
  }

  #aimAt(atS: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#context.at(atS, () => this.timeChanged());
  }

  #nextEntryS(nowS: number): number | undefined {
    if (!this.#context.timeIsSet() || this.#calendar.calendar.entries.length === 0) return undefined;
    return nextEntryAfter(this.#calendar.calendar, nowS - this.#offsetS()) + this.#offsetS();
  }

  #decide(channel: Channel, atS: number): number {
    return this.#decideWith(channel, this.#state.value.limits[keyOf(channel)], atS);
  }

  #decideWith(channel: Channel, limit: Hold | undefined, atS: number): number {
    const deciders = {
      hold: this.#state.value.holds[keyOf(channel)],
      limit,
      boost: channel.way === "output" ? this.#boost.of(channel.controller) : undefined,
      calendar: this.#context.timeIsSet()
        ? calendarLevelAt(this.#calendar.calendar, channel, atS - this.#offsetS())
        : undefined,
    };
    return decide(deciders, atS);
  }

  #offsetS(): number {
    return this.#options.offset?.offsetS() ?? 0;
  }

  #fitted(controller: Controller): Fitted {
    return readType(this.typeOf(controller)) ?? "none";
  }

  /** Something is fitted there, and knows that way. */
  #takes({ controller, way }: Channel): boolean {
    const fitted = this.#fitted(controller);
    return fitted === "proportional" || (fitted !== "none" && way === "output");
  }
}
