/** Group 0, os: echo, tasks, memory, date and time, reset, buffer parameters, who is there. */
import { readIsoTime } from "../../../base/iso-time.ts";
import type { Payload } from "../cbor.ts";
import type { SmpClient } from "../client.ts";
import type { RequestOptions } from "../client-options.ts";
import { Fields } from "../fields.ts";

export const OS_GROUP = 0;
export const OsCommand = {
  echo: 0,
  consoleEcho: 1,
  taskStatistics: 2,
  memoryPools: 3,
  dateTime: 4,
  reset: 5,
  parameters: 6,
  appInfo: 7,
  bootloaderInfo: 8,
} as const;

/** What the board says back; equals `text` where all is well. */
export async function echo(client: SmpClient, text: string, options?: RequestOptions): Promise<string> {
  const answer = await client.request(
    "write",
    OS_GROUP,
    OsCommand.echo,
    { d: text },
    { retries: 2, ...options },
  );
  return Fields.ofAnswer("os echo", answer).text("r");
}

/** A task; what the board does not tell is absent. Stack in words of four bytes. */
export interface TaskStatistics {
  readonly name: string;
  readonly priority?: number;
  readonly id?: number;
  readonly state?: number;
  readonly stackUsedWords?: number;
  readonly stackWords?: number;
  readonly contextSwitches?: number;
  readonly runtime?: number;
}

export async function taskStatistics(client: SmpClient): Promise<readonly TaskStatistics[]> {
  const answer = await client.request("read", OS_GROUP, OsCommand.taskStatistics);
  const tasks = Fields.ofAnswer("os task statistics", answer).map("tasks");
  return Object.entries(tasks).map(([name, task]) => taskOf(name, task));
}

function taskOf(name: string, task: unknown): TaskStatistics {
  const fields = Fields.ofAnswer(`os task ${name}`, task);
  return withoutUndefined({
    name,
    priority: fields.optionalInt("prio"),
    id: fields.optionalUint("tid"),
    state: fields.optionalUint("state"),
    stackUsedWords: fields.optionalUint("stkuse"),
    stackWords: fields.optionalUint("stksiz") ?? fields.optionalUint("stksize"),
    contextSwitches: fields.optionalUint("cswcnt"),
    runtime: fields.optionalUint("runtime"),
  });
}

export interface MemoryPool {
  readonly name: string;
  readonly blockBytes: number;
  readonly blocks: number;
  readonly free: number;
  /** The fewest that were ever free. */
  readonly minFree?: number;
}

export async function memoryPools(client: SmpClient): Promise<readonly MemoryPool[]> {
  const answer = await client.request("read", OS_GROUP, OsCommand.memoryPools);
  const { rc: _rc, ...pools } = answer;
  return Object.entries(pools).map(([name, pool]) => {
    const fields = Fields.ofAnswer(`os memory pool ${name}`, pool);
    return withoutUndefined({
      name,
      blockBytes: fields.optionalUint("blksiz") ?? fields.uint("blksize"),
      blocks: fields.uint("nblks"),
      free: fields.uint("nfree"),
      minFree: fields.optionalUint("min"),
    });
  });
}

/** The board's date and time as it writes it: RFC 3339, often without a zone. */
export async function readDateTime(client: SmpClient): Promise<string> {
  const answer = await client.request("read", OS_GROUP, OsCommand.dateTime);
  return Fields.ofAnswer("os date and time", answer).text("datetime");
}

/** The same in milliseconds since 1970; a time without a zone is UTC. */
export async function readDateTimeMs(client: SmpClient): Promise<number> {
  const text = await readDateTime(client);
  const utcMs = parseDateTime(text);
  if (utcMs === undefined) Fields.ofAnswer("os date and time", {}).text(`datetime of the form of ${text}`);
  return utcMs ?? Number.NaN;
}

/** Sets date and time, UTC. */
export async function writeDateTime(client: SmpClient, utcMs: number): Promise<void> {
  const datetime = formatDateTime(utcMs);
  await client.request("write", OS_GROUP, OsCommand.dateTime, { datetime }, { retries: 2 });
}

/** `2026-11-23T15:00:00.000`, UTC: with three digits or none, as Zephyr's parser wants it. */
export const formatDateTime = (utcMs: number): string => new Date(utcMs).toISOString().replace("Z", "");

/** RFC 3339 with any number of fraction digits, with or without a zone (UTC); undefined for anything else, or an unreal date. */
export function parseDateTime(text: string): number | undefined {
  if (!/^[^T]{10}T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.test(text)) return undefined;
  const time = readIsoTime(text);
  return typeof time === "number" ? time : undefined;
}

export interface ResetOptions {
  /** Reset although the board says that it is busy. */
  readonly force?: boolean;
  /** Where to boot, on boards that can choose. */
  readonly bootMode?: "normal" | "bootloader";
}

/** The board answers, then resets. Throws with rc 10 when it is busy: try again with `force`. */
export async function reset(client: SmpClient, options: ResetOptions & RequestOptions = {}): Promise<void> {
  const payload: Payload = {
    force: options.force ? 1 : undefined,
    boot_mode: options.bootMode && (options.bootMode === "bootloader" ? 1 : 0),
  };
  await client.request("write", OS_GROUP, OsCommand.reset, payload, options);
}

/** `format`: letters of `s n r v b m p i o`, or `a` for all; default the kernel's name. */
export async function appInfo(client: SmpClient, format?: string): Promise<string> {
  const answer = await client.request("read", OS_GROUP, OsCommand.appInfo, { format });
  return Fields.ofAnswer("os application info", answer).text("output");
}

export async function bootloaderName(client: SmpClient): Promise<string> {
  const answer = await client.request("read", OS_GROUP, OsCommand.bootloaderInfo);
  return Fields.ofAnswer("os bootloader info", answer).text("bootloader");
}

/** MCUboot's modes by number; more may come. */
export const bootloaderModes = [
  "single slot",
  "swap with scratch",
  "overwrite",
  "swap without scratch",
  "direct-xip",
  "direct-xip with revert",
  "RAM load",
] as const;

export interface BootloaderMode {
  /** -1: unknown; else as in {@link bootloaderModes}. */
  readonly mode: number;
  readonly noDowngrade: boolean;
}

export async function bootloaderMode(client: SmpClient): Promise<BootloaderMode> {
  const answer = await client.request("read", OS_GROUP, OsCommand.bootloaderInfo, { query: "mode" });
  const fields = Fields.ofAnswer("os bootloader mode", answer);
  return { mode: fields.int("mode"), noDowngrade: fields.flag("no-downgrade") };
}

/** Lets a serial console stop echoing (Mynewt; Zephyr has no such command). */
export async function consoleEcho(client: SmpClient, on: boolean): Promise<void> {
  await client.request("write", OS_GROUP, OsCommand.consoleEcho, { echo: on ? 1 : 0 }, { retries: 2 });
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

const withoutUndefined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
