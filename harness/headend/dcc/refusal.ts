/** Why the DCC does not do what a user asks: a response code, and a sentence for whoever reads the log. */
import { CodedError } from "../../../hal/base/coded-error.ts";

export class Refusal extends CodedError<"dcc/refused"> {
  /** Of DUIS, e.g. "E4". */
  readonly responseCode: string;

  constructor(responseCode: string, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super("dcc/refused", `${responseCode}: ${message}`, { ...data, responseCode });
    this.responseCode = responseCode;
  }
}
