/** How a response's operations went: whether all of it succeeded, and else each operation's result. */
import type { Written } from "../xml-writer.ts";
import type { OpenedMessage, Outcome } from "./open.ts";

/** DLMS data-access-result; action-result is the same but for two names. */
const results: Readonly<Record<number, string>> = {
  0: "success",
  1: "hardware-fault",
  2: "temporary-failure",
  3: "read-write-denied",
  4: "object-undefined",
  9: "object-class-inconsistent",
  11: "object-unavailable",
  12: "type-unmatched",
  13: "scope-of-access-violated",
  14: "data-block-unavailable",
  250: "other-reason",
};

/** Nothing where all succeeded. */
export function debugOf(outcomes: readonly Outcome[]): Written[] {
  if (outcomes.every(({ status }) => status === 0)) return [];
  const responses = outcomes.map(({ kind, status }, i) => ({
    name: "COSEMResponse",
    attributes: { ResponseCode: String(status), Position: String(i + 1) },
    content: [
      {
        name: kind === "call" ? "ActionResult" : "DataAccessResult",
        content: results[status] ?? "response-code-not-known",
      },
    ],
  }));
  return [{ name: "DebugInfo", content: [{ name: "COSEMDebug", content: responses }] }];
}

/** Did all operations succeed? On ASN.1 outcomes are values: every one of them says so. */
export const isSuccess = ({ outcomes, row, values }: OpenedMessage): boolean =>
  outcomes.every(({ status }) => status === 0) &&
  (row.payload !== "asn1" || answersIn(values).every(succeeded));

/** Each "object.member". */
const answersIn = (values: OpenedMessage["values"]): readonly unknown[] =>
  Object.values(values).flatMap((members) => Object.values(members as object));

const outcomeMembers = ["status", "code", "fault"];
/** An outcome is the whole answer, or a member of that name. */
function succeeded(value: unknown): boolean {
  if (typeof value === "string") return value === "success";
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  return Object.entries(value).every(([name, each]) => {
    if (outcomeMembers.includes(name)) return each === "success" || each === 0;
    return typeof each !== "object" || succeeded(each);
  });
}
