/**
 * Schedules (5.1 to 5.3): at each of their times the DCC asks the device itself, in the user's name, and passes the answer
 * on with the schedule's number. A schedule never changes; it is deleted, by its user or with the device or its supplier.
 */
import { type RequestReference, type RequestRow, requests } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { dccParameters } from "../requests/index.ts";
import { scheduledReads } from "../requests/schedules.ts";
import { requireAccess } from "./access.ts";
import { Agenda, type Appointment } from "./agenda.ts";
import { dayS, midnightS, nextS, timeS } from "./calendar.ts";
import type { Commands } from "./commands.ts";
import type { DccContext } from "./context.ts";
import type { Delivery } from "./delivery.ts";
import type { Kept } from "./kept.ts";
import { type FormRequest, type RequestHeader, requestIdOf } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { requireRoom } from "./room.ts";
import type { DccAlertCodes } from "./settings.ts";

export type ScheduleForm = ReturnType<typeof dccParameters<"5.1">>;

export interface Schedule {
  readonly id: bigint;
  readonly user: Eui64;
  readonly device: Eui64;
  /** As its user wrote it. */
  readonly form: ScheduleForm;
  /** The request that made it. */
  readonly request: RequestHeader;
}

export interface SchedulesSnapshot {
  readonly nextId: bigint;
  readonly agenda: readonly Appointment<Schedule>[];
}

export class Schedules implements Kept<SchedulesSnapshot> {
  readonly #context: DccContext;
  readonly #commands: Commands;
  readonly #delivery: Delivery;
  readonly #agenda: Agenda<Schedule>;
  #nextId = 1n;

  constructor(context: DccContext, commands: Commands, delivery: Delivery) {
    this.#context = context;
    this.#commands = commands;
    this.#delivery = delivery;
    this.#agenda = new Agenda(context.ports, (schedule) => this.#run(schedule));
  }

  /** 5.1: its number. Throws a {@link Refusal}. */
  create(request: FormRequest, form: ScheduleForm): bigint {
    const { codes, maxSchedules } = this.#context.settings;
    const { originator: user } = request;
    const { counter, target, commandVariant, reference } = request;
    const schedule: Schedule = {
      ...{ id: this.#nextId, user, device: form.DeviceID, form },
      request: { originator: user, target, counter, commandVariant, reference },
    };
    this.#requireReadable(schedule);
    if (this.of((each) => each.device === form.DeviceID).length >= maxSchedules)
      throw new Refusal(codes.tooManySchedules, `${form.DeviceID} has ${maxSchedules} schedules already`);
    requireRoom(this.#agenda, request, this.#context.settings);
    const atS = this.#nextS(schedule, this.#context.nowS());
    if (atS === undefined) throw new Refusal(codes.scheduleDates, "the schedule has no time left to run");
    this.#nextId += 1n;
    this.#agenda.add(atS * 1000, schedule);
    return schedule.id;
  }

  /** The oldest first. */
  of(isMeant: (schedule: Schedule) => boolean): readonly Schedule[] {
    return this.#agenda
      .list()
      .filter(isMeant)
      .toSorted((a, b) => Number(a.id - b.id));
  }

  delete(ids: readonly bigint[]): void {
    this.#agenda.remove(({ id }) => ids.includes(id));
  }

  /** Deletes, and tells their users. */
  drop(isMeant: (schedule: Schedule) => boolean, code: keyof DccAlertCodes): void {
    for (const { id, user, device } of this.#agenda.remove(isMeant))
      this.#context.tell(user, this.#context.settings.alertCodes[code], {
        DSPScheduleRemoval: { DeviceID: device, DSPScheduleID: id },
      });
  }

  snapshot(): SchedulesSnapshot {
    return { nextId: this.#nextId, agenda: this.#agenda.snapshot() };
  }

  restore({ nextId, agenda }: SchedulesSnapshot): void {
    this.#nextId = nextId;
    this.#agenda.restore(agenda);
  }

  /** Undefined after its last time. */
  #nextS({ form }: Schedule, fromS: number): number | undefined {
    const startS = midnightS(form.ScheduleStartDate) + timeS(form.ScheduleExecutionStartTime ?? "00:00:00");
    const atS = nextS(form.ScheduleFrequency, startS, fromS);
    const endS = form.ScheduleEndDate === undefined ? Infinity : midnightS(form.ScheduleEndDate) + dayS;
    return atS < endS ? atS : undefined;
  }

  #run(schedule: Schedule): void {
    const nowS = this.#context.nowS();
    const atS = this.#nextS(schedule, nowS + 1);
    if (atS !== undefined) this.#agenda.add(atS * 1000, schedule);
    try {
      this.#ask(schedule);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#failed(schedule, error);
    }
  }

