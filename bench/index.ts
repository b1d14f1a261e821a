/** Every benchmark there is. */
import { suites } from "../firmware/wire/suites.ts";
import { nobleCrypto, nodeCrypto, sodiumCrypto } from "../hal/crypto/index.ts";
import { coseTasks, warmUpMeter } from "./cose.ts";
import { gbcsTasks } from "./gbcs.ts";
import { gbcsMeterTasks } from "./gbcs-meter.ts";
import { hanTasks } from "./han.ts";
import { journalTasks } from "./journal.ts";
import type { BenchTask } from "./measure.ts";

/** sodium-native is optional: without it its tasks are not there. It has no P-256, so GBCS runs on two libraries. */
export async function allTasks(): Promise<BenchTask[]> {
  const sodium = sodiumCrypto();
  const [node, noble] = [nodeCrypto(), nobleCrypto()];
  const tasks: BenchTask[] = [];
  await warmUpMeter(sodium ?? node, suites.cose);
  await warmUpMeter(noble, suites.cose, 1500);
  for (const crypto of [...(sodium ? [sodium] : []), node, noble]) tasks.push(...(await coseTasks(crypto)));
  await warmUpMeter(node, suites.gbcs);
  for (const crypto of [node, noble]) tasks.push(...gbcsTasks(crypto), ...(await gbcsMeterTasks(crypto)));
  tasks.push(...(await journalTasks()), ...hanTasks(node), ...hanTasks(noble));
  return tasks;
}
