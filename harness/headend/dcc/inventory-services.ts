/** 8.2 to 8.4 and 12.2: users read and tell what the inventory has. */
import { type DeviceName, devices } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { Inventory, InventoryEntry } from "../inventory.ts";
import type { InventoryEvent } from "../inventory-rules.ts";
import type { DccContext } from "./context.ts";
import type { ResponseMessage } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { requireRoom } from "./room.ts";
import { type Asked, type DccService, done, entitledDevice } from "./service.ts";
import { mpxnsOf } from "./status-alerts.ts";

type Listed = NonNullable<ResponseMessage["DSPInventory"]>["Device"][number];

/** Devices of an answer (the schema's bound). */
const mostDevices = 17;

export const inventoryServices: { readonly [R in "8.2" | "8.3" | "8.4" | "12.2"]: DccService<R> } = {
  /** All devices of the homes where one fits. */
  "8.2": (form, { context }) => {
    const { inventory } = context.headEnd;
    const { codes } = context.settings;
    if (form.DeviceID !== undefined && inventory.find(form.DeviceID) === undefined)
      throw new Refusal("E19", `no device ${form.DeviceID} in the inventory`);
    const found = systemsOf(inventory, (entry) => isAskedFor(form, entry, inventory));
    if (found.length === 0) throw new Refusal(codes.notInInventory, "the inventory has nothing there");
    if (found.length > mostDevices)
      throw new Refusal(codes.tooManyDevices, `${found.length} devices; an answer holds ${mostDevices}`);
    return { code: "I0", content: { DSPInventory: { Device: found.map((entry) => shown(entry, context)) } } };
  },
  "8.3": ({ DeviceID }, asked) => {
    entitledDevice(asked, DeviceID);
    move(asked, DeviceID, "decommissioned", asked.context.settings.codes.notDecommissioned);
    return done;
  },
  "8.4": (form, asked) => {
    const entry = entitledDevice(asked, form.DeviceID);
    const { inventory } = asked.context.headEnd;
    const { codes } = asked.context.settings;
    const isInUse = entry.status === "Commissioned" || entry.status === "InstalledNotCommissioned";
    const status = form.UpdateDeviceStatusExceptCH ?? form.UpdateDeviceStatusCH;
    if (status !== undefined) {
      if ((entry.type === "CHF") !== (form.UpdateDeviceStatusCH !== undefined))
        throw new Refusal("E11", `${entry.type} ${entry.eui} has no such status to be given`);
      move(asked, entry.eui, eventOf(entry.type, status), codes.statusRefused);
    } else if (form.UpdateDeviceDetails !== undefined) {
      if (isInUse) throw new Refusal(codes.detailsRefused, `${entry.type} ${entry.eui} is ${entry.status}`);
      inventory.tell(entry.eui, { details: withoutGaps(form.UpdateDeviceDetails) });
    } else if (form.UpdateMPxN !== undefined) {
      const { ImportMPxN: mpxn, ...others } = form.UpdateMPxN;
      if (!devices[entry.type].parts.includes("metrology") && entry.type !== "SAPC")
        throw new Refusal(codes.mpxnRefused, `${entry.type} ${entry.eui} has no metering point`);
      inventory.tell(entry.eui, withoutGaps({ mpxn, ...others }));
    } else {
      if (entry.status !== "Pending" && entry.status !== "none")
        throw new Refusal(codes.deleteRefused, `${entry.type} ${entry.eui} is ${entry.status}`);
      inventory.delete(entry.eui);
    }
    return done;
  },
  "12.2": (form, { request, context }) => {
    const { DeviceID, DeviceType, AssociatedGPFDeviceID: gasProxy, ...details } = form;
    const { codes } = context.settings;
    const { inventory } = context.headEnd;
    if (DeviceID === gasProxy)
      throw new Refusal(codes.sameDevice, `${DeviceID} is named as hub and gas proxy`);
    const news = gasProxy === undefined ? [DeviceID] : [DeviceID, gasProxy];
    const known = news.find((eui) => inventory.find(eui) !== undefined);
    if (known !== undefined) throw new Refusal(codes.knownDevice, `the inventory has ${known} already`);
    requireRoom(announcedIn(inventory), request, context.settings);
    const common = { details: withoutGaps(details), announcedBy: request.originator };
    const type = typeOf(DeviceID, DeviceType, context);
    const hub = type === "CHF" ? { hub: DeviceID } : {};
    inventory.preNotify({ eui: DeviceID, type, ...common, ...hub, ...(gasProxy && { gasProxy }) });
    if (gasProxy !== undefined) inventory.preNotify({ eui: gasProxy, type: "GPF", hub: DeviceID, ...common });
    return done;
  },
};

