/** What a service of the DCC is given. */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { DccReference, dccParameters } from "../requests/index.ts";
import { type Granted, requireEntitled } from "./access.ts";
import type { Answer, DccContext } from "./context.ts";
import type { FormRequest } from "./messages.ts";
import type { Parts } from "./parts.ts";

export interface Asked {
  readonly request: FormRequest;
  readonly granted: Granted;
  readonly context: DccContext;
  readonly parts: Parts;
}

/** Its form, and who asks; throws a `Refusal`. */
export type DccService<R extends DccReference> = (
  form: ReturnType<typeof dccParameters<R>>,
  asked: Asked,
) => Answer;

/** The device that is asked about, which must be a matter of who asks. Throws a `Refusal`: E19, E4. */
export const entitledDevice = ({ request, granted, context }: Asked, eui: Eui64) =>
  requireEntitled(request, granted, eui, context.rules, context.nowS()).device;

export const done: Answer = { code: "I0" };
