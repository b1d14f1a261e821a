/** Who may send what: the access table of the whole message set, by message code. */
import { accessTable } from "./access-table.ts";

export type Role =
  | "root"
  | "recovery"
  | "supplier"
  | "networkOperator"
  | "accessControlBroker"
  | "transitionalCoS"
  | "wanProvider"
  | "issuingAuthority"
  | "loadController";

/** GBCS remote party role numbers (facts §4.1). */
export const roleNumber: Readonly<Record<Role, number>> = {
  root: 0,
  recovery: 1,
  supplier: 2,
  networkOperator: 3,
  accessControlBroker: 4,
  transitionalCoS: 5,
  wanProvider: 6,
  issuingAuthority: 7,
  loadController: 8,
};

export interface AccessRow {
  /** GBCS use case. */
  readonly id: string;
  /** Message code. */
  readonly code: number;
  /** Message code of the outcome alert of the future-dated form. */
  readonly alertCode?: number;
  /** DUIS service reference; null for what no service request starts. */
  readonly serviceReference: string | null;
  readonly devices: readonly string[];
  /** C signed critical, NC MAC only, C* signed by the ACB, A… an alert. */
  readonly protection: string;
  readonly payload: string;
  readonly futureDated: boolean;
  readonly replayProtected: boolean;
  readonly roles: readonly Role[];
  /** Where the roles come from: the message set's own table, who sent the reference messages, or neither. */
  readonly rolesFrom: "table" | "reference messages" | "memory, unverified";
}

/** CS02b of the root (modes 0 and 1): the facts have their numbers; who asks for which is from memory. */
const rootRow = (id: string, code: number, device: string, role: Role): AccessRow => ({
  id,
  code,
  serviceReference: null,
  devices: [device],
  protection: "C",
  payload: "ASN.1",
  futureDated: false,
  replayProtected: true,
  roles: [role],
  rolesFrom: "memory, unverified",
});

/** All rows, for listings. */
export const allAccessRows: readonly AccessRow[] = [
  ...accessTable,
  rootRow("CS02bRootBySupplier", 0x0100, "ESME", "supplier"),
  rootRow("CS02bRootByWP", 0x0101, "CHF", "wanProvider"),
];

const byCode = new Map<number, AccessRow[]>();
for (const row of allAccessRows) byCode.set(row.code, [...(byCode.get(row.code) ?? []), row]);

/** The rows with message code `code` (several use cases may share one). */
export function accessRows(code: number): readonly AccessRow[] {
  return byCode.get(code) ?? [];
}
