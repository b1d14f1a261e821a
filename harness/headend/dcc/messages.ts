/** What passes between the DCC and its users, in DUIS's words and without its XML: requests one way, responses and alerts the other. */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { pairs } from "../requests/duis.ts";
import type { DccAlertMessage } from "./alerts.ts";
import type { DeviceAlertMessage, ResponseMessage } from "./responses.ts";

export { pairs } from "../requests/duis.ts";
export type { DccAlertContent, DccAlertMessage } from "./alerts.ts";
export type { DeviceAlertMessage, ResponseMessage } from "./responses.ts";

/** Header of a Request. */
export interface RequestHeader {
  readonly originator: Eui64;
  readonly target: Eui64;
  readonly counter: bigint;
  readonly firstInSequence?: boolean;
  /** RequestID of the one that must have succeeded before. */
  readonly preceding?: string;
  /** 1 to 9; the last is the DCC's own, which no user may send. */
  readonly commandVariant: number;
  /** ServiceReferenceVariant, e.g. "7.2". */
  readonly reference: string;
}

/** A service request in its own words. */
export interface FormRequest extends RequestHeader {
  /** The form of its definition, as the user wrote it. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Until when the DCC keeps it, UTC seconds: of requests that the device knows no time of. */
  readonly heldUntilS?: number;
  /** The certificate (DER) that a user shows to a device that does not know it. */
  readonly agreementCertificate?: Uint8Array;
}

/** A pre-command that its user has correlated and signed. */
export interface SignedRequest extends RequestHeader {
  /** GBCS bytes from tag DF to the signature's end. */
  readonly signedPreCommand: Uint8Array;
  readonly heldUntilS?: number;
}

export type UserRequest = FormRequest | SignedRequest;

/** DUIS's Response: an answer, or an alert. */
export interface DccMessage {
  /** Of the request that it answers. */
  readonly requestId?: string;
  /** `target:originator:counter` of a device's own message. */
  readonly responseId?: string;
  /** "I0", "I99", "E1", … */
  readonly code: string;
  /** UTC milliseconds. */
  readonly timeMs: number;
  /** A form of DUIS's Body: its one element, e.g. `{ ResponseMessage: { … } }`. */
  readonly body: ResponseBody;
}

/** What {@link responseBody} takes: EUI-64s are 16 hex digits, times UTC seconds, payloads octets. */
export type ResponseBody =
  | { readonly ResponseMessage: ResponseMessage }
  | { readonly DeviceAlertMessage: DeviceAlertMessage }
  | { readonly DCCAlertMessage: DccAlertMessage };

/** `90-B3-…-00:00-DB-…-A0:1000`. */
export const requestIdOf = ({ originator, target, counter }: RequestHeader): string =>
  `${pairs(originator)}:${pairs(target)}:${counter}`;
