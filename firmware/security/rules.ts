/**
 * What one kind of device accepts: its use cases, and for each role that may send one, how the command must
 * be protected. Made once at boot from the access table and the use cases, so that a check is one look-up.
 */

import { MeterbenchError } from "../kernel/errors.ts";
import type { DeviceName } from "../model/define.ts";
import { type MemberDefinition, memberOf } from "../objects/dictionary.ts";
import { type UseCase, useCases } from "../objects/use-cases.ts";
import type { Protection } from "../wire/message.ts";
import { type AccessRow, accessRows, type Role } from "./access.ts";

/** How a role may send a use case. */
export interface Grant {
  readonly protection: Protection;
  readonly replayProtected: boolean;
  /** The response carries the device's signature, not a MAC. */
  readonly signedResponse: boolean;
}

export interface CommandRule {
  readonly useCase: UseCase;
  readonly grants: ReadonlyMap<Role, Grant>;
  /** The members that the operations address, in order. */
  readonly members: readonly MemberDefinition[];
}

/** CS02b of the ACB by the ACB: a MAC alone, but its response is signed (facts §1.3). */
const signedAnswerToMac = new Set([0x0104]);

/** CS02b by the recovery party, and by the contingency key: no MAC, as the ACB itself may be lost. */
const signatureAlone = new Set([0x0108, 0x0109]);

/** The rules of a device type, by message code. */
export function commandRules(device: DeviceName): ReadonlyMap<number, CommandRule> {
  return new Map(
    useCases
      .filter((useCase) => useCase.devices.includes(device))
      .map((useCase) => [useCase.code, rule(useCase, device)]),
  );
}

function rule(useCase: UseCase, device: string): CommandRule {
  const grants = new Map<Role, Grant>();
  for (const row of rowsFor(useCase.code, device))
    for (const role of row.roles) if (!grants.has(role)) grants.set(role, grantOf(row, role, device));
  return { useCase, grants, members: useCase.operations.map((o) => member(useCase, memberOf(o.kind, o))) };
}

/** The device column of some rows lists only the devices that reference messages were seen for. */
function rowsFor(code: number, device: string): readonly AccessRow[] {
  const rows = accessRows(code);
  const own = rows.filter((row) => row.devices.includes(device));
  return own.length > 0 ? own : rows.filter((row) => row.devices.includes("ESME"));
}

function grantOf(row: AccessRow, role: Role, device: string): Grant {
  const protection = protectionOf(row, role, device);
  const signedResponse = protection !== "mac" || signedAnswerToMac.has(row.code);
  return { protection, replayProtected: row.replayProtected, signedResponse };
}

/**
 * Facts §1.3: critical = signature and the ACB's MAC; the CS02a form of other parties = signature alone. Of
 * CS02b the ACB's own is signed at a hub (rules §4.1).
 */
function protectionOf(row: AccessRow, role: Role, device: string): Protection {
  if (row.id === "CS02bACBByACB" && device === "CHF") return "signature+mac";
  if (row.protection === "C/NC") return role === "accessControlBroker" ? "mac" : "signature";
  if (signatureAlone.has(row.code)) return "signature";
  return row.protection === "NC" ? "mac" : "signature+mac";
}

function member(useCase: UseCase, found: MemberDefinition | undefined): MemberDefinition {
  if (found !== undefined) return found;
  throw new MeterbenchError(
    "security/dictionary",
    `Use case ${useCase.id} names a member that no object has.`,
    {
      useCase: useCase.id,
    },
  );
}
