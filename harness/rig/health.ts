/** How each board of a rig is: who it says it is, what it runs, or what is wrong. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CodedError } from "../../hal/base/coded-error.ts";
import { missingTools } from "../../hal/emulated/index.ts";
import type { LineSession } from "../../hal/serial/line/index.ts";
import { BoardClient } from "../../hal/serial/parts/index.ts";
import { image, isUnsupported, os, SmpClient, type SmpError } from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { framingHint } from "./framing-hint.ts";
import { imageKeyOf } from "./image-key.ts";
import { lockHolder, nameOf } from "./lock.ts";
import { lockedName, type OpenBoardOptions, openBoard, smpOptions } from "./open-board.ts";
import { answers, isRecovery, recoveryAdvice, recoveryName } from "./recovery.ts";
import type { RigBoard } from "./rig-file.ts";

export interface BoardHealth {
  readonly id: string;
  readonly name?: string;
  readonly kind: string;
  readonly port: string;
  readonly labels: readonly string[];
  /** "ready", "in use by ...", or what is wrong. */
  readonly health: string;
  readonly ok: boolean;
  /** Who it says it is. */
  readonly identity?: string;
  readonly parts?: readonly string[];
  /** The image that runs. */
  readonly version?: string;
  /** Largest packet and how many at once. */
  readonly buffer?: { readonly bytes: number; readonly count: number; readonly told: boolean };
  /** No application answers, but MCUboot's serial recovery. */
  readonly recovery?: boolean;
  /** What the bootloader does with a new image, where it tells; whether it takes an older one. */
  readonly bootloader?: { readonly mode: string; readonly noDowngrade: boolean };
  /** What to do when it is not ok, or to learn more. */
  readonly advice?: string;
}

export interface HealthOptions {
  /** Told to others who find a board taken meanwhile. */
  readonly what?: string;
  /** Starts emulated boards for the look, and stops them; else they are only said to be ready. */
  readonly startEmulated?: boolean;
  readonly timers?: Timers;
  readonly open?: OpenBoardOptions["open"];
}

/** All boards at once; each look is bounded, and none disturbs a board that somebody holds. */
export function healthOf(boards: readonly RigBoard[], options: HealthOptions = {}): Promise<BoardHealth[]> {
  return Promise.all(boards.map((board) => boardHealth(board, options)));
}

export async function boardHealth(board: RigBoard, options: HealthOptions = {}): Promise<BoardHealth> {
  const { id, name, kind, labels } = board;
  const port = board.port ?? (board.dir as string);
  const base = { id, ...(name !== undefined && { name }), kind, port, labels };
  try {
    const look = await healthNow(board, options);
    if (look.ok) imageKeyOf(board);
    return { ...base, ...look };
  } catch (error) {
    const { message, data } = error as CodedError;
    const advice = data?.advice;
    return { ...base, ok: false, health: message, ...(typeof advice === "string" && { advice }) };
  }
}

type Look = Omit<BoardHealth, "id" | "name" | "kind" | "port" | "labels">;

async function healthNow(board: RigBoard, options: HealthOptions): Promise<Look> {
  const holder = lockHolder(await lockedName(board));
  if (holder !== undefined) return { ok: true, health: `in use by ${nameOf(holder)}` };
  if (board.kind === "emulated" && !options.startEmulated) return emulatedHealth(board);
  const opened = await openBoard(board, {
    what: options.what ?? "meterbench list boards",
    ...(options.timers && { timers: options.timers }),
    ...(options.open && { open: options.open }),
  });
  try {
    return await lookAt(opened.line, board, options.timers ?? realTimers);
  } finally {
    await opened.close();
  }
}

/** Not started for a look: what it needs is here, or not. */
function emulatedHealth({ id, dir }: RigBoard): Look {
  const packages = missingTools().map(({ debianPackage }) => debianPackage);
  if (packages.length > 0)
    return {
      ok: false,
      health: `missing ${packages.join(", ")}`,
      advice: `apt-get install --no-install-recommends ${packages.join(" ")}`,
    };
  const flash = existsSync(join(dir as string, "flash.bin")) ? "with its old flash" : "new";
  return {
    ok: true,
    health: `ready (${flash}; starts when used)`,
    advice: `\`meterbench doctor --board ${id}\` starts it and looks.`,
  };
}

async function lookAt(line: LineSession, board: RigBoard, timers: Timers): Promise<Look> {
  const options = { ...smpOptions(board, timers), timeoutMs: 1000 };
  const smp = new SmpClient(line, options);
  try {
    if (!(await answers(smp))) return silence(smp.counters.echo > 0, board, await framingHint(line, options));
    const { bufSize, bufCount, source } = await smp.params();
    const described = await new BoardClient(smp, { timers, attempts: 2 }).describe().catch(() => undefined);
    const missing: string[] = [];
    const learn = <T>(lacks: string, ask: Promise<T>): Promise<T | undefined> =>
      ask.catch((error: unknown) => {
        if (isUnsupported(error)) missing.push(`${lacks}: ${(error as SmpError).advice}`);
        return undefined;
      });
    await learn("It echoes nothing", os.echo(smp, ""));
    const states = await learn("It lists no images", image.readState(smp));
    const recovery = states !== undefined && (await isRecovery(smp, states));
    const version = (recovery ? states[0] : states?.find(({ active }) => active))?.version;
    const mode = await learn("It does not tell its bootloader", os.bootloaderMode(smp));
    const bootloader = mode && bootloaderOf(mode, board);
    return {
      ok: true,
      health: recovery ? `ready, in ${recoveryName}` : "ready",
      buffer: { bytes: bufSize, count: bufCount, told: source === "board" },
      ...(missing.length > 0 && { advice: missing.join("\n") }),
      ...(recovery && { recovery, advice: recoveryAdvice }),
      ...(described && { identity: `${described.id} (${described.kind})`, parts: described.parts }),
      ...(version !== undefined && { version }),
      ...(bootloader && { bootloader }),
    };
  } finally {
    smp.close();
  }
}

function silence(echoes: boolean, { baud, framing }: RigBoard, hint: string | undefined): Look {
  if (hint !== undefined)
    return { ok: false, health: `no answer in ${framing ?? "console"} framing`, advice: hint };
  if (echoes)
    return {
      ok: false,
      health: "no answer: only our own requests come back",
      advice:
        "Is there a loop in the cable, or a shell without SMP? Zephyr: CONFIG_MCUMGR_TRANSPORT_SHELL=y, or SMP on a port of its own.",
    };
  const settings = `${baud ?? 115_200} Bd, ${framing ?? "console"} framing`;
  return {
    ok: false,
    health: "no answer: has it power, SMP on this port, and this baud rate?",
    advice: `Check its power and cable; asked with ${settings}: see baud, framing, dtr and rts in the rig file. \`meterbench monitor\` shows what it prints.`,
  };
}

function bootloaderOf(told: os.BootloaderMode, board: RigBoard): NonNullable<BoardHealth["bootloader"]> {
  const mode = os.bootloaderModes[told.mode] ?? `mode ${told.mode}`;
  return { mode, noDowngrade: told.noDowngrade || board.noDowngrade === true };
}
