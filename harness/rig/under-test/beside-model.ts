/**
 * A board under test beside the model: every command goes to both, and what the board answers must be what the
 * model answers. The two have the same identity and keys (those of the run's seed); the head end believes the
 * board's answer only when its signature and MAC are good.
 */

import assert from "node:assert/strict";
import type { Observation } from "../../../firmware/kernel/observation.ts";
import { type RefusalReason, refusalCodes } from "../../../firmware/security/refusal-reasons.ts";
import { type Eui64, Kind } from "../../../firmware/wire/message.ts";
import type { Wire } from "../../../firmware/wire/wire.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { Scheduler } from "../../../hal/mock/index.ts";
import type { Timers } from "../../../hal/serial/timers.ts";
import type { Exchange } from "../../headend/exchange.ts";
import { HeadEnd, type RequestOptions } from "../../headend/head-end.ts";
import { partyNames } from "../../headend/parties.ts";
import type { Reference } from "../../headend/requests/index.ts";
import { knownDevice } from "../../premises/factory.ts";
import type { DeviceEnd } from "../../premises/run-context.ts";
import { compareMessages, explainDifference, type MessageComparison } from "./compare-messages.ts";
import { ModelDevice } from "./model-device.ts";

export interface BesideModelOptions {
  readonly seed: number;
  /** UTC milliseconds now; default: when the run began. Commands' counters start there, so two of one run need two. */
  readonly utcMs?: number;
  /** How long the board may take to answer. Default 10 s; half a second where the model is silent. */
  readonly answerMs?: number;
}

export type AskOptions = Omit<RequestOptions, "to" | "unchecked"> & {
  /** The device's own state decides the values: then only their shape is compared. */
  readonly stateDecides?: boolean;
  /** What the model must do with it: where it does something else, another thing is compared than was meant. */
  readonly expects?: "answer" | RefusalReason;
};

const silenceMs = 500;
/** A refusal's alert may stay out, for a device reports only so many within the hour: it is not waited for so long. */
const refusalMs = 2000;
/** What the model may need of its own time, a hub's WAN included. */
const modelLimitMs = 30_000;

export class BesideModel {
  readonly eui: Eui64;
  readonly model: ModelDevice;
  readonly headEnd: HeadEnd;
  readonly #device: DeviceEnd;
  readonly #scheduler: Scheduler;
  readonly #timers: Timers;
  readonly #startMs: number;
  readonly #answerMs: number;
  /** Why the model refused the last command, told once. */
  readonly #takeRefusal: () => unknown;
  #fromModel: Uint8Array[] = [];

  static async start(device: DeviceEnd, options: BesideModelOptions): Promise<BesideModel> {
    const scheduler = new Scheduler();
    const startUtcMs = options.utcMs ?? device.startUtcMs;
    let why: unknown;
    const observe = (event: Observation) => {
      if (event.kind === "command-refused") why = event.reason;
    };
    const takeRefusal = () => {
      const taken = why;
      why = undefined;
      return taken;
    };
    const { type } = device;
    const model = await ModelDevice.start({ type, seed: options.seed, scheduler, startUtcMs, observe });
    return new BesideModel(device, model, scheduler, startUtcMs, options, takeRefusal);
  }

  private constructor(
    device: DeviceEnd,
    model: ModelDevice,
    scheduler: Scheduler,
    startUtcMs: number,
    { answerMs = 10_000 }: BesideModelOptions,
    takeRefusal: () => unknown,
  ) {
    this.#takeRefusal = takeRefusal;
    this.#device = device;
    this.#scheduler = scheduler;
    this.#timers = device.timers;
    this.#startMs = this.#timers.nowMs() - scheduler.nowMs;
    this.#answerMs = answerMs;
    this.model = model;
    this.eui = model.eui;
    model.onMessage((message) => void this.#fromModel.push(message));
    this.headEnd = new HeadEnd({
      crypto: nodeCrypto(),
      suite: model.suite,
      pki: model.pki,
      // Both get the bytes by hand, see ask().
      deliver: (_bytes, done) => done("delivered"),
      after: () => () => {},
      observe: () => {},
    });
    this.headEnd.register(knownDevice(model.type, model.eui, model.keys));
    // Above every counter of an earlier run: the board has not forgotten those.
    for (const name of partyNames) this.headEnd.parties[name].counter = BigInt(startUtcMs) * 1000n;
  }

  /** Sends one command to both. Throws an assertion error with both answers decoded when they differ. */
  async ask(
    reference: Reference,
    parameters: unknown = {},
    { stateDecides = false, expects, ...options }: AskOptions = {},
  ): Promise<MessageComparison> {
    const exchange = this.headEnd.submit(reference, parameters as never, {
      ...options,
      to: this.eui,
      unchecked: true,
    });
    const expected = await this.#askModel(exchange);
    this.#requireModel(reference, expects, expected);
    this.#device.forget();
    await this.#device.deliver(exchange.bytes);
    const limitMs = this.#limitMs(expected);
    const wanted = (message: Uint8Array) => isAbout(this.model.suite.wire, message, exchange, expected);
    const got = await this.#device.next(wanted, limitMs);
    return this.#compare(exchange, expected, got, stateDecides);
  }

  #requireModel(reference: Reference, expects: AskOptions["expects"], said: Uint8Array | undefined): void {
    const answered = said !== undefined && kindOf(this.model.suite.wire, said) === Kind.response;
    const got = answered ? "answer" : this.#takeRefusal();
    if (expects === undefined || got === expects) return;
    throw new CodedError("rig/model", `${reference}: expected of the model itself: ${expects}, got: ${got}`, {
      ...{ reference, expects, got },
    });
  }

