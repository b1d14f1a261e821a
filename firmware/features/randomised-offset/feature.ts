/**
 * The randomised offset: each meter's tariff switches are late by its own number times the supplier's limit, so that
 * a street does not switch at once (ECS38 sets the limit, ECS26c reads; facts §5.9, use-case-behaviours 1.5).
 */

import { Kept } from "../../kernel/kept.ts";
import { objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { reads, serve } from "../serve.ts";

export interface RandomisedOffsetOptions {
  /** 1..10,000, fixed at manufacture. */
  readonly number: number;
  /** Until a supplier sets another: 0..1,799 s. */
  readonly limitS: number;
}

export interface RandomisedOffsetFeature extends Feature {
  offsetS(): number;
  /** Runs after the limit was set, in the device's loop. */
  onChange(listener: () => Promise<void>): void;
}

const steps = 10_000;

/** Number (1..10,000) times limit (0..1,799 s) ÷ 10,000, rounded. */
export const randomisedOffsetS = (number: number, limitS: number): number =>
  Math.round((number * limitS) / steps);

/** The number of the device whose own key has this hash: fixed with its identity, and evenly spread. */
export const offsetNumber = (hash: Uint8Array): number =>
  1 + (new DataView(hash.buffer, hash.byteOffset).getUint32(0) % steps);

export function randomisedOffsetFeature(
  context: DeviceContext,
  { number, limitS }: RandomisedOffsetOptions,
): RandomisedOffsetFeature {
  const limit = new Kept<number>(context.journal, "randomised-offset/limit", limitS);
  const own = new Kept<number>(context.journal, "randomised-offset/number", number);
  const listeners: (() => Promise<void>)[] = [];
  const offsetS = () => randomisedOffsetS(own.value, limit.value);
  return {
    name: "randomised-offset",
    offsetS,
    onChange: (listener) => void listeners.push(listener),
    objects: [
      serve(objects.randomisedOffset, {
        // Follows from number and limit: where these are loaded too, they say how.
        value: reads(offsetS, async (value) => {
          if (offsetS() === value) return;
          await own.keep(steps);
          await limit.keep(value);
        }),
      }),
      serve(objects.randomisedOffsetNumber, {
        value: reads(
          () => own.value,
          (value) => own.keep(value),
        ),
      }),
      serve(objects.randomisedOffsetLimit, {
        value: {
          ...reads(
            () => limit.value,
            (value) => limit.keep(value),
          ),
          set: async (value) => {
            await limit.keep(value);
            for (const listener of listeners) await listener();
            return Status.success;
          },
        },
      }),
    ],
  };
}
