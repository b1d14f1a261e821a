/** What a user may choose about a home, and what becomes of it. */

import type { DeviceSettings } from "../../firmware/devices/settings.ts";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import type { Crypto } from "../../hal/board.ts";
import { cryptoByName, nodeCrypto } from "../../hal/crypto/index.ts";
import type {
  EtherSettings,
  LoadProfile,
  MainsSettings,
  MockBoard,
  Scheduler,
  WanSettings,
} from "../../hal/mock/index.ts";
import type { WireName } from "../run-context.ts";
import type { BoardPair } from "./boards.ts";
import type { DeviceName } from "./home-device.ts";
import type { Pace } from "./pace.ts";

export const defaultStart = "2026-12-01T00:00:00Z";

export interface PremisesOptions {
  /** Decides everything that chance decides. Default: the run's seed, else 1. */
  readonly seed?: number;
  readonly wire?: WireName;
  /** UTC at virtual time 0: ISO 8601. Default 2026-12-01T00:00:00Z. */
  readonly start?: string;
  /** What the home draws: half-hourly CSV (see `readLoadProfileCsv`) or any profile. Default: a typical home. */
  readonly loadCsv?: string;
  readonly load?: LoadProfile;
  /** Between hub and meter, metres. Default 4. */
  readonly distanceM?: number;
  readonly ether?: Partial<EtherSettings>;
  readonly wan?: Partial<WanSettings>;
  readonly hubMains?: Partial<MainsSettings>;
  readonly meterMains?: Partial<MainsSettings>;
  readonly settings?: Partial<DeviceSettings>;
  /** Another code than the hub is told: 16 bytes and their CRC, which may be wrong. For tests of joining. */
  readonly printedInstallCode?: Uint8Array;
  /** The meter's keys come from a PKI that nobody here trusts. */
  readonly rogueMeter?: boolean;
  /** Default node:crypto, the same answers as the others. */
  readonly crypto?: Crypto["name"];
  /** Devices that run on a real board's parts: meets each board, once, before the factory. See `boards.ts`. */
  readonly boards?: Partial<Record<DeviceName, ConnectBoard>>;
  /** How virtual time passes; default: at once. For homes on real boards, whose time is real. */
  readonly pace?: (scheduler: Scheduler) => Pace;
}

/** Makes a pair of a device's simulated board and the remote one that lends it parts. */
export type ConnectBoard = (
  mock: MockBoard,
  home: { readonly scheduler: Scheduler; readonly startUtcMs: number },
) => Promise<BoardPair>;

/** The board on which a run's meters run, see `targets.ts`. */
export interface LendingBoard {
  readonly connect: ConnectBoard;
  /** How time passes in a home that runs on it. */
  pace(scheduler: Scheduler): Pace;
}

/** Why no home can be built for this wire and target; undefined when one can. */
export function cannotBuild(wire: WireName, target: string, hasBoard = false): MeterbenchError | undefined {
  if (wire !== "cose")
    return new MeterbenchError(
      "premises/wire",
      `no home speaks the ${wire} wire yet: its payloads stay bytes. Use the cose wire.`,
      { wire },
    );
  if (target === "mock" || hasBoard) return undefined;
  return new MeterbenchError(
    "premises/target",
    `no home runs on the target "${target}": it has no board to lend. Use --target mock, emulated or a board.`,
    { target },
  );
}

export function chooseCrypto(name: Crypto["name"] | undefined): Crypto {
  const known = name === "noble" || name === "node" || name === "sodium";
  const crypto = name === undefined ? nodeCrypto() : known ? cryptoByName(name) : undefined;
  if (crypto !== undefined) return crypto;
  throw new MeterbenchError(
    "premises/crypto",
    `crypto library ${name} is not installed: leave it out, or use "node"`,
    { name },
  );
}

export function readStart(start: string): number {
  const utcMs = Date.parse(start);
  if (Number.isFinite(utcMs)) return utcMs;
  throw new MeterbenchError(
    "premises/start",
    `start: expected ISO 8601, e.g. ${defaultStart}, got "${start}"`,
    { start },
  );
}

/** In a run on a board the meter runs on it. */
export function onBoard(board: LendingBoard | undefined): PremisesOptions {
  return board === undefined
    ? {}
    : { boards: { esme: board.connect }, pace: (scheduler) => board.pace(scheduler) };
}
