/** Who a device is, as its plate has it (ECS26e, i, m, n): EUI-64, variant, image type and hardware version, maker. */
import { euiBytes } from "../../../hal/base/eui64.ts";
import { Kept } from "../../kernel/kept.ts";
import { objects } from "../../model/index.ts";
import type { Eui64 } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { reads, serve } from "../serve.ts";

/** What a maker prints; up to 16 characters each. */
export interface Plate {
  /** Image type and hardware version, four hex digits each. */
  readonly model: string;
  /** Four hex digits. */
  readonly manufacturer: string;
}

export interface IdentityOptions {
  readonly eui64: Eui64;
  readonly plate: Plate;
  /** Of a meter: A has one element, B two, C three phases. */
  readonly variant?: "A" | "B" | "C";
}

export function identityFeature(
  context: Pick<DeviceContext, "journal">,
  { eui64, plate, variant }: IdentityOptions,
): Feature {
  const kept = new Kept(context.journal, "identity", { ...plate, variant: variant as string });
  const field = (name: keyof typeof kept.value) => ({
    value: reads(
      () => kept.value[name],
      (text) => kept.keep({ ...kept.value, [name]: text }),
    ),
  });
  return {
    name: "identity",
    objects: [
      serve(objects.deviceIdentity, { value: reads(() => euiBytes(eui64)) }),
      serve(objects.modelType, field("model")),
      serve(objects.manufacturer, field("manufacturer")),
      ...(variant === undefined ? [] : [serve(objects.meterVariant, field("variant"))]),
    ],
  };
}
