/** What the firmware models: asked of the devices themselves, as their features decide it and nothing else. */
import { type ModelledDevice, modelledDevices } from "../../../firmware/devices/boot.ts";
import type { UseCase } from "../../../firmware/model/index.ts";
import { Scheduler } from "../../../hal/mock/index.ts";
import { ModelDevice } from "./model-device.ts";

const known = new Map<ModelledDevice, Promise<readonly UseCase[]>>();

/** The use cases that a device of `type` answers, in the order of the tables. */
export function modelledUseCases(type: ModelledDevice): Promise<readonly UseCase[]> {
  const asked = known.get(type) ?? ask(type);
  known.set(type, asked);
  return asked;
}

async function ask(type: ModelledDevice): Promise<readonly UseCase[]> {
  const options = { type, seed: 1, scheduler: new Scheduler(), startUtcMs: Date.UTC(2026, 0, 1) };
  return (await ModelDevice.start(options)).useCases;
}

/** The use cases that any device here answers, once each. */
export async function allModelled(): Promise<readonly UseCase[]> {
  return [...new Set((await Promise.all(modelledDevices.map(modelledUseCases))).flat())];
}
