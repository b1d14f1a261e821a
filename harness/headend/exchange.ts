/** One service request on its way: what was sent, and what came back. */
import type { Eui64, OperationResult } from "../../firmware/wire/message.ts";
import type { Reference } from "./requests/index.ts";
import type { PreCommand } from "./transform.ts";

export type ExchangeStatus = "sent" | "answered" | "undelivered" | "timed-out";

export interface Answer {
  /** One result for each operation of the use case; values of sensitive use cases are opened. */
  readonly results: readonly OperationResult[];
  /** Device time of the response, UTC seconds, where it carries one. */
  readonly timeS?: number;
  /** As received. */
  readonly bytes: Uint8Array;
}

/** Changes as virtual time runs: "sent" until it is settled one way or the other. */
export interface Exchange<R extends Reference = Reference> {
  readonly reference: R;
  readonly preCommand: PreCommand;
  /** The command as it went into the WAN. */
  readonly bytes: Uint8Array;
  /** Whom the response must name, and whose keys open it. */
  readonly originator: Eui64;
  readonly target: Eui64;
  status: ExchangeStatus;
  answer?: Answer;
}

/** True when the device answered and every operation of the command succeeded. */
export function succeeded(exchange: Exchange): boolean {
  return exchange.answer?.results.every((result) => result.status === 0) ?? false;
}
