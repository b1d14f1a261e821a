/** What the DCC itself answers: each request that goes to no device, by its reference. */
import { type DccReference, dccParameters } from "../requests/index.ts";
import { firmwareServices } from "./firmware-services.ts";
import { hubServices } from "./hub-services.ts";
import { inventoryServices } from "./inventory-services.ts";
import { otherServices } from "./other-services.ts";
import { scheduleServices } from "./schedule-services.ts";
import type { Asked, DccService } from "./service.ts";

const services: { readonly [R in DccReference]: DccService<R> } = {
  ...scheduleServices,
  ...inventoryServices,
  ...hubServices,
  ...firmwareServices,
  ...otherServices,
};

/** The answer; throws a `Refusal`, and `headend/parameters` for what is not the request's form. */
export function serve(asked: Asked) {
  const reference = asked.request.reference as DccReference;
  const service = services[reference] as DccService<DccReference>;
  return service(dccParameters(reference, asked.request.parameters), asked);
}
