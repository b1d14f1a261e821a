/** The Smart Metering Inventory: what the DCC knows of each device, its status, and since when. */
import { type DeviceName, devices } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import {
  type InventoryEvent,
  type InventoryRule,
  type InventoryStatus,
  inventoryRules,
} from "./inventory-rules.ts";

export { type InventoryEvent, type InventoryStatus, inventoryRules } from "./inventory-rules.ts";

/** What users tell of a device (12.2, 8.4), in DUIS's words. */
export interface DeviceDetails {
  readonly DeviceManufacturer?: string | undefined;
  readonly DeviceModel?: string | undefined;
  readonly SMETSCHTSVersion?: string | undefined;
  readonly FirmwareVersion?: string | undefined;
  readonly ESMEVariant?: string | undefined;
}

/** Where a home is: told by nobody over DUIS. */
export interface Place {
  readonly UPRN?: number;
  readonly PropertyFilter?: { readonly PostCode: string; readonly AddressIdentifier: string };
}

export interface InventoryEntry {
  readonly eui: Eui64;
  readonly type: DeviceName;
  /** Devices of type 2 have none. */
  readonly status: InventoryStatus | "none";
  /** Each status that it has had and since when, UTC seconds, the oldest first; bounded. */
  readonly history: readonly { readonly status: InventoryStatus; readonly sinceS: number }[];
  /** As printed on the device, without CRC; unknown where users alone have told of it. */
  readonly installCode?: Uint8Array;
  /** The hub whose network the device is on; for a hub, itself. */
  readonly hub?: Eui64;
  /** Of a meter: the number of its metering point. */
  readonly mpxn?: string;
  readonly SecondaryImportMPAN?: string;
  readonly ExportMPAN?: string;
  readonly details?: DeviceDetails;
  /** Of a hub. */
  readonly place?: Place;
  /** The gas proxy function of a hub. */
  readonly gasProxy?: Eui64;
  /** Who announced it (12.2). */
  readonly announcedBy?: Eui64;
  /** The last status before a suspension. */
  readonly before?: InventoryStatus;
}

/** What may be said of a device besides its status. */
export type Told = Partial<Omit<InventoryEntry, "eui" | "type" | "status" | "history" | "before">>;
export type NewDevice = Pick<InventoryEntry, "eui" | "type"> & Told;
/** `after`: undefined when the device was deleted. */
export type InventoryWatcher = (before: InventoryEntry, after: InventoryEntry | undefined) => void;

/** Statuses remembered of a device. */
const historyKept = 100;

export class Inventory {
  readonly #entries = new Map<Eui64, InventoryEntry>();
  readonly #nowS: () => number;
  #watcher: InventoryWatcher = () => {};

  /** `nowS`: UTC seconds. */
  constructor(nowS: () => number = () => 0) {
    this.#nowS = nowS;
  }

  /** Runs after each change of a status, and each deletion. */
  watch(watcher: InventoryWatcher): void {
    this.#watcher = watcher;
  }

