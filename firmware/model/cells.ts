/** Trust anchor cells: the places where a device keeps whom it believes. One row a cell. */
import type { DeviceName } from "./define.ts";
import { type Role, roles } from "./roles.ts";

/** What a key is for: X.509 key usage bits 0 (signatures), 4 (agreement), 5 (certificates). */
export const keyUsages = {
  sign: { number: 1, bit: 0 },
  agree: { number: 2, bit: 4 },
  certify: { number: 3, bit: 5 },
} as const;
export type KeyUsage = keyof typeof keyUsages;

/** What a cell is for, where a role has two of one usage. */
export const cellUsages = { management: 0, topUp: 1 } as const;
export type CellUsage = keyof typeof cellUsages;

export interface CellRow {
  readonly role: Role;
  readonly usage: KeyUsage;
  readonly cellUsage: CellUsage;
  readonly devices: readonly DeviceName[];
}

const metering: readonly DeviceName[] = ["ESME", "GSME", "GPF", "SAPC"];
const electric: readonly DeviceName[] = ["ESME", "GPF", "SAPC"];
const every: readonly DeviceName[] = ["ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC"];
const held: readonly DeviceName[] = [...metering, "HCALCS"];

const cell = (
  role: Role,
  usage: KeyUsage,
  devices: readonly DeviceName[],
  cellUsage: CellUsage = "management",
): CellRow => ({ role, usage, cellUsage, devices });

/**
 * Who holds which, as far as replies to CS02a, CS02b and CS02f show: a gas meter has no network operator, a gas proxy
 * begins with the ACB's certificates in the supplier's and operator's cells, a hub has the WAN provider. The ACB's signing
 * cell is read in hub replies, and not in those of meters; a prepayment interface needs it for joins that the ACB signs (C*).
 */
export const cells: readonly CellRow[] = [
  cell("root", "certify", every),
  cell("recovery", "sign", every),
  cell("supplier", "sign", held),
  cell("supplier", "agree", held),
  cell("supplier", "agree", ["ESME", "GSME", "SAPC"], "topUp"),
  cell("networkOperator", "sign", electric),
  cell("networkOperator", "agree", electric),
  cell("accessControlBroker", "sign", ["CHF", "PPMID"]),
  cell("accessControlBroker", "agree", every),
  cell("transitionalCoS", "sign", every),
  cell("wanProvider", "sign", ["CHF"]),
  cell("loadController", "sign", ["ESME", "SAPC"]),
  cell("loadController", "agree", ["ESME", "SAPC"]),
];

/** Names a cell, on whatever device. */
export type CellName = Omit<CellRow, "devices">;

/** The cells that a device type has. */
export const cellsOf = (device: DeviceName): readonly CellName[] =>
  cells.filter((row) => row.devices.includes(device)).map(nameOf);

const nameOf = ({ role, usage, cellUsage }: CellRow): CellName => ({ role, usage, cellUsage });

/** A cell's name as text, e.g. "supplier/agree/0", as reports and logs give it. */
export const cellText = ({ role, usage, cellUsage }: CellName): string =>
  `${role}/${usage}/${cellUsages[cellUsage]}`;

/** A cell's name in numbers, e.g. "2/1/0": short, and kept on devices in the field. */
export const cellKey = ({ role, usage, cellUsage }: CellName): string =>
  `${roles[role].number}/${keyUsages[usage].number}/${cellUsages[cellUsage]}`;

const byKey = new Map(cells.map((row) => [cellKey(row), nameOf(row)]));

/** The cell of such a key; undefined for no cell. */
export const cellByKey = (key: string): CellName | undefined => byKey.get(key);
