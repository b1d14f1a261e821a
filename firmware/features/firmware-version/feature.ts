/** The version of the running firmware (ECS52): 4 octets. */
import { objects } from "../../model/index.ts";
import type { Feature } from "../feature.ts";
import { reads, serve } from "../serve.ts";

export function firmwareVersionFeature(version: Uint8Array): Feature {
  return {
    name: "firmware-version",
    objects: [serve(objects.firmwareVersion, { value: reads(() => version) })],
  };
}
