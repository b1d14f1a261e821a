/** The version of the running firmware (ECS52): 4 octets. */
import { Kept } from "../../kernel/kept.ts";
import { objects } from "../../model/index.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { reads, serve } from "../serve.ts";

/** `factory`: the version that the device was made with. */
export function firmwareVersionFeature(
  { journal }: Pick<DeviceContext, "journal">,
  factory: Uint8Array,
): Feature {
  const running = new Kept(journal, "firmware-version", { version: factory });
  return {
    name: "firmware-version",
    objects: [
      serve(objects.firmwareVersion, {
        value: reads(
          () => running.value.version,
          (version) => running.keep({ version }),
        ),
      }),
    ],
  };
}
