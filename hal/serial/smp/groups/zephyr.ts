/** Group 63, zephyr basic: one command of Zephyr's own. */
import type { SmpClient } from "../client.ts";
import { ERASE_TIMEOUT_MS } from "./image.ts";

export const ZEPHYR_GROUP = 63;
export const ZephyrCommand = { eraseStorage: 0 } as const;

/** Erases the storage partition: settings, bonds, everything that is kept there. */
export async function eraseStorage(client: SmpClient): Promise<void> {
  const limits = { timeoutMs: ERASE_TIMEOUT_MS, retries: 1 };
  await client.request("write", ZEPHYR_GROUP, ZephyrCommand.eraseStorage, {}, limits);
}
