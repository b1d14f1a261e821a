/** The DCC's parts that have state, put together: what comes of one concerns the others. */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { ReceivedAlert } from "../receiver.ts";
import type { ThresholdSettings } from "../thresholds/settings.ts";
import { AnswersGiven } from "./answers-given.ts";
import { Commands } from "./commands.ts";
import type { Content, DccContext } from "./context.ts";
import { Counters } from "./counters.ts";
import { CredentialChanges } from "./credential-changes.ts";
import { DatedInstructions } from "./dated.ts";
import { Delivery, type Outcome, succeeded } from "./delivery.ts";
import { FirmwareVersions } from "./firmware-versions.ts";
import type { Gate } from "./gate.ts";
import { Held } from "./held.ts";
import { Holders } from "./holders.ts";
import { HubLogs } from "./hub-log.ts";
import type { Kept } from "./kept.ts";
import { QuarantineGate } from "./quarantine.ts";
import { Schedules } from "./schedules.ts";
import { Sequences } from "./sequences.ts";
import { StatusAlerts } from "./status-alerts.ts";
import type { Errand, TakenRequest, Task } from "./task.ts";

export interface PartsPorts {
  settled(task: Task, outcome: Outcome): void;
  /** `gate` lets a request go on. */
  resume(request: TakenRequest, gate: Gate): void;
  /** A request that was kept is not sent. */
  refused(request: TakenRequest, code: string): void;
  /** A device has not told what became of a dated instruction. */
  late(request: TakenRequest): void;
  /** The outcome of a dated instruction, for who asked. */
  outcome(errand: Errand, alert: ReceivedAlert, content: Content): void;
}

/** What is kept, part by part. */
const keptParts = [
  "given",
  "inventory",
  "registrations",
  "holders",
  "counters",
  "commands",
  "delivery",
  "quarantine",
  "sequences",
  "held",
  "schedules",
  "dated",
  "hubLogs",
] as const;
type KeptPart = (typeof keptParts)[number];
export type PartsSnapshot = { readonly [P in KeptPart]: ReturnType<Parts[P]["snapshot"]> };

export class Parts {
  readonly given: AnswersGiven;
  readonly inventory: DccContext["headEnd"]["inventory"];
  readonly registrations: DccContext["rules"]["registrations"];
  readonly holders: Holders;
  readonly counters: Counters;
  readonly commands: Commands;
  readonly delivery: Delivery;
  readonly quarantine: QuarantineGate;
  readonly sequences: Sequences;
  readonly held: Held;
  readonly schedules: Schedules;
  readonly dated: DatedInstructions;
  readonly hubLogs: HubLogs;
  readonly credentials: CredentialChanges;
  readonly #versions: FirmwareVersions;

  constructor(context: DccContext, thresholds: Partial<ThresholdSettings>, ports: PartsPorts) {
    const { settings, headEnd, rules } = context;
    const parties = () => Object.values(context.headEnd.parties);
    const spent = (user: string) => parties().find(({ eui }) => eui === user)?.counter ?? 0n;
    this.given = new AnswersGiven(settings, context.ports.crypto, spent);
    this.inventory = headEnd.inventory;
    this.registrations = rules.registrations;
    this.holders = new Holders(headEnd);
    this.counters = new Counters(headEnd);
    this.commands = new Commands(context, this.holders);
    this.delivery = new Delivery(context, this.commands, ports.settled);
    this.quarantine = new QuarantineGate(context, thresholds);
    this.sequences = new Sequences(context, {
      next: (request) => ports.resume(request, this.sequences),
      failed: (request) => ports.refused(request, settings.codes.sequence),
    });
    this.held = new Held(context, {
      due: (request) => ports.resume(request, this.held),
      cancelled: (request) => ports.refused(request, settings.codes.wasCancelled),
    });
    this.schedules = new Schedules(context, this.commands, this.delivery);
    this.dated = new DatedInstructions(context, {
      outcome: (errand, alert, content) => {
        this.credentials.happened(errand, alert);
        ports.outcome(errand, alert, content);
      },
      timedOut: ({ request }) => ports.late(request),
    });
    this.hubLogs = new HubLogs(context);
    this.#versions = new FirmwareVersions(context);
    this.credentials = new CredentialChanges(context, this.holders, {
      lost: (user: Eui64, device: Eui64) =>
        this.schedules.drop(
          (each) => each.user === user && each.device === device,
          "scheduleRemovedWithSupplier",
        ),
    });
    this.#watch(context);
  }

  /** Statuses that change are told; a device that is gone takes its schedules along. */
  #watch(context: DccContext): void {
    const alerts = new StatusAlerts(context);
    this.inventory.watch((before, after) => {
      alerts.changed(before, after);
      if (after === undefined || ["Decommissioned", "Withdrawn"].includes(after.status))
        this.schedules.drop(({ device }) => device === before.eui, "scheduleRemovedWithDevice");
      const { hub } = after ?? {};
      if (hub !== undefined && this.inventory.isEnrolled(hub))
        context.ports.observe({ kind: "enrolled", hub });
    });
  }

  /** A command has its answer, or will have none. */
  settled(task: Task, outcome: Outcome): void {
    if (task.scheduleId !== undefined) return;
    this.hubLogs.settled(task, succeeded(outcome));
    if (outcome.how === "answered" && succeeded(outcome)) this.dated.accepted(task);
    this.credentials.settled(task, outcome);
    this.#versions.settled(task, outcome);
  }

  /** True when the alert was told otherwise. */
  alert(alert: ReceivedAlert): boolean {
    this.hubLogs.take(alert);
    this.#versions.take(alert);
    return this.dated.take(alert);
  }

  snapshot(): PartsSnapshot {
    return Object.fromEntries(keptParts.map((part) => [part, this[part].snapshot()])) as PartsSnapshot;
  }

  /** In the order of the list: commands are made again from what stands before them. */
  restore(kept: PartsSnapshot): void {
    for (const part of keptParts) (this[part] as Kept<unknown>).restore(kept[part]);
  }
}
