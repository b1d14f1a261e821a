/** 8.14.1 to 8.14.4: an installer tells what became of a hub. */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { InventoryEvent } from "../inventory-rules.ts";
import type { Answer } from "./context.ts";
import { move } from "./inventory-services.ts";
import { Refusal } from "./refusal.ts";
import { type Asked, type DccService, done, entitledDevice } from "./service.ts";

interface Told {
  readonly DeviceID: Eui64;
}

/** The hub moves by the first of `events` that its status allows. */
function hubMoves(...events: readonly InventoryEvent[]) {
  return ({ DeviceID }: Told, asked: Asked): Answer => {
    const { type } = entitledDevice(asked, DeviceID);
    const { settings, headEnd } = asked.context;
    if (type !== "CHF") throw new Refusal(settings.codes.noHub, `${DeviceID} is a ${type}; expected a CHF`);
    const [fallback] = events;
    const event = events.find((each) => headEnd.inventory.allows(DeviceID, each)) ?? fallback;
    move(asked, DeviceID, event as InventoryEvent, settings.codes.hubRefused);
    headEnd.inventory.tell(DeviceID, { hub: DeviceID });
    return done;
  };
}

/** A hub that came into use is decommissioned when it is returned, another withdrawn: from memory, unverified. */
const returned = hubMoves("hubWithdrawn", "decommissioned");

export const hubServices: { readonly [R in "8.14.1" | "8.14.2" | "8.14.3" | "8.14.4"]: DccService<R> } = {
  "8.14.1": hubMoves("hubInstalled"),
  "8.14.2": hubMoves("hubInstalledWithoutWan"),
  "8.14.3": returned,
  "8.14.4": returned,
};
