/**
 * The DCC as its users see it. A request is checked, and answered at once; what it brings about is told later, by a
 * message to the user's address. Users are outside: they correlate and sign for themselves. Time is the run's.
 *
 * The way of a request to a device: `accept` → access control → its command (`commands.ts`) → gates that may keep it →
 * `delivery.ts` → `#settled`, which tells those whom the outcome concerns, and then who asked. What asks the DCC itself
 * is answered by `services.ts`.
 */
import type { Header } from "../../../firmware/wire/message.ts";
import type { DccAlert, HeadEnd, OutsideUsers } from "../head-end.ts";
import type { ReceivedAlert } from "../receiver.ts";
import type { AnomalyDetection } from "../thresholds/anomalies.ts";
import type { Released } from "../thresholds/exit-file.ts";
import type { ThresholdSettings } from "../thresholds/settings.ts";
import type { SignedFile } from "../thresholds/signed-file.ts";
import { type AccessRules, type Granted, requireAccess, type Service } from "./access.ts";
import type { Answer, Content, DccContext, DccPorts } from "./context.ts";
import { type Outcome, succeeded } from "./delivery.ts";
import type { Gate } from "./gate.ts";
import type { DccMessage, FormRequest, RequestHeader, UserRequest } from "./messages.ts";
import { Parts, type PartsSnapshot } from "./parts.ts";
import { Post } from "./post.ts";
import { refusalOf } from "./refusal.ts";
import type { Registrations } from "./registrations.ts";
import { serve } from "./services.ts";
import { type DccSettings, type DccSettingsChange, dccSettingsWith } from "./settings.ts";
import { type TakenRequest, type Task, told } from "./task.ts";

export type { DccPorts } from "./context.ts";

/** All that outlives a restart, as plain data (structured clone; of its leaves some are bigints and octets). */
export type DccSnapshot = PartsSnapshot;

export class Dcc implements OutsideUsers {
  readonly settings: DccSettings;
  readonly #headEnd: HeadEnd;
  readonly #ports: DccPorts;
  readonly #rules: AccessRules;
  readonly #parts: Parts;
  readonly #post: Post;
  #isStopped = false;
  /** On a request's way to its device, in their order. */
  readonly #gates: readonly Gate[];

