/**
 * A home of any devices on simulated boards, with the head end that talks to it. Time is virtual and moves only in
 * {@link Premises.run} and what calls it; one seed gives one run, byte for byte.
 *
 * @example
 * import { premises } from "meterbench";
 * it("disables the supply", async function () {
 *   const home = await premises(this);
 *   await home.commission();
 *   await home.request("7.2");
 * });
 */
import type { Observation } from "../../firmware/kernel/observation.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { type HomeWire, suites } from "../../firmware/wire/suites.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { Crypto } from "../../hal/board.ts";
import { type CutPoint, Ether, Scheduler, SeededRandom, WanLink } from "../../hal/mock/index.ts";
import { type Exchange, succeeded } from "../headend/exchange.ts";
import { HeadEnd } from "../headend/head-end.ts";
import type { TestPki } from "../headend/pki.ts";
import type { Reading } from "../headend/readings.ts";
import type { ReceivedAlert } from "../headend/receiver.ts";
import type { Parameters, Reference } from "../headend/requests/index.ts";
import { type Parsed, parseTold } from "../interface/mmc/index.ts";
import { addCaptureKeys } from "./capture-keys.ts";
import {
  checkAlertCode,
  checkCut,
  checkDuration,
  checkMessage,
  checkOptions,
  checkRequestOptions,
} from "./check-options.ts";
import { commission } from "./commission.ts";
import { defaultDevices, numbered, placeDevices } from "./device-specs.ts";
import { knownDevice } from "./factory.ts";
import { notCommissioned, orCommissionFirst, readingOf, withHint } from "./hints.ts";
import type { Asked, Home, HomeRequestOptions } from "./home.ts";
import type { HomeDevice } from "./home-device.ts";
import { makeDevices, makePki } from "./make-devices.ts";
import {
  cannotBuild,
  chooseCrypto,
  defaultStart,
  onBoard,
  type PremisesOptions,
  readStart,
} from "./options.ts";
import type { Pace } from "./pace.ts";
import { currentRun } from "./run-context.ts";
import { skipElsewhere } from "./skip.ts";
import { Trace } from "./trace.ts";
import { deviceOf, hubOf, metersOf, targetOf } from "./which-device.ts";

export class Premises implements Home {
  readonly seed: number;
  readonly startUtcMs: number;
  readonly scheduler = new Scheduler();
  readonly random: SeededRandom;
  readonly crypto: Crypto;
  /** The wire of this home. */
  readonly suite: Suite;
  readonly ether: Ether;
  readonly wan: WanLink;
  /** In the order in which they were asked for. */
  readonly devices: readonly HomeDevice[];
  readonly headEnd: HeadEnd;
  readonly trace: Trace;
  readonly #pace: Pace | undefined;

  /** Throws `premises/…` for options that no home has. */
  constructor(options: PremisesOptions, wire: HomeWire) {
    checkOptions(options, wire);
    this.suite = suites[wire];
    this.#pace = options.pace?.(this.scheduler);
    this.seed = options.seed ?? currentRun()?.seed ?? 1;
    this.startUtcMs = readStart(options.start ?? defaultStart);
    this.random = new SeededRandom(this.seed);
    this.crypto = chooseCrypto(options.crypto);
    this.trace = new Trace(this.startUtcMs, () => this.nowMs, currentRun() !== undefined);
    this.ether = new Ether(this.scheduler, this.random.fork("ether"), options.ether);
    this.wan = new WanLink(this.scheduler, this.random.fork("wan"), options.wan);
    const pki = makePki(this, "pki", options.partyKeys);
    const specs = numbered(options.devices ?? defaultDevices);
    const observe = (name: string, observation: Observation) => this.#observe(name, observation);
    this.devices = makeDevices(specs, options, this, pki, observe);
    this.headEnd = this.#makeHeadEnd(pki);
    placeDevices(this.ether, specs, options.distanceM ?? 4);
    this.#capture();
  }

  /** The device of that name. Throws `premises/no-device`. */
  device(name: string): HomeDevice {
    return deviceOf(this, name);
  }

  /** Virtual milliseconds since the home was built. */
  get nowMs(): number {
    return Math.round(this.scheduler.nowMs * 1000) / 1000;
  }

  /** True time, UTC seconds. */
  get nowS(): number {
    return Math.floor((this.startUtcMs + this.scheduler.nowMs) / 1000);
  }

  /** Makes the devices in their factory and plugs them in. Done by {@link premises}. */
  async build(): Promise<this> {
    for (const device of this.devices) {
      device.board.powerOn();
      await device.borrow(this);
      await device.manufacture(this.headEnd.pki);
      device.board.powerOff();
      device.startFirmware();
    }
    for (const device of this.devices) device.board.powerOn();
    await this.run(1000);
    return this;
  }

