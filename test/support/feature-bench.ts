/** What feature tests stand on: the device core's services over a mock board, without wires or parties. */

import { DeviceTime } from "../../firmware/devices/device-time.ts";
import { Operations } from "../../firmware/devices/operations.ts";
import { partitions } from "../../firmware/devices/partitions.ts";
import type { CommandOrigin } from "../../firmware/features/command-origin.ts";
import { EventBehaviours } from "../../firmware/features/event-behaviours/behaviours.ts";
import type { AlertRequest, DeviceContext, Feature } from "../../firmware/features/feature.ts";
import { FutureDated } from "../../firmware/features/future-dating/feature.ts";
import { EventLog } from "../../firmware/kernel/event-log.ts";
import { Journal, type JournalChange } from "../../firmware/kernel/journal.ts";
import type { Observation } from "../../firmware/kernel/observation.ts";
import { RunLoop } from "../../firmware/kernel/run-loop.ts";
import {
  attributeOf,
  type DeviceName,
  fromPlain,
  type Matched,
  type ModelObject,
  methodOf,
  type ObjectName,
  objects,
  type Step,
} from "../../firmware/model/index.ts";
import type { OperationResult, Value } from "../../firmware/wire/message.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import {
  hubMains,
  type LoadProfile,
  type MainsSettings,
  MockBoard,
  meterMains,
  Scheduler,
  SeededRandom,
  WanLink,
} from "../../hal/mock/index.ts";

export const startUtcS = Date.UTC(2025, 0, 1) / 1000;
const alertPrefix = "bench-alert/";

export interface RaisedAlert {
  readonly code: number;
  readonly to: string;
  readonly message?: number;
  readonly values: readonly Value[];
  readonly atS: number;
}

export class BenchContext implements DeviceContext {
  readonly board: MockBoard;
  readonly journal: Journal;
  readonly eventLog: EventLog;
  readonly securityLog: EventLog;
  readonly powerLog: EventLog;
  readonly behaviours: EventBehaviours;
  readonly overseer = "supplier";
  readonly deviceType: DeviceName;
  readonly futureDated: FutureDated;
  readonly loop: RunLoop;
  readonly #time: DeviceTime;
  readonly #observations: Observation[];

  static async open(board: MockBoard, observations: Observation[]): Promise<BenchContext> {
    const journal = await Journal.open(board.flash, partitions(board.flash.geometry).journal);
    const loop = new RunLoop();
    const time = await DeviceTime.open(board, journal, (action) => loop.post("appointment", action));
    const logs = [
      await EventLog.open(journal, "event-log/"),
      await EventLog.open(journal, "security-log/"),
      await EventLog.open(journal, "power-log/"),
    ] as const;
    return new BenchContext(board, journal, logs, loop, time, observations);
  }

  private constructor(
    board: MockBoard,
    journal: Journal,
    [eventLog, securityLog, powerLog]: readonly [EventLog, EventLog, EventLog],
    loop: RunLoop,
    time: DeviceTime,
    observations: Observation[],
  ) {
    this.board = board;
    this.deviceType = board.modem === undefined ? "ESME" : "CHF";
    this.journal = journal;
    this.behaviours = new EventBehaviours(journal, { alertsOnAsDelivered: true });
    this.eventLog = eventLog;
    this.securityLog = securityLog;
    // As in a device: a hub has no power log of its own.
    this.powerLog = board.modem === undefined ? powerLog : eventLog;
    this.loop = loop;
    this.#time = time;
    this.#observations = observations;
    this.futureDated = new FutureDated(this);
  }

  nowS = () => this.#time.nowS();
  stampS = () => this.#time.stampS();
  timeIsSet = () => this.#time.isSet;
  setTime = (utcS: number) => this.#time.set(utcS);
  adjustTime = (utcS: number, commit: (change: JournalChange) => Promise<void>) =>
    this.#time.adjust(utcS, commit);
  at = (atS: number, action: () => Promise<void>) => this.#time.at(atS, action);
  after = (delayMs: number, action: () => Promise<void>) =>
    this.board.clock.after(delayMs, () => this.loop.post("timer", action));
  event =
    <E>(name: string, handler: (event: E) => Promise<void>) =>
    (event: E) =>
      this.loop.post(name, () => handler(event));
  observe = (observation: Observation) => void this.#observations.push(observation);

