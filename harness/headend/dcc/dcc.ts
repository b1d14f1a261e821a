/**
 * The DCC as its users see it. A request is checked, and answered at once; what it brings about is told later, by a
 * message to the user's address. Users are outside: they correlate and sign for themselves. Time is the run's.
 */
import { type UserRole, userRoles } from "../../../firmware/model/index.ts";
import type { Eui64, Header } from "../../../firmware/wire/message.ts";
import type { Suite } from "../../../firmware/wire/suite.ts";
import { sameBytes } from "../../../hal/base/bytes.ts";
import { CodedError, hasCode } from "../../../hal/base/coded-error.ts";
import type { Cancel, Crypto } from "../../../hal/board.ts";
import type { DccAlert, HeadEnd, OutsideUsers } from "../head-end.ts";
import type { ReceivedAlert } from "../receiver.ts";
import { anyRequest, serviceRequest } from "../requests/index.ts";
import { AnomalyDetection } from "../thresholds/anomalies.ts";
import type { Released } from "../thresholds/exit-file.ts";
import type { ThresholdSettings } from "../thresholds/settings.ts";
import type { SignedFile } from "../thresholds/signed-file.ts";
import { Transactions } from "../transactions.ts";
import type { PreCommand } from "../transform.ts";
import { type AccessRules, type DccUser, type Granted, requireAccess, type Service } from "./access.ts";
import { AnswersGiven } from "./answers-given.ts";
import { type Directory, transformRequest } from "./command-of.ts";
import type { Listed } from "./listed-devices.ts";
import {
  type DccAlertContent,
  type DccMessage,
  type FormRequest,
  pairs,
  type RequestHeader,
  type ResponseMessage,
  requestIdOf,
  type SignedRequest,
  type UserRequest,
} from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { type DccSettings, defaultDccSettings } from "./settings.ts";

export interface DccPorts {
  readonly crypto: Crypto;
  readonly suite: Suite;
  /** UTC milliseconds. */
  nowMs(): number;
  after(delayMs: number, action: () => void): Cancel;
  deliver(bytes: Uint8Array, done: (outcome: "delivered" | "failed") => void): void;
  /** A message for a user's address. */
  push(user: Eui64, message: DccMessage): void;
  observe(event: { readonly kind: string; readonly [field: string]: unknown }): void;
  /** A whole number from 0 up to, not including, `bound`. */
  draw(bound: number): number;
}

/** A request that passed access control, on its way to a device. */
export interface Task {
  readonly request: UserRequest;
  readonly user: DccUser;
  readonly role: UserRole;
  readonly preCommand: PreCommand;
  /** The command before the ACB's MAC. */
  readonly message: Uint8Array;
}

export class Dcc implements OutsideUsers {
  readonly settings: DccSettings;
  readonly #headEnd: HeadEnd;
  readonly #ports: DccPorts;
  readonly #rules: AccessRules;
  readonly #given: AnswersGiven;
  readonly #sent: Transactions<Task>;
  /** Threshold anomaly detection: users' thresholds are installed there, and the DCC's own set. */
  readonly anomalies: AnomalyDetection;
  /** Pre-commands made and not yet come back signed, by RequestID. */
  readonly #issued = new Map<string, PreCommand>();

  constructor(
    headEnd: HeadEnd,
    ports: DccPorts,
    rules: AccessRules,
    settings: Partial<DccSettings> = {},
    thresholds: Partial<ThresholdSettings> = {},
  ) {
    this.settings = { ...defaultDccSettings, ...settings };
    this.#headEnd = headEnd;
    this.#ports = ports;
    this.#rules = rules;
    this.#given = new AnswersGiven(this.settings);
    this.#sent = new Transactions(ports);
    this.anomalies = new AnomalyDetection(
      {
        nowS: () => this.#nowS,
        after: ports.after,
        fileKey: (user) => rules.user(user)?.fileKey,
        alert: ({ user, body }) => ports.push(user, { code: "I0", timeMs: ports.nowMs(), body }),
        warn: (user, { rule, got }) => ports.observe({ kind: "threshold-warning", user, rule, got }),
      },
      thresholds,
    );
    headEnd.serveOutside(this);
  }

