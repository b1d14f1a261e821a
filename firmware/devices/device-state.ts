/** What a device reads from its flash before it exists: who it is, whom it believes, what it remembers. */

import { CodedError } from "../../hal/base/coded-error.ts";
import type { Board } from "../../hal/board.ts";
import type { FirmwareImages } from "../features/activation/images.ts";
import { EventLog } from "../kernel/event-log.ts";
import { Journal } from "../kernel/journal.ts";
import { type DeviceName, devices } from "../model/index.ts";
import { OwnKeys, type StandIns } from "../security/own-keys.ts";
import { TrustAnchors } from "../security/trust-anchors.ts";
import type { Suite } from "../wire/suite.ts";
import { openImages } from "./board-images.ts";
import { partitions } from "./partitions.ts";
import { type DeviceIdentity, readIdentity } from "./provision.ts";

export interface DeviceState {
  readonly identity: DeviceIdentity;
  readonly keys: OwnKeys;
  readonly images: FirmwareImages;
  readonly journal: Journal;
  readonly anchors: TrustAnchors;
  readonly eventLog: EventLog;
  readonly securityLog: EventLog;
  /** Its event log, where the device type has none for power. */
  readonly powerLog: EventLog;
}

/** Throws as {@link readIdentity}; `devices/wrong-type`. */
export async function readState(
  board: Board,
  type: DeviceName,
  suite: Suite,
  standIns: StandIns & { readonly images?: FirmwareImages | undefined } = {},
): Promise<DeviceState> {
  const identity = await readIdentity(board);
  if (identity.type !== type)
    throw new CodedError(
      "devices/wrong-type",
      `Boot of board ${board.id}: expected the identity of a ${type}, got that of a ${identity.type}.`,
      { board: board.id, expected: type, got: identity.type },
    );
  const journal = await Journal.open(board.flash, partitions(board.flash.geometry).journal);
  const eventLog = await EventLog.open(journal, "event-log/");
  const keys = new OwnKeys(journal, board.crypto, suite, identity, standIns);
  const own = { eui64: identity.eui64, agreement: () => keys.agreement };
  return {
    identity,
    keys,
    images: standIns.images ?? (await openImages(board)),
    journal,
    anchors: await TrustAnchors.open(journal, identity.anchors, board.crypto, own, suite),
    eventLog,
    powerLog: devices[type].powerLog ? await EventLog.open(journal, "power-log/") : eventLog,
    securityLog: await EventLog.open(journal, "security-log/"),
  };
}
