import { CodedError, withoutStack } from "../../../../hal/base/coded-error.ts";

/** `certificate/<what>`. Without a stack: the input is a stranger's. */
export function refused(
  what: string,
  expected: string,
  got: number | string,
  cause?: CodedError,
): CodedError<`certificate/${string}`> {
  const message = `certificate: expected ${expected}, got ${got}`;
  return withoutStack(() => new CodedError(`certificate/${what}`, message, { expected, got }, cause));
}
