/** Service request to pre-command: what the DCC does, and the user then checks (`correlate.ts`). */
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { objectById, type Role, type Step, type UseCase, useCases } from "../../firmware/model/index.ts";
import type { Command, Eui64, Operation } from "../../firmware/wire/message.ts";
import type { Wire } from "../../firmware/wire/wire.ts";
import { checkParameters } from "./parameters.ts";
import {
  type DeviceType,
  type ServiceRequestDefinition,
  serviceRequest,
  type Values,
} from "./service-requests.ts";

/** A service request, filled in, for one device. */
export interface ServiceRequest {
  /** DUIS reference, e.g. "7.2". */
  readonly reference: string;
  /** As the user wrote them; see `service-requests.ts` for each request's. */
  readonly parameters?: unknown;
  /** Whose authority the request claims. */
  readonly role: Role;
  readonly target: { readonly eui: Eui64; readonly type: DeviceType };
  /** Who originates the command on the wire: the user, or the ACB for one the device does not know. */
  readonly originator: Eui64;
  readonly counter: bigint;
  /** The user, when the ACB originates. */
  readonly supplementary?: { readonly party: Eui64; readonly counter: bigint };
}

export interface PreCommand {
  readonly request: ServiceRequest;
  readonly definition: ServiceRequestDefinition;
  readonly useCase: UseCase;
  readonly command: Command;
  /** Unprotected bytes, which both protections cover. */
  readonly bytes: Uint8Array;
}

/**
 * Turns `request` into a pre-command on `wire`. Throws `headend/unknown-request`, `headend/parameters`
 * (naming each wrong parameter) and `headend/target` (no such use case on that device).
 */
export function transform(request: ServiceRequest, wire: Wire): PreCommand {
  const definition = serviceRequest(request.reference);
  const parameters = checkParameters(request.reference, definition.parameters, request.parameters);
  const context = { role: request.role, device: request.target.type, counter: request.counter };
  const useCase = useCaseNamed(definition.useCase(parameters, context));
  if (!useCase.devices.includes(request.target.type)) throw wrongTarget(request, useCase);
  const values = definition.values(parameters, context);
  const command: Command = {
    header: {
      kind: 1,
      code: useCase.code,
      originator: request.originator,
      target: request.target.eui,
      counter: request.counter,
      ...(request.supplementary === undefined ? {} : { supplementary: request.supplementary }),
    },
    operations: useCase.steps.map((step) => fill(templateOf(step), values)),
  };
  return { request, definition, useCase, command, bytes: wire.encode(command) };
}

function useCaseNamed(id: string): UseCase {
  const useCase = useCases.find((u) => u.id === id);
  if (useCase === undefined) throw new Error(`no use case ${id} in the tables`);
  return useCase;
}

/** What a step does, in the numbers of the wire. */
export type OperationTemplate = Pick<Operation, "kind" | "object" | "member">;
export const templateOf = ({ kind, target, no }: Step): OperationTemplate => ({
  kind,
  object: target.id,
  member: no,
});

/** A get may stand without a value (its selector); a set or call may not. */
function fill(template: OperationTemplate, values: Values): Operation {
  const key = valueKey(template);
  const value = values[key];
  if (value === undefined && template.kind !== "get")
    throw new Error(`service request gives no value for ${key}`);
  return value === undefined ? template : { ...template, value };
}

/** "loadLimitPeriod.4" for an attribute, "supplyControl.m1" for a method. */
export function valueKey({ kind, object, member }: OperationTemplate): string {
  return `${objectById(object)?.name ?? object}.${kind === "call" ? "m" : ""}${member}`;
}

function wrongTarget({ reference, target }: ServiceRequest, useCase: UseCase): MeterbenchError {
  return new MeterbenchError(
    "headend/target",
    `service request ${reference} (${useCase.id}) is for ${useCase.devices.join(" or ")}, ` +
      `but ${target.eui} is a ${target.type}: choose another target`,
    { reference, target: target.eui, type: target.type },
  );
}
