/** How each board of a rig is: who it says it is, what it runs, or what is wrong. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { missingTools } from "../../hal/emulated/index.ts";
import type { LineSession } from "../../hal/serial/line/index.ts";
import { BoardClient } from "../../hal/serial/parts/index.ts";
import { image, SmpClient } from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { type OpenBoardOptions, openBoard, smpOptions } from "./find.ts";
import { lockHolder } from "./lock.ts";
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
}

export interface HealthOptions {
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
  const holder = lockHolder(port);
  if (holder !== undefined)
    return {
      ...base,
      ok: true,
      health: `in use by ${holder.what} (process ${holder.pid} on ${holder.host})`,
    };
  if (kind === "emulated") return { ...base, ...emulatedHealth(port) };
  try {
    const open = await openBoard(board, {
      what: "meterbench list boards",
      ...(options.timers && { timers: options.timers }),
      ...(options.open && { open: options.open }),
    });
    try {
      return { ...base, ...(await lookAt(open.line, board, options.timers ?? realTimers)) };
    } finally {
      await open.close();
    }
  } catch (error) {
    return { ...base, ok: false, health: (error as Error).message };
  }
}

/** Not started for a look: what it needs is here, or not. */
function emulatedHealth(dir: string): { ok: boolean; health: string } {
  const missing = missingTools();
  if (missing.length > 0)
    return { ok: false, health: `missing ${missing.map(({ debianPackage }) => debianPackage).join(", ")}` };
  const flash = existsSync(join(dir, "flash.bin")) ? "with its old flash" : "new";
  return { ok: true, health: `ready (${flash}; started when used)` };
}

type Look = Pick<BoardHealth, "ok" | "health" | "identity" | "parts" | "version" | "buffer">;

async function lookAt(line: LineSession, board: RigBoard, timers: Timers): Promise<Look> {
  const smp = new SmpClient(line, { ...smpOptions(board, timers), timeoutMs: 1000 });
  try {
    const { bufSize, bufCount, source } = await smp.params();
    const buffer = { bytes: bufSize, count: bufCount, told: source === "board" };
    const described = await new BoardClient(smp, { timers, attempts: 2 }).describe().catch(() => undefined);
    const states = await image.readState(smp, { retries: 1 }).catch(() => undefined);
    if (described === undefined && states === undefined && !buffer.told)
      return { ok: false, health: "no answer: has it power, SMP on this port, and this baud rate?" };
    const version = states?.find(({ active }) => active)?.version;
    const identity = described && { identity: `${described.id} (${described.kind})`, parts: described.parts };
    return { ok: true, health: "ready", buffer, ...identity, ...(version !== undefined && { version }) };
  } finally {
    smp.close();
  }
}
