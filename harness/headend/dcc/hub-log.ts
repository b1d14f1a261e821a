/**
 * 8.11: the hub's answer says that it has taken the command; its alert (CS14) that its log has changed. Both together are
 * told to who asked: done, or after a while doubtful. With success the inventory learns which network the device is on.
 */
import { fromPlain, messages, plainFault, valueTypes } from "../../../firmware/model/index.ts";
import type { Eui64, Value } from "../../../firmware/wire/message.ts";
import { toHex } from "../../../hal/base/hex.ts";
import type { ReceivedAlert } from "../receiver.ts";
import { checkForm } from "../requests/check-form.ts";
import { serviceRequest } from "../requests/index.ts";
import { Agenda, type Appointment } from "./agenda.ts";
import type { DccContext } from "./context.ts";
import type { Kept } from "./kept.ts";
import { requestIdOf } from "./messages.ts";
import { formOf, type Task } from "./task.ts";

interface Change {
  readonly requestId: string;
  readonly user: Eui64;
  readonly hub: Eui64;
  readonly device: Eui64;
  readonly isListed: boolean;
  /** The hub's answer was good. */
  readonly isAnswered: boolean;
  /** Its alert has come. */
  readonly isTold: boolean;
}

interface Form {
  readonly DeviceID: Eui64;
  readonly RequestType: "Add" | "Remove";
  readonly AddDeviceToCHFWhitelist?: {
    readonly ImportMPxN?: string;
    readonly SecondaryImportMPAN?: string;
    readonly ExportMPAN?: string;
  };
}

export class HubLogs implements Kept<readonly Appointment<Change>[]> {
  readonly #context: DccContext;
  /** Until when each may still come true. */
  readonly #agenda: Agenda<Change>;

  constructor(context: DccContext) {
    this.#context = context;
    this.#agenda = new Agenda(context.ports, (change) => {
      if (change.isAnswered) this.#tell(change, context.settings.alertCodes.hubLogDoubtful);
    });
  }

  sent({ request, preCommand }: Task): void {
    if (request.reference !== "8.11") return;
    const { DeviceID, RequestType } = formOfLog(formOf(request));
    const { answerTimeoutMs, hubLogS, maxOpen } = this.#context.settings;
    if (this.#agenda.size >= maxOpen) return;
    this.#agenda.add(this.#context.ports.nowMs() + answerTimeoutMs + hubLogS * 1000, {
      requestId: requestIdOf(request),
      user: request.originator,
      hub: preCommand.command.header.target,
      device: DeviceID,
      isListed: RequestType === "Add",
      ...{ isAnswered: false, isTold: false },
    });
  }

  /** The hub has answered, well or not; or it never has. */
  settled({ request }: Task, succeeded: boolean): void {
    if (request.reference !== "8.11") return;
    const [change] = this.#agenda.remove(({ requestId }) => requestId === requestIdOf(request));
    if (!succeeded) return;
    this.#learn(request.target, formOfLog(formOf(request)));
    if (change !== undefined) this.#step({ ...change, isAnswered: true });
  }

  /** The hub has told what its log is now. */
  take({ header, values: [value] }: ReceivedAlert): void {
    if (header.code !== messages.CS14.code) return;
    const listed = listedIn(value);
    const isMeant = (change: Change) =>
      change.hub === header.originator && listed.includes(change.device) === change.isListed;
    for (const change of this.#agenda.remove(isMeant)) this.#step({ ...change, isTold: true });
  }

  snapshot(): readonly Appointment<Change>[] {
    return this.#agenda.snapshot();
  }

  restore(kept: readonly Appointment<Change>[]): void {
    this.#agenda.restore(kept);
  }

  #step(change: Change): void {
    const { settings, ports } = this.#context;
    if (change.isAnswered && change.isTold) this.#tell(change, settings.alertCodes.hubLogDone);
    else this.#agenda.add(ports.nowMs() + settings.hubLogS * 1000, change);
  }

  #tell({ user, requestId }: Change, code: string): void {
    this.#context.tell(user, code, {
      UpdateHANDeviceLogResult: { UpdateHANDeviceLogServiceRequestID: requestId },
    });
  }

  #learn(hub: Eui64, { DeviceID, RequestType, AddDeviceToCHFWhitelist: added }: Form): void {
    const { inventory } = this.#context.headEnd;
    if (RequestType !== "Add" || inventory.find(DeviceID) === undefined) return;
    const { ImportMPxN: mpxn, SecondaryImportMPAN, ExportMPAN } = added ?? {};
    inventory.tell(DeviceID, {
      hub,
      ...(mpxn !== undefined && { mpxn }),
      ...(SecondaryImportMPAN !== undefined && { SecondaryImportMPAN }),
      ...(ExportMPAN !== undefined && { ExportMPAN }),
    });
  }
}

const formOfLog = ({ parameters }: { readonly parameters: unknown }): Form =>
  checkForm(serviceRequest("8.11"), parameters) as unknown as Form;

function listedIn(value: Value | undefined): readonly Eui64[] {
  const type = valueTypes.devicesBackup;
  if (plainFault(type, value ?? null, "CS14") !== undefined) return [];
  return fromPlain(type, value as Value, "CS14").devices.map(({ device }) => toHex(device));
}
