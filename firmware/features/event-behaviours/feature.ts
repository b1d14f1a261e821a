/** Event behaviours, set by ECS25a, a1, a2, a3, b and b3, read by ECS25r1 and r2. */
import type { Feature } from "../feature.ts";
import type { EventBehaviours } from "./behaviours.ts";
import { eventBehaviourObjects } from "./cosem.ts";

export const eventBehavioursFeature = (behaviours: EventBehaviours): Feature => ({
  name: "event-behaviours",
  objects: eventBehaviourObjects(behaviours),
});