  /** The answer to `request`, which came in at `service`. Refusals are answers, too: by their code. */
  accept(request: UserRequest, service: Service): DccMessage {
    try {
      const before = this.#given.recall(request);
      if (before !== undefined) return before;
      const granted = requireAccess(request, service, this.#rules, this.#nowS);
      const answer = this.#answerTo(request, this.#act(request, granted));
      this.#given.keep(request, answer);
      return answer;
    } catch (error) {
      const refusal = this.#refusalOf(error);
      const { responseCode, message } = refusal;
      this.#ports.observe({ kind: "request-refused", ...told(request), code: responseCode, message });
      return this.#message(request, responseCode);
    }
  }

  get #nowS(): number {
    return Math.floor(this.#ports.nowMs() / 1000);
  }

  // --- what a request brings about ---

  #act(request: UserRequest, granted: Granted): { readonly code: string; readonly content?: Content } {
    this.#ports.observe({ kind: "service-request", ...told(request), role: granted.role });
    if (this.#sent.size >= this.settings.maxOpen)
      throw new Refusal(this.settings.fullCode, `${this.#sent.size} requests are open: try again later`);
    if (granted.device === undefined)
      throw new Refusal("E12", `${request.reference} is not answered here yet`);
    if (request.commandVariant === 4) return this.#transform(request as FormRequest, granted);
    const task = this.#taskOf(request, granted);
    if (this.#isQuarantined(task)) return { code: "I99" };
    return this.#begin(task);
  }

  /** What is anomalous waits for its user's word ({@link release}). Throws a {@link Refusal} when there is no room for it. */
  #isQuarantined({ request, preCommand }: Task): boolean {
    const parameters = preCommand.request.parameters as FormRequest["parameters"];
    const verdict =
      "parameters" in request ? this.anomalies.check(request) : this.anomalies.check(request, parameters);
    if (verdict.verdict === "refused") throw new Refusal(this.settings.fullCode, verdict.reason);
    if (verdict.verdict === "quarantined")
      this.#ports.observe({ kind: "request-quarantined", ...told(request), reason: verdict.reason });
    return verdict.verdict === "quarantined";
  }

  /**
   * A user's exit-quarantine file: what it says to process goes on, access checked again; the rest is forgotten. Throws what
   * {@link AnomalyDetection.release} throws.
   */
  release(file: SignedFile): Released {
    const released = this.anomalies.release(file);
    for (const { request } of released.process) this.#resume(request);
    return released;
  }

  #resume(request: UserRequest): void {
    const service = [2, 6].includes(request.commandVariant) ? "dcc" : "send";
    try {
      const granted = requireAccess(request, service, this.#rules, this.#nowS);
      const { code, content } = this.#begin(this.#taskOf(request, granted));
      if (code !== "I99") this.#ports.push(request.originator, this.#message(request, code, content));
    } catch (error) {
      this.#ports.push(request.originator, this.#message(request, this.#refusalOf(error).responseCode));
    }
  }

  #begin(task: Task): { readonly code: string; readonly content?: Content } {
    const { request } = task;
    this.#issued.delete(requestIdOf(request));
    if ([2, 6].includes(request.commandVariant)) return { code: "I0", content: this.#local(task) };
    this.#send(task);
    return { code: "I99" };
  }

  #transform(request: FormRequest, granted: Granted) {
    const preCommand = this.#preCommandOf(request, granted);
    this.#issued.set(requestIdOf(request), preCommand);
    if (this.#issued.size > this.settings.maxOpen)
      this.#issued.delete(this.#issued.keys().next().value as string);
    const PreCommand = { GBCSVersion: this.settings.gbcsVersion, GBCSPayload: preCommand.bytes };
    return { code: "I0", content: { PreCommand } };
  }

  #taskOf(request: UserRequest, granted: Granted): Task {
    const { user, role } = granted;
    if ("signedPreCommand" in request) return { request, user, role, ...this.#signed(request, user) };
    const preCommand = this.#preCommandOf(request, granted);
    const { actsAs } = preCommand.definition.byHand;
    const message = actsAs === undefined ? preCommand.bytes : this.#headEnd.sealing.sign(preCommand);
    return { request, user, role, preCommand, message };
  }

  #preCommandOf(request: FormRequest, { role }: Granted): PreCommand {
    return transformRequest(
      request,
      anyRequest(request.reference) ?? serviceRequest(request.reference),
      this.#directory(request, role),
      this.#wire,
    );
  }

