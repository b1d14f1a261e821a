/**
 * What every device is: identity, journal, logs, time, alerts, and the one way of a command.
 * Meters and hub are this core with their own features and links.
 */
import { type Board, type MaybePromise, PowerLost, type Signer } from "../../hal/board.ts";
import type { AlertRequest, DeviceContext, Feature, Observation } from "../features/feature.ts";
import { FutureDated } from "../features/future-dating/feature.ts";
import { Refusals } from "../features/refusals.ts";
import { hasCode, MeterbenchError } from "../kernel/errors.ts";
import { EventLog } from "../kernel/event-log.ts";
import { Journal, type JournalChange } from "../kernel/journal.ts";
import { RunLoop } from "../kernel/run-loop.ts";
import {
  type DeviceName,
  devices,
  messages,
  type Role,
  type UseCase,
  useCaseByCode,
} from "../model/index.ts";
import { type Accepted, acceptable, type Checker, check, checkEnvelope } from "../security/check.ts";
import { Counters } from "../security/counters.ts";
import { euiBytes } from "../security/eui.ts";
import { type RefusalReason, refusalCodes } from "../security/refusal-reasons.ts";
import { type CommandRule, commandRules } from "../security/rules.ts";
import { type Party, TrustAnchors } from "../security/trust-anchors.ts";
import { type Header, Kind, type Message, type OperationResult, Status } from "../wire/message.ts";
import type { Agreement, Suite } from "../wire/suite.ts";
import type { Envelope, Wire } from "../wire/wire.ts";
import { AlertOutbox } from "./alert-outbox.ts";
import { DeviceTime } from "./device-time.ts";
import { commandAccepted, responseSealed } from "./observations.ts";
import { Operations } from "./operations.ts";
import { type Partitions, partitions } from "./partitions.ts";
import { type DeviceIdentity, type DeviceType, readIdentity } from "./provision.ts";
import { ResponseQueue } from "./response-queue.ts";
import { type DeviceSettings, defaultSettings } from "./settings.ts";
import type { Uplink } from "./uplink.ts";

/** Takes an answer back to where its command came from. */
export type Reply = (response: Uint8Array) => MaybePromise<void>;

export interface DeviceOptions {
  /** The wire it speaks. */
  readonly suite: Suite;
  /** Agrees keys in the place of the identity's own secret. */
  readonly agreement?: Agreement;
  readonly observe?: (observation: Observation) => void;
  readonly settings?: Partial<DeviceSettings>;
}

/** What is read from flash before a device exists. */
interface Opened {
  readonly identity: DeviceIdentity;
  readonly journal: Journal;
  readonly anchors: TrustAnchors;
  readonly eventLog: EventLog;
  readonly securityLog: EventLog;
  readonly powerLog: EventLog;
  readonly agreement: Agreement;
}

export class Device implements DeviceContext {
  readonly board: Board;
  readonly identity: DeviceIdentity;
  readonly partitions: Partitions;
  readonly settings: DeviceSettings;
  readonly journal: Journal;
  readonly eventLog: EventLog;
  readonly securityLog: EventLog;
  readonly powerLog: EventLog;
  readonly anchors: TrustAnchors;
  readonly counters: Counters;
  readonly futureDated: FutureDated;
  readonly signer: Signer;
  readonly suite: Suite;
  readonly wire: Wire;
  readonly observing: boolean;
  readonly #observe: ((observation: Observation) => void) | undefined;
  readonly #loop: RunLoop;
  readonly #time: DeviceTime;
  readonly #checker: Checker;
  readonly #refusals: Refusals;
  readonly #signKeyId: Uint8Array;
  readonly #agreeKeyId: Uint8Array;
  readonly #operations = new Operations(this);
  /** What this device models: known once its features serve. */
  readonly #rules = new Map<number, CommandRule>();
  readonly #uplink: Uplink;
  readonly #outbox: AlertOutbox;
  readonly #responses: ResponseQueue;

