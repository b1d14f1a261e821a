/** What a home's devices told its head end, in the MMC output format: it was authenticated and opened there. */
import { type RequestReference, requests } from "../../../firmware/model/index.ts";
import { type OperationResult, Status } from "../../../firmware/wire/message.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Exchange } from "../../headend/exchange.ts";
import type { ReceivedAlert } from "../../headend/receiver.ts";
import { parseMessage } from "./parse.ts";
import type { Parsed } from "./render.ts";

/** Throws `mmc/no-answer`, and `mmc/unreadable` for what came over another wire than GBCS. */
export function parseTold(told: Exchange | ReceivedAlert): Parsed {
  if ("alertCode" in told) {
    const values = told.values.map((value): OperationResult => ({ status: Status.success, value }));
    return parseMessage(told.bytes, { open: () => values });
  }
  const { answer, reference, status } = told;
  if (answer === undefined)
    throw new CodedError(
      "mmc/no-answer",
      `service request ${reference}: expected an answer, it is ${status}`,
      {
        reference,
        status,
      },
    );
  const isListed = Object.hasOwn(requests, reference as RequestReference);
  return parseMessage(answer.bytes, { ...(isListed && { reference }), open: () => answer.results });
}
