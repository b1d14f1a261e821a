/** What the DCC tells its users, at their addresses: answers, alerts of devices, and its own. */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { ReceivedAlert } from "../receiver.ts";
import { pairs } from "../requests/duis.ts";
import type { PreCommand } from "../transform.ts";
import type { Content, DccPorts } from "./context.ts";
import { type DccAlertContent, type DccMessage, type RequestHeader, requestIdOf } from "./messages.ts";
import type { DccSettings } from "./settings.ts";
import type { Errand, Task } from "./task.ts";

export class Post {
  readonly #ports: Pick<DccPorts, "nowMs" | "push" | "observe">;
  readonly #settings: DccSettings;

  constructor(ports: Pick<DccPorts, "nowMs" | "push" | "observe">, settings: DccSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** An answer to `request`. */
  message(request: RequestHeader, code: string, content: Content = {}, responseId?: string): DccMessage {
    const { reference } = request;
    const references = {
      ServiceReference: reference.split(".").slice(0, 2).join("."),
      ServiceReferenceVariant: reference,
    };
    return {
      requestId: requestIdOf(request),
      ...(responseId !== undefined && { responseId }),
      ...{ code, timeMs: this.#ports.nowMs() },
      body: { ResponseMessage: { ...references, ...content } },
    };
  }

  /** A device's response goes to who asked, as it came: it is theirs to authenticate. */
  response({ request, scheduleId, preCommand }: Task, GBCSPayload: Uint8Array): DccMessage {
    if (scheduleId === undefined)
      return this.message(request, "I0", contentOf(preCommand, GBCSPayload), responseIdOf(request));
    const content = { DSPScheduledMessage: { GBCSPayload, DSPScheduleID: scheduleId } };
    const { counter } = preCommand.command.header;
    const responseId = responseIdOf({ ...request, counter });
    const { requestId: _, ...message } = this.message(request, "I0", content, responseId);
    return message;
  }

  /** Why there is none; undefined where an alert alone tells it: of a scheduled read there is no request to answer. */
  failure({ request, scheduleId }: Task, how: "undelivered" | "timed-out"): DccMessage | undefined {
    if (scheduleId !== undefined || this.#settings.commandFailure === "alert") return undefined;
    const late = request.heldUntilS === undefined ? "E21" : "E30";
    return this.message(request, how === "undelivered" ? "E20" : late);
  }

  /** The same as a DCC alert, where the settings or a schedule say so. */
  tellFailure({ request, scheduleId }: Task, how: "undelivered" | "timed-out"): void {
    const { commandFailure, alertCodes } = this.#settings;
    if (scheduleId === undefined && commandFailure === "response") return;
    const CommandFailure = {
      CommandRequestID: requestIdOf(request),
      ...(scheduleId !== undefined && { DSPScheduleID: scheduleId }),
      DeviceID: request.target,
    };
    const code = how === "undelivered" ? alertCodes.notDelivered : alertCodes.noResponse;
    this.tell(request.originator, code, { CommandFailure });
  }

  /** What became of an instruction that a device has kept. */
  tellOutcome({ request }: Errand, { header }: ReceivedAlert, content: Content): void {
    const responseId = responseIdOf({ ...request, counter: header.counter });
    this.#ports.push(request.originator, this.message(request, "I0", content, responseId));
  }

  /** An alert of a device, for whom it names. */
  forward({ header, alertCode, bytes }: ReceivedAlert): void {
    const AlertCode = alertCode.toString(16).toUpperCase().padStart(4, "0");
    this.#ports.push(header.target, {
      responseId: `${pairs(header.originator)}:${pairs(header.target)}:${header.counter}`,
      ...{ code: "I0", timeMs: this.#ports.nowMs() },
      body: { DeviceAlertMessage: { AlertCode, GBCSPayload: bytes } },
    });
  }

  /** A DCC alert. */
  tell(user: Eui64, DCCAlertCode: string, DCCAlert: DccAlertContent): void {
    const body = { DCCAlertMessage: { DCCAlertCode, DCCAlert } };
    this.#ports.observe({ kind: "dcc-alert", code: DCCAlertCode, to: user });
    this.#ports.push(user, { code: "I0", timeMs: this.#ports.nowMs(), body });
  }
}

const responseIdOf = ({ originator, target, counter }: RequestHeader): string =>
  `${pairs(target)}:${pairs(originator)}:${counter}`;

/** The number that a customer is to read out goes with the device's answer (9.1). */
function contentOf({ request }: PreCommand, bytes: Uint8Array): Content {
  const { customerNumber } = request;
  if (customerNumber === undefined) return { GBCSPayload: bytes };
  return { CINMessage: { GBCSPayload: bytes, CustomerIdentificationNumber: customerNumber } };
}
