/** The name that firmware and harness know the coded error by. */
export { CodedError as MeterbenchError, hasCode } from "../../hal/base/coded-error.ts";
