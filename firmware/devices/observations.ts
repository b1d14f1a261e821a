/** What a device tells traces and reports of a command it has taken, and of its answer. */
import type { Observation } from "../kernel/observation.ts";
import type { Accepted } from "../security/check.ts";
import type { Header, OperationResult } from "../wire/message.ts";

export function commandAccepted({ command, rule, party }: Accepted): Observation {
  const { code, originator, counter } = command.header;
  return {
    kind: "command-accepted",
    useCase: rule.useCase.id,
    code,
    originator,
    role: party.role,
    counter,
  };
}

export function responseSealed(
  useCase: string,
  { code, counter, target }: Header,
  results: readonly OperationResult[],
): Observation {
  const statuses = results.map((result) => result.status);
  return { kind: "response", useCase, code, to: target, counter, statuses };
}