/** What users have announced; the home's own devices take nobody's room. */
function announcedIn(inventory: Inventory) {
  const announced = inventory.list().flatMap(({ announcedBy }) => announcedBy ?? []);
  return { size: announced.length, list: () => announced.map((originator) => ({ request: { originator } })) };
}

interface Wanted {
  readonly UPRN?: number | undefined;
  readonly DeviceID?: Eui64 | undefined;
  readonly MPxN?: string | undefined;
  readonly PropertyFilter?: { readonly PostCode: string; readonly AddressIdentifier: string } | undefined;
}

function isAskedFor(
  { UPRN, DeviceID, MPxN, PropertyFilter }: Wanted,
  entry: InventoryEntry,
  inventory: Inventory,
) {
  if (DeviceID !== undefined) return entry.eui === DeviceID;
  if (MPxN !== undefined) return [entry.mpxn, entry.SecondaryImportMPAN, entry.ExportMPAN].includes(MPxN);
  const place = placeOf(entry, inventory);
  if (UPRN !== undefined) return place?.UPRN === UPRN;
  const { PostCode, AddressIdentifier } = place?.PropertyFilter ?? {};
  return PostCode === PropertyFilter?.PostCode && AddressIdentifier === PropertyFilter?.AddressIdentifier;
}

const placeOf = ({ place, hub }: InventoryEntry, inventory: Inventory) =>
  place ?? (hub === undefined ? undefined : inventory.find(hub)?.place);

function systemsOf(
  inventory: Inventory,
  fits: (entry: InventoryEntry) => boolean,
): readonly InventoryEntry[] {
  const found = inventory.list().filter(fits);
  const hubs = new Set(found.flatMap(({ hub }) => hub ?? []));
  return inventory
    .list()
    .filter((entry) => found.includes(entry) || (entry.hub !== undefined && hubs.has(entry.hub)));
}

function shown(entry: InventoryEntry, { headEnd, settings }: DccContext): Listed {
  const { eui, type, status, history, details = {} } = entry;
  const { DeviceManufacturer = "", DeviceModel = "", FirmwareVersion, ...others } = details;
  const commissioned = history.findLast((each) => each.status === "Commissioned")?.sinceS;
  return {
    DeviceID: eui,
    DeviceType: devices[type].duis as Listed["DeviceType"],
    ...(status !== "none" && { DeviceStatus: status }),
    ...{ DeviceManufacturer, DeviceModel },
    ...withoutGaps({ ...others, DeviceFirmwareVersion: FirmwareVersion }),
    ...(commissioned !== undefined && {
      DateCommissioned: `${new Date(commissioned * 1000).toISOString().slice(0, 10)}Z`,
    }),
    ...mpxnsOf(entry),
    ...placeOf(entry, headEnd.inventory),
    ...(settings.coverage[0] && {
      CSPRegion: settings.coverage[0].CSPRegion as NonNullable<Listed["CSPRegion"]>,
    }),
  };
}

/** DUIS has no type of its own for some devices: what was made under that number is known better. */
function typeOf(eui: Eui64, type: string, { headEnd }: DccContext): DeviceName {
  const made = headEnd.devices.find((device) => device.eui === eui)?.type;
  if (made !== undefined && devices[made].duis === type) return made;
  return type as DeviceName;
}

const eventOf = (type: DeviceName, status: string): InventoryEvent =>
  type === "CHF"
    ? status === "Commissioned"
      ? "hubInstalled"
      : status === "Withdrawn"
        ? "hubWithdrawn"
        : "hubInstalledWithoutWan"
    : status === "Pending"
      ? "saidPending"
      : "saidInstalled";

/** Throws a `Refusal` with `code` where no rule allows it. */
export function move({ context }: Asked, eui: Eui64, event: InventoryEvent, code: string): void {
  const { inventory } = context.headEnd;
  if (!inventory.allows(eui, event))
    throw new Refusal(code, `${eui} is ${inventory.status(eui)}: not ${event}`);
  inventory.apply(eui, event);
}

function withoutGaps<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}