  /** Like the device's outbox, but that nothing leaves: the journal is the list of alerts, one for each recipient. */
  async raise(alert: AlertRequest, changes: readonly JournalChange[] = []): Promise<void> {
    const number = this.journal.keys(alertPrefix).length;
    const alerts = [alert.to].flat().map((to, i) => {
      const text = JSON.stringify({ ...alert, to, atS: this.nowS() }, (_key, value) =>
        value instanceof Uint8Array ? `h'${Buffer.from(value).toString("hex")}'` : value,
      );
      const key = `${alertPrefix}${String(number + i).padStart(4, "0")}`;
      return { key, value: new TextEncoder().encode(text) };
    });
    await this.journal.commit([...changes, ...alerts]);
  }

  alerts(): RaisedAlert[] {
    return this.journal.keys(alertPrefix).map((key) => {
      const { alertCode, values = [], ...rest } = JSON.parse(new TextDecoder().decode(this.journal.get(key)));
      return { code: alertCode, values, ...rest } as RaisedAlert;
    });
  }
}

export interface BenchOptions {
  readonly seed?: number;
  readonly load?: LoadProfile;
  /** 2: a twin-element meter. Default 1. */
  readonly elementCount?: 1 | 2;
  readonly mains?: Partial<MainsSettings>;
  /** Device and battery-backed clock know the time from the start. Default true. */
  readonly timeIsSet?: boolean;
  readonly hub?: boolean;
}

/** What a test builds on a context: features, in start order, and whatever it wants to hold of them. */
export interface Built {
  readonly features: readonly Feature[];
}

export const supplierOrigin: CommandOrigin = {
  code: 0x0043,
  originator: "90B3D51F30010000",
  role: "supplier",
  counter: 1000n,
};

/** One board and its firmware's features; they boot again whenever the power comes back. */
export class FeatureBench<B extends Built> {
  readonly scheduler = new Scheduler();
  readonly board: MockBoard;
  readonly wan: WanLink;
  readonly observations: Observation[] = [];
  readonly #build: (context: BenchContext) => B | Promise<B>;
  #context: BenchContext | undefined;
  #built: B | undefined;
  boots = 0;

  static async start<B extends Built>(
    options: BenchOptions,
    build: (context: BenchContext) => B | Promise<B>,
  ): Promise<FeatureBench<B>> {
    const bench = new FeatureBench<B>(options, build);
    bench.board.powerOn();
    if (options.timeIsSet !== false) await bench.board.clock.setRtcMs(startUtcS * 1000);
    await bench.boot();
    bench.board.onPowerOn(() => bench.boot());
    return bench;
  }

  private constructor(options: BenchOptions, build: (context: BenchContext) => B | Promise<B>) {
    const random = new SeededRandom(options.seed ?? 1);
    this.#build = build;
    this.wan = new WanLink(this.scheduler, random);
    this.board = new MockBoard({
      scheduler: this.scheduler,
      random,
      id: "bench",
      startUtcMs: startUtcS * 1000,
      crypto: nodeCrypto(),
      parts: {
        mains: { ...(options.hub ? hubMains : meterMains), ...options.mains },
        metrology: {
          elementCount: options.elementCount ?? 1,
          ...(options.load && { profile: options.load }),
        },
        loadSwitch: true,
        auxiliary: true,
        tamper: true,
        supervisor: true,
        userInterface: true,
      },
      ...(options.hub && { wan: this.wan }),
    });
  }

  /** Opens flash and starts the features, as a device does; dying of a power cut meanwhile is no error. */
  async boot(): Promise<void> {
    this.boots++;
    await dying(async () => {
      const context = await BenchContext.open(this.board, this.observations);
      const built = await this.#build(context);
      this.#context = context;
      this.#built = built;
      for (const feature of built.features) await feature.start?.();
      context.futureDated.start();
    });
  }

