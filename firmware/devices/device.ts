/**
 * What every device is: identity, journal, logs, time, alerts, and the door for commands (`commands.ts`).
 * A device type is this core with its own features and link (`boot.ts`).
 */
import { hasCode } from "../../hal/base/coded-error.ts";
import { type Board, PowerLost, type Signer } from "../../hal/board.ts";
import type { FirmwareImages } from "../features/activation/images.ts";
import { EventBehaviours } from "../features/event-behaviours/behaviours.ts";
import type { AlertRequest, DeviceContext, Feature } from "../features/feature.ts";
import { FutureDated } from "../features/future-dating/feature.ts";
import { Refusals } from "../features/refusals.ts";
import type { EventLog } from "../kernel/event-log.ts";
import type { Journal, JournalChange } from "../kernel/journal.ts";
import type { Observation } from "../kernel/observation.ts";
import { RunLoop } from "../kernel/run-loop.ts";
import {
  type DeviceName,
  devices,
  type Matched,
  type Plain,
  type Role,
  type UseCase,
} from "../model/index.ts";
import { Counters } from "../security/counters.ts";
import type { OwnKeys } from "../security/own-keys.ts";
import type { RefusalReason } from "../security/refusal-reasons.ts";
import { type CommandRule, commandRules, unsupportedRules } from "../security/rules.ts";
import type { TrustAnchors } from "../security/trust-anchors.ts";
import type { Agreement, Suite } from "../wire/suite.ts";
import type { Envelope } from "../wire/wire.ts";
import { AlertOutbox } from "./alert-outbox.ts";
import { Commands, type Reply } from "./commands.ts";
import { type DeviceState, readState } from "./device-state.ts";
import { DeviceTime } from "./device-time.ts";
import { Operations } from "./operations.ts";
import { type Partitions, partitions } from "./partitions.ts";
import type { DeviceIdentity } from "./provision.ts";
import { ResponseQueue } from "./response-queue.ts";
import { Sealer } from "./sealer.ts";
import { type DeviceSettings, defaultSettings } from "./settings.ts";
import type { Uplink } from "./uplink.ts";

export interface DeviceOptions {
  /** The wire it speaks. */
  readonly suite: Suite;
  /** Agrees keys in the place of the identity's own secret. */
  readonly agreement?: Agreement;
  /** Signs in the place of the identity's own secret. */
  readonly signer?: Signer;
  /** In the place of the board's images: for a bench. */
  readonly images?: FirmwareImages;
  readonly observe?: (observation: Observation) => void;
  readonly settings?: Partial<DeviceSettings>;
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
  readonly behaviours: EventBehaviours;
  readonly overseer: Role;
  readonly anchors: TrustAnchors;
  readonly counters: Counters;
  readonly futureDated: FutureDated;
  readonly keys: OwnKeys;
  readonly images: FirmwareImages;
  readonly suite: Suite;
  readonly #observe: ((observation: Observation) => void) | undefined;
  readonly #loop: RunLoop;
  readonly #time: DeviceTime;
  readonly #operations = new Operations(this);
  #features: readonly Feature[] = [];
  /** What this device models: known once its features serve. */
  readonly #rules = new Map<number, CommandRule>();
  readonly #unsupported = new Map<number, CommandRule>();
  readonly #sealer: Sealer;
  readonly #commands: Commands;
  readonly #alerts: AlertOutbox;
  readonly #responses: ResponseQueue;

  /** Reads identity and state of a `type` from flash. Throws as {@link readState}. */
  static async open(board: Board, type: DeviceName, uplink: Uplink, options: DeviceOptions): Promise<Device> {
    const state = await readState(board, type, options.suite, options);
    const loop = new RunLoop();
    const time = await DeviceTime.open(board, state.journal, (action) => loop.post("appointment", action));
    return new Device(board, state, loop, time, uplink, options);
  }

  private constructor(
    board: Board,
    state: DeviceState,
    loop: RunLoop,
    time: DeviceTime,
    uplink: Uplink,
    { suite, observe, settings }: DeviceOptions,
  ) {
    this.board = board;
    this.identity = state.identity;
    this.partitions = partitions(board.flash.geometry);
    this.suite = suite;
    this.settings = { ...defaultSettings, ...settings };
    this.journal = state.journal;
    this.anchors = state.anchors;
    this.eventLog = state.eventLog;
    this.securityLog = state.securityLog;
    this.powerLog = state.powerLog;
    this.behaviours = new EventBehaviours(state.journal, this.settings);
    this.overseer = devices[state.identity.type].overseer;
    this.#observe = observe;
    this.#loop = loop;
    this.#time = time;
    loop.onFault(({ name, error }) => this.observe({ kind: "fault", where: name, error: String(error) }));
    this.keys = state.keys;
    this.images = state.images;
    this.counters = new Counters(state.journal);
    this.futureDated = new FutureDated(this);
    const { maxMessageBytes } = uplink;
    const { crypto } = board;
    const takeCounter = () => this.#alerts.takeCounter();
    this.#sealer = new Sealer({ state, suite, crypto, time, takeCounter, maxMessageBytes, observe });
    this.#commands = this.#makeCommands();
    this.#alerts = new AlertOutbox(this, uplink, this.settings);
    this.#responses = new ResponseQueue(this, uplink, this.settings);
  }

