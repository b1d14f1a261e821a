/** What the firmware models: asked of the devices themselves, as their features decide it and nothing else. */
import type { UseCase } from "../../../firmware/model/index.ts";
import { Scheduler } from "../../../hal/mock/index.ts";
import { ModelDevice, type ModelType } from "./model-device.ts";

const known = new Map<ModelType, Promise<readonly UseCase[]>>();

/** The use cases that a device of `type` answers, in the order of the tables. */
export function modelledUseCases(type: ModelType): Promise<readonly UseCase[]> {
  const asked = known.get(type) ?? ask(type);
  known.set(type, asked);
  return asked;
}

async function ask(type: ModelType): Promise<readonly UseCase[]> {
  const options = { type, seed: 1, scheduler: new Scheduler(), startUtcMs: Date.UTC(2026, 0, 1) };
  return (await ModelDevice.start(options)).useCases;
}

/** The use cases that any device here answers, once each. */
export async function allModelled(): Promise<readonly UseCase[]> {
  const [meter, hub] = await Promise.all([modelledUseCases("ESME"), modelledUseCases("CHF")]);
  return [...new Set([...meter, ...hub])];
}
