/** Trust anchors: who replaces whose (CS02b), and who is believed (CS02a). Forms of DUIS, and those it has no number for. */
import { z } from "zod";
import type { Role } from "../../../firmware/model/index.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import {
  askingCell,
  type Change,
  changeValues,
  partyRoles,
  type Replaced,
  type RoleWord,
  readChange,
  sameCell,
  straysOf,
  wordOfRole,
} from "./credential-change.ts";
import { remotePartyRole } from "./dcc-types.ts";
import { certificate, executionDateTime, floorSequenceNumber, hexBinary, importMpxn } from "./duis.ts";
import { request, unlisted } from "./request.ts";

export const path = z.strictObject({ Certificate: z.array(certificate).min(1).max(3) });
/** With neither, a change would be none. */
const some = (certificates: Readonly<Record<string, unknown>>): boolean =>
  Object.values(certificates).some((each) => each !== undefined);
const optionalSet = z
  .strictObject({
    DigitalSigningCertificate: certificate.optional(),
    KeyAgreementCertificate: certificate.optional(),
    KeyAgreementTopUpCertificate: certificate.optional(),
  })
  .refine(some, "expected at least one certificate");
export const newSet = z.strictObject({
  DigitalSigningCertificate: certificate,
  KeyAgreementCertificate: certificate.optional(),
  KeyAgreementTopUpCertificate: certificate.optional(),
});
const brokerSet = z.strictObject({
  DigitalSigningCertificate: certificate.optional(),
  KeyAgreementCertificate: certificate,
});

const cellsOfSet = {
  DigitalSigningCertificate: { usage: "sign", cellUsage: "management" },
  KeyAgreementCertificate: { usage: "agree", cellUsage: "management" },
  KeyAgreementTopUpCertificate: { usage: "agree", cellUsage: "topUp" },
} as const;
export type Certificates = { readonly [K in keyof typeof cellsOfSet]?: Uint8Array | undefined };

const replacedBy = (role: Role, set: Certificates): readonly Replaced[] =>
  (Object.keys(cellsOfSet) as (keyof Certificates)[]).flatMap((name) => {
    const own = set[name];
    return own === undefined ? [] : [{ cell: { role, ...cellsOfSet[name] }, certificate: own }];
  });

/** The certificates by their elements. One for a cell that is not `role`'s, or that came already, stands by itself. */
function setOf(role: Role | undefined, replaced: readonly Replaced[]): Readonly<Record<string, unknown>> {
  const set: Record<string, unknown> = {};
  for (const [i, { cell, certificate: own }] of replaced.entries()) {
    const name = Object.entries(cellsOfSet).find(
      ([, { usage, cellUsage }]) => usage === cell?.usage && cellUsage === cell.cellUsage,
    )?.[0];
    const fits = name !== undefined && cell?.role === role && !(name in set);
    set[fits ? name : `certificate ${i + 1}`] = fits ? own : { cell, certificate: own };
  }
  return set;
}

type Krp = "CS02bSupplierBySupplier" | "CS02bNOByNO" | "CS02gLoadControllerBySupplier";
/** Whose keys a user of a role may replace: its own; a supplier those of load controllers, too. */
const byWhom: Readonly<Partial<Record<Role, Readonly<Partial<Record<Role, Krp>>>>>> = {
  supplier: { supplier: "CS02bSupplierBySupplier", loadController: "CS02gLoadControllerBySupplier" },
  networkOperator: { networkOperator: "CS02bNOByNO" },
};
/** Elements that every change has at its end. */
const ending = { CertificationPathCertificates: path, ApplyTimeBasedCPVChecks: z.boolean() } as const;
interface Ending {
  readonly CertificationPathCertificates: { readonly Certificate: readonly Uint8Array[] };
  readonly ApplyTimeBasedCPVChecks: boolean;
}
const common = (p: Ending): Pick<Change, "path" | "timeChecks"> => ({
  path: p.CertificationPathCertificates.Certificate,
  timeChecks: p.ApplyTimeBasedCPVChecks,
});
const readEnding = ({ path: certificates, timeChecks }: ReturnType<typeof readChange>) => ({
  CertificationPathCertificates: { Certificate: certificates },
  ApplyTimeBasedCPVChecks: timeChecks,
});