  get #wire() {
    return this.#ports.suite.wire;
  }

  #directory({ originator, target, reference }: FormRequest, role: UserRole): Directory {
    const { backups, parties, pki } = this.#headEnd;
    const devices: Listed = new Map(this.#headEnd.devices.map((device) => [device.eui, device]));
    const holds = [...this.#headEnd.device(target).parties].some(
      (name) => pki.parties[name].eui === originator,
    );
    return {
      devices,
      users: new Map([[originator, roleOnDevice(role)]]),
      counter: parties.accessControlBroker.nextCounter(),
      backups,
      strangers: new Set(holds ? [] : [originator]),
      ...(reference === "9.1" && { customerNumber: String(this.#ports.draw(10_000)).padStart(4, "0") }),
    };
  }

  /** The pre-command that came back must be the one that was made, signed by who asks. */
  #signed(request: SignedRequest, user: DccUser): Pick<Task, "preCommand" | "message"> {
    const id = requestIdOf(request);
    const preCommand = this.#issued.get(id);
    const refuse = (why: string) => new Refusal(this.settings.preCommandCode, `${id}: ${why}`);
    if (preCommand === undefined || preCommand.request.reference !== request.reference)
      throw refuse("no pre-command was made for it: transform it first (command variant 4)");
    const envelope = this.#peek(request.signedPreCommand, refuse);
    if (!sameBytes(envelope.plain, preCommand.bytes)) throw refuse("it is not the pre-command that was made");
    const { crypto, suite } = this.#ports;
    const isSigned = user.signingKeys.some((key) =>
      this.#wire.signatureValid(envelope, suite.verifier(crypto, key)),
    );
    if (!isSigned) throw refuse("it is not signed by who asks");
    return { preCommand, message: request.signedPreCommand };
  }

  #peek(bytes: Uint8Array, refuse: (why: string) => Refusal) {
    try {
      return this.#wire.peek(bytes);
    } catch (error) {
      if (hasCode(error, "wire")) throw refuse((error as Error).message);
      throw error;
    }
  }

  // --- to the device and back ---

  #send(task: Task): void {
    const { header } = task.preCommand.command;
    this.#headEnd.expect(task.preCommand);
    const { answerTimeoutMs } = this.settings;
    this.#sent.send(header, this.#sealed(task), task, answerTimeoutMs, (how) => {
      const code = how === "undelivered" ? "E20" : "E21";
      this.#finish(task, this.#message(task.request, code), false);
    });
  }

  #sealed({ preCommand, message }: Task): Uint8Array {
    const needsMac = this.#headEnd.sealing.protectionOf(preCommand) !== "signature";
    return needsMac ? this.#headEnd.sealing.mac(message, preCommand.command.header) : message;
  }

  #local(task: Task): Content {
    return { LocalCommand: { GBCSPayload: this.#sealed(task) } };
  }

  #finish(task: Task, message: DccMessage, succeeded: boolean): void {
    this.#ports.observe({ kind: "request-settled", ...told(task.request), code: message.code, succeeded });
    this.#ports.push(task.user.eui, message);
  }

  /** A device's response goes to who asked, as it came: it is theirs to authenticate. */
  answer(header: Header, bytes: Uint8Array): boolean {
    const task = this.#sent.take(header);
    if (task === undefined) return false;
    const { request, preCommand } = task;
    const results = this.#resultsIn(bytes, preCommand);
    this.#headEnd.progress(preCommand, results);
    const message = this.#message(request, "I0", contentOf(preCommand, bytes), responseIdOf(request));
    this.#finish(
      task,
      message,
      results.every(({ status }) => status === 0),
    );
    return true;
  }

  /** What the DCC can read of it; hidden values and forms it does not know tell it nothing. */
  #resultsIn(bytes: Uint8Array, { command }: PreCommand) {
    try {
      const message = this.#wire.decode(this.#wire.peek(bytes), command.operations);
      return "results" in message ? message.results : [];
    } catch (error) {
      if (hasCode(error, "wire")) return [];
      throw error;
    }
  }

  alert({ header, alertCode, bytes }: ReceivedAlert): void {
    if (this.#rules.user(header.target) === undefined) return;
    const AlertCode = alertCode.toString(16).toUpperCase().padStart(4, "0");
    this.#ports.push(header.target, {
      responseId: `${pairs(header.originator)}:${pairs(header.target)}:${header.counter}`,
      ...{ code: "I0", timeMs: this.#ports.nowMs() },
      body: { DeviceAlertMessage: { AlertCode, GBCSPayload: bytes } },
    });
  }

  /** AD1 goes to the electricity distributor of the home, once for each of its metering points. */
  dccAlert({ hub, startS, mpxns }: DccAlert): void {
    const StartDateTime = startS ?? this.#nowS;
    for (const user of this.#rules.registrations.holders("ED", hub, this.#nowS))
      for (const MPxN of mpxns)
        this.tell(user, "AD1", { PowerOutageEvent: { CommsHubDeviceID: hub, StartDateTime, MPxN } });
  }

  /** A DCC alert to a user. */
  tell(user: Eui64, DCCAlertCode: string, DCCAlert: DccAlertContent): void {
    const body = { DCCAlertMessage: { DCCAlertCode, DCCAlert } };
    this.#ports.observe({ kind: "dcc-alert", code: DCCAlertCode, to: user });
    this.#ports.push(user, { code: "I0", timeMs: this.#ports.nowMs(), body });
  }

  // --- messages ---

  #answerTo(request: UserRequest, { code, content }: { readonly code: string; readonly content?: Content }) {
    return this.#message(request, code, content);
  }

  #message(request: RequestHeader, code: string, content: Content = {}, responseId?: string): DccMessage {
    const { reference } = request;
    const references = {
      ServiceReference: reference.split(".").slice(0, 2).join("."),
      ServiceReferenceVariant: reference,
    };
    return {
      requestId: requestIdOf(request),
      ...(responseId !== undefined && { responseId }),
      ...{ code, timeMs: this.#ports.nowMs() },
      body: { ResponseMessage: { ...references, ...content } },
    };
  }

  /** Anything but a refusal and what a form or the routing says is a fault of ours. */
  #refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (!(error instanceof CodedError)) throw error;
    if (hasCode(error, "interface/device") || hasCode(error, "headend/target"))
      return new Refusal("E11", error.message, error.data);
    if (hasCode(error, "inventory")) return new Refusal("E19", error.message, error.data);
    if (hasCode(error, "headend") || hasCode(error, "interface"))
      return new Refusal(this.settings.formCode, error.message, error.data);
    throw error;
  }
}

type Content = Omit<ResponseMessage, "ServiceReference" | "ServiceReferenceVariant">;

const told = (request: RequestHeader) => ({
  reference: request.reference,
  requestId: requestIdOf(request),
  commandVariant: request.commandVariant,
});

const responseIdOf = ({ originator, target, counter }: RequestHeader): string =>
  `${pairs(target)}:${pairs(originator)}:${counter}`;

const roleOnDevice = (role: UserRole) => userRoles[role].role;

/** The number that a customer is to read out goes with the device's answer (9.1). */
function contentOf({ request }: PreCommand, bytes: Uint8Array): Content {
  const { customerNumber } = request;
  if (customerNumber === undefined) return { GBCSPayload: bytes };
  return { CINMessage: { GBCSPayload: bytes, CustomerIdentificationNumber: customerNumber } };
}
