/** Hands the operations of a command to the features that serve the objects, in order, one result each. */

import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import { HalError, type MaybePromise, whenHere } from "../../hal/board.ts";
import type { CommandOrigin } from "../features/command-origin.ts";
import type { DeviceContext, Feature } from "../features/feature.ts";
import type { ServedMember } from "../features/serve.ts";
import { fromPlain, type Matched, type Outcome, type Plain, type Step, toPlain } from "../model/index.ts";
import { type OperationResult, Status } from "../wire/message.ts";

const notExecuted: OperationResult = { status: Status.otherReason };

export class Operations {
  readonly #context: Pick<DeviceContext, "observe">;
  readonly #members = new Map<string, ServedMember>();
  /** Members behind which the hardware fails. */
  readonly #failing = new Set<string>();

  constructor(context: Pick<DeviceContext, "observe">) {
    this.#context = context;
  }

  /** Throws `devices/served-twice` when two features serve one member. */
  serve(features: readonly Feature[]): void {
    const by = new Map<string, string>();
    for (const feature of features)
      for (const { object, members } of feature.objects)
        for (const [name, member] of members) {
          const path = `${object.name}.${name}`;
          const other = by.get(path);
          if (other !== undefined) throw servedTwice(path, other, feature.name);
          by.set(path, feature.name);
          this.#members.set(path, member);
        }
  }

  /** Whether a feature serves what the step asks for: a device models a use case when all its steps are served. */
  serves(step: Step): boolean {
    return this.#members.get(step.path)?.[step.kind] !== undefined;
  }

  /** For a bench: what stands behind a member ("object.member") fails, as a broken part does, or works again. */
  setFailing(path: string, failing: boolean): void {
    if (failing) this.#failing.add(path);
    else this.#failing.delete(path);
  }

  /**
   * For a bench: brings the feature into the state in which the operation gives `gives`. False when it cannot be
   * brought there. Throws `model/value` for what the member never gives.
   */
  async load({ step, value }: Matched, gives: Plain): Promise<boolean> {
    const member = this.#members.get(step.path);
    if (member?.load === undefined) return false;
    await member.load(fromPlain(step.gives, gives, step.path), value);
    return true;
  }

  /** What a method that tells its outcome itself gives when the hardware behind it fails; undefined for all others. */
  failure({ step, value }: Matched): Plain | undefined {
    const failure = this.#members.get(step.path)?.failure;
    return failure && toPlain(step.gives, failure(value));
  }

  /**
   * The first that fails answers its own code; what comes after it is not executed and answers "other
   * reason", and what was done before stays (payloads §2.1). Lost power ends the device.
   */
  run(operations: readonly Matched[], origin: CommandOrigin): MaybePromise<readonly OperationResult[]> {
    return this.#go(operations, origin, []);
  }

  /** `results`: of those before; the rest is done, and their results added. */
  #go(
    operations: readonly Matched[],
    origin: CommandOrigin,
    results: OperationResult[],
  ): MaybePromise<readonly OperationResult[]> {
    const operation = operations[results.length];
    if (operation === undefined) return results;
    const failed = results.length > 0 && results.at(-1)?.status !== Status.success;
    return whenHere(failed ? notExecuted : this.#start(operation, origin), (result) => {
      results.push(result);
      return this.#go(operations, origin, results);
    });
  }

  #start(operation: Matched, origin: CommandOrigin): MaybePromise<OperationResult> {
    const { step, value } = operation;
    try {
      if (this.#failing.has(step.path)) throw new HalError("hal/fault", `${step.path}: fails`);
      const result = carriedOut(step, value, this.#members.get(step.path), origin);
      return result instanceof Promise
        ? result.catch((error: unknown) => this.#failed(error, operation))
        : result;
    } catch (error) {
      return this.#failed(error, operation);
    }
  }

  #failed(error: unknown, { step, value }: Matched): OperationResult {
    if (hasCode(error, "hal/power-lost")) throw error;
    this.#context.observe({ kind: "fault", where: "operation", error: String(error) });
    if (!hasCode(error, "hal/fault")) return { status: Status.otherReason };
    const { failure } = this.#members.get(step.path) ?? {};
    return failure === undefined
      ? { status: Status.hardwareFault }
      : resultOf(step, { value: failure(value) });
  }
}

/** What nobody serves is denied; the others give their result, now or later. */
function carriedOut(
  step: Step,
  value: unknown,
  member: ServedMember | undefined,
  origin: CommandOrigin,
): MaybePromise<OperationResult> {
  if (member?.[step.kind] === undefined) return { status: Status.readWriteDenied };
  if (step.kind === "set")
    return whenHere(member.set!(value, origin), (status): OperationResult => ({ status }));
  const outcome = step.kind === "get" ? member.get!(value) : member.call!(value, origin);
  return whenHere(outcome, (told) => resultOf(step, told));
}

function resultOf({ gives }: Step, outcome: Outcome<unknown, Status>): OperationResult {
  if ("status" in outcome) return { status: outcome.status };
  if (gives.kind === "null") return { status: Status.success };
  return { status: Status.success, value: toPlain(gives, outcome.value) };
}

function servedTwice(path: string, first: string, second: string): CodedError {
  return new CodedError(
    "devices/served-twice",
    `Features ${first} and ${second} both serve ${path}: a device has one owner for each member.`,
    { path, first, second },
  );
}
