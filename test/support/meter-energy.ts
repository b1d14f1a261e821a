/** The features that meter and bill, on one bench, wired as in the electricity meter. */
import { partitions } from "../../firmware/devices/partitions.ts";
import { billingFeature } from "../../firmware/features/billing/feature.ts";
import { demandFeature } from "../../firmware/features/demand/feature.ts";
import { meteringFeature, meteringLogs } from "../../firmware/features/metering/feature.ts";
import { tariffFeature } from "../../firmware/features/tariff/feature.ts";
import { constantLoad } from "../../hal/mock/index.ts";
import { type BenchOptions, FeatureBench } from "./feature-bench.ts";

export const energyBench = (options: BenchOptions = {}) =>
  FeatureBench.start({ load: constantLoad(1000), ...options }, async (context) => {
    const { flash } = context.board;
    const tariff = tariffFeature(context, { futureDated: context.futureDated });
    const logs = await meteringLogs(flash, partitions(flash.geometry));
    const metering = meteringFeature(context, { tariff, ...logs });
    const billing = billingFeature(context, { metering });
    const demand = demandFeature(context, { metering });
    return { features: [tariff, metering, billing, demand], metering, billing, tariff };
  });
export type EnergyBench = Awaited<ReturnType<typeof energyBench>>;
