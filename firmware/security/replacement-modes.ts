/**
 * The modes of CS02b: who may replace whose anchors (facts §4.2, rules §4). A mode's message code is
 * {@link firstModeCode} plus its number. Modes 0 and 1 are from memory, unverified, as to who asks for which.
 */
import type { DeviceName } from "../model/define.ts";
import { type Role, roleNumber } from "./access.ts";
import type { CellName } from "./cells.ts";

export interface ReplacementMode {
  readonly authoriser: Role;
  /** Whose cells may be replaced, and whose counters may get a floor. */
  readonly targets: readonly Role[];
}

export const firstModeCode = 0x0100;
export const contingencyMode = 9;

const own = (role: Role): ReplacementMode => ({ authoriser: role, targets: [role] });

const modes: Readonly<Record<number, ReplacementMode>> = {
  0: { authoriser: "supplier", targets: ["root"] },
  1: { authoriser: "wanProvider", targets: ["root"] },
  2: own("supplier"),
  3: own("networkOperator"),
  4: own("accessControlBroker"),
  5: own("wanProvider"),
  6: own("transitionalCoS"),
  7: { authoriser: "transitionalCoS", targets: ["supplier"] },
  /** A root only when the root held has certified it: any other is "abnormal". */
  8: { authoriser: "recovery", targets: Object.keys(roleNumber) as Role[] },
  /** By the root's contingency key: also a root that nobody has certified. */
  [contingencyMode]: { authoriser: "root", targets: Object.keys(roleNumber) as Role[] },
};

export const replacementMode = (mode: number): ReplacementMode | undefined => modes[mode];
/** Numbers of all modes, ascending. */
export const replacementModes: readonly number[] = Object.keys(modes).map(Number);

/** The cell whose key signs a mode's command; none for the ACB's own at a meter, and for a key that is in no cell. */
export function authorisingCell(mode: number, device: DeviceName): CellName | undefined {
  const role = modes[mode]?.authoriser;
  if (role === undefined || role === "root" || (mode === 4 && device !== "CHF")) return undefined;
  return { role, usage: "sign", cellUsage: 0 };
}
