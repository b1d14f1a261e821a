/** The version of the running firmware (ECS52): 4 octets. */
import { objects } from "../objects/dictionary.ts";
import type { Feature } from "./feature.ts";
import { withValue } from "./results.ts";

export function firmwareVersionFeature(version: Uint8Array): Feature {
  return {
    name: "firmware-version",
    objects: [{ object: objects.firmwareVersion.id, get: () => withValue(version) }],
  };
}