  constructor(
    headEnd: HeadEnd,
    ports: DccPorts,
    rules: AccessRules,
    settings: DccSettingsChange = {},
    thresholds: Partial<ThresholdSettings> = {},
  ) {
    this.settings = dccSettingsWith(settings);
    this.#headEnd = headEnd;
    this.#ports = {
      ...ports,
      after: (delayMs, action) => ports.after(delayMs, () => this.#isStopped || action()),
    };
    this.#rules = rules;
    this.#post = new Post(this.#ports, this.settings);
    this.#parts = new Parts(this.#context(), thresholds, {
      settled: (task, outcome) => this.#settled(task, outcome),
      resume: (request, gate) => this.#resume(request, this.#gates.indexOf(gate) + 1),
      refused: (request, code) => this.#finish(request, this.#post.message(request, code), false),
      late: (request) => this.#ports.push(request.originator, this.#post.message(request, "E30")),
      outcome: (errand, alert, content) => this.#post.tellOutcome(errand, alert, content),
    });
    const { credentials, quarantine, sequences, held } = this.#parts;
    this.#gates = [credentials, quarantine, sequences, held];
    headEnd.serveOutside(this);
  }

  /** Threshold anomaly detection: users' thresholds are installed there, and the DCC's own set. */
  get anomalies(): AnomalyDetection {
    return this.#parts.quarantine.detection;
  }

  /** Registration data, which changes as suppliers do. */
  get registrations(): Registrations {
    return this.#rules.registrations;
  }

  /** The answer to `request`, which came in at `service`. Refusals are answers, too: by their code. */
  accept(request: UserRequest, service: Service): DccMessage {
    try {
      const before = this.#parts.given.recall(request);
      if (before !== undefined) return before;
      const granted = requireAccess(request, service, this.#rules, this.#nowS);
      const { code, content } = this.#act(request, granted);
      const answer = this.#post.message(request, code, content);
      this.#parts.given.keep(request, answer);
      return answer;
    } catch (error) {
      const refusal = refusalOf(error, this.settings.codes.form);
      const { responseCode, message } = refusal;
      this.#parts.sequences.refused(request);
      this.#ports.observe({ kind: "request-refused", ...told(request), code: responseCode, message });
      return this.#post.message(request, responseCode);
    }
  }

  /**
   * A user's exit-quarantine file: what it says to process goes on, access checked again; the rest is forgotten. Throws what
   * {@link AnomalyDetection.release} throws.
   */
  release(file: SignedFile): Released {
    const released = this.anomalies.release(file);
    for (const { request } of released.process)
      this.#resume(request as TakenRequest, this.#gates.indexOf(this.#parts.quarantine) + 1);
    for (const { request } of released.delete) this.#parts.sequences.settled(request, false);
    return released;
  }

  /** Plain data. */
  snapshot(): DccSnapshot {
    return this.#parts.snapshot();
  }

  /** Goes on where {@link snapshot} was taken; what was on its way to a device then is waited for, not sent again. */
  restore(kept: DccSnapshot): void {
    this.#parts.restore(kept);
  }

  /** Its timers do nothing more: another goes on from its snapshot. */
  stop(): void {
    this.#isStopped = true;
  }

  get #nowS(): number {
    return Math.floor(this.#ports.nowMs() / 1000);
  }

  #context(): DccContext {
    return {
      ...{ headEnd: this.#headEnd, ports: this.#ports, rules: this.#rules, settings: this.settings },
      nowS: () => this.#nowS,
      tell: (user, code, alert) => this.#post.tell(user, code, alert),
    };
  }

  // --- what a request brings about ---

  #act(request: UserRequest, granted: Granted): Answer {
    this.#ports.observe({ kind: "service-request", ...told(request), role: granted.role });
    if (granted.device === undefined) return this.#serve(request as FormRequest, granted);
    if (request.commandVariant === 4) return this.#transform(request as FormRequest, granted);
    this.#parts.delivery.requireRoom(request);
    const answer = this.#pass(this.#parts.commands.task(request, granted), 0);
    this.#parts.commands.spend(request);
    return answer;
  }

  #serve(request: FormRequest, granted: Granted): Answer {
    this.#parts.sequences.requireTurn(request);
    const answer = serve({ request, granted, context: this.#context(), parts: this.#parts });
    this.#parts.sequences.settled(request, true);
    return answer;
  }

  #transform(request: FormRequest, granted: Granted): Answer {
    const { bytes } = this.#parts.commands.issue(request, granted);
    return {
      code: "I0",
      content: { PreCommand: { GBCSVersion: this.settings.gbcsVersion, GBCSPayload: bytes } },
    };
  }

  /** Through the gates from number `from` on, and to the device. */
  #pass(task: Task, from: number): Answer {
    for (const gate of this.#gates.slice(from)) {
      const answer = gate.take(task);
      if (answer !== undefined) return answer;
    }
    const { commandVariant } = task.request;
    const isGivenOut = ![1, 5].includes(commandVariant);
    const local = isGivenOut
      ? { LocalCommand: { GBCSPayload: this.#parts.delivery.handOut(task) } }
      : undefined;
    if (local !== undefined && [2, 6].includes(commandVariant)) return { code: "I0", content: local };
    this.#parts.hubLogs.sent(task);
    this.#parts.delivery.send(task);
    if (local !== undefined) this.#pushLocal(task.request, local);
    return { code: "I99" };
  }

  /** Of what goes both ways (3, 7) the local command follows the answer: from memory, unverified. */
  #pushLocal(request: RequestHeader, local: Content): void {
    this.#ports.after(0, () =>
      this.#ports.push(request.originator, this.#post.message(request, "I0", local)),
    );
  }

  /** A gate lets a request go on: is it still allowed? */
  #resume(request: TakenRequest, from: number): void {
    const service = [2, 6].includes(request.commandVariant) ? "dcc" : "send";
    try {
      const granted = requireAccess(request, service, this.#rules, this.#nowS);
      const { code, content } = this.#pass(this.#parts.commands.task(request, granted), from);
      if (code !== "I99") this.#finish(request, this.#post.message(request, code, content), true);
    } catch (error) {
      this.#finish(
        request,
        this.#post.message(request, refusalOf(error, this.settings.codes.form).responseCode),
        false,
      );
    }
  }

  // --- what comes of it ---

  answer(header: Header, bytes: Uint8Array): boolean {
    return this.#parts.delivery.answer(header, bytes);
  }

  #settled(task: Task, outcome: Outcome): void {
    const { request } = task;
    this.#parts.settled(task, outcome);
    if (outcome.how !== "answered") {
      this.#finish(request, this.#post.failure(task, outcome.how), false);
      this.#post.tellFailure(task, outcome.how);
    } else {
      const response = outcome.isReturned ? undefined : this.#post.response(task, outcome.bytes);
      this.#finish(request, response, succeeded(outcome));
    }
  }

  #finish(request: UserRequest, message: DccMessage | undefined, isDone: boolean): void {
    this.#ports.observe({
      kind: "request-settled",
      ...told(request),
      code: message?.code,
      succeeded: isDone,
    });
    if (message !== undefined) this.#ports.push(request.originator, message);
    this.#parts.sequences.settled(request, isDone);
  }

  alert(alert: ReceivedAlert): void {
    const isTold = this.#parts.alert(alert);
    if (!isTold && this.#rules.user(alert.header.target) !== undefined) this.#post.forward(alert);
  }

  /** AD1 goes to the electricity distributor of the home, once for each of its metering points. */
  dccAlert({ hub, startS, mpxns }: DccAlert): void {
    const StartDateTime = startS ?? this.#nowS;
    for (const user of this.#rules.registrations.holders("ED", hub, this.#nowS))
      for (const MPxN of mpxns)
        this.#post.tell(user, "AD1", { PowerOutageEvent: { CommsHubDeviceID: hub, StartDateTime, MPxN } });
  }
}