  get context(): BenchContext {
    if (this.#context === undefined) throw new Error("the bench has not booted");
    return this.#context;
  }
  get built(): B {
    if (this.#built === undefined) throw new Error("the bench has not booted");
    return this.#built;
  }

  /** Lets virtual time pass. */
  run(ms: number): Promise<void> {
    return this.scheduler.runUntil(this.scheduler.nowMs + ms);
  }

  /** Runs up to UTC `utcS` of a clock that was set at the start. */
  runTo(utcS: number): Promise<void> {
    return this.scheduler.runUntil((utcS - startUtcS) * 1000);
  }

  /** Pulls the plug and puts it in again `offMs` later. */
  async powerCycle(offMs = 1000): Promise<void> {
    this.board.powerOff();
    await this.run(offMs);
    this.board.powerOn();
    await this.run(0);
  }

  async get(name: ObjectName, member: number, selector?: Value): Promise<OperationResult> {
    return this.#operate(operation("get", name, member, selector), supplierOrigin);
  }

  /** Checks the type first, as a device does: throws `model/value`. */
  async set(
    name: ObjectName,
    member: number,
    value: Value,
    origin = supplierOrigin,
  ): Promise<OperationResult> {
    return this.#operate(operation("set", name, member, value), origin);
  }

  async call(
    name: ObjectName,
    member: number,
    argument: Value,
    origin = supplierOrigin,
  ): Promise<OperationResult> {
    return this.#operate(operation("call", name, member, argument), origin);
  }

  /** Alert codes so far, in hexadecimal, oldest first. */
  get alertCodes(): string[] {
    return this.context.alerts().map((alert) => alert.code.toString(16));
  }
  get eventCodes(): string[] {
    return codesOf(this.context.eventLog);
  }
  get securityCodes(): string[] {
    return codesOf(this.context.securityLog);
  }
  get powerCodes(): string[] {
    return codesOf(this.context.powerLog);
  }

  /** One operation as one event of the device's loop; what it throws comes out here. */
  async #operate(matched: Matched, origin: CommandOrigin): Promise<OperationResult> {
    const operations = new Operations(this.context);
    operations.serve(this.built.features);
    let outcome: (() => OperationResult) | undefined;
    await this.context.loop.post(matched.step.path, async () => {
      try {
        const [result] = await operations.run([matched], origin);
        outcome = () => result as OperationResult;
      } catch (error) {
        outcome = () => {
          throw error;
        };
        throw error;
      }
    });
    if (outcome === undefined) throw new Error("the device's loop has stopped");
    return outcome();
  }
}

/** An operation that no use case need have, checked as those are. */
function operation(kind: Step["kind"], name: ObjectName, no: number, plain: Value | undefined): Matched {
  const target: ModelObject = objects[name];
  const method = kind === "call" ? methodOf(target, no) : undefined;
  const attribute = kind === "call" ? undefined : attributeOf(target, no);
  const nothing = { kind: "null" } as const;
  const member = method?.name ?? attribute?.name ?? `member ${no}`;
  const read = kind === "get";
  const carries =
    method?.member.argument ?? (read ? attribute?.member.selector : attribute?.member.type) ?? nothing;
  const gives = method?.member.returns ?? (read ? attribute?.member.type : nothing) ?? nothing;
  const path = `${name}.${member}`;
  const step: Step = {
    kind,
    verb: kind,
    object: name,
    member,
    path,
    target,
    no,
    carries,
    gives,
    times: [1, 1],
    fromTime: false,
  };
  const value = read && plain === undefined ? undefined : fromPlain(carries, plain, `test: ${path}`);
  return { step, value };
}

const codesOf = (log: EventLog): string[] => log.entries().map((entry) => entry.code.toString(16));

/** Who refused an operation: the format check that comes before every feature, or the feature by its status. */
export async function refusalOf(operation: Promise<OperationResult>): Promise<"format" | number> {
  try {
    return (await operation).status;
  } catch (error) {
    if ((error as { code?: string }).code === "model/value") return "format";
    throw error;
  }
}

/** Runs `work`; true when a power cut ended it. */
export async function dying(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === "hal/power-lost") return true;
    throw error;
  }
}

/**
 * Cuts the power before, inside and after every flash operation that `work` does on a fresh bench, lets the
 * board come back, and hands each to `check`. Returns how many cuts there were.
 */
export async function cutEverywhere<B extends Built>(
  make: () => Promise<FeatureBench<B>>,
  work: (bench: FeatureBench<B>) => Promise<unknown>,
  check: (bench: FeatureBench<B>, cut: string) => Promise<void> | void,
): Promise<number> {
  const rehearsal = await make();
  const first = rehearsal.board.mockFlash.operationCount;
  await work(rehearsal);
  const last = rehearsal.board.mockFlash.operationCount;
  for (let operation = first; operation < last; operation++)
    for (const point of ["before", "torn", "after"] as const) {
      const bench = await make();
      bench.board.mockFlash.cutPowerAt(operation, point);
      let losses = 0;
      bench.board.onPowerLost(() => {
        losses++;
      });
      await dying(() => work(bench));
      if (losses === 0) throw new Error(`no cut at operation ${operation}: the work is not repeatable`);
      if (!bench.board.powered) await bench.powerCycle();
      await check(bench, `${point} operation ${operation - first}`);
    }
  return 3 * (last - first);
}
