/** Is a response the answer that its use case has? A device that is broken, or not itself, is not believed. */
import { plainFault, type Step } from "../../firmware/model/index.ts";
import { type OperationResult, Status } from "../../firmware/wire/message.ts";

const absent = (value: unknown): boolean => value === undefined || value === null;

/** Of a sensitive use case the one result that may stand in clear: that nothing is told, and no value with it. */
export function tellsNothing(results: readonly OperationResult[]): boolean {
  return results.length === 1 && results[0]?.status !== Status.success && absent(results[0]?.value);
}

/**
 * One result for each step that was asked for; a value where one is due, of its type, and none elsewhere; after the first
 * that failed "other reason" alone, as nothing later is executed.
 */
export function answers(results: readonly OperationResult[], steps: readonly Step[]): boolean {
  if (results.length !== steps.length) return false;
  const failed = results.findIndex(({ status }) => status !== Status.success);
  return results.every((result, i) => {
    if (failed < 0 || i < failed) return valueFits(steps[i] as Step, result);
    return absent(result.value) && (i === failed || result.status === Status.otherReason);
  });
}

const valueFits = ({ gives }: Step, { value }: OperationResult): boolean =>
  gives.kind === "null" ? absent(value) : plainFault(gives, value) === undefined;
