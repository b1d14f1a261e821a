/** Why the DCC does not do what a user asks: a response code, and a sentence for whoever reads the log. */
import { CodedError, hasCode } from "../../../hal/base/coded-error.ts";

export class Refusal extends CodedError<"dcc/refused"> {
  /** Of DUIS, e.g. "E4". */
  readonly responseCode: string;

  constructor(responseCode: string, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super("dcc/refused", `${responseCode}: ${message}`, { ...data, responseCode });
    this.responseCode = responseCode;
  }
}

/**
 * What `error` is to a user; `formCode` of a body that its form does not allow. Anything but a refusal, and what a form or the
 * routing says, is a fault of ours, and thrown.
 */
export function refusalOf(error: unknown, formCode: string): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof CodedError)) throw error;
  const { message, data } = error;
  if (hasCode(error, "interface/device") || hasCode(error, "headend/target"))
    return new Refusal("E11", message, data);
  if (hasCode(error, "inventory") || hasCode(error, "headend/unknown-device"))
    return new Refusal("E19", message, data);
  if (hasCode(error, "headend") || hasCode(error, "interface")) return new Refusal(formCode, message, data);
  throw error;
}
