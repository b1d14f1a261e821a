/** Group 3, settings: the firmware's key-value store. Values are bytes whose meaning the firmware knows. */
import type { SmpClient } from "../client.ts";
import { Fields } from "../fields.ts";

export const SETTINGS_GROUP = 3;
export const SettingsCommand = { value: 0, delete: 1, commit: 2, storage: 3 } as const;

const again = { retries: 2 };

/** The value of `name`, cut to `maxBytes` where that is given. */
export async function read(client: SmpClient, name: string, maxBytes?: number): Promise<Uint8Array> {
  const payload = { name, max_size: maxBytes };
  const answer = await client.request("read", SETTINGS_GROUP, SettingsCommand.value, payload);
  return Fields.ofAnswer("settings read", answer).bytes("val");
}

export async function write(client: SmpClient, name: string, val: Uint8Array): Promise<void> {
  await client.request("write", SETTINGS_GROUP, SettingsCommand.value, { name, val }, again);
}

/** Not retried: the second of two would find nothing. */
export async function remove(client: SmpClient, name: string): Promise<void> {
  await client.request("write", SETTINGS_GROUP, SettingsCommand.delete, { name });
}

/** Puts written values to work. */
export async function commit(client: SmpClient): Promise<void> {
  await client.request("write", SETTINGS_GROUP, SettingsCommand.commit, {}, again);
}

/** Reads all settings back from storage. */
export async function load(client: SmpClient): Promise<void> {
  await client.request("read", SETTINGS_GROUP, SettingsCommand.storage);
}

/** Writes all settings, or the subtree `name`, to storage. */
export async function save(client: SmpClient, name?: string): Promise<void> {
  await client.request("write", SETTINGS_GROUP, SettingsCommand.storage, { name }, again);
}
