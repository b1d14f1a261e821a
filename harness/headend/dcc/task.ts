/** A request that passed access control, on its way to a device. */
import type { UserRole } from "../../../firmware/model/index.ts";
import type { PreCommand } from "../transform.ts";
import { type FormRequest, type RequestHeader, requestIdOf, type SignedRequest } from "./messages.ts";

/** One that came back signed has the form that its pre-command was made from. */
export type TakenRequest = FormRequest | (SignedRequest & { readonly form: FormRequest });

/** All that its command is made from, as plain data: from the same errand comes the same command. */
export interface Errand {
  readonly request: TakenRequest;
  readonly role: UserRole;
  /** Of the party of the DCC that originates the command, where one does. */
  readonly counter: bigint;
  /** The device does not hold the user's credentials. */
  readonly isStranger: boolean;
  /** Of 9.1. */
  readonly customerNumber?: string;
  /** The schedule that it is asked by, where one does; then `request` has the RequestID of that. */
  readonly scheduleId?: bigint;
}

export interface Task extends Errand {
  readonly preCommand: PreCommand;
  /** The command before the ACB's MAC. */
  readonly message: Uint8Array;
}

export const formOf = (request: TakenRequest): FormRequest => ("form" in request ? request.form : request);

export const errandOf = ({ preCommand: _, message: __, ...errand }: Task): Errand => errand;

/** What is observed of a request. */
export const told = (request: RequestHeader) => ({
  reference: request.reference,
  requestId: requestIdOf(request),
  commandVariant: request.commandVariant,
});
