/**
 * The modes of CS02b: who may replace whose anchors (facts §4.2, rules §4). Modes 0 and 1 are from memory,
 * unverified, as to who asks for which.
 */
import {
  type CellName,
  type DeviceName,
  type Role,
  roles,
  type ValueOf,
  type valueTypes,
} from "../../model/index.ts";

export type Mode = ValueOf<typeof valueTypes.replacementMode>;

export interface ReplacementMode {
  /** The root authorises by its contingency key, which is in no cell. */
  readonly authoriser: Role;
  /** Whose cells may be replaced, and whose counters may get a floor. */
  readonly targets: readonly Role[];
}

const every = Object.keys(roles) as Role[];
const own = (role: Role): ReplacementMode => ({ authoriser: role, targets: [role] });

export const replacementModes: Readonly<Record<Mode, ReplacementMode>> = {
  rootBySupplier: { authoriser: "supplier", targets: ["root"] },
  rootByWanProvider: { authoriser: "wanProvider", targets: ["root"] },
  supplierBySupplier: own("supplier"),
  networkOperatorByNetworkOperator: own("networkOperator"),
  accessControlBrokerByItself: own("accessControlBroker"),
  wanProviderByWanProvider: own("wanProvider"),
  transitionalCoSByItself: own("transitionalCoS"),
  supplierByTransitionalCoS: { authoriser: "transitionalCoS", targets: ["supplier"] },
  /** A root only when the root held has certified it: any other is "abnormal". */
  anyByRecovery: { authoriser: "recovery", targets: every },
  /** By the root's contingency key: also a root that nobody has certified. */
  anyByContingency: { authoriser: "root", targets: every },
  loadControllerByItself: own("loadController"),
  loadControllerBySupplier: { authoriser: "supplier", targets: ["loadController"] },
};

/** The cell whose key signs a mode's command; none for the ACB's own at a meter, and for a key that is in no cell. */
export function authorisingCell(mode: Mode, device: DeviceName): CellName | undefined {
  const role = replacementModes[mode].authoriser;
  const byMacAlone = mode === "accessControlBrokerByItself" && device !== "CHF";
  if (role === undefined || role === "root" || byMacAlone) return undefined;
  return { role, usage: "sign", cellUsage: "management" };
}