  #makeCommands(): Commands {
    const { identity, suite, anchors, counters } = this;
    const { eui64: me } = identity;
    return new Commands({
      suite,
      checker: {
        me,
        wire: suite.wire,
        rules: this.#rules,
        unsupported: this.#unsupported,
        anchors,
        counters,
      },
      operations: this.#operations,
      refusals: new Refusals(this, this.settings),
      sealer: this.#sealer,
      observe: this.#observe,
    });
  }

  /** Starts the features, completes what a power cut interrupted, sends what waits. Call it once. */
  start(features: readonly Feature[]): Promise<void> {
    this.#features = features;
    this.#operations.serve(features);
    const rules = commandRules(this.deviceType, (step) => this.#operations.serves(step));
    for (const [code, rule] of rules) this.#rules.set(code, rule);
    for (const [code, rule] of unsupportedRules(this.deviceType, rules)) this.#unsupported.set(code, rule);
    return this.turn("boot", async () => {
      this.observe({ kind: "boot", device: this.identity.type, eui64: this.identity.eui64 });
      for (const feature of features) await feature.start?.();
      this.futureDated.start();
      await this.#commands.resume(this.respond);
      await this.#alerts.flush();
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
    await this.#alerts.flush();
  }

  /** A message for this device, from wherever. Never throws; settles when the message has been dealt with. */
  receive(bytes: Uint8Array, reply: Reply = this.respond): Promise<void> {
    return this.#loop.post("message", () => this.#commands.receive(bytes, reply), true);
  }

  /** As {@link receive}, inside an event of this device, for an envelope that was opened before. */
  receiveOpened(envelope: Envelope): Promise<void> {
    return this.#commands.receiveOpened(envelope, this.respond);
  }

  /** Logs and reports a refusal, within its budget; it has no other effect. */
  refuse(reason: RefusalReason, more?: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#commands.refuse(reason, more);
  }

  /** Whoever has brought an image into the slot that waits calls this. */
  imageArrived(): Promise<void> {
    return this.turn("image", async () => {
      for (const feature of this.#features) await feature.imageArrived?.();
    });
  }

  /** Answers over the uplink. */
  readonly respond: Reply = (response) => this.#responses.add(response);

  /**
   * For a bench, and reached by no wire: brings the features into the state in which the operation gives `gives`. False
   * when none of them can be brought there. Throws `model/value`.
   */
  load(operation: Matched, gives: Plain): Promise<boolean> {
    return this.turn("load", () => this.#operations.load(operation, gives));
  }

  /** For a bench: what the operation gives when the hardware behind it fails, where it does not just fail. */
  failureOf(operation: Matched): Plain | undefined {
    return this.#operations.failure(operation);
  }

  /** For a bench: the hardware behind a member ("object.member") fails, or works again. */
  setFailing(path: string, failing = true): void {
    this.#operations.setFailing(path, failing);
  }

  /** For a bench: the next alert has a counter one greater. */
  setAlertCounter(counter: bigint): Promise<void> {
    return this.turn("alert counter", () => this.#alerts.countFrom(counter));
  }

  /** The use cases it models: those whose every step its features serve. */
  get useCases(): readonly UseCase[] {
    return [...this.#rules.values()].map(({ useCase }) => useCase);
  }

  /** What it signs with now. */
  get signer(): Signer {
    return this.keys.signer;
  }

  get deviceType(): DeviceName {
    return this.identity.type;
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
    const seals = [alert.to].flat().map((to) => (counter: bigint) => this.#sealer.alert(alert, to, counter));
    await this.#alerts.add(seals, changes, alert.minor);
  }

  /** A sealed alert that leaves now or never (a last gasp): its counter is kept, the alert is not. */
  sealOnce(alert: AlertRequest & { readonly to: Role }): Promise<Uint8Array> {
    return this.#alerts.sealOnce((counter) => this.#sealer.alert(alert, alert.to, counter));
  }

  observe(observation: Observation): void {
    this.#observe?.(observation);
  }
}
