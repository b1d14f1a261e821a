/** What a run's scenarios run on: the simulated board, a board that lends its parts, or a board under test. */

import { isModelled } from "../../firmware/devices/boot.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { LineError } from "../../hal/serial/line/errors.ts";
import type { LineSession } from "../../hal/serial/line/index.ts";
import { BoardClient, BoardSilent, type Description } from "../../hal/serial/parts/index.ts";
import { image, SmpClient, type SmpClientOptions } from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import type { DeviceEnd } from "../premises/run-context.ts";
import { BoardTarget } from "../premises/targets.ts";
import { chooseBoard } from "./find.ts";
import { framingHint } from "./framing-hint.ts";
import { type OpenBoardOptions, type OpenedBoard, openBoard, smpOptions } from "./open-board.ts";
import type { RecordedRun } from "./recorded-session.ts";
import type { Rig, RigBoard } from "./rig-file.ts";
import { RemoteDeviceEnd } from "./under-test/remote-device-end.ts";

/** A board in its own words. */
export interface BoardIdentity {
  readonly id: string;
  readonly kind: string;
  /** Of the image that runs, where the board tells. */
  readonly version?: string;
}

export interface RunTarget {
  readonly name: string;
  readonly identity?: BoardIdentity;
  readonly board?: BoardTarget;
  readonly device?: DeviceEnd;
  /** What firmware on the board threw where no scenario waited for it. */
  readonly faults?: readonly unknown[];
  /** Lets go of the board. Never rejects. */
  close(): Promise<void>;
}

export interface TargetOptions {
  readonly seed: number;
  readonly record?: string | undefined;
  /** Of the board's line, before what the rig file says. */
  readonly line?: Partial<Pick<RigBoard, "baud" | "framing" | "flow">>;
  readonly timers?: Timers;
  /** What the run is, for who plays its recording back. */
  readonly run?: RecordedRun;
  /** Instead of a real port; for tests. */
  readonly open?: OpenBoardOptions["open"];
}

/** Kinds that the model's own boards under test say they are (see `emulate`). */

/** Opens the target of a run. Throws `rig/...`, `rig-file/...`, `line/...`. */
export async function openTarget(name: string, rig: Rig, options: TargetOptions): Promise<RunTarget> {
  if (name === "mock") return { name, close: async () => {} };
  const board = { ...(await chooseBoard(rig, name)), ...options.line };
  const startUtcMs = Date.now();
  const opened = await openBoard(board, {
    what: "meterbench run",
    command: ["run", "--target", name],
    startUtcMs,
    ...(options.run && { run: { ...options.run, asksVersion: true } }),
    ...(options.timers && { timers: options.timers }),
    ...(options.record !== undefined && { record: options.record }),
    ...(options.open && { open: options.open }),
  }).catch((error: unknown) => {
    throw noTarget(name, error);
  });
  try {
    return await targetOn(name, opened, {
      startUtcMs,
      timers: options.timers ?? realTimers,
      asksVersion: true,
    });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

export interface TargetOnOptions {
  readonly timers: Timers;
  readonly startUtcMs: number;
  /** Asks what image runs. Playing back asks what its recording has asked. */
  readonly asksVersion?: boolean | undefined;
}

/** The target on a board that is open. */
export async function targetOn(
  name: string,
  opened: OpenedBoard,
  { timers, startUtcMs, asksVersion }: TargetOnOptions,
): Promise<RunTarget> {
  const smp = smpOptions(opened.board, timers);
  const description = await describeBoard(opened.line, smp);
  const version = asksVersion ? await versionOn(opened.line, smp) : undefined;
  const identity = { id: description.id, kind: description.kind, ...(version !== undefined && { version }) };
  if (opened.board.kind === "device" || isModelled(description.kind)) {
    const device = await RemoteDeviceEnd.connect(opened.line, smp, startUtcMs);
    const close = async (): Promise<void> => {
      device.close();
      await opened.close();
    };
    return { name, identity, device, close };
  }
  requireParts(opened, description);
  const faults: unknown[] = [];
  const board = new BoardTarget(opened.line, {
    parts: opened.board.parts,
    smp,
    control: smp.control,
    revive: opened.power && (() => opened.power!.cycle()),
    onFault: (error) => faults.push(error),
  });
  const close = async (): Promise<void> => {
    board.close();
    await opened.close();
  };
  return { name, identity, board, faults, close };
}

/** Who is at the far end: group 64, command 0. Throws `BoardSilent`, or `rig/silent` where the other framing is answered. */
export async function describeBoard(line: LineSession, options: SmpClientOptions): Promise<Description> {
  const smp = new SmpClient(line, options);
  try {
    return await new BoardClient(smp, { timers: options.timers }).describe();
  } catch (error) {
    const advice = error instanceof BoardSilent ? await framingHint(line, options) : undefined;
    throw advice === undefined
      ? error
      : new CodedError("rig/silent", (error as Error).message, { advice }, error);
  } finally {
    smp.close();
  }
}

/** Of the image that runs; undefined where the board does not tell. */
async function versionOn(line: LineSession, options: SmpClientOptions): Promise<string | undefined> {
  const smp = new SmpClient(line, options);
  try {
    return (await image.readState(smp, { retries: 0 })).find(({ active }) => active)?.version;
  } catch {
    return undefined;
  } finally {
    smp.close();
  }
}

function requireParts({ board }: OpenedBoard, { parts, id }: Description): void {
  const missing = ["clock", "flash", "entropy"].filter((part) => !parts.includes(part));
  if (missing.length === 0) return;
  throw new CodedError("rig/parts", `board ${board.id} (${id}) has no ${missing.join(", ")} to lend`, {
    parts,
    advice:
      "The model needs a clock, flash and entropy. Is it a board under test? Then give it kind: device.",
  });
}

function noTarget(name: string, error: unknown): unknown {
  if (!(error instanceof LineError) || error.code !== "line/not-found") return error;
  return new CodedError(
    "cli/usage",
    `run: there is no target "${name}": ${error.message}`,
    { advice: "Expected: mock, emulated, a board of the rig file, or a port. See `meterbench list boards`." },
    error,
  );
}
