/**
 * Trust anchor cells: where a device keeps the keys of those it believes. A cell is named by the role of its
 * holder, what the key is for, and (for the supplier's second agreement key) what the cell is for.
 */
import type { DeviceName } from "../model/define.ts";
import type { Value } from "../wire/message.ts";
import { type Role, roleNumber } from "./access.ts";

export type KeyUsage = "sign" | "agree" | "certify";
/** 0 management, 1 prepayment top-up. */
export type CellUsage = 0 | 1;

export interface CellName {
  readonly role: Role;
  readonly usage: KeyUsage;
  readonly cellUsage: CellUsage;
}

const usageNumber: Readonly<Record<KeyUsage, number>> = { sign: 1, agree: 2, certify: 3 };
const usages: readonly KeyUsage[] = ["sign", "agree", "certify"];
const roles = Object.entries(roleNumber) as [Role, number][];

const sign = (role: Role): CellName => ({ role, usage: "sign", cellUsage: 0 });
const agree = (role: Role, cellUsage: CellUsage = 0): CellName => ({ role, usage: "agree", cellUsage });

const everyDevice: readonly CellName[] = [
  { role: "root", usage: "certify", cellUsage: 0 },
  sign("recovery"),
  sign("accessControlBroker"),
  agree("accessControlBroker"),
  sign("transitionalCoS"),
];

/** The cells a device has (facts §4.1): a meter serves supplier and network operator, a hub its WAN provider. */
const deviceCells: Readonly<Partial<Record<DeviceName, readonly CellName[]>>> = {
  ESME: [
    ...everyDevice,
    sign("supplier"),
    agree("supplier"),
    agree("supplier", 1),
    sign("networkOperator"),
    agree("networkOperator"),
  ],
  CHF: [...everyDevice, sign("wanProvider")],
};

/** The cells of a device type; none of one that is not modelled. */
export const cellsOf = (device: DeviceName): readonly CellName[] => deviceCells[device] ?? [];

/** A cell's name as text, e.g. "supplier/agree/0": journal keys and reports use it. */
export function cellText(cell: CellName): string {
  return `${cell.role}/${cell.usage}/${cell.cellUsage}`;
}

/** {role, key usage 1..3, cell usage 0..1} as messages carry it. */
export function cellToValue(cell: CellName): readonly number[] {
  return [roleNumber[cell.role], usageNumber[cell.usage], cell.cellUsage];
}

/** Undefined when the numbers name no cell that any device could have. */
export function cellFromValue(value: Value | undefined): CellName | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const role = roles.find(([, number]) => number === value[0])?.[0];
  const usage = usages.find((name) => usageNumber[name] === value[1]);
  const cellUsage = value[2];
  if (role === undefined || usage === undefined) return undefined;
  return cellUsage === 0 || cellUsage === 1 ? { role, usage, cellUsage } : undefined;
}
