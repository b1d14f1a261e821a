/** Group 10, enum: which groups the board has. */
import type { SmpClient } from "../client.ts";
import { Fields, malformed } from "../fields.ts";

export const ENUM_GROUP = 10;
export const EnumCommand = { count: 0, list: 1, single: 2, details: 3 } as const;

export async function count(client: SmpClient): Promise<number> {
  const answer = await client.request("read", ENUM_GROUP, EnumCommand.count);
  return Fields.ofAnswer("enum count", answer).uint("count");
}

/** The numbers of all groups. */
export async function list(client: SmpClient): Promise<readonly number[]> {
  const answer = await client.request("read", ENUM_GROUP, EnumCommand.list);
  const groups = Fields.ofAnswer("enum list", answer).list("groups");
  if (!groups.every((group) => Number.isSafeInteger(group))) throw malformed("enum list", "numbers", groups);
  return groups as number[];
}

/** The group at `index`, and whether it is the last. */
export async function single(
  client: SmpClient,
  index = 0,
): Promise<{ readonly group: number; readonly last: boolean }> {
  const answer = await client.request("read", ENUM_GROUP, EnumCommand.single, { index });
  const fields = Fields.ofAnswer("enum single", answer);
  return { group: fields.uint("group"), last: fields.flag("end") };
}

export interface GroupDetails {
  readonly group: number;
  readonly name: string | undefined;
  /** How many commands it has. */
  readonly handlers: number | undefined;
}

/** Details of the groups asked for; of all without an argument. */
export async function details(
  client: SmpClient,
  groups?: readonly number[],
): Promise<readonly GroupDetails[]> {
  const answer = await client.request("read", ENUM_GROUP, EnumCommand.details, { groups });
  return Fields.ofAnswer("enum details", answer)
    .list("groups")
    .map((entry) => {
      const fields = Fields.ofAnswer("enum details", entry);
      return {
        group: fields.uint("group"),
        name: fields.optionalText("name"),
        handlers: fields.optionalUint("handlers"),
      };
    });
}