  #ask(schedule: Schedule): void {
    const { rules } = this.#context;
    this.#delivery.requireRoom(schedule.request);
    const read = readOf(schedule, this.#context.nowS());
    const granted = requireAccess(read, "send", rules, this.#context.nowS());
    const { counter, originator, target } = read;
    const task = this.#commands.task(read, granted, { scheduleId: schedule.id });
    this.#context.ports.observe({
      kind: "scheduled-read",
      schedule: schedule.id,
      originator,
      target,
      counter,
    });
    this.#delivery.send(task);
  }

  #failed({ id, user, device, request }: Schedule, { message }: Error): void {
    this.#context.ports.observe({ kind: "scheduled-read-refused", schedule: id, message });
    const CommandFailure = { CommandRequestID: requestIdOf(request), DSPScheduleID: id, DeviceID: device };
    this.#context.tell(user, this.#context.settings.alertCodes.notDelivered, { CommandFailure });
  }

  /** It names one read that may be scheduled, that its user may ask of the device now, with a log to read. */
  #requireReadable(schedule: Schedule): void {
    const { form } = schedule;
    const { codes } = this.#context.settings;
    const variant = form.DSPScheduledServiceReferenceVariant;
    const { scheduled }: RequestRow = requests[variant as RequestReference];
    const isOfReference = form.DSPScheduledServiceReference === variant.split(".").slice(0, 2).join(".");
    if (!(scheduled || variant === "4.2") || !isOfReference || form[scheduledReads[variant]] === undefined)
      throw new Refusal(codes.notScheduled, `${variant} with what stands beside it is no read of a schedule`);
    const nowS = this.#context.nowS();
    const read = readOf(schedule, nowS);
    const { StartDateTime = 0, EndDateTime = 1 } = (read.parameters.ReadLogPeriod ?? {}) as Partial<Period>;
    if (StartDateTime >= EndDateTime)
      throw new Refusal(codes.scheduleDates, "the log's period ends before it begins");
    const granted = requireAccess(read, "send", this.#context.rules, nowS);
    this.#commands.task(read, granted, { scheduleId: schedule.id });
  }
}

interface Period {
  readonly StartDateTime: number;
  readonly EndDateTime: number;
}

/** The request that a schedule stands for at a time: offsets are in days before its day. */
function readOf({ user, device, form, request }: Schedule, nowS: number): FormRequest {
  const reference = form.DSPScheduledServiceReferenceVariant;
  const period = form[scheduledReads[reference]] as Partial<Record<string, string | number>> | undefined;
  const midnight = Math.floor(nowS / dayS) * dayS;
  const at = (day: unknown, time: unknown) => midnight + Number(day) * dayS + timeS(String(time));
  const parameters =
    period?.StartTime === undefined
      ? {}
      : {
          ReadLogPeriod: {
            StartDateTime: at(period.StartDateOffset, period.StartTime),
            EndDateTime: at(period.EndDateOffset, period.EndTime),
          },
        };
  const certificate = form.KAPublicSecurityCredential;
  return {
    ...{
      originator: user,
      target: device,
      counter: request.counter,
      commandVariant: 1,
      reference,
      parameters,
    },
    ...(certificate && { agreementCertificate: certificate }),
  };
}