  /** Lets `ms` of virtual time pass. */
  async run(ms: number): Promise<void> {
    checkDuration("the time to run", ms);
    if (this.#pace === undefined) await this.scheduler.runUntil(this.scheduler.nowMs + ms);
    else await this.#pace.run(() => false, ms);
  }

  /** Runs until `condition` holds. Throws `premises/timeout`, with what `why` says then, when it does not within `limitMs`. */
  async runUntil(
    condition: () => boolean,
    limitMs: number,
    what = "the condition",
    why: () => string | undefined = () => undefined,
  ): Promise<void> {
    checkDuration(`the limit of ${what}`, limitMs, Number.POSITIVE_INFINITY);
    if (await this.#run(condition, limitMs)) return;
    const when = `(now ${this.nowMs / 1000} s, seed ${this.seed})`;
    const message = `${what} did not come within ${limitMs / 1000} s of virtual time ${when}`;
    const data = { limitMs, nowMs: this.nowMs, seed: this.seed };
    throw withHint(new CodedError("premises/timeout", message, data), why());
  }

  /** The whole real way: WAN, device log, joining, key establishment, tunnel, clock. See `commission.ts`. */
  async commission(): Promise<void> {
    await commission(this);
  }

  /** Sends a service request and runs until it is settled; what became of it is in its `status` and `answer`. */
  async request<R extends Reference>(reference: R, ...asked: Asked<R>): Promise<Exchange<R>> {
    const exchange = this.submit(reference, ...asked);
    await this.#run(() => exchange.status !== "sent", Number.POSITIVE_INFINITY);
    return exchange;
  }

  /** Sends a service request without waiting. */
  submit<R extends Reference>(reference: R, ...asked: Asked<R>): Exchange<R> {
    const [parameters = {} as Parameters<R>, options = {}] = asked;
    const names = this.devices.map(({ name }) => name);
    checkRequestOptions(options, names);
    const target = this.#targetOf(reference, options);
    const to = { ...options, to: this.device(target).eui };
    return orCommissionFirst(this, target, () => this.headEnd.submit(reference, parameters, to));
  }

  #targetOf(reference: Reference, { to }: HomeRequestOptions = {}): string {
    return to ?? targetOf(this, reference).name;
  }

  /** A request that must succeed, and what its answer says, by the names of the tables. Throws `headend/no-reading`. */
  async read<R extends Reference>(reference: R, ...asked: Asked<R>): Promise<Reading<R>> {
    const exchange = await this.request(reference, ...asked);
    return readingOf(this, this.#targetOf(reference, asked[1]), exchange);
  }

  /** A request that must succeed. Throws `headend/no-reading` with what happened instead. */
  async command<R extends Reference>(reference: R, ...asked: Asked<R>): Promise<Exchange<R>> {
    const exchange = await this.request(reference, ...asked);
    if (!succeeded(exchange)) readingOf(this, this.#targetOf(reference, asked[1]), exchange);
    return exchange;
  }

  /** An answer or alert as users of the DCC read it; on the GBCS wire alone. Throws `mmc/no-answer`, `mmc/unreadable`. */
  parse(told: Exchange | ReceivedAlert): Parsed {
    return parseTold(told);
  }

  /** Runs until the head end holds an alert with `code` that came after `sinceMs` (default: from now on). */
  async waitForAlert(code: number, limitMs: number, from?: string): Promise<ReceivedAlert> {
    checkAlertCode(code);
    const seen = this.headEnd.alerts.length;
    const find = () =>
      this.headEnd.alerts
        .slice(seen)
        .find((a) => a.alertCode === code && (!from || a.device === this.device(from).eui));
    const what = `alert ${code.toString(16).toUpperCase()}`;
    const why = () => notCommissioned(this, from ?? (metersOf(this)[0] ?? hubOf(this)).name);
    await this.runUntil(() => find() !== undefined, limitMs, what, why);
    return find() as ReceivedAlert;
  }

  /** Alerts at the head end with `code`, oldest first. */
  alerts(code: number): ReceivedAlert[] {
    checkAlertCode(code);
    return this.headEnd.alerts.filter((alert) => alert.alertCode === code);
  }

  // --- the bench's hand on power and wires ---

  /** Takes the mains from the whole home for `ms`; the boards live on their hold-up stores meanwhile. */
  async cutMains(ms: number): Promise<void> {
    checkDuration("the time without mains", ms);
    this.loseMains();
    await this.run(ms);
    this.restoreMains();
  }

  loseMains(): void {
    this.trace.record({ source: "power", kind: "mains-lost" });
    for (const { board } of this.devices) board.mockMains.lose();
  }

  restoreMains(): void {
    this.trace.record({ source: "power", kind: "mains-restored" });
    for (const { board } of this.devices) board.mockMains.restore();
  }

  /** Pulls a board's plug, hold-up or not, for `ms`; its firmware starts again afterwards. */
  async powerCut(name: string, ms = 1000): Promise<void> {
    checkDuration("the time without power", ms);
    const { board } = this.device(name);
    board.powerOff();
    await this.run(ms);
    board.powerOn();
    await this.run(0);
  }

  /**
   * Pulls a board's plug at the `n`th flash operation from now (0 = the next): before it, inside it (torn), or
   * after it. The board stays dark until {@link plugIn}.
   */
  cutAtFlashOperation(name: string, n: number, point: CutPoint): void {
    checkCut(n, point);
    const { mockFlash } = this.device(name).board;
    mockFlash.cutPowerAt(mockFlash.operationCount + n, point);
  }

  /** Gives a board its power back, and takes back a cut that did not strike. */
  async plugIn(name: string): Promise<void> {
    const { board } = this.device(name);
    board.mockFlash.clearCut();
    if (!board.powered) board.powerOff();
    board.powerOn();
    await this.run(0);
  }

  /** Puts bytes into the WAN towards the hub, as an attacker there would. */
  inject(bytes: Uint8Array): void {
    checkMessage(bytes);
    this.trace.record({ source: "attacker", kind: "inject", bytes: bytes.length });
    this.#toHub(bytes, "attacker");
  }

  /** Sends again, byte for byte, what was sent before. */
  replay(exchange: Exchange): void {
    this.inject(exchange.bytes);
  }

  #run(condition: () => boolean, limitMs: number): Promise<boolean> {
    return (this.#pace ?? this.scheduler).run(condition, limitMs);
  }

  /** A message of the head end's to the hub; `done` runs once. */
  deliver(bytes: Uint8Array, done: (outcome: "delivered" | "failed") => void): void {
    this.#toHub(bytes, "head-end", done);
  }

  #toHub(bytes: Uint8Array, from: string, done: (outcome: "delivered" | "failed") => void = () => {}): void {
    this.#wanMessage("down", from, bytes);
    this.wan.deliver(bytes, done);
  }

  #wanMessage(direction: "down" | "up", from: string, bytes: Uint8Array): void {
    this.trace.record({ source: "wan", kind: "message", direction, from, hex: bytes });
    this.trace.capture({ link: "wan", timeMs: this.nowMs, bytes, from, direction });
  }

  #makeHeadEnd(pki: TestPki): HeadEnd {
    const headEnd = new HeadEnd({
      crypto: this.crypto,
      suite: this.suite,
      pki,
      deliver: (bytes, done) => this.deliver(bytes, done),
      after: (delayMs, action) => this.scheduler.after(delayMs, action),
      nowS: () => this.nowS,
      observe: (event) => this.trace.record({ ...event, source: "head-end" }),
    });
    for (const { eui, type, keys, board } of this.devices) {
      const { phaseCount: phases = 1, elementCount = 1 } = board.metrology ?? {};
      headEnd.register({ ...knownDevice(type, eui, keys, elementCount === 2), phases });
    }
    this.wan.onUplink((bytes) => {
      this.#wanMessage("up", "hub", bytes);
      headEnd.receive(bytes);
    });
    return headEnd;
  }