  #limitMs(expected: Uint8Array | undefined): number {
    if (expected === undefined) return silenceMs;
    return kindOf(this.model.suite.wire, expected) === Kind.alert
      ? Math.min(refusalMs, this.#answerMs)
      : this.#answerMs;
  }

  /** The model's answer: a response, or the alert of a refusal; undefined when it says nothing. */
  async #askModel(exchange: Exchange): Promise<Uint8Array | undefined> {
    await this.#scheduler.runUntil(Math.max(this.#scheduler.nowMs, this.#timers.nowMs() - this.#startMs));
    this.#fromModel = [];
    await this.model.deliver(exchange.bytes);
    const answer = () =>
      this.#fromModel.find((message) => isAbout(this.model.suite.wire, message, exchange, message));
    await this.#scheduler.run(() => answer() !== undefined, modelLimitMs);
    return answer();
  }

  #compare(
    exchange: Exchange,
    expected: Uint8Array | undefined,
    got: Uint8Array | undefined,
    stateDecides: boolean,
  ): MessageComparison {
    if (expected === undefined || got === undefined) {
      if (expected === got) return { verdict: "identical", differences: [] };
      // Refused by both. How many refusals a device still reports within the hour is its own state.
      if (expected !== undefined && kindOf(this.model.suite.wire, expected) === Kind.alert)
        return { verdict: "same", differences: [] };
      const silent = expected === undefined ? "the model says nothing" : "the board said nothing";
      const only = expected ?? (got as Uint8Array);
      const none: MessageComparison = { verdict: "differs", differences: [] };
      throw new assert.AssertionError({
        message: `${exchange.reference}: ${silent}\n${explainDifference(only, got, none)}`,
      });
    }
    const comparison = compareMessages(expected, got, stateDecides);
    if (comparison.verdict === "differs")
      throw new assert.AssertionError({
        message: `${exchange.reference}: the board does not answer as the model\n${explainDifference(expected, got, comparison)}`,
      });
    this.#requireAuthentic(exchange, got);
    return comparison;
  }

  /** The head end checks signature and MAC, and finds the command that it answers. */
  #requireAuthentic(exchange: Exchange, got: Uint8Array): void {
    const before = this.headEnd.refused.length;
    this.headEnd.receive(got);
    const refused = this.headEnd.refused.slice(before);
    assert.deepEqual(
      refused.map((message) => (message as { reason?: string }).reason),
      [],
      `${exchange.reference}: the head end does not believe the board's answer`,
    );
  }
}

const kindOf = (wire: Wire, message: Uint8Array): number | undefined => headerOf(wire, message)?.kind;

function headerOf(wire: Wire, message: Uint8Array) {
  try {
    return wire.peek(message).header;
  } catch {
    return undefined;
  }
}

/** The response to this command; or, where the model refused it, whatever may show that the board did not. */
function isAbout(
  wire: Wire,
  message: Uint8Array,
  { preCommand }: Exchange,
  expected: Uint8Array | undefined,
): boolean {
  const header = headerOf(wire, message);
  if (header === undefined) return expected === undefined;
  const { code, counter } = preCommand.command.header;
  const refused = expected === undefined || kindOf(wire, expected) === Kind.alert;
  // What was sent may not be this command at all: a forgery, an old one again.
  if (header.kind === Kind.response) return refused || (header.code === code && header.counter === counter);
  return refused && tellsOfRefusal(wire, message);
}

/** Other alerts may come at any moment: that a magnet has gone, that the supply is armed. */
function tellsOfRefusal(wire: Wire, message: Uint8Array): boolean {
  try {
    const alert = wire.decode(wire.peek(message));
    return "alertCode" in alert && Object.values<number>(refusalCodes).includes(alert.alertCode);
  } catch {
    return false;
  }
}
