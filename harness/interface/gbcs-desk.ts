/** A user's request as what goes to a GBCS device, and back: `meterbench transform` and `correlate`. */
import type { MessageId } from "../../firmware/model/index.ts";
import { envelopeSuites, suites } from "../../firmware/wire/suites.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { correlate } from "../headend/correlate.ts";
import { type Directory, transformRequest } from "../headend/dcc/command-of.ts";
import type { ListedDevice } from "../headend/dcc/listed-devices.ts";
import { type PreCommand, transform } from "../headend/transform.ts";
import { definitionOf } from "./bodies.ts";
import { type DuisRequest, readDuisRequest } from "./duis-request.ts";

export interface Transformed {
  /** Variant, e.g. "7.2". */
  readonly reference: string;
  readonly useCase: MessageId;
  readonly kind: "pre-command" | "command content";
  /** A pre-command from its tag DF to its last octet; of other commands the payload alone. */
  readonly bytes: Uint8Array;
  readonly preCommand: PreCommand;
  readonly request: DuisRequest;
}

const wire = suites.gbcs.wire;

/** Throws what {@link readDuisRequest} and {@link transformRequest} throw. */
export function transformXml(content: Uint8Array | string, directory: Directory): Transformed {
  const request = readDuisRequest(content);
  const preCommand = transformRequest(request, definitionOf(request.reference), directory, wire);
  const { critical, reference } = preCommand.definition;
  const { bytes: whole } = preCommand;
  return {
    reference,
    useCase: preCommand.useCase.id,
    kind: critical ? "pre-command" : "command content",
    bytes: critical ? whole : envelopeSuites.gbcs.decodePlain(whole).payload,
    preCommand,
    request,
  };
}

/** What an inventory would say of a meter, and a request does not. */
const variants: readonly Omit<ListedDevice, "type">[] = [
  {},
  { isTwin: true },
  { phases: 3 },
  { isTwin: true, phases: 3 },
  { isOlder: true },
];

/**
 * The use case of a pre-command that asks for what the request does. Unless the target stands among `declared`, a plain meter
 * and others are tried. Throws `headend/not-correlated` with `data.field`.
 */
export function correlateXml(
  content: Uint8Array | string,
  preCommand: Uint8Array,
  directory: Directory,
  declared: ReadonlySet<string> = new Set(),
): MessageId {
  const request = readDuisRequest(content);
  const first = transformRequest(request, definitionOf(request.reference), directory, wire);
  const tried = declared.has(request.target) ? variants.slice(0, 1) : variants;
  let found: unknown;
  for (const variant of tried) {
    const asked = { ...first.request, target: { ...first.request.target, ...variant } };
    try {
      correlate(preCommand, asked);
      return transform(asked, wire).useCase.id;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      // Of the differences that from another kind of meter says least.
      if (found === undefined || fieldOf(found) === "use case") found = error;
    }
  }
  throw found;
}

const fieldOf = (error: unknown): unknown => (error as CodedError).data.field;
