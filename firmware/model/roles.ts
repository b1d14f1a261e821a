/** Remote party roles: one row a role. */

/** Who a user of the DCC acts as. */
export type UserRole = "IS" | "ES" | "GS" | "RSA" | "ED" | "GT" | "OU" | "LC";

interface RoleRow {
  /** Number in certificates, cells and CS02b (GBCS remote party role). */
  readonly number: number;
  readonly words: string;
}

export const roles = {
  root: { number: 0, words: "root of trust" },
  recovery: { number: 1, words: "recovery party" },
  supplier: { number: 2, words: "supplier" },
  networkOperator: { number: 3, words: "network operator" },
  accessControlBroker: { number: 4, words: "access control broker" },
  transitionalCoS: { number: 5, words: "transitional change-of-supplier party" },
  wanProvider: { number: 6, words: "WAN provider" },
  issuingAuthority: { number: 7, words: "issuing authority" },
  loadController: { number: 8, words: "load controller" },
} as const satisfies Record<string, RoleRow>;

export type Role = keyof typeof roles;

const byNumber = new Map<number, Role>(
  (Object.keys(roles) as Role[]).map((role) => [roles[role].number, role]),
);

/** The role with a number, or undefined. */
export const roleByNumber = (number: number): Role | undefined => byNumber.get(number);

interface UserRow {
  readonly words: string;
  /** As whom a device knows this user; of those it does not know, the ACB speaks. */
  readonly role: Role;
}

/** Roles of the DCC's users, by DUIS's letters. */
export const userRoles = {
  IS: { words: "import supplier", role: "supplier" },
  ES: { words: "export supplier", role: "accessControlBroker" },
  GS: { words: "gas supplier", role: "supplier" },
  RSA: { words: "registered supplier agent", role: "accessControlBroker" },
  ED: { words: "electricity distributor", role: "networkOperator" },
  GT: { words: "gas transporter", role: "networkOperator" },
  OU: { words: "other user", role: "accessControlBroker" },
  LC: { words: "load controller", role: "loadController" },
} as const satisfies Record<UserRole, UserRow>;
