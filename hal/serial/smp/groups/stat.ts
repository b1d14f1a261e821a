/** Group 2, stat: counters that modules of the firmware keep. */
import type { SmpClient } from "../client.ts";
import { Fields, malformed } from "../fields.ts";

export const STAT_GROUP = 2;
export const StatCommand = { read: 0, list: 1 } as const;

/** Names of the groups of counters. */
export async function list(client: SmpClient): Promise<readonly string[]> {
  const answer = await client.request("read", STAT_GROUP, StatCommand.list);
  const names = Fields.ofAnswer("stat list", answer).list("stat_list");
  if (!names.every((name) => typeof name === "string")) throw malformed("stat list", "names", names);
  return names as string[];
}

/** The counters of one group; those beyond 53 bits are bigint. */
export async function read(
  client: SmpClient,
  name: string,
): Promise<Readonly<Record<string, number | bigint>>> {
  const answer = await client.request("read", STAT_GROUP, StatCommand.read, { name });
  const fields = Fields.ofAnswer("stat read", answer).map("fields");
  for (const [key, value] of Object.entries(fields))
    if (!Number.isSafeInteger(value) && typeof value !== "bigint")
      throw malformed(`stat read, ${key}`, "an integer", value);
  return fields as Record<string, number | bigint>;
}
