/** Replacement of trust anchors (CS02b) in the user's terms: which certificates go into which cells, and when. */
import { z } from "zod";
import { authorisingCell, type Mode, replacementModes } from "../../firmware/features/credentials/modes.ts";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import {
  type CellName,
  type Role,
  toPlain,
  useCases,
  type ValueOf,
  valueTypes,
} from "../../firmware/model/index.ts";
import type { Value } from "../../firmware/wire/message.ts";
import { activation, eui, fromHex, octets } from "./parameters.ts";
import { partyIdentities } from "./parties.ts";
import type { DeviceType } from "./service-requests.ts";

/** The transitional CoS party replaces a supplier's cells in the name of the supplier that asks. */
const changeOfSupplier: Mode = "supplierByTransitionalCoS";

const roles = [
  "root",
  "recovery",
  "supplier",
  "networkOperator",
  "accessControlBroker",
  "transitionalCoS",
  "wanProvider",
] as const satisfies readonly Role[];

/** Names a trust anchor cell; `prepay`: the supplier's second agreement key. */
export const cellParameters = z.strictObject({
  role: z.enum(roles),
  usage: z.enum(["sign", "agree", "certify"]),
  prepay: z.boolean().default(false),
});
const certificate = z.union([
  z.instanceof(Uint8Array),
  z
    .string()
    .regex(/^([0-9a-f]{2})+$/i, "expected hex")
    .transform(fromHex),
]);
/** Floors are integers of ASN.1. */
const floor = z.bigint().min(0n).max(0x7fff_ffff_ffff_ffffn);

const partyFloor = z
  .strictObject({
    role: z.enum(roles).optional(),
    /** Instead of the role: a party that the head end knows by name. */
    party: eui.optional(),
    floor,
    /** Of top-ups: a supplier's alone. */
    topUpFloor: floor.optional(),
  })
  .transform(({ role, party, ...floors }, context) => {
    const known = Object.values(partyIdentities).find((identity) => identity.eui === party);
    const named = role ?? known?.role;
    if (named !== undefined && (role === undefined) !== (party === undefined))
      return { role: named, ...floors };
    context.addIssue({ code: "custom", message: "expected a role, or else the EUI-64 of a party" });
    return z.NEVER;
  });

export const credentialParameters = z.strictObject({
  replacements: z
    .array(z.strictObject({ cell: cellParameters, certificate }))
    .min(1)
    .max(12),
  /** Certificates between those and the root. */
  path: z.array(certificate).max(4).default([]),
  /** The asking party's counters start after this one, if it is above what that has used; else they go on. */
  floor: floor.optional(),
  /** The same for a supplier's top-ups. */
  topUpFloor: floor.optional(),
  /** Floors of other roles, where the mode may set them. */
  partyFloors: z.array(partyFloor).max(8).default([]),
  /** False: the device does not look at the certificates' validity periods. */
  timeBasedChecks: z.boolean().default(true),
  /** What makes the root's contingency key readable to devices: for a change that this key signs, and no other. */
  contingencyKey: octets(32).optional(),
  activateAt: activation,
});
export type CredentialParameters = z.output<typeof credentialParameters>;

interface Context {
  readonly role: Role;
  readonly device: DeviceType;
  readonly counter: bigint;
}

/** The mode by who authorises and whose cells change. */
function modeOf(p: CredentialParameters, role: Role): Mode {
  const target = p.replacements[0]?.cell.role ?? role;
  const modes = Object.entries(replacementModes).map(([mode, row]) => ({ mode: mode as Mode, ...row }));
  const found = modes.find((m) => m.authoriser === role && m.targets.includes(target));
  if (found !== undefined) return found.mode;
  const known = modes.map((m) => `${m.authoriser}>${m.targets.length === 1 ? m.targets[0] : "any"}`);
  throw new MeterbenchError(
    "headend/parameters",
    `replacements[0].cell.role: a ${role} cannot replace the keys of a ${target}; ` +
      `expected one of ${known.join(", ")} (who>whose)`,
    { role, target },
  );
}

export function credentialsUseCase(p: CredentialParameters, context: Pick<Context, "role">): string {
  const mode = modeOf(p, context.role);
  const hasMode = (constant: unknown) =>
    (constant as { control?: { mode?: string } } | undefined)?.control?.mode === mode;
  return useCases.find(({ steps }) => hasMode(steps[0]?.constant))?.id ?? `CS02b ${mode}`;
}

/** The argument of `credentials.replace`. */
export function credentialValues(p: CredentialParameters, context: Context): Record<string, Value> {
  const mode = modeOf(p, context.role);
  const authoriser = authorisingCell(mode, context.device);
  const own: Pick<CredentialParameters, "floor" | "topUpFloor"> = mode === changeOfSupplier ? {} : p;
  const topUp = (floor: bigint | undefined) => floor !== undefined && [{ usage: "topUp", floor }];
  const others = floorsOfOthers(p, mode).map(({ role, floor, topUpFloor }) =>
    present({ role, floor, topUp: topUp(topUpFloor) }),
  );
  const order = {
    control: present({
      mode,
      symmetricKey: p.contingencyKey,
      skipTimeChecks: !p.timeBasedChecks && "yes",
      authorisingCell: authoriser,
      authoriserCounter: context.counter,
      authoriserFloor: own.floor,
      topUpFloors: topUp(own.topUpFloor),
      floors: others.length > 0 && others,
    }),
    replacements: p.replacements.map(({ certificate, cell }) => ({ certificate, cell: cellName(cell) })),
    path: p.path,
    executionTime: p.activateAt,
  };
  return {
    "credentials.m1": toPlain(valueTypes.replacement, order as ValueOf<typeof valueTypes.replacement>),
  };
}

/** Without what is left out. */
const present = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== false));

/** On a change of supplier the party that asks is not the one that authorises: its floors go with its role's. */
function floorsOfOthers(p: CredentialParameters, mode: Mode): CredentialParameters["partyFloors"] {
  if (mode !== changeOfSupplier || p.partyFloors.length > 0) return p.partyFloors;
  const { floor = 0n, topUpFloor } = p;
  return [{ role: "supplier", floor, ...(topUpFloor === undefined ? {} : { topUpFloor }) }];
}

export const cellName = (c: z.output<typeof cellParameters>): CellName => ({
  role: c.role,
  usage: c.usage,
  cellUsage: c.prepay ? "topUp" : "management",
});
