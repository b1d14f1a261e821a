/**
 * The error every room throws: a stable code to test, data to act on, a message for people (what, where, expected,
 * got, what to do), and the cause. A room with a closed set of codes derives a class that names them:
 * `class LineError extends CodedError<LineErrorCode>`.
 */
export class CodedError<Code extends string = string> extends Error {
  /** `room/what`. */
  readonly code: Code;
  readonly data: Readonly<Record<string, unknown>>;
  constructor(code: Code, message: string, data: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.data = data;
  }
}

/** True for an error that carries `code`, or one whose code starts with `code` and a slash. */
export function hasCode(error: unknown, code: string): boolean {
  const own = (error as { code?: unknown } | null | undefined)?.code;
  return typeof own === "string" && (own === code || own.startsWith(`${code}/`));
}

/** The words of whatever was thrown. */
export const messageOf = (reason: unknown): string =>
  reason instanceof Error ? reason.message : String(reason);

/**
 * Makes an error without collecting a stack. For refusing a stranger's bytes: the message says where the input is
 * wrong, and a stack would cost several times what the refusal does.
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
