/**
 * One error type for firmware and harness: a stable code, data to act on, and the cause.
 * Codes are `room/what`; callers test codes, people read messages (what, where, expected, got, what to do).
 */
export class MeterbenchError extends Error {
  override readonly name = "MeterbenchError";
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.data = data;
  }
}

/** True for an error that carries `code`, or one whose code starts with `code` and a slash. */
export function hasCode(error: unknown, code: string): boolean {
  const own = (error as { code?: unknown } | null)?.code;
  return typeof own === "string" && (own === code || own.startsWith(`${code}/`));
}
