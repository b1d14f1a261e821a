/** Which firmware a device says that it runs (11.2, 11.3): the inventory follows, and whoever is registered hears of a mismatch. */
import { devices, fromPlain, messages, plainFault, valueTypes } from "../../../firmware/model/index.ts";
import type { Eui64, Value } from "../../../firmware/wire/message.ts";
import { toHex } from "../../../hal/base/hex.ts";
import type { ReceivedAlert } from "../receiver.ts";
import type { DccContext } from "./context.ts";
import type { Outcome } from "./delivery.ts";
import type { DccAlertContent } from "./messages.ts";
import type { Task } from "./task.ts";

export class FirmwareVersions {
  readonly #context: DccContext;

  constructor(context: DccContext) {
    this.#context = context;
  }

  /** The device has answered: a version that it was asked for, or what an activation has done. */
  settled({ request, preCommand }: Task, outcome: Outcome): void {
    if (outcome.how !== "answered") return;
    const value = outcome.results?.[0]?.value;
    const { id } = preCommand.useCase;
    if (id === "ECS52" && value instanceof Uint8Array && value.length === 4)
      this.#compare(request.target, toHex(value));
    if (id !== "CS06" || plainFault(valueTypes.activationReply, value ?? null) !== undefined) return;
    const reply = fromPlain(valueTypes.activationReply, value as Value, "CS06");
    if ("outcome" in reply && reply.outcome !== undefined) this.#learn(request.target, reply.outcome.version);
  }

  /** An activation has been done at its time. */
  take({ header, values: [, outcome] }: ReceivedAlert): void {
    const type = valueTypes.activationOutcome;
    if (header.code !== messages.FDOA.code || plainFault(type, outcome ?? null) !== undefined) return;
    this.#learn(header.originator, fromPlain(type, outcome as Value, "FDOA").version);
  }

  #learn(device: Eui64, version: Uint8Array): void {
    const { inventory } = this.#context.headEnd;
    if (inventory.find(device) !== undefined)
      inventory.tell(device, { details: { FirmwareVersion: toHex(version) } });
  }

  #compare(device: Eui64, FirmwareVersionDevice: string): void {
    const { rules, headEnd, settings } = this.#context;
    const entry = headEnd.inventory.read(device);
    const FirmwareVersionSMI = entry.details?.FirmwareVersion;
    headEnd.inventory.tell(device, { details: { FirmwareVersion: FirmwareVersionDevice } });
    if (FirmwareVersionSMI === undefined || FirmwareVersionSMI === FirmwareVersionDevice) return;
    const DeviceType = devices[entry.type].duis;
    const mismatch = { DeviceID: device, DeviceType, FirmwareVersionSMI, FirmwareVersionDevice };
    const content = { FirmwareVersionMismatch: mismatch } as DccAlertContent;
    for (const user of rules.registrations.entitled(entry, this.#context.nowS()))
      this.#context.tell(user, settings.alertCodes.firmwareMismatch, content);
  }
}
