/**
 * 11.1 and 11.4: images for devices. The request is checked, device by device, and what is wrong is a warning; but no WAN
 * or hub here carries images, so what is taken fails, and is told as that.
 */
import { devices } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { InventoryEntry } from "../inventory.ts";
import { requireEntitled } from "./access.ts";
import type { Answer } from "./context.ts";
import { type FormRequest, requestIdOf } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { type Asked, type DccService, done } from "./service.ts";

interface Form {
  readonly DeviceIDList: readonly Eui64[];
}

interface Kind {
  readonly isFor: (entry: InventoryEntry) => boolean;
  readonly code: "noFirmwareTarget" | "noPpmidTarget";
  readonly warning: string;
  readonly element: "DSPUpdateFirmwareWarning" | "DSPUpdatePPMIDFirmwareWarning";
}

function distributed({ DeviceIDList }: Form, asked: Asked, { isFor, code, warning, element }: Kind): Answer {
  const entries = new Map(DeviceIDList.map((eui) => [eui, entitledTo(eui, asked)]));
  const all = [...entries.keys()];
  const isCommissioned = (eui: Eui64) => entries.get(eui)?.status === "Commissioned";
  const invalid = all.filter((eui) => entries.get(eui) === undefined);
  const known = all.filter((eui) => !invalid.includes(eui));
  const notApplicable = known.filter((eui) => !isFor(entries.get(eui) as InventoryEntry));
  const fitting = known.filter((eui) => !notApplicable.includes(eui));
  const taken = fitting.filter(isCommissioned);
  if (taken.length === 0)
    throw new Refusal(asked.context.settings.codes[code], "none of the devices can take the image");
  tellFailure(taken, asked);
  const lists = {
    InvalidDeviceIDList: invalid,
    NotCommissionedDeviceIDList: fitting.filter((eui) => !isCommissioned(eui)),
    NotApplicableFirmwareDeviceIDList: notApplicable,
  };
  const said = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  return Object.keys(said).length === 0 ? done : { code: warning, content: { [element]: said } };
}

function entitledTo(eui: Eui64, { request, granted, context }: Asked): InventoryEntry | undefined {
  try {
    return requireEntitled(request, granted, eui, context.rules, context.nowS()).device;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** After the answer. */
function tellFailure(MeterIDs: readonly Eui64[], { request, context }: Asked): void {
  const UpdateFirmwareRequestID = requestIdOf(request as FormRequest);
  const { firmwareNotDistributed } = context.settings.alertCodes;
  context.ports.after(1000, () =>
    context.tell(request.originator, firmwareNotDistributed, {
      FirmwareDistributionFailure: { UpdateFirmwareRequestID, MeterIDs: [...MeterIDs] },
    }),
  );
}

const isMeter = ({ type }: InventoryEntry): boolean => devices[type].parts.includes("metrology");

export const firmwareServices: { readonly [R in "11.1" | "11.4"]: DccService<R> } = {
  "11.1": (form, asked) =>
    distributed(form, asked, {
      isFor: (entry) => isMeter(entry) || entry.type === "SAPC",
      ...{ code: "noFirmwareTarget", warning: "W110101", element: "DSPUpdateFirmwareWarning" },
    }),
  "11.4": (form, asked) =>
    distributed(form, asked, {
      isFor: ({ type }) => type === "PPMID" || type === "HCALCS",
      ...{ code: "noPpmidTarget", warning: "W110401", element: "DSPUpdatePPMIDFirmwareWarning" },
    }),
};
