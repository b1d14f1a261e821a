/** What a user may choose about a home, and what becomes of it. */

import type { DeviceSettings } from "../../firmware/devices/settings.ts";
import { homeWires, isHomeWire, type WireName } from "../../firmware/wire/suites.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { readIsoTime } from "../../hal/base/iso-time.ts";
import type { Crypto } from "../../hal/board.ts";
import { cryptoByName, nodeCrypto, sodiumCrypto } from "../../hal/crypto/index.ts";
import type {
  EtherSettings,
  LoadProfile,
  MainsSettings,
  Scheduler,
  WanSettings,
} from "../../hal/mock/index.ts";
import type { GivenKeys } from "../headend/parties.ts";
import {
  type ConnectBoard,
  checkDevices,
  defaultDevices,
  type HomeDeviceSpec,
  isHub,
} from "./device-specs.ts";
import type { Pace } from "./pace.ts";

export const defaultStart = "2026-12-01T00:00:00Z";

export interface PremisesOptions {
  /** Decides everything that chance decides. Default: the run's seed, else 1. */
  readonly seed?: number;
  readonly wire?: WireName;
  /** UTC at virtual time 0: ISO 8601, from 2000-01-02 to 2095-12-31; without a zone UTC. Default 2026-12-01T00:00:00Z. */
  readonly start?: string;
  /**
   * The devices of the home; default: a hub called "hub" and an electricity meter called "esme". What a device's own
   * options leave out, those below say.
   */
  readonly devices?: readonly HomeDeviceSpec[];
  /** What the home draws: half-hourly CSV (see `readLoadProfileCsv`) or any profile. Default: a typical home. */
  readonly loadCsv?: string;
  readonly load?: LoadProfile;
  /** Between the hub and each other device, metres. Default 4. */
  readonly distanceM?: number;
  readonly ether?: Partial<EtherSettings>;
  readonly wan?: Partial<WanSettings>;
  readonly hubMains?: Partial<MainsSettings>;
  readonly meterMains?: Partial<MainsSettings>;
  readonly settings?: Partial<DeviceSettings>;
  /**
   * What the (first) meter itself holds: `"another"`, a valid code that is not the one the hub is told; or 16 bytes and their
   * CRC, which may be wrong. For tests of joining.
   */
  readonly printedInstallCode?: "another" | Uint8Array;
  /** The (first) meter's keys come from a PKI that nobody here trusts. */
  readonly rogueMeter?: boolean;
  /** Keys and certificates of others that parties begin with; the devices know them. On the GBCS wire alone. */
  readonly partyKeys?: GivenKeys;
  /** Default sodium, and node:crypto where that is not installed: all give the same answers. */
  readonly crypto?: Crypto["name"];
  /** By name: devices that run on a real board's parts: meets each board, once, before the factory. See `boards.ts`. */
  readonly boards?: Readonly<Record<string, ConnectBoard>>;
  /** How virtual time passes; default: at once. For homes on real boards, whose time is real. */
  readonly pace?: (scheduler: Scheduler) => Pace;
}

/** The board on which a run's meters run, see `targets.ts`. */
export interface LendingBoard {
  readonly connect: ConnectBoard;
  /** How time passes in a home that runs on it. */
  pace(scheduler: Scheduler): Pace;
}

/** Why no home can be built for this wire and target; undefined when one can. */
export function cannotBuild(wire: WireName, target: string, hasBoard = false): CodedError | undefined {
  if (!isHomeWire(wire))
    return new CodedError(
      "premises/wire",
      `no home speaks a wire ${JSON.stringify(wire)}: use ${homeWires.join(" or ")}.`,
      { wire },
    );
  if (target === "mock" || hasBoard) return undefined;
  return new CodedError(
    "premises/target",
    `no home runs on the target "${target}": it has no board to lend. Use --target mock, emulated or a board.`,
    { target },
  );
}

export function chooseCrypto(name: Crypto["name"] | undefined): Crypto {
  const known = name === "noble" || name === "node" || name === "sodium";
  const fastest = () => sodiumCrypto() ?? nodeCrypto();
  const crypto = name === undefined ? fastest() : known ? cryptoByName(name) : undefined;
  if (crypto !== undefined) return crypto;
  throw new CodedError(
    "premises/crypto",
    `crypto library ${name} is not installed: leave it out, or use "node"`,
    { name },
  );
}

/** Zigbee's clock begins in 2000; certificates of ten years end before 32 bits of seconds do. */
const [earliest, latest] = [Date.UTC(2000, 0, 2), Date.UTC(2096, 0, 1) - 1];

/** UTC milliseconds of `start`. Throws `premises/start` with the column of what is wrong. */
export function readStart(start: string): number {
  const time = typeof start === "string" ? readIsoTime(start) : notText;
  const outside = { column: 1, fault: "a home can start from 2000-01-02 to 2095-12-31" };
  const fault = typeof time !== "number" ? time : time < earliest || time > latest ? outside : undefined;
  if (fault === undefined) return time as number;
  throw new CodedError(
    "premises/start",
    `start: line 1, column ${fault.column} of ${JSON.stringify(start)}: ${fault.fault}; give UTC, e.g. ${defaultStart}`,
    { start, line: 1, column: fault.column },
  );
}

const notText = { column: 1, fault: "expected a text" };

/** In a run on a board the first meter of a home runs on it. */
export function onBoard(
  board: LendingBoard | undefined,
  devices: readonly HomeDeviceSpec[] = defaultDevices,
): PremisesOptions {
  if (board === undefined) return {};
  checkDevices(devices);
  const meter = devices.find((spec) => !isHub(spec));
  if (meter === undefined) return {};
  return { boards: { [meter.name]: board.connect }, pace: (scheduler) => board.pace(scheduler) };
}
