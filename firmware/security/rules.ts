/**
 * What one device accepts: the use cases it models, and for each role that may send one, how the command must be
 * protected. Made once at boot from the rows of the message set, so that a check is one look-up.
 */
import {
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

/** How each role may send `useCase` to a type of device. */
export const grantsByRole = (useCase: UseCase, device: DeviceName): ReadonlyMap<Role, GrantRow> =>
  new Map(grantsOn(useCase, device).map((grant) => [grant.role, grant]));
