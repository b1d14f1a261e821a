/** Every service request that the head end knows, by reference; and their types. */
import type { z } from "zod";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { alertBehaviour } from "./alert-behaviour.ts";
import { auxiliary } from "./auxiliary.ts";
import { billing } from "./billing.ts";
import { checkForm } from "./check-form.ts";
import { configuration } from "./configuration.ts";
import { credentials } from "./credentials.ts";
import { firmware } from "./firmware.ts";
import { gasRequests } from "./gas.ts";
import { hub } from "./hub.ts";
import { hubStatus } from "./hub-status.ts";
import { images } from "./images.ts";
import { installation } from "./installation.ts";
import { inventoryRequests } from "./inventory.ts";
import { joinRequests } from "./joins.ts";
import { ownCredentials } from "./own-credentials.ts";
import { prepayment } from "./prepayment.ts";
import { reads } from "./reads.ts";
import type { RequestDefinition } from "./request.ts";
import { schedules } from "./schedules.ts";
import { settings } from "./settings.ts";
import { supply } from "./supply.ts";
import { tariff } from "./tariff.ts";

export const serviceRequests = {
  ...tariff,
  ...prepayment,
  ...reads,
  ...billing,
  ...configuration,
  ...settings,
  ...alertBehaviour,
  ...credentials,
  ...supply,
  ...auxiliary,
  ...installation,
  ...ownCredentials,
  ...joinRequests,
  ...firmware,
  ...hub,
} as const;

/** Those that the DCC itself answers: no device sees them. */
export const dccRequests = { ...schedules, ...inventoryRequests, ...hubStatus, ...images } as const;
export type DccReference = keyof typeof dccRequests;

/** What a user asks the DCC, as its form takes it. Throws `headend/parameters`. */
export const dccParameters = <R extends DccReference>(
  reference: R,
  parameters: unknown,
): z.output<(typeof dccRequests)[R]["form"]> =>
  checkForm(dccRequests[reference] as unknown as RequestDefinition, parameters) as z.output<
    (typeof dccRequests)[R]["form"]
  >;

const everyRequest: Readonly<Record<string, unknown>> = {
  ...serviceRequests,
  ...dccRequests,
  ...gasRequests,
};

/** The definition of each of DUIS's 129 variants, whoever answers it; undefined for any other text. */
export const anyRequest = (reference: string): RequestDefinition | undefined =>
  Object.hasOwn(everyRequest, reference) ? (everyRequest[reference] as RequestDefinition) : undefined;

/** References of the requests that are known, e.g. "7.2". */
export type Reference = keyof typeof serviceRequests;
/** What a user fills in: DUIS's elements, with its names, units and limits. */
export type Parameters<R extends Reference> = z.input<(typeof serviceRequests)[R]["form"]>;

/** In the order of their numbers; those that DUIS does not number stand last. */
export const references = (Object.keys(serviceRequests) as Reference[]).sort((a, b) =>
  a.localeCompare(b, "en", { numeric: true }),
);

/** The definition of `reference`. Throws `headend/unknown-request`. */
export function serviceRequest(reference: string): RequestDefinition {
  if (Object.hasOwn(serviceRequests, reference))
    return serviceRequests[reference as Reference] as unknown as RequestDefinition;
  throw new CodedError(
    "headend/unknown-request",
    `no service request ${reference}: expected one of ${references.join(", ")}`,
    { reference },
  );
}
