/** Results that handlers return, and the checks that many of them share. */
import { type OperationResult, Status, type Value } from "../wire/message.ts";

export const success: OperationResult = { status: Status.success };
export const withValue = (value: Value): OperationResult => ({ status: Status.success, value });
export const refused = (status: Status = Status.otherReason): OperationResult => ({ status });
export const denied: OperationResult = { status: Status.readWriteDenied };

/** A number of a checked value: integers up to 53 bits may come as number or bigint. */
export const integer = (value: Value | undefined): number => Number(value);

/** Inclusive UTC range of a log read; undefined when its bounds are reversed. No selector is everything. */
export function readRange(selector: Value | undefined): readonly [fromS: number, toS: number] | undefined {
  if (selector === undefined || selector === null) return [0, 0xffff_ffff];
  const [from, to] = selector as readonly Value[];
  const range = [integer(from), integer(to)] as const;
  return range[0] <= range[1] ? range : undefined;
}

/** {scaler, unit} of a counter: a plain count. */
export const countUnit: Value = [0, 255];