/** What DUIS has no number for names each cell, and each floor, by itself. */
const roleWord = z.enum(Object.keys(partyRoles) as [RoleWord, ...RoleWord[]]);
const usages = {
  "Digital Signature": { usage: "sign", cellUsage: "management" },
  "Key Agreement": { usage: "agree", cellUsage: "management" },
  "Key Agreement Top Up": { usage: "agree", cellUsage: "topUp" },
  "Certificate Signing": { usage: "certify", cellUsage: "management" },
} as const;
type Usage = keyof typeof usages;
const floors = {
  FloorSeqNumber: floorSequenceNumber,
  PrepaymentTopUpFloorSeqNumber: floorSequenceNumber.optional(),
};
const anyChange = {
  ExecutionDateTime: executionDateTime,
  /** Of the party that signs. */
  FloorSeqNumber: floorSequenceNumber.optional(),
  PartyFloorSeqNumbers: z
    .array(z.strictObject({ RemotePartyRole: roleWord, ...floors }))
    .max(8)
    .default([]),
  ReplacementCertificates: z
    .array(
      z.strictObject({
        RemotePartyRole: roleWord,
        CredentialType: z.enum(Object.keys(usages) as [Usage, ...Usage[]]),
        Certificate: certificate,
      }),
    )
    .min(1)
    .max(12),
  CertificationPathCertificates: z.strictObject({ Certificate: z.array(certificate).max(4) }),
  ApplyTimeBasedCPVChecks: z.boolean(),
} as const;
const anyForm = z.strictObject(anyChange);
const contingencyForm = z.strictObject({
  ...anyChange,
  /** Makes the root's contingency key readable to devices. */
  ContingencyKey: hexBinary(32, 32),
});
type AnyChange = z.output<typeof anyForm> & { readonly ContingencyKey?: Uint8Array };

const anyValues = {
  values: (p: AnyChange, context: Parameters<typeof changeValues>[1]) =>
    changeValues(
      {
        ...common(p),
        executionTime: p.ExecutionDateTime,
        authoriserFloor: p.FloorSeqNumber,
        contingencyKey: p.ContingencyKey,
        floors: p.PartyFloorSeqNumbers.map((f) => ({
          role: partyRoles[f.RemotePartyRole],
          floor: f.FloorSeqNumber,
          topUp: f.PrepaymentTopUpFloorSeqNumber,
        })),
        replaced: p.ReplacementCertificates.map((r) => ({
          cell: { role: partyRoles[r.RemotePartyRole], ...usages[r.CredentialType] },
          certificate: r.Certificate,
        })),
      },
      context,
    ),
  readBack: (value: (path: string) => unknown, context: Parameters<typeof readChange>[1]) => {
    const change = readChange(value("credentials.replace"), context);
    const { authoriserFloor, contingencyKey, executionTime } = change;
    return {
      ExecutionDateTime: executionTime,
      FloorSeqNumber: authoriserFloor,
      ContingencyKey: contingencyKey,
      PartyFloorSeqNumbers: change.floors.map((f) => ({
        RemotePartyRole: wordOfRole(f.role),
        FloorSeqNumber: f.floor,
        PrepaymentTopUpFloorSeqNumber: f.topUp,
      })),
      ReplacementCertificates: change.replaced.map(({ cell, certificate: own }) => ({
        RemotePartyRole: wordOfRole(cell?.role),
        CredentialType: Object.entries(usages).find(
          ([, u]) => u.usage === cell?.usage && u.cellUsage === cell.cellUsage,
        )?.[0],
        Certificate: own,
      })),
      ...readEnding(change),
      ...straysOf(change, "executionTime", "authoriserFloor", "floors", "contingencyKey"),
    };
  },
} as const;

interface KrpFloors {
  readonly RemotePartyRole: RoleWord;
  readonly RemotePartyFloorSeqNumber?: bigint | undefined;
  readonly RemotePartyPrepaymentTopUpFloorSeqNumber?: bigint | undefined;
}

