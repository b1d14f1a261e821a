/** Service request to pre-command: what the DCC does, and the user then checks (`correlate.ts`). */

import type { ModelledDevice } from "../../firmware/devices/boot.ts";
import { type DeviceName, type Role, type Step, type UseCase, useCase } from "../../firmware/model/index.ts";
import type { Command, Eui64, Operation, Supplementary } from "../../firmware/wire/message.ts";
import type { Wire } from "../../firmware/wire/wire.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { checkForm } from "./requests/check-form.ts";
import { filledSteps } from "./requests/derive.ts";
import { serviceRequest } from "./requests/index.ts";
import { type RequestContext, type RequestDefinition, useCaseOf } from "./requests/request.ts";

/** A service request, filled in, for one device. */
export interface ServiceRequest {
  /** DUIS reference, e.g. "7.2". */
  readonly reference: string;
  /** As the user wrote them; `requests/` has each request's form. */
  readonly parameters?: unknown;
  /** Whose authority the request claims. */
  readonly role: Role;
  readonly target: {
    readonly eui: Eui64;
    readonly type: ModelledDevice;
    /** A meter of two elements. */
    readonly isTwin?: boolean;
    /** Of a meter; default 1. */
    readonly phases?: number;
    /** It has an older form of what some requests become. */
    readonly isOlder?: boolean;
  };
  /** Who originates the command on the wire: the user, or the ACB for one the device does not know. */
  readonly originator: Eui64;
  readonly counter: bigint;
  /** The user, when the ACB originates. */
  readonly supplementary?: Supplementary & { readonly counter: bigint };
  /** The inventory's word on a device that the request names. Throws `inventory/unknown`. */
  typeOf(eui: Eui64): DeviceName;
  readonly backups?: RequestContext["backups"];
  /** Of 9.1: four digits, drawn by the DCC. */
  readonly customerNumber?: string;
}

export interface PreCommand {
  readonly request: ServiceRequest;
  readonly definition: RequestDefinition;
  readonly useCase: UseCase;
  /** Those of its steps that the command has, in order. */
  readonly steps: readonly Step[];
  readonly command: Command;
  /** Unprotected bytes, which both protections cover. */
  readonly bytes: Uint8Array;
}

/**
 * Turns `request` into a pre-command on `wire`. Throws `headend/unknown-request`, `headend/parameters`
 * (naming each wrong element) and `headend/target` (no such use case on that device).
 */
export function transform(request: ServiceRequest, wire: Wire): PreCommand {
  const definition = serviceRequest(request.reference);
  const parameters = checkForm(definition, request.parameters);
  const context = contextOf(request);
  const row = useCase(useCaseOf(definition, parameters, context));
  if (!row.devices.includes(request.target.type)) throw wrongTarget(request, row);
  const filled = filledSteps(definition, row, parameters, context);
  const command: Command = {
    header: {
      kind: 1,
      code: row.code,
      originator: request.originator,
      target: request.target.eui,
      counter: request.counter,
      ...(request.supplementary === undefined ? {} : { supplementary: request.supplementary }),
    },
    operations: filled.map(({ step: { kind, target, no }, value }): Operation => {
      return { kind, object: target.id, member: no, ...(value === undefined ? {} : { value }) };
    }),
  };
  const steps = filled.map(({ step }) => step);
  return { request, definition, useCase: row, steps, command, bytes: wire.encode(command) };
}

export const contextOf = (request: ServiceRequest): RequestContext => {
  const { role, target, counter, typeOf, backups, customerNumber } = request;
  return {
    role,
    device: target.type,
    phases: target.phases ?? 1,
    isTwin: target.isTwin ?? false,
    isOlder: target.isOlder ?? false,
    counter,
    typeOf,
    backups,
    customerNumber,
  };
};

function wrongTarget({ reference, target }: ServiceRequest, { id, devices }: UseCase): CodedError {
  return new CodedError(
    "headend/target",
    `service request ${reference} (${id}) is for ${devices.join(" or ")}, ` +
      `but ${target.eui} is a ${target.type}: choose another target`,
    { reference, target: target.eui, type: target.type },
  );
}
