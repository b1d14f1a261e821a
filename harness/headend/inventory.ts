/**
 * The Smart Metering Inventory: what the DCC knows of each device, and its status. Which event moves a
 * device from which status to which is the table below; it is from memory of the SEC, and unverified.
 */

import type { DeviceName } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { CodedError } from "../../hal/base/coded-error.ts";

export type InventoryStatus =
  | "Pending"
  | "Whitelisted"
  | "InstalledNotCommissioned"
  | "Commissioned"
  | "Decommissioned"
  | "Withdrawn"
  | "Suspended"
  | "Recovery"
  | "Recovered";

interface Rule {
  /** What happened, and the service request that tells of it. */
  readonly title: string;
  readonly from: readonly InventoryStatus[];
  readonly to: InventoryStatus | "as before suspension";
}

const alive = ["Pending", "Whitelisted", "InstalledNotCommissioned", "Commissioned"] as const;

/** Named rules. Anything else is refused. */
export const inventoryRules = {
  whitelisted: {
    title: "added to the hub's log (8.11)",
    from: ["Pending", "Whitelisted"],
    to: "Whitelisted",
  },
  joined: {
    title: "joined the home network",
    from: ["Whitelisted", "InstalledNotCommissioned"],
    to: "InstalledNotCommissioned",
  },
  commissioned: {
    title: "clock set (8.1.1)",
    from: ["InstalledNotCommissioned", "Commissioned"],
    to: "Commissioned",
  },
  hubInstalled: {
    title: "hub installed (8.14.1)",
    from: ["Pending", "InstalledNotCommissioned"],
    to: "Commissioned",
  },
  removedFromHub: {
    title: "removed from the hub's log (8.11)",
    from: ["Whitelisted", "InstalledNotCommissioned", "Commissioned"],
    to: "Pending",
  },
  decommissioned: {
    title: "decommissioned (8.3)",
    from: [...alive, "Suspended", "Recovered"],
    to: "Decommissioned",
  },
  withdrawn: { title: "withdrawn before installation", from: ["Pending"], to: "Withdrawn" },
  suspended: { title: "firmware removed from the certified list", from: alive, to: "Suspended" },
  reinstated: { title: "firmware listed again", from: ["Suspended"], to: "as before suspension" },
  recoveryBegun: {
    title: "recovery begun",
    from: ["Commissioned", "InstalledNotCommissioned"],
    to: "Recovery",
  },
  recovered: { title: "recovery ended", from: ["Recovery"], to: "Recovered" },
} as const satisfies Record<string, Rule>;
export type InventoryEvent = keyof typeof inventoryRules;

export interface InventoryEntry {
  readonly eui: Eui64;
  readonly type: DeviceName;
  readonly status: InventoryStatus;
  /** As printed on the device, without CRC. */
  readonly installCode: Uint8Array;
  /** The hub whose network the device is on; for a hub, itself. */
  readonly hub?: Eui64;
  /** Of a meter: the number of its metering point. */
  readonly mpxn?: string;
  /** The last status before a suspension. */
  readonly before?: InventoryStatus;
}

export class Inventory {
  readonly #entries = new Map<Eui64, InventoryEntry>();

  /** 12.2: a device is announced before it is installed. Throws `inventory/known` when it is listed already. */
  preNotify(device: Pick<InventoryEntry, "eui" | "type" | "installCode" | "hub" | "mpxn">): InventoryEntry {
    if (this.#entries.has(device.eui))
      throw new CodedError(
        "inventory/known",
        `12.2 pre-notification of ${device.eui}: the inventory has it already, as ${this.status(device.eui)}`,
        { eui: device.eui },
      );
    const entry = { ...device, status: "Pending" } as const;
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

  status(eui: Eui64): InventoryStatus {
    return this.read(eui).status;
  }

  list(): readonly InventoryEntry[] {
    return [...this.#entries.values()];
  }

  /** Moves a device to another status. Throws `inventory/refused` when no rule allows it; nothing changes then. */
  apply(eui: Eui64, event: InventoryEvent): InventoryEntry {
    const entry = this.read(eui);
    const rule: Rule = inventoryRules[event];
    if (!rule.from.includes(entry.status))
      throw new CodedError(
        "inventory/refused",
        `${entry.type} ${eui} cannot be ${rule.title} while it is ${entry.status}: ` +
          `expected ${rule.from.join(" or ")}`,
        { eui, event, status: entry.status },
      );
    const status = rule.to === "as before suspension" ? (entry.before ?? "Pending") : rule.to;
    const moved = { ...entry, status, ...(status === "Suspended" ? { before: entry.status } : {}) };
    this.#entries.set(eui, moved);
    return moved;
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
}
