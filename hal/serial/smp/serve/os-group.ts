/** The os group on the board's side. What the options leave out, the board does not support (rc 8). */
import type { MaybePromise } from "../../../board.ts";
import type { Payload } from "../cbor.ts";
import { generalError, groupError } from "../errors.ts";
import type { Fields } from "../fields.ts";
import type { TaskStatistics } from "../groups/os.ts";
import { formatDateTime, type MemoryPool, OS_GROUP, OsCommand, parseDateTime } from "../groups/os.ts";
import type { SmpContext, SmpGroup } from "../server.ts";
import { groupOf, type Handler, type Handlers } from "./request.ts";

/** The parts of the kernel's description, by Zephyr's letters in their natural order. */
export type AppInfo = Partial<Record<"s" | "n" | "r" | "v" | "b" | "m" | "p" | "i" | "o", string>>;

export interface OsGroupOptions {
  /** Largest request and how many of them at once, as the server has them. */
  readonly params: { readonly bufSize: number; readonly bufCount: number };
  /** Resets the board; called once the answer is out. */
  readonly reset?: (how: {
    readonly force: boolean;
    readonly bootMode: "normal" | "bootloader";
  }) => MaybePromise<void>;
  /** True: a reset is refused with rc 10 unless it is forced. */
  readonly busy?: () => boolean;
  readonly clock?: {
    /** Milliseconds since 1970 UTC; undefined: never set. */
    read(): MaybePromise<number | undefined>;
    write(utcMs: number): MaybePromise<void>;
  };
  readonly tasks?: () => readonly TaskStatistics[];
  readonly memoryPools?: () => readonly MemoryPool[];
  readonly appInfo?: AppInfo;
  readonly bootloader?: { readonly name: string; readonly mode?: number; readonly noDowngrade?: boolean };
}

const LETTERS = ["s", "n", "r", "v", "b", "m", "p", "i", "o"] as const;
const NOT_SET = 4;
const CLOCK_FAILED = 5;

export function osGroup(options: OsGroupOptions): SmpGroup {
  const { bufSize, bufCount } = options.params;
  const echo: Handler = (fields) => ({ r: fields.optionalText("d") ?? "" });
  const handlers: Handlers = {
    [`read ${OsCommand.echo}`]: echo,
    [`write ${OsCommand.echo}`]: echo,
    [`read ${OsCommand.parameters}`]: () => ({ buf_size: bufSize, buf_count: bufCount }),
    ...resetHandlers(options),
    ...clockHandlers(options.clock),
    ...statisticsHandlers(options),
    ...infoHandlers(options),
  };
  return groupOf(OS_GROUP, "os", handlers);
}

function resetHandlers({ reset, busy }: OsGroupOptions): Handlers {
  if (reset === undefined) return {};
  const handler = (fields: Fields, context: SmpContext): Payload => {
    const force = fields.flag("force");
    const bootMode = fields.optionalUint("boot_mode") === 1 ? "bootloader" : "normal";
    if (busy?.() && !force) throw generalError(10);
    context.afterReply(() => reset({ force, bootMode }));
    return {};
  };
  return { [`write ${OsCommand.reset}`]: handler };
}

function clockHandlers(clock: OsGroupOptions["clock"]): Handlers {
  if (clock === undefined) return {};
  const read: Handler = async () => {
    const utcMs = await clock.read();
    if (utcMs === undefined) throw groupError(OS_GROUP, NOT_SET);
    return { datetime: formatDateTime(utcMs) };
  };
  const write: Handler = async (fields) => {
    const utcMs = parseDateTime(fields.text("datetime"));
    if (utcMs === undefined) throw generalError(3, "datetime is not of the form yyyy-MM-ddTHH:mm:ss");
    await Promise.resolve(clock.write(utcMs)).catch((cause: unknown) => {
      throw groupError(OS_GROUP, CLOCK_FAILED, String(cause));
    });
    return {};
  };
  return { [`read ${OsCommand.dateTime}`]: read, [`write ${OsCommand.dateTime}`]: write };
}

function statisticsHandlers({ tasks, memoryPools }: OsGroupOptions): Handlers {
  return {
    ...(tasks && {
      [`read ${OsCommand.taskStatistics}`]: () => ({ tasks: named(tasks(), taskPayload) }),
    }),
    ...(memoryPools && { [`read ${OsCommand.memoryPools}`]: () => named(memoryPools(), poolPayload) }),
  };
}

const named = <T extends { readonly name: string }>(
  items: readonly T[],
  payload: (item: T) => Payload,
): Payload => Object.fromEntries(items.map((item) => [item.name, payload(item)]));

const taskPayload = (task: TaskStatistics): Payload => ({
  prio: task.priority,
  tid: task.id,
  state: task.state,
  stkuse: task.stackUsedWords,
  stksiz: task.stackWords,
  cswcnt: task.contextSwitches,
  runtime: task.runtime,
  last_checkin: 0,
  next_checkin: 0,
});

const poolPayload = (pool: MemoryPool): Payload => ({
  blksiz: pool.blockBytes,
  nblks: pool.blocks,
  nfree: pool.free,
  min: pool.minFree,
});

function infoHandlers({ appInfo, bootloader }: OsGroupOptions): Handlers {
  return {
    ...(appInfo && {
      [`read ${OsCommand.appInfo}`]: (fields: Fields) => ({
        output: describe(appInfo, fields.optionalText("format") ?? "s"),
      }),
    }),
    ...(bootloader && {
      [`read ${OsCommand.bootloaderInfo}`]: (fields: Fields) =>
        bootloaderPayload(bootloader, fields.optionalText("query")),
    }),
  };
}

/** The letters asked for, in natural order whatever order they came in; `a` is all. */
function describe(info: AppInfo, format: string): string {
  if (!/^[snrvbmpioa]*$/.test(format)) throw groupError(OS_GROUP, 2);
  const letters = LETTERS.filter((letter) => format.includes(letter) || format.includes("a"));
  return letters.flatMap((letter) => info[letter] ?? []).join(" ");
}

function bootloaderPayload(
  { name, mode = -1, noDowngrade }: NonNullable<OsGroupOptions["bootloader"]>,
  query?: string,
): Payload {
  if (query === undefined) return { bootloader: name };
  if (query !== "mode") throw groupError(OS_GROUP, 3);
  return { mode, "no-downgrade": noDowngrade || undefined };
}
