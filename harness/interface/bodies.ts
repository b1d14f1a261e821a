/** The body elements of DUIS's 129 service requests. */
import { CodedError } from "../../hal/base/coded-error.ts";
import { anyRequest } from "../headend/requests/index.ts";
import type { RequestDefinition } from "../headend/requests/request.ts";

/** The body element of a variant; undefined for what is no variant of DUIS. */
export const elementOf = (variant: string): string | undefined => anyRequest(variant)?.element;

/** A definition with DUIS's number and element. */
export interface DuisDefinition extends RequestDefinition {
  readonly element: string;
}

/** The definition of a variant of DUIS. Throws `interface/variant`, at `line` of a request. */
export function definitionOf(variant: string, line?: number): DuisDefinition {
  const definition = anyRequest(variant);
  if (definition?.element !== undefined) return definition as DuisDefinition;
  const element = "ServiceReferenceVariant";
  const where = line === undefined ? "" : `line ${line}: `;
  const got = JSON.stringify(variant.slice(0, 40));
  throw new CodedError(
    "interface/variant",
    `${where}${element}: expected one of DUIS's 129, e.g. 7.4, got ${got}`,
    { element, variant: variant.slice(0, 40), ...(line !== undefined && { line }) },
  );
}