  /** Reads identity and state of a `type` from flash. Throws `devices/not-provisioned`, `devices/wrong-type`. */
  static async open(board: Board, type: DeviceType, uplink: Uplink, options: DeviceOptions): Promise<Device> {
    const identity = await readIdentity(board);
    if (identity.type !== type)
      throw new MeterbenchError(
        "devices/wrong-type",
        `Boot of board ${board.id}: expected the identity of a ${type}, got that of a ${identity.type}.`,
        { board: board.id, expected: type, got: identity.type },
      );
    const journal = await Journal.open(board.flash, partitions(board.flash.geometry).journal);
    const eventLog = await EventLog.open(journal, "event-log/");
    const { suite } = options;
    const agreement = options.agreement ?? suite.agreement(board.crypto, identity.agreeSecret);
    const own = { eui64: identity.eui64, agreement };
    const opened: Opened = {
      identity,
      agreement,
      journal,
      anchors: await TrustAnchors.open(journal, identity.anchors, board.crypto, own, suite),
      eventLog,
      powerLog: type === "ESME" ? await EventLog.open(journal, "power-log/") : eventLog,
      securityLog: await EventLog.open(journal, "security-log/"),
    };
    const loop = new RunLoop();
    const time = await DeviceTime.open(board, journal, (action) => loop.post("appointment", action));
    return new Device(board, opened, loop, time, uplink, options);
  }

