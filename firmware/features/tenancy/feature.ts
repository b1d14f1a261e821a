/**
 * Change of tenancy (ECS12): what was metered before the date that the supplier gives is the former tenant's, and is
 * hidden from the householder: profile, cumulative values, daily reads, billing log and daily consumption
 * (use-case-behaviours 1.7). The date may lie ahead; it counts from its receipt. Parties read everything as before. No
 * display of this model shows any of that yet: one that does asks `visibleFromS`.
 */

import { Kept } from "../../kernel/kept.ts";
import { objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { serve } from "../serve.ts";

export interface TenancyFeature extends Feature {
  /** From when on the householder may see what was metered, UTC seconds; 0: everything. */
  visibleFromS(): number;
}

export function tenancyFeature(context: DeviceContext): TenancyFeature {
  const restriction = new Kept<number>(context.journal, "tenancy", 0);
  return {
    name: "tenancy",
    visibleFromS: () => restriction.value,
    objects: [
      serve(objects.restrictionTime, {
        value: {
          set: async (timeS) => {
            await restriction.keep(timeS);
            return Status.success;
          },
        },
      }),
    ],
  };
}
