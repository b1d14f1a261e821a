/**
 * What one device accepts: the use cases it models, and for each role that may send one, how the command must be
 * protected. Made once at boot from the rows of the message set, so that a check is one look-up.
 */
import {
  alerts,
  type DeviceName,
  type GrantRow,
  grantsOn,
  type Role,
  type Step,
  type UseCase,
  useCases,
} from "../model/index.ts";

export interface CommandRule {
  readonly useCase: UseCase;
  readonly grants: ReadonlyMap<Role, GrantRow>;
}

/** The rules of a device, by message code. It models a use case of its type when its features
 * serve every step; of those that may be left out, one will do. */
export function commandRules(
  device: DeviceName,
  serves: (step: Step) => boolean,
): ReadonlyMap<number, CommandRule> {
  return new Map(
    useCases
      .filter(({ kind, devices }) => kind === "command" && devices.includes(device))
      .filter(({ steps }) => steps.every((step) => serves(step) || step.times[0] === 0) && steps.some(serves))
      .map((useCase) => [useCase.code, { useCase, grants: grantsByRole(useCase, device) }]),
  );
}

/**
 * Commands that a device tells their senders it does not support (8F85): all but those of `modelled`, with whoever may send
 * them to any device. None for a device that has no such alert.
 */
export function unsupportedRules(
  device: DeviceName,
  modelled: ReadonlyMap<number, CommandRule>,
): ReadonlyMap<number, CommandRule> {
  const tells: readonly DeviceName[] = alerts.commandUnsupported.devices;
  const others = useCases.filter(({ kind, code }) => kind === "command" && !modelled.has(code));
  const rules = others.map((useCase): [number, CommandRule] => [
    useCase.code,
    { useCase, grants: new Map(useCase.grants.map((grant) => [grant.role, grant])) },
  ]);
  return new Map(tells.includes(device) ? rules : []);
}

/** How each role may send `useCase` to a type of device. */
export const grantsByRole = (useCase: UseCase, device: DeviceName): ReadonlyMap<Role, GrantRow> =>
  new Map(grantsOn(useCase, device).map((grant) => [grant.role, grant]));