  /** 12.2: a device is announced before it is installed. Throws `inventory/known` when it is listed already. */
  preNotify(device: NewDevice): InventoryEntry {
    if (this.#entries.has(device.eui))
      throw new CodedError(
        "inventory/known",
        `12.2 pre-notification of ${device.eui}: the inventory has it already, as ${this.status(device.eui)}`,
        { eui: device.eui },
      );
    const hasStatus = devices[device.type].category !== "type 2";
    const entry: InventoryEntry = hasStatus
      ? { ...device, status: "Pending", history: [{ status: "Pending", sinceS: this.#nowS() }] }
      : { ...device, status: "none", history: [] };
    this.#entries.set(device.eui, entry);
    return entry;
  }

  find(eui: Eui64): InventoryEntry | undefined {
    return this.#entries.get(eui);
  }

  /** 8.2. Throws `inventory/unknown`. */
  read(eui: Eui64): InventoryEntry {
    const entry = this.find(eui);
    if (entry !== undefined) return entry;
    throw new CodedError(
      "inventory/unknown",
      `device ${eui} is not in the inventory: pre-notify it first (service request 12.2)`,
      { eui },
    );
  }

  status(eui: Eui64): InventoryEntry["status"] {
    return this.read(eui).status;
  }

  list(): readonly InventoryEntry[] {
    return [...this.#entries.values()];
  }

  /** The devices on a hub's network, and the hub. */
  system(hub: Eui64): readonly InventoryEntry[] {
    return this.list().filter((entry) => entry.hub === hub);
  }

  /**
   * A system is enrolled when every device of it that has a status, and is not out of the home, is commissioned; one that is
   * suspended no longer counts as that.
   */
  isEnrolled(hub: Eui64): boolean {
    const there = this.system(hub).filter(
      ({ status }) => !["none", "Decommissioned", "Withdrawn"].includes(status),
    );
    return there.length > 0 && there.every(({ status }) => status === "Commissioned");
  }

  /** Adds to what is known of a device. Throws `inventory/unknown`. */
  tell(eui: Eui64, told: Told): InventoryEntry {
    const entry = this.read(eui);
    const details = { ...entry.details, ...told.details };
    const next = { ...entry, ...told, ...(Object.keys(details).length > 0 && { details }) };
    this.#entries.set(eui, next);
    return next;
  }

  /** Moves a device to another status. Throws `inventory/refused` when no rule allows it; nothing changes then. */
  apply(eui: Eui64, event: InventoryEvent): InventoryEntry {
    const entry = this.read(eui);
    const rule: InventoryRule = inventoryRules[event];
    if (!this.allows(eui, event))
      throw new CodedError(
        "inventory/refused",
        `${entry.type} ${eui} cannot be ${rule.title} while it is ${entry.status}: ` +
          `expected ${rule.from.join(" or ")}`,
        { eui, event, status: entry.status },
      );
    const status = rule.to === "as before suspension" ? (entry.before ?? "Pending") : rule.to;
    const moved = this.#moved(entry, status);
    this.#entries.set(eui, moved);
    if (status !== entry.status) this.#watcher(entry, moved);
    return moved;
  }

  /** May `event` happen to it now? Throws `inventory/unknown`. */
  allows(eui: Eui64, event: InventoryEvent): boolean {
    const { from }: { readonly from: readonly string[] } = inventoryRules[event];
    return from.includes(this.status(eui));
  }

  #moved(entry: InventoryEntry, status: InventoryStatus): InventoryEntry {
    const before = status === "Suspended" && entry.status !== "none" ? { before: entry.status } : {};
    if (status === entry.status) return { ...entry, ...before };
    const history = [...entry.history, { status, sinceS: this.#nowS() }].slice(-historyKept);
    return { ...entry, ...before, status, history };
  }

  /** 8.4: a device that never came into use is forgotten. Throws `inventory/unknown`. */
  delete(eui: Eui64): void {
    const entry = this.read(eui);
    this.#entries.delete(eui);
    this.#watcher(entry, undefined);
  }

  /** Refuses service requests for a device that is not in service. Throws `inventory/not-in-service`. */
  requireInService(eui: Eui64): InventoryEntry {
    const entry = this.read(eui);
    if (["Decommissioned", "Withdrawn", "Suspended"].includes(entry.status))
      throw new CodedError(
        "inventory/not-in-service",
        `${entry.type} ${eui} is ${entry.status}: no service request may be sent to it`,
        { eui, status: entry.status },
      );
    return entry;
  }

  /** Plain data. */
  snapshot(): readonly InventoryEntry[] {
    return this.list();
  }

  restore(kept: readonly InventoryEntry[]): void {
    this.#entries.clear();
    for (const entry of kept) this.#entries.set(entry.eui, entry);
  }
}