  private constructor(
    board: Board,
    opened: Opened,
    loop: RunLoop,
    time: DeviceTime,
    uplink: Uplink,
    options: DeviceOptions,
  ) {
    const { identity, journal } = opened;
    this.board = board;
    this.identity = identity;
    this.partitions = partitions(board.flash.geometry);
    this.suite = options.suite;
    this.wire = options.suite.wire;
    this.settings = { ...defaultSettings, ...options.settings };
    this.journal = journal;
    this.anchors = opened.anchors;
    this.eventLog = opened.eventLog;
    this.securityLog = opened.securityLog;
    this.powerLog = opened.powerLog;
    this.#observe = options.observe;
    this.observing = options.observe !== undefined;
    this.#loop = loop;
    this.#time = time;
    loop.onFault(({ name, error }) => this.observe({ kind: "fault", where: name, error: String(error) }));
    const { suite } = this;
    this.signer = suite.signer(board.crypto, identity.signSeed);
    this.#signKeyId = suite.keyId(board.crypto, this.signer.publicKey);
    this.#agreeKeyId = suite.keyId(board.crypto, opened.agreement.publicKey);
    this.counters = new Counters(journal);
    this.futureDated = new FutureDated(this);
    this.#checker = {
      me: identity.eui64,
      wire: this.wire,
      rules: this.#rules,
      anchors: this.anchors,
      counters: this.counters,
    };
    this.#refusals = new Refusals(this, this.settings);
    this.#uplink = uplink;
    this.#outbox = new AlertOutbox(this, uplink, this.settings);
    this.#responses = new ResponseQueue(this, uplink, this.settings);
  }

  /** Starts the features, completes what a power cut interrupted, sends what waits. Call it once. */
  start(features: readonly Feature[]): Promise<void> {
    this.#operations.serve(features);
    const rules = commandRules(this.deviceType, (step) => this.#operations.serves(step));
    for (const [code, rule] of rules) this.#rules.set(code, rule);
    return this.turn("boot", async () => {
      this.observe({ kind: "boot", device: this.identity.type, eui64: this.identity.eui64 });
      for (const feature of features) await feature.start?.();
      this.futureDated.start();
      await this.#resume();
      await this.#outbox.flush();
    });
  }

  /** Runs `handler` as one event, and passes on what it throws: for booting, when somebody waits for it. */
  async turn<T>(name: string, handler: () => Promise<T>): Promise<T> {
    let outcome = (): T => {
      throw new PowerLost();
    };
    await this.#loop.post(name, async () => {
      try {
        const result = await handler();
        outcome = () => result;
      } catch (error) {
        outcome = () => {
          throw error;
        };
        if (hasCode(error, "hal/power-lost")) throw error;
      }
    });
    return outcome();
  }

  /** The link came up: alerts and responses that wait leave now. */
  async linkUp(): Promise<void> {
    await this.#responses.flush();
    await this.#outbox.flush();
  }

  // --- a command's way ---

  /** A message for this device, from wherever. Never throws; settles when the message has been dealt with. */
  receive(bytes: Uint8Array, reply: Reply = this.respond): Promise<void> {
    return this.#loop.post("message", () => this.#handle(check(this.#checker, bytes), reply), true);
  }

  /** As {@link receive}, inside an event of this device, for an envelope that was opened before. */
  handleOpened(envelope: Envelope, reply: Reply): Promise<void> {
    return this.#handle(checkEnvelope(this.#checker, envelope), reply);
  }

  /**
   * A command's way. What is not replay-protected only reads, so there is nothing to commit. A cut after the
   * first commit has the command done again at the next boot, which features allow; a cut after the last one
   * may lose the response on its way, and the head end asks again.
   */
  async #handle(checked: Accepted | RefusalReason, reply: Reply): Promise<void> {
    if (typeof checked === "string") return this.refuse(checked);
    const { grant, party, command, plain } = checked;
    if (grant.replayProtected) await this.counters.accept(party.role, command.header, plain);
    if (this.observing) this.observe(commandAccepted(checked));
    const results = await this.#execute(checked);
    await reply(this.#answer(checked, results));
    if (grant.replayProtected) await this.counters.finish(party.role, party.eui);
  }

  /** Logs and reports a refusal, within its budget; it has no other effect. */
  async refuse(reason: RefusalReason, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    if (this.observing)
      this.observe({ kind: "command-refused", reason, code: refusalCodes[reason], ...more });
    await this.#refusals.report(reason);
  }

  /** Answers over the uplink. */
  readonly respond: Reply = (response) => this.#responses.add(response);

  /** A command that was accepted, and cut by a power loss before it was answered: done again, and answered. */
  async #resume(): Promise<void> {
    const pending = this.counters.pending();
    if (pending === undefined) return;
    const message = this.#readPending(pending.command);
    if (message === undefined) return this.counters.finish(pending.role, pending.holder);
    const rule = this.#checker.rules.get(message.header.code);
    const grant = rule?.grants.get(pending.role);
    const party =
      this.anchors.party(message.header.originator) ?? this.#departed(pending.role, message.header);
    if (rule !== undefined && grant !== undefined && "operations" in message) {
      const accepted = acceptable({ command: message, plain: pending.command, rule, grant, party });
      if (accepted !== "format") await this.respond(this.#answer(accepted, await this.#execute(accepted)));
    }
    await this.counters.finish(pending.role, pending.holder);
  }

  /** Undefined, and a fault, when this firmware no longer reads what an older one accepted. */
  #readPending(command: Uint8Array): Message | undefined {
    try {
      return this.suite.decodePlain(command);
    } catch (error) {
      this.observe({ kind: "fault", where: "pending command", error: String(error) });
      return undefined;
    }
  }

  /** Who sent a pending command that has itself replaced the sender's keys. */
  #departed(role: Role, header: Header): Party {
    return { eui: header.originator, bytes: euiBytes(header.originator), role };
  }

  #execute({ command, operations, party }: Accepted): Promise<OperationResult[]> {
    const { code, originator, counter } = command.header;
    return this.#operations.run(operations, { code, originator, role: party.role, counter });
  }

  /** The sealed response; one that no message or link can carry says "other reason": ask for a shorter range. */
  #answer(accepted: Accepted, results: readonly OperationResult[]): Uint8Array {
    try {
      const response = this.#seal(accepted, results);
      if (response.length <= this.#uplink.maxMessageBytes) return response;
    } catch (error) {
      if (!hasCode(error, "wire")) throw error;
      this.observe({ kind: "fault", where: "response", error: String(error) });
    }
    return this.#seal(
      accepted,
      results.map(() => ({ status: Status.otherReason })),
    );
  }

  #seal({ command, rule, grant, party }: Accepted, results: readonly OperationResult[]): Uint8Array {
    const { header } = command;
    const { code, counter, supplementary } = header;
    const own = {
      kind: Kind.response,
      code,
      originator: this.identity.eui64,
      target: header.originator,
      counter,
      ...this.#time.header(),
    };
    const response: Message = {
      header: supplementary === undefined ? own : { ...own, supplementary },
      results: rule.useCase.sensitive ? hidden(party, own, results) : results,
    };
    if (this.observing) this.observe(responseSealed(rule.useCase.id, response.header, results));
    return this.#protect(response, party, grant.response === "signature");
  }

  #protect(message: Message, party: Party | undefined, signed: boolean): Uint8Array {
    const plain = this.wire.encode(message);
    const mac = signed ? undefined : party?.replyMac;
    return mac === undefined
      ? this.wire.sign(plain, this.signer.sign, this.#signKeyId)
      : this.wire.protect(plain, mac(message.header), this.#agreeKeyId);
  }

  // --- DeviceContext ---

  nowS(): number {
    return this.#time.nowS();
  }

  stampS(): number {
    return this.#time.stampS();
  }

  timeIsSet(): boolean {
    return this.#time.isSet;
  }

  setTime(utcS: number): Promise<void> {
    return this.#time.set(utcS);
  }

  adjustTime(utcS: number, commit: (change: JournalChange) => Promise<void>): Promise<void> {
    return this.#time.adjust(utcS, commit);
  }

  at(atS: number, action: () => Promise<void>): () => void {
    return this.#time.at(atS, action);
  }

  after(delayMs: number, action: () => Promise<void>): () => void {
    return this.board.clock.after(delayMs, () => this.#loop.post("timer", action));
  }

  readonly event: DeviceContext["event"] = (name, handler, fromOutside) => (event) =>
    this.#loop.post(name, () => handler(event), fromOutside);

  async raise(alert: AlertRequest, changes: readonly JournalChange[] = []): Promise<void> {
    const seals = [alert.to].flat().map((to) => (counter: bigint) => this.#sealAlert(alert, to, counter));
    await this.#outbox.add(seals, changes, alert.minor);
  }

  /** A sealed alert that leaves now or never (a last gasp): its counter is kept, the alert is not. */
  sealOnce(alert: AlertRequest & { readonly to: Role }): Promise<Uint8Array> {
    return this.#outbox.sealOnce((counter) => this.#sealAlert(alert, alert.to, counter));
  }

  #sealAlert({ alertCode, message, values = [] }: AlertRequest, to: Role, counter: bigint): Uint8Array {
    const party = this.anchors.holder(to) ?? this.anchors.holder("accessControlBroker");
    const code = message ?? (alertCode >= 0x8f00 ? messages.GCA.code : messages.GNCA.code);
    const target = party?.eui ?? this.identity.eui64;
    const header = {
      kind: Kind.alert,
      code,
      originator: this.identity.eui64,
      target,
      counter,
      ...this.#time.header(),
    };
    this.observe({ kind: "alert", alertCode, message: code, to: target, counter });
    return this.#protect({ header, alertCode, values }, party, alertSigned(code));
  }

  observe(observation: Observation): void {
    this.#observe?.(observation);
  }

  /** The use cases it models: those whose every step its features serve. */
  get useCases(): readonly UseCase[] {
    return [...this.#rules.values()].map(({ useCase }) => useCase);
  }

  get deviceType(): DeviceName {
    return this.identity.type;
  }

  /** Who hears of refusals. */
  get overseer(): Role {
    return devices[this.deviceType].overseer;
  }
}

/** Alerts are signed unless their row has them MACed. */
const alertSigned = (code: number): boolean => useCaseByCode(code)?.alert?.protection !== "mac";

/** Values that only the originator may read: hidden for its agreement key. */
function hidden(
  party: Party,
  header: Header,
  results: readonly OperationResult[],
): readonly OperationResult[] {
  if (party.hidden === undefined) return [{ status: Status.readWriteDenied }];
  return [{ status: Status.success, value: party.hidden.seal(header, results) }];
}
