/** Group 9, shell: runs a command line of the board. */
import type { SmpClient } from "../client.ts";
import type { RequestOptions } from "../client-options.ts";
import { generalError } from "../errors.ts";
import { Fields } from "../fields.ts";

export const SHELL_GROUP = 9;
export const ShellCommand = { execute: 0 } as const;

export interface ShellResult {
  readonly output: string;
  /** What the command returned; 0 is well. */
  readonly returned: number;
}

/** Runs `argv`. Never retried: a command may act. Old servers give the command's result as `rc`. */
export async function execute(
  client: SmpClient,
  argv: readonly string[],
  options?: RequestOptions,
): Promise<ShellResult> {
  const answer = await client.request(
    "write",
    SHELL_GROUP,
    ShellCommand.execute,
    { argv },
    { timeoutMs: 10_000, ...options, retries: 0, rcIsValue: true },
  );
  const fields = Fields.ofAnswer("shell execute", answer);
  if (!fields.has("o")) return refused(fields);
  return { output: fields.text("o"), returned: fields.optionalInt("ret") ?? fields.optionalInt("rc") ?? 0 };
}

function refused(fields: Fields): never {
  throw generalError(fields.int("rc"));
}