/** The floor is the party's whose keys are replaced: the authoriser's, but for a load controller's. */
function krpFloors(p: KrpFloors): Pick<Change, "authoriserFloor" | "authoriserTopUpFloor" | "floors"> {
  const { RemotePartyFloorSeqNumber: floor, RemotePartyPrepaymentTopUpFloorSeqNumber: topUp } = p;
  if (p.RemotePartyRole !== "LoadController") return { authoriserFloor: floor, authoriserTopUpFloor: topUp };
  return floor === undefined ? {} : { floors: [{ role: "loadController", floor, topUp }] };
}

function readKrpFloors(
  role: unknown,
  { authoriserFloor, authoriserTopUpFloor, floors: others }: ReturnType<typeof readChange>,
): Omit<KrpFloors, "RemotePartyRole"> & { readonly floors?: unknown } {
  if (role !== "loadController")
    return {
      RemotePartyFloorSeqNumber: authoriserFloor,
      RemotePartyPrepaymentTopUpFloorSeqNumber: authoriserTopUpFloor,
    };
  const [only, ...more] = others;
  const fits = only === undefined || (only.role === role && only.floor !== undefined && more.length === 0);
  return {
    RemotePartyFloorSeqNumber: only?.floor,
    RemotePartyPrepaymentTopUpFloorSeqNumber: only?.topUp,
    ...(fits ? {} : { floors: others }),
  };
}

