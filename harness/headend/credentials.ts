/** Replacement of trust anchors (CS02b) in the user's terms: which certificates go into which cells, and when. */
import { z } from "zod";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import type { Role } from "../../firmware/security/access.ts";
import { type CellName, cellToValue } from "../../firmware/security/cells.ts";
import type { Value } from "../../firmware/wire/message.ts";
import { activation, eui, fromHex } from "./parameters.ts";

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
const counter = z.bigint().min(0n).max(0xffff_ffff_ffff_ffffn);

export const credentialParameters = z.strictObject({
  replacements: z
    .array(z.strictObject({ cell: cellParameters, certificate }))
    .min(1)
    .max(8),
  /** Certificates between those and the root. */
  path: z.array(certificate).max(4).default([]),
  /** The authoriser's counters start after this one; by default after this command's. */
  floor: counter.optional(),
  /** Counters of other parties start after these: a change of supplier sets the new supplier's. */
  partyFloors: z
    .array(z.strictObject({ party: eui, floor: counter }))
    .max(8)
    .default([]),
  activateAt: activation,
});
export type CredentialParameters = z.output<typeof credentialParameters>;

interface Mode {
  readonly useCase: string;
  readonly mode: number;
  readonly authorisedBy: CellName;
}
const signedBy = (role: Role): CellName => ({ role, usage: "sign", cellUsage: 0 });

/** By who authorises, and whose cells change. */
const modes: Readonly<Record<string, Mode>> = {
  "supplier>supplier": { useCase: "CS02bSupplierBySupplier", mode: 2, authorisedBy: signedBy("supplier") },
  "networkOperator>networkOperator": {
    useCase: "CS02bNOByNO",
    mode: 3,
    authorisedBy: signedBy("networkOperator"),
  },
  "accessControlBroker>accessControlBroker": {
    useCase: "CS02bACBByACB",
    mode: 4,
    authorisedBy: { role: "accessControlBroker", usage: "agree", cellUsage: 0 },
  },
  "transitionalCoS>transitionalCoS": {
    useCase: "CS02bTransCoSByTransCoS",
    mode: 6,
    authorisedBy: signedBy("transitionalCoS"),
  },
  "transitionalCoS>supplier": {
    useCase: "CS02bSupplierByTransCoS",
    mode: 7,
    authorisedBy: signedBy("transitionalCoS"),
  },
};

function modeOf(p: CredentialParameters, role: Role): Mode {
  const target = p.replacements[0]?.cell.role ?? role;
  const mode = modes[`${role}>${target}`];
  if (mode !== undefined) return mode;
  throw new MeterbenchError(
    "headend/parameters",
    `replacements[0].cell.role: a ${role} cannot replace the keys of a ${target}; ` +
      `expected one of ${Object.keys(modes).join(", ")} (who>whose)`,
    { role, target },
  );
}

export function credentialsUseCase(p: CredentialParameters, context: { readonly role: Role }): string {
  return modeOf(p, context.role).useCase;
}

/** The argument of `credentials.replace` (see `firmware/objects/dictionary.ts`). */
export function credentialValues(
  p: CredentialParameters,
  context: { readonly role: Role; readonly counter: bigint },
): Record<string, Value> {
  const { mode, authorisedBy } = modeOf(p, context.role);
  return {
    "credentials.m1": [
      mode,
      cellToValue(authorisedBy),
      context.counter,
      p.floor ?? context.counter,
      p.partyFloors.map((f) => [fromHex(f.party), f.floor]),
      p.replacements.map((r) => [r.certificate, cellToValue(cellName(r.cell))]),
      p.path,
      p.activateAt,
    ],
  };
}

export const cellName = (c: z.output<typeof cellParameters>): CellName => ({
  role: c.role,
  usage: c.usage,
  cellUsage: c.prepay ? 1 : 0,
});
