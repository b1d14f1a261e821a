/** stat, settings, enum, shell and zephyr on the board's side: small groups, each over what the board has. */
import { messageOf } from "../../../base/coded-error.ts";
import type { MaybePromise } from "../../../board.ts";
import { generalError, groupError } from "../errors.ts";
import { ENUM_GROUP, EnumCommand } from "../groups/enumeration.ts";
import { SETTINGS_GROUP, SettingsCommand } from "../groups/settings.ts";
import { SHELL_GROUP, ShellCommand, type ShellResult } from "../groups/shell.ts";
import { STAT_GROUP, StatCommand } from "../groups/stat.ts";
import { ZEPHYR_GROUP, ZephyrCommand } from "../groups/zephyr.ts";
import type { SmpGroup } from "../server.ts";
import { groupOf } from "./request.ts";

/** Group name to counters; read anew for each request. */
export function statGroup(read: () => ReadonlyMap<string, Readonly<Record<string, number>>>): SmpGroup {
  return groupOf(STAT_GROUP, "stat", {
    [`read ${StatCommand.read}`]: (fields) => {
      const name = fields.text("name");
      const counters = read().get(name);
      if (counters === undefined) throw groupError(STAT_GROUP, 2);
      return { name, fields: counters };
    },
    [`read ${StatCommand.list}`]: () => ({ stat_list: [...read().keys()] }),
  });
}

/** The longest key and value, and how many there may be. */
const MAX_KEY_CHARS = 64;
const MAX_VALUE_BYTES = 1024;
const MAX_KEYS = 256;

/** Where settings go when they are saved, and come from when they are loaded. */
export interface SettingsStorage {
  load(): MaybePromise<ReadonlyMap<string, Uint8Array>>;
  save(settings: ReadonlyMap<string, Uint8Array>): MaybePromise<void>;
}

/** Settings in `values`; without a storage, load and save do nothing. */
export function settingsGroup(values: Map<string, Uint8Array>, storage?: SettingsStorage): SmpGroup {
  const keyOf = (name: string): string => {
    if (name.length > MAX_KEY_CHARS) throw groupError(SETTINGS_GROUP, 2);
    return name;
  };
  return groupOf(SETTINGS_GROUP, "settings", {
    [`read ${SettingsCommand.value}`]: (fields) => {
      const value = values.get(keyOf(fields.text("name")));
      const maxBytes = fields.optionalUint("max_size");
      if (value === undefined) throw groupError(SETTINGS_GROUP, 3);
      if (maxBytes === undefined || maxBytes >= value.length) return { val: value };
      return { val: value.subarray(0, maxBytes), max_size: maxBytes };
    },
    [`write ${SettingsCommand.value}`]: (fields) => {
      const key = keyOf(fields.text("name"));
      const value = fields.bytes("val");
      if (value.length > MAX_VALUE_BYTES || (!values.has(key) && values.size >= MAX_KEYS))
        throw generalError(2);
      values.set(key, value);
      return {};
    },
    [`write ${SettingsCommand.delete}`]: (fields) => {
      if (!values.delete(keyOf(fields.text("name")))) throw groupError(SETTINGS_GROUP, 3);
      return {};
    },
    [`write ${SettingsCommand.commit}`]: () => ({}),
    [`read ${SettingsCommand.storage}`]: async () => {
      for (const [key, value] of (await storage?.load()) ?? []) values.set(key, value);
      return {};
    },
    [`write ${SettingsCommand.storage}`]: async (fields) => {
      const root = fields.optionalText("name") ?? "";
      await storage?.save(new Map([...values].filter(([key]) => key.startsWith(root))));
      return {};
    },
  });
}

const MAX_COMMAND_LINE_CHARS = 256;

/** `execute` runs a command line; what it throws becomes its output, with 1 returned. */
export function shellGroup(execute: (argv: readonly string[]) => MaybePromise<ShellResult>): SmpGroup {
  return groupOf(SHELL_GROUP, "shell", {
    [`write ${ShellCommand.execute}`]: async (fields) => {
      const argv = fields.list("argv").map(String);
      if (argv.length === 0) throw groupError(SHELL_GROUP, 3);
      if (argv.join(" ").length > MAX_COMMAND_LINE_CHARS) throw groupError(SHELL_GROUP, 2);
      try {
        const { output, returned } = await execute(argv);
        return { o: output, ret: returned };
      } catch (error) {
        return { o: messageOf(error), ret: 1 };
      }
    },
  });
}

/** Tells which groups there are: those given, and this one. */
export function enumGroup(others: readonly SmpGroup[]): SmpGroup {
  const known = () => [...others, group].sort((a, b) => a.id - b.id);
  const group = groupOf(ENUM_GROUP, "enum", {
    [`read ${EnumCommand.count}`]: () => ({ count: known().length }),
    [`read ${EnumCommand.list}`]: () => ({ groups: known().map(({ id }) => id) }),
    [`read ${EnumCommand.single}`]: (fields) => {
      const index = fields.optionalUint("index") ?? 0;
      const found = known()[index];
      if (found === undefined) throw groupError(ENUM_GROUP, 4);
      return { group: found.id, end: index === known().length - 1 || undefined };
    },
    [`read ${EnumCommand.details}`]: (fields) => {
      const wanted = fields.optionalList("groups");
      if (wanted !== undefined && wanted.length > known().length) throw groupError(ENUM_GROUP, 2);
      const found = known().filter(({ id }) => wanted?.includes(id) ?? true);
      return {
        groups: found.map(({ id, name, commandCount }) => ({ group: id, name, handlers: commandCount })),
      };
    },
  });
  return group;
}

/** `eraseStorage` wipes what the board keeps; it may throw an SmpError of group 63. */
export function zephyrGroup(eraseStorage: () => MaybePromise<void>): SmpGroup {
  return groupOf(ZEPHYR_GROUP, "zephyr", {
    [`write ${ZephyrCommand.eraseStorage}`]: async () => {
      await eraseStorage();
      return {};
    },
  });
}
