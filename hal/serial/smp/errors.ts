import { CodedError } from "../../base/coded-error.ts";
import { errorEntry, GENERAL, groupName } from "./error-table.ts";
import { missingAdvice } from "./kconfig.ts";

const NOT_SUPPORTED = 8;

/**
 * - `smp/refused`: the board answered with an error; `group` and `rc` say which
 * - `smp/timeout`: no answer came in time
 * - `smp/malformed`: an answer came that does not have the form its command demands
 * - `smp/closed`: the line went away, or the client was closed
 * - `smp/too-long`: the request does not fit a packet
 * - `smp/busy`: too many requests at once
 */
export type SmpErrorCode =
  | "smp/refused"
  | "smp/timeout"
  | "smp/malformed"
  | "smp/closed"
  | "smp/too-long"
  | "smp/busy";

export interface SmpErrorDetails {
  readonly code: SmpErrorCode;
  /** As "image/already-pending" or "timeout". */
  readonly name: string;
  readonly text: string;
  readonly advice: string;
  readonly group?: number | undefined;
  readonly rc?: number | undefined;
  /** Facts of the case; of an answer with an error, what else the answer held. */
  readonly data?: Record<string, unknown>;
  readonly cause?: unknown;
}

/**
 * Any failure of an SMP request. The message says what went wrong and what to do; the parts of it are fields too.
 * A server's handler throws one made by {@link groupError} or {@link generalError} to answer with it.
 */
export class SmpError extends CodedError<SmpErrorCode> {
  /** The group whose code `rc` is; undefined for a general code, and when no answer came. */
  readonly group: number | undefined;
  readonly rc: number | undefined;
  /** What it means, in one line. */
  readonly text: string;
  /** What to do about it, in one line. */
  readonly advice: string;

  constructor({ code, name, text, advice, group, rc, data, cause }: SmpErrorDetails) {
    super(code, `${text}. ${advice}`, data, cause);
    this.name = name;
    this.group = group;
    this.rc = rc;
    this.text = text;
    this.advice = advice;
  }
}

/** The error `rc` of a group, as SMP version 2 tells it. `reason` is the board's own word, `data` goes into the answer. */
export function groupError(
  group: number,
  rc: number,
  reason?: string,
  data?: Record<string, unknown>,
): SmpError {
  return refusal(group, rc, reason, data);
}

/** One of the general codes, as both versions know them. */
export function generalError(rc: number, reason?: string, data?: Record<string, unknown>): SmpError {
  return refusal(undefined, rc, reason, data);
}

/** Rc 8, told by the command that is not there (`what`) and the option that would bring it. */
export function unsupportedError(
  what: string,
  group: number,
  command: number,
  data?: Record<string, unknown>,
): SmpError {
  return refusal(undefined, NOT_SUPPORTED, what, data, missingAdvice(group, command));
}

/** The board answered, and has no such command or group. */
export const isUnsupported = (error: unknown): boolean =>
  error instanceof SmpError && error.group === undefined && error.rc === NOT_SUPPORTED;

function refusal(
  group: number | undefined,
  rc: number,
  reason?: string,
  data?: Record<string, unknown>,
  advice?: string,
) {
  const entry = errorEntry(group, rc);
  const where = group === undefined ? GENERAL : groupName(group);
  const text = `${where} error ${rc}: ${entry.text}${reason ? ` (${reason})` : ""}`;
  return new SmpError({
    code: "smp/refused",
    name: `${where}/${entry.name}`,
    text,
    advice: advice ?? entry.advice,
    group,
    rc,
    ...(data && { data }),
  });
}

/** What an error becomes in SMP version 1. */
export const legacyRc = (error: SmpError): number =>
  error.group === undefined ? (error.rc ?? 1) : errorEntry(error.group, error.rc ?? 1).legacy;
