/** What the DCC tells those who are registered for a device when its status changes. */
import { devices } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { InventoryEntry } from "../inventory.ts";
import type { DccContext } from "./context.ts";
import type { DccAlertContent } from "./messages.ts";
import type { DccAlertCodes } from "./settings.ts";

/** Numbers of a meter's metering points; undefined where the inventory has none. */
export function mpxnsOf({ mpxn, SecondaryImportMPAN, ExportMPAN }: InventoryEntry) {
  if (mpxn === undefined) return undefined;
  return {
    ImportMPxN: mpxn,
    ...(SecondaryImportMPAN !== undefined && { SecondaryImportMPAN }),
    ...(ExportMPAN !== undefined && { ExportMPAN }),
  };
}

type Said = readonly [code: keyof DccAlertCodes, change: Readonly<Record<string, unknown>>];

export class StatusAlerts {
  readonly #context: DccContext;

  constructor(context: DccContext) {
    this.#context = context;
  }

  changed(before: InventoryEntry, after: InventoryEntry | undefined): void {
    const said = this.#whatToSay(before, after);
    if (said === undefined) return;
    const [code, DeviceStatusChange] = said;
    const content = { DeviceStatusChangeEvent: { DeviceID: before.eui, DeviceStatusChange } };
    for (const user of this.#whom(before))
      this.#context.tell(user, this.#context.settings.alertCodes[code], content as DccAlertContent);
  }

  #whom(entry: InventoryEntry): readonly Eui64[] {
    return this.#context.rules.registrations.entitled(entry, this.#context.nowS());
  }

  #whatToSay(before: InventoryEntry, after: InventoryEntry | undefined): Said | undefined {
    if (after === undefined) return ["removed", { DeviceRemovedFromInventory: {} }];
    if (after.status === "Suspended") return ["suspended", { DeviceSuspended: {} }];
    if (before.status === "Suspended" && isInService(after)) return ["restored", { DeviceRestored: {} }];
    if (after.status === "Recovered") return ["recovered", { RecoveryComplete: {} }];
    if (after.status === "Decommissioned" || after.status === "Withdrawn")
      return this.#ended(after, after.status === "Decommissioned" ? "decommissioned" : "withdrawn");
    const meter = mpxnsOf(after);
    if (after.status !== "Commissioned" || after.type === "CHF" || meter === undefined) return undefined;
    const variant = after.details?.ESMEVariant;
    return ["identity", { MeterIdentity: { MeterMPxNs: meter, ...(variant && { ESMEVariant: variant }) } }];
  }

  #ended(entry: InventoryEntry, code: "decommissioned" | "withdrawn"): Said | undefined {
    if (entry.type === "CHF") return ["hubDecommissioned", { CHFDecommissioning: {} }];
    const MeterDecommissionOrWithdrawal = mpxnsOf(entry);
    if (MeterDecommissionOrWithdrawal === undefined) return undefined;
    const { inventory } = this.#context.headEnd;
    const AssociatedType1Device = (entry.hub === undefined ? [] : inventory.system(entry.hub))
      .filter(({ eui, type, mpxn }) => eui !== entry.eui && devices[type].category === "type 1" && !mpxn)
      .slice(0, 7)
      .map(({ eui, type }) => ({ DeviceID: eui, DeviceType: devices[type].duis }));
    return [
      code,
      { MeterDecommissioningOrWithdrawal: { MeterDecommissionOrWithdrawal, AssociatedType1Device } },
    ];
  }
}

const isInService = ({ status }: InventoryEntry): boolean =>
  !["Suspended", "Decommissioned", "Withdrawn"].includes(status);
