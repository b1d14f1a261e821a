/** Hands the operations of a command to the features that own the objects, in order, one result each. */
import { hasCode } from "../../hal/base/coded-error.ts";
import type { MaybePromise } from "../../hal/board.ts";
import type { CommandOrigin, DeviceContext, Feature, ServedObject } from "../features/feature.ts";
import { type Operation, type OperationResult, Status } from "../wire/message.ts";

const denied: OperationResult = { status: Status.readWriteDenied };
const notExecuted: OperationResult = { status: Status.otherReason };

export class Operations {
  readonly #context: DeviceContext;
  readonly #served = new Map<number, ServedObject>();

  constructor(context: DeviceContext) {
    this.#context = context;
  }

  serve(features: readonly Feature[]): void {
    for (const feature of features)
      for (const served of feature.objects) this.#served.set(served.object, served);
  }

  /**
   * The first that fails answers its own code; what comes after it is not executed and answers "other
   * reason", and what was done before stays (payloads §2.1). Lost power ends the device.
   */
  async run(operations: readonly Operation[], origin: CommandOrigin): Promise<OperationResult[]> {
    const results: OperationResult[] = [];
    let failed = false;
    for (const operation of operations) {
      const result = failed ? notExecuted : this.#start(operation, origin);
      results.push(result instanceof Promise ? await this.#settled(result) : result);
      failed = results.at(-1)?.status !== Status.success;
    }
    return results;
  }

  #start(operation: Operation, origin: CommandOrigin): MaybePromise<OperationResult> {
    const served = this.#served.get(operation.object);
    if (served === undefined) return { status: Status.objectUndefined };
    const { kind, member, value } = operation;
    try {
      if (kind === "get") return served.get?.(member, value) ?? denied;
      if (kind === "set") return served.set?.(member, value ?? null, origin) ?? denied;
      return served.call?.(member, value ?? null, origin) ?? denied;
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #settled(result: Promise<OperationResult>): Promise<OperationResult> {
    try {
      return await result;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): OperationResult {
    if (hasCode(error, "hal/power-lost")) throw error;
    this.#context.observe({ kind: "fault", where: "operation", error: String(error) });
    return { status: hasCode(error, "hal/fault") ? Status.hardwareFault : Status.otherReason };
  }
}
