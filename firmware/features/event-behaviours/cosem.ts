/** Event behaviours as objects show them: one object takes changes, another shows what is in force. */
import { objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import { reads, type ServedObject, serve } from "../serve.ts";
import type { EventBehaviours } from "./behaviours.ts";
import type { EventString } from "./machine.ts";

const pairs = [
  ["supplierAlert", "supplierAlertBehaviour", "supplierAlertBehaviourInForce"],
  ["supplierHan", "supplierHanBehaviour", "supplierHanBehaviourInForce"],
  ["supplierAudible", "supplierAudibleBehaviour", "supplierAudibleBehaviourInForce"],
  ["supplierLog", "supplierLogBehaviour", "supplierLogBehaviourInForce"],
  ["operatorAlert", "operatorAlertBehaviour", "operatorAlertBehaviourInForce"],
  ["operatorLog", "operatorLogBehaviour", "operatorLogBehaviourInForce"],
] as const satisfies readonly (readonly [EventString, keyof typeof objects, keyof typeof objects])[];

export const eventBehaviourObjects = (behaviours: EventBehaviours): ServedObject[] =>
  pairs.flatMap(([name, change, inForce]) => [
    // All six of a kind have members alike.
    serve(objects[change] as typeof objects.supplierAlertBehaviour, {
      value: {
        set: async (maskAndBits) => {
          await behaviours.change(name, maskAndBits);
          return Status.success;
        },
      },
    }),
    serve(objects[inForce] as typeof objects.supplierAlertBehaviourInForce, {
      value: reads(
        () => behaviours.bits(name),
        (bits) => behaviours.replace(name, bits),
      ),
    }),
  ]);
