/**
 * A home on simulated boards, with the head end that talks to it. Time is virtual and moves only in
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
import type { Observation } from "../../firmware/features/feature.ts";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { suites } from "../../firmware/wire/suites.ts";
import { fromHex } from "../../hal/base/hex.ts";
import type { Crypto } from "../../hal/board.ts";
import {
  type CutPoint,
  Ether,
  hubMains,
  MockBoard,
  meterMains,
  Scheduler,
  SeededRandom,
  WanLink,
} from "../../hal/mock/index.ts";
import { type Exchange, succeeded } from "../headend/exchange.ts";
import { HeadEnd, type RequestOptions } from "../headend/head-end.ts";
import { TestPki } from "../headend/pki.ts";
import type { Reading } from "../headend/readings.ts";
import type { ReceivedAlert } from "../headend/receiver.ts";
import { type Parameters, type Reference, serviceRequest } from "../headend/requests/index.ts";
import { currentRun } from "../run-context.ts";
import { addCaptureKeys } from "./capture-keys.ts";
import { checkDuration, checkOptions, checkRequestOptions } from "./check-options.ts";
import { commission } from "./commission.ts";
import { notCommissioned, orCommissionFirst, readingOf, withHint } from "./hints.ts";
import { type DeviceName, HomeDevice, partiesOf } from "./home-device.ts";
import {
  cannotBuild,
  chooseCrypto,
  defaultStart,
  loadOf,
  onBoard,
  type PremisesOptions,
  printedCode,
  readStart,
} from "./options.ts";
import type { Pace } from "./pace.ts";
import { skipElsewhere } from "./skip.ts";
import { Trace } from "./trace.ts";

/** Options of one service request in a home: `to` is a device's name; by default the one the request is for. */
export type HomeRequestOptions = Omit<RequestOptions, "to"> & { readonly to?: DeviceName };

/** A request's form, which may be left out when all of it may, and options. */
export type Asked<R extends Reference> =
  Record<never, never> extends Parameters<R>
    ? [parameters?: Parameters<R>, options?: HomeRequestOptions]
    : [parameters: Parameters<R>, options?: HomeRequestOptions];

export const hubEui: Eui64 = "00DB1234567890A2";
export const esmeEui: Eui64 = "00DB1234567890A0";

export class Premises {
  readonly seed: number;
  readonly startUtcMs: number;
  readonly scheduler = new Scheduler();
  readonly random: SeededRandom;
  readonly crypto: Crypto;
  /** The wire of this home. */
  readonly suite: Suite = suites.cose;
  readonly ether: Ether;
  readonly wan: WanLink;
  readonly hub: HomeDevice;
  readonly esme: HomeDevice;
  readonly headEnd: HeadEnd;
  readonly trace: Trace;
  readonly #boards: NonNullable<PremisesOptions["boards"]>;
  readonly #pace: Pace | undefined;

  constructor(options: PremisesOptions) {
    checkOptions(options);
    this.#boards = options.boards ?? {};
    this.#pace = options.pace?.(this.scheduler);
    this.seed = options.seed ?? currentRun()?.seed ?? 1;
    this.startUtcMs = readStart(options.start ?? defaultStart);
    this.random = new SeededRandom(this.seed);
    this.crypto = chooseCrypto(options.crypto);
    this.trace = new Trace(this.startUtcMs, () => this.nowMs, currentRun() !== undefined);
    this.ether = new Ether(this.scheduler, this.random.fork("ether"), options.ether);
    this.wan = new WanLink(this.scheduler, this.random.fork("wan"), options.wan);
    const pki = this.#makePki("pki");
    this.hub = this.#makeDevice("hub", options, pki);
    this.esme = this.#makeDevice("esme", options, pki);
    this.headEnd = this.#makeHeadEnd(pki);
    this.#place(options.distanceM ?? 4);
    this.#capture();
  }

  get devices(): readonly HomeDevice[] {
    return [this.hub, this.esme];
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
      await this.#lend(device);
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
    throw withHint(new MeterbenchError("premises/timeout", message, data), why());
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
    checkRequestOptions(options);
    const target = this.#targetOf(reference, options);
    const to = { ...options, to: this[target].eui };
    return orCommissionFirst(this, target, () => this.headEnd.submit(reference, parameters, to));
  }

  #targetOf(reference: Reference, { to }: HomeRequestOptions = {}): DeviceName {
    return to ?? (serviceRequest(reference).devices.includes("ESME") ? "esme" : "hub");
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

  /** Runs until the head end holds an alert with `code` that came after `sinceMs` (default: from now on). */
  async waitForAlert(code: number, limitMs: number, from?: DeviceName): Promise<ReceivedAlert> {
    const seen = this.headEnd.alerts.length;
    const find = () =>
      this.headEnd.alerts
        .slice(seen)
        .find((a) => a.alertCode === code && (!from || a.device === this[from].eui));
    const what = `alert ${code.toString(16).toUpperCase()}`;
    const why = () => notCommissioned(this, from ?? "esme");
    await this.runUntil(() => find() !== undefined, limitMs, what, why);
    return find() as ReceivedAlert;
  }