  #capture(): void {
    this.ether.onFrame(({ timeMs, mpdu, fcsOk, from }) => {
      this.trace.capture({ link: "han", timeMs, bytes: mpdu, from, fcsOk });
    });
  }

  /** A device's own account. With each change of the network the capture gets the keys that open it. */
  #observe(source: string, observation: Observation): void {
    this.trace.record({ ...observation, source });
    if (observation.kind === "han") addCaptureKeys(this.devices, this.trace.captures.keys);
  }
}

/** Builds a home and starts its devices. Works in a run of the command line and in any mocha file. */
export async function premises(
  context?: Mocha.Context | PremisesOptions,
  options?: PremisesOptions,
): Promise<Premises> {
  const inMocha = context !== undefined && "runnable" in context;
  const chosen = options ?? (inMocha ? {} : (context as PremisesOptions | undefined)) ?? {};
  const run = currentRun();
  const wire = chosen.wire ?? run?.wire ?? "cose";
  const reason = cannotBuild(wire, run?.target ?? "mock", run?.board !== undefined);
  if (reason !== undefined) {
    if (inMocha) skipElsewhere(context as Mocha.Context, reason.message);
    throw reason;
  }
  const home = new Premises({ ...onBoard(run?.board, chosen.devices), ...chosen }, wire as HomeWire);
  run?.addPremises(home.trace, home.trace.captures);
  return home.build();
}
