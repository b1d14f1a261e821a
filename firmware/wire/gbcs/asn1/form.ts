import { CodedError, withoutStack } from "../../../../hal/base/coded-error.ts";
import type { DerForm } from "../der.ts";

/** `wire/format`: `field` at byte `at` of the payload is not as its type demands. */
export function refused(field: string, at: number, expected: string, got: number | string): CodedError {
  const message = `ASN.1 ${field} at byte ${at}: expected ${expected}, got ${got}; the payload is damaged or of another message`;
  return withoutStack(() => new CodedError("wire/format", message, { field, at, expected, got }));
}

/** Payloads are read whoever wrote them: parties have the shortest lengths, devices their own. */
export const payloadForm: DerForm = { lengths: "device", refused };