  /** Alerts at the head end with `code`, oldest first. */
  alerts(code: number): ReceivedAlert[] {
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
  async powerCut(name: DeviceName, ms = 1000): Promise<void> {
    checkDuration("the time without power", ms);
    const { board } = this[name];
    board.powerOff();
    await this.run(ms);
    board.powerOn();
    await this.run(0);
  }

  /**
   * Pulls a board's plug at the `n`th flash operation from now (0 = the next): before it, inside it (torn), or
   * after it. The board stays dark until {@link plugIn}.
   */
  cutAtFlashOperation(name: DeviceName, n: number, point: CutPoint): void {
    const { mockFlash } = this[name].board;
    mockFlash.cutPowerAt(mockFlash.operationCount + n, point);
  }

  /** Gives a board its power back, and takes back a cut that did not strike. */
  async plugIn(name: DeviceName): Promise<void> {
    const { board } = this[name];
    board.mockFlash.clearCut();
    if (!board.powered) board.powerOff();
    board.powerOn();
    await this.run(0);
  }

  /** Puts bytes into the WAN towards the hub, as an attacker there would. */
  inject(bytes: Uint8Array): void {
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

  /** The device gets its parts of a real board, if it is to run on one; that board's flash is erased. */
  async #lend(device: HomeDevice): Promise<void> {
    const pair = await this.#boards[device.name]?.(device.board, this);
    if (pair === undefined) return;
    await pair.erase();
    device.bootBoard = () => pair.board();
  }

  #toHub(bytes: Uint8Array, from: string, done: (outcome: "delivered" | "failed") => void = () => {}): void {
    this.#wanMessage("down", from, bytes);
    this.wan.deliver(bytes, done);
  }

  #wanMessage(direction: "down" | "up", from: string, bytes: Uint8Array): void {
    this.trace.record({ source: "wan", kind: "message", direction, from, hex: bytes });
    this.trace.capture({ link: "wan", timeMs: this.nowMs, bytes, from, direction });
  }

  #makePki(label: string): TestPki {
    const notBeforeS = Math.floor(this.startUtcMs / 1000) - 86_400;
    return new TestPki({
      crypto: this.crypto,
      suite: this.suite,
      random: this.random.fork(label),
      notBeforeS,
    });
  }

  #makeDevice(name: DeviceName, options: PremisesOptions, pki: TestPki): HomeDevice {
    const isHub = name === "hub";
    const eui = isHub ? hubEui : esmeEui;
    const mains = isHub ? { ...hubMains, ...options.hubMains } : { ...meterMains, ...options.meterMains };
    const meterParts = {
      metrology: { profile: loadOf(options, this.random) },
      loadSwitch: true,
      tamper: true,
      userInterface: true,
    } as const;
    const board = new MockBoard({
      scheduler: this.scheduler,
      random: this.random,
      id: name,
      startUtcMs: this.startUtcMs,
      crypto: this.crypto,
      parts: isHub ? { mains } : { mains, ...meterParts },
      ether: this.ether,
      eui64: fromHex(eui),
      ...(isHub ? { wan: this.wan } : {}),
    });
    return new HomeDevice({
      name,
      type: isHub ? "CHF" : "ESME",
      eui,
      board,
      keys: pki.deviceKeys(eui),
      ...(isHub ? {} : printedCode(options, this.random)),
      ...(isHub || !options.rogueMeter ? {} : { maker: this.#makePki("rogue-pki") }),
      suite: this.suite,
      installCode: this.random.fork(`install-code/${name}`).bytes(16),
      settings: options.settings ?? {},
      observe: (observation) => this.#observe(name, observation),
    });
  }

  #makeHeadEnd(pki: TestPki): HeadEnd {
    const headEnd = new HeadEnd({
      crypto: this.crypto,
      suite: this.suite,
      pki,
      deliver: (bytes, done) => this.#toHub(bytes, "head-end", done),
      after: (delayMs, action) => this.scheduler.after(delayMs, action),
      observe: (event) => this.trace.record({ ...event, source: "head-end" }),
    });
    for (const { eui, type, keys } of this.devices)
      headEnd.register({
        eui,
        type,
        signPublicKey: keys.sign.signer.publicKey,
        agreePublicKey: keys.agree.publicKey,
        parties: partiesOf(type),
      });
    this.wan.onUplink((bytes) => {
      this.#wanMessage("up", "hub", bytes);
      headEnd.receive(bytes);
    });
    return headEnd;
  }

  #place(distanceM: number): void {
    this.ether.place("hub", { xM: 0, yM: 0 });
    this.ether.place("esme", { xM: distanceM, yM: 0 });
  }

  #capture(): void {
    this.ether.onFrame(({ timeMs, mpdu, fcsOk, from }) => {
      this.trace.capture({ link: "han", timeMs, bytes: mpdu, from, fcsOk });
    });
  }

  /** A device's own account. With each change of the network the capture gets the keys that open it. */
  #observe(source: DeviceName, observation: Observation): void {
    this.trace.record({ ...observation, source });
    if (observation.kind === "han") addCaptureKeys(this.hub.firmware, this.trace.captures.keys);
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
  const reason = cannotBuild(
    chosen.wire ?? run?.wire ?? "cose",
    run?.target ?? "mock",
    run?.board !== undefined,
  );
  if (reason !== undefined) {
    if (inMocha) skipElsewhere(context as Mocha.Context, reason.message);
    throw reason;
  }
  const home = new Premises({ ...onBoard(run?.board), ...chosen });
  run?.addPremises(home.trace, home.trace.captures);
  return home.build();
}
