/** Statuses of the Smart Metering Inventory, and what moves a device from which to which: from memory of the SEC, unverified. */

export const inventoryStatuses = [
  "Pending",
  "Whitelisted",
  "InstalledNotCommissioned",
  "Commissioned",
  "Decommissioned",
  "Withdrawn",
  "Suspended",
  "Recovery",
  "Recovered",
] as const;
export type InventoryStatus = (typeof inventoryStatuses)[number];

export interface InventoryRule {
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
  joinedToMeter: {
    title: "joined to its meter (8.7)",
    from: ["InstalledNotCommissioned", "Commissioned"],
    to: "Commissioned",
  },
  hubInstalled: {
    title: "hub installed (8.14.1)",
    from: ["Pending", "InstalledNotCommissioned"],
    to: "Commissioned",
  },
  hubInstalledWithoutWan: {
    title: "hub installed where there is no WAN (8.14.2)",
    from: ["Pending", "InstalledNotCommissioned"],
    to: "InstalledNotCommissioned",
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
  hubWithdrawn: {
    title: "hub withdrawn (8.4)",
    from: ["Pending", "InstalledNotCommissioned"],
    to: "Withdrawn",
  },
  saidPending: {
    title: "said to be pending (8.4)",
    from: ["Pending", "Whitelisted", "InstalledNotCommissioned"],
    to: "Pending",
  },
  saidInstalled: {
    title: "said to be installed (8.4)",
    from: ["Pending", "Whitelisted", "InstalledNotCommissioned"],
    to: "InstalledNotCommissioned",
  },
  suspended: { title: "firmware removed from the certified list", from: alive, to: "Suspended" },
  reinstated: { title: "firmware listed again", from: ["Suspended"], to: "as before suspension" },
  recoveryBegun: {
    title: "recovery begun",
    from: ["Commissioned", "InstalledNotCommissioned"],
    to: "Recovery",
  },
  recovered: { title: "recovery ended", from: ["Recovery"], to: "Recovered" },
} as const satisfies Record<string, InventoryRule>;
export type InventoryEvent = keyof typeof inventoryRules;