export const credentials = {
  "6.15.1": request("6.15.1", "UpdateSecurityCredentialsKRP", {
    fields: {
      RemotePartyRole: z.enum(["Supplier", "NetworkOperator", "LoadController"]),
      RemotePartyFloorSeqNumber: floorSequenceNumber.optional(),
      RemotePartyPrepaymentTopUpFloorSeqNumber: floorSequenceNumber.optional(),
      ReplacementCertificates: z.strictObject({ SupplierOrNetworkOperatorCertificates: optionalSet }),
      ...ending,
    },
    useCase: (p, { role }) => {
      const found = byWhom[role]?.[partyRoles[p.RemotePartyRole]];
      if (found !== undefined) return found;
      throw new CodedError(
        "headend/parameters",
        `service request 6.15.1: RemotePartyRole: a ${role} cannot replace the keys of a ${p.RemotePartyRole}; ` +
          "expected its own role",
        { role, target: p.RemotePartyRole },
      );
    },
    values: (p, context) =>
      changeValues(
        {
          ...common(p),
          executionTime: p.ExecutionDateTime,
          ...krpFloors(p),
          replaced: replacedBy(
            partyRoles[p.RemotePartyRole],
            p.ReplacementCertificates.SupplierOrNetworkOperatorCertificates,
          ),
        },
        context,
      ),
    readBack: (value, context) => {
      const change = readChange(value("credentials.replace"), context);
      const role = change.replaced[0]?.cell?.role;
      return {
        ExecutionDateTime: change.executionTime,
        RemotePartyRole: wordOfRole(role),
        ...readKrpFloors(role, change),
        ReplacementCertificates: { SupplierOrNetworkOperatorCertificates: setOf(role, change.replaced) },
        ...readEnding(change),
        ...straysOf(
          change,
          "executionTime",
          ...(role === "loadController"
            ? (["floors"] as const)
            : (["authoriserFloor", "authoriserTopUpFloor"] as const)),
        ),
      };
    },
  }),
  /** Asked by the incoming supplier, who is nobody to the meter yet: the transitional CoS party signs. */
  "6.23": request("6.23", "UpdateSecurityCredentialsCoS", {
    actsAs: "transitionalCoS",
    fields: {
      SupplierFloorSeqNumber: floorSequenceNumber,
      SupplierPrepaymentTopUpFloorSeqNumber: floorSequenceNumber.optional(),
      SupplierReplacementCertificates: newSet,
      ...ending,
      ImportMPxN: importMpxn,
    },
    values: (p, context) => {
      const topUp = p.SupplierPrepaymentTopUpFloorSeqNumber;
      return changeValues(
        {
          ...common(p),
          executionTime: p.ExecutionDateTime,
          floors: [{ role: "supplier", floor: p.SupplierFloorSeqNumber, topUp }],
          replaced: replacedBy("supplier", p.SupplierReplacementCertificates),
        },
        context,
      );
    },
    readBack: (value, context) => {
      const change = readChange(value("credentials.replace"), context);
      const [floor, ...more] = change.floors;
      const forSupplier = floor?.role === "supplier" && more.length === 0;
      return {
        ExecutionDateTime: change.executionTime,
        SupplierFloorSeqNumber: floor?.floor,
        SupplierPrepaymentTopUpFloorSeqNumber: floor?.topUp,
        SupplierReplacementCertificates: setOf("supplier", change.replaced),
        ...readEnding(change),
        ...(forSupplier ? {} : { floors: change.floors }),
        ...straysOf(change, "executionTime", "floors"),
      };
    },
    carried: ({ ImportMPxN: _, ...p }) => p,
  }),
  "8.5": request("8.5", "ServiceOptOut", {
    actsAs: "accessControlBroker",
    fields: {
      ACBFloorSeqNumber: floorSequenceNumber,
      ReplacementCertificates: brokerSet,
      ...ending,
    },
    values: (p, context) =>
      changeValues(
        {
          ...common(p),
          authoriserFloor: p.ACBFloorSeqNumber,
          replaced: replacedBy("accessControlBroker", p.ReplacementCertificates),
        },
        context,
      ),
    readBack: (value, context) => {
      const change = readChange(value("credentials.replace"), context);
      return {
        ACBFloorSeqNumber: change.authoriserFloor,
        ReplacementCertificates: setOf("accessControlBroker", change.replaced),
        ...readEnding(change),
        ...straysOf(change, "authoriserFloor"),
      };
    },
    carried: ({ ExecutionDateTime: _, ...p }) => p,
  }),
  "NA-CS02g-LC": unlisted(
    "NA-CS02g-LC",
    "Update a load controller's credentials, by itself",
    ["CS02gLoadControllerByLoadController"],
    anyForm,
    anyValues,
  ),
  "NA-CS02b-Root": unlisted(
    "NA-CS02b-Root",
    "Update the root's credentials, by the supplier",
    ["CS02bRootBySupplier"],
    anyForm,
    anyValues,
  ),
  "NA-CS02b-TransCoS": unlisted(
    "NA-CS02b-TransCoS",
    "Update the transitional CoS party's credentials",
    ["CS02bTransCoSByTransCoS"],
    anyForm,
    anyValues,
  ),
  "NA-CS02b-WP": unlisted(
    "NA-CS02b-WP",
    "Update the WAN provider's or the root's credentials",
    ["CS02bWPByWP", "CS02bRootByWanProvider"],
    anyForm,
    {
      ...anyValues,
      useCase: (p) =>
        p.ReplacementCertificates[0]?.RemotePartyRole === "Root" ? "CS02bRootByWanProvider" : "CS02bWPByWP",
    },
  ),
  "NA-CS02b-Recovery": unlisted(
    "NA-CS02b-Recovery",
    "Recover any credentials",
    ["CS02bAnyExceptAbnormalRootByRecovery"],
    anyForm,
    anyValues,
  ),
  /** By whom the root's contingency key is held: from memory, unverified. */
  "NA-CS02b-Contingency": unlisted(
    "NA-CS02b-Contingency",
    "Replace any credentials by the contingency key",
    ["CS02bAnyByContingency"],
    contingencyForm,
    anyValues,
    "root",
  ),
  /** The DCC asks in its own name, whoever wants to know. */
  "6.24.1": request("6.24.1", "RetrieveDeviceSecurityCredentialsKRP", {
    actsAs: "accessControlBroker",
    fields: {
      RemotePartyRole: z
        .array(remotePartyRole)
        .min(1)
        .max(7)
        .refine((roles) => new Set(roles).size === roles.length, "expected each role once"),
    },
    useCase: (p) => (p.RemotePartyRole.includes("LoadController") ? "CS02f" : "CS02a"),
    values: (p, { role }) => ({
      "credentials.provide": {
        asker: askingCell(role),
        roles: p.RemotePartyRole.map((word) => partyRoles[word]),
      },
    }),
    readBack: (value, { role }) => {
      const { asker, roles, ...more } = (value("credentials.provide") ?? {}) as Readonly<
        Record<string, unknown>
      >;
      return {
        RemotePartyRole: Array.isArray(roles) ? roles.map(wordOfRole) : roles,
        ...(sameCell(asker, askingCell(role)) ? {} : { asker }),
        ...more,
      };
    },
  }),
} as const;
