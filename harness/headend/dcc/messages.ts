/** What passes between the DCC and its users, in DUIS's words and without its XML: requests one way, responses and alerts the other. */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { pairs } from "../requests/duis.ts";

export { pairs } from "../requests/duis.ts";

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

export type ResponseBody =
  | { readonly ResponseMessage: ResponseMessage }
  | { readonly DeviceAlertMessage: DeviceAlertMessage }
  | { readonly DCCAlertMessage: { readonly DCCAlertCode: string; readonly DCCAlert: DccAlertContent } };

/** Beside its references at most one member. */
export interface ResponseMessage {
  readonly ServiceReference: string;
  readonly ServiceReferenceVariant: string;
  readonly CINMessage?: {
    readonly GBCSPayload: Uint8Array;
    readonly CustomerIdentificationNumber: string;
  };
  readonly DSPScheduledMessage?: { readonly GBCSPayload: Uint8Array; readonly DSPScheduleID: bigint };
  readonly DSPScheduleID?: bigint;
  readonly FutureDatedDeviceAlertMessage?: {
    /** Two octets, 8F66 or 8F67. */
    readonly FutureDatedAlertCode: string;
    readonly GBCSPayload: Uint8Array;
    readonly InstructionNumber: number;
    readonly TotalCommandInstructions: number;
  };
  readonly GBCSPayload?: Uint8Array;
  readonly LocalCommand?: { readonly GBCSPayload: Uint8Array };
  readonly PreCommand?: { readonly GBCSVersion: string; readonly GBCSPayload: Uint8Array };
  /** DSPInventory, DSPOptIn, DSPSchedulesRead, DSPUpdateFirmwareWarning, DSPUpdatePPMIDFirmwareWarning, DSPWANMatrix. */
  readonly [answerOfTheDcc: string]: unknown;
}

export interface DeviceAlertMessage {
  /** Two octets in hex. */
  readonly AlertCode: string;
  readonly ThrottledAlertSequenceId?: number;
  readonly ThrottledAlertCount?: number;
  readonly GBCSPayload: Uint8Array;
}

/** One member, e.g. `{ PowerOutageEvent: { CommsHubDeviceID, StartDateTime, MPxN } }`. */
export type DccAlertContent = Readonly<Record<string, unknown>>;

/** `90-B3-…-00:00-DB-…-A0:1000`. */
export const requestIdOf = ({ originator, target, counter }: RequestHeader): string =>
  `${pairs(originator)}:${pairs(target)}:${counter}`;
