/** Errors of group 64: made by a board, and what a host's firmware sees of them. */
import { HalError, PowerLost } from "../../board.ts";
import { groupError, SmpError } from "../smp/errors.ts";
import { BoardError, boardGroupId } from "./board-group.ts";

const maxReason = 96;

/** The error that a board answers with. `reason` travels along as `rsn`, for people. */
export function refuse(error: keyof typeof BoardError, reason: string): SmpError {
  const short = reason.slice(0, maxReason);
  return groupError(boardGroupId, BoardError[error], short, { rsn: short });
}

/** What a part threw, as the board's answer. {@link PowerLost} passes: a board without power answers nothing. */
export function toSmpError(error: unknown): unknown {
  if (error instanceof PowerLost || error instanceof SmpError) return error;
  if (!(error instanceof HalError)) return refuse("unknown", String(error));
  const codes = { "hal/misuse": "misuse", "hal/fault": "fault", "hal/absent": "absent" } as const;
  return refuse(codes[error.code], error.message);
}

/** An answer with an error, as firmware knows it from any other board. */
export function toHalError(what: string, error: SmpError): HalError {
  const { rc, group, data } = error;
  const reason = typeof data.rsn === "string" ? data.rsn : error.text;
  const misused = group === boardGroupId && (rc === BoardError.misuse || rc === BoardError.tooLong);
  const absent = (group === boardGroupId && rc === BoardError.absent) || (group === undefined && rc === 8);
  const code = misused ? "hal/misuse" : absent ? "hal/absent" : "hal/fault";
  return new HalError(code, `remote ${what}: ${reason}`, { group, rc, advice: error.advice }, error);
}
