/** Samples of credentials. */
import assert from "node:assert/strict";
import type { PartyKeys } from "../../headend/parties.ts";
import type { Certificates } from "../../headend/requests/credentials.ts";
import type { Parameters, PartyName, Reading } from "../../index.ts";
import { type Sample, type Subject, sample } from "./sample.ts";

/** What every change of credentials ends with: the path to the root, and the usual checks. */
export const certified = ({ issuingCertificate }: Pick<Subject, "issuingCertificate">) => ({
  CertificationPathCertificates: { Certificate: [issuingCertificate] },
  ApplyTimeBasedCPVChecks: true,
});
/** Certificates for the keys of a supplier, or other party. */
export const certificatesOf = ({
  sign,
  agree,
  prepay,
}: PartyKeys): Record<keyof Certificates, Uint8Array> => ({
  DigitalSigningCertificate: sign.certificate,
  KeyAgreementCertificate: agree.certificate,
  KeyAgreementTopUpCertificate: prepay.certificate,
});
const keyAgreement = (subject: Subject, name: PartyName) => ({
  KeyAgreementCertificate: subject.nextKeys(name).agree.certificate,
});

type AnyChange = Parameters<"NA-CS02b-Root">;
/** A party's signing key, changed by a request that DUIS has no number for. */
const signingKey =
  (role: "WanProvider" | "TransCoS" | "Recovery" | "LoadController", name: PartyName) =>
  (subject: Subject): AnyChange => ({
    ReplacementCertificates: [
      {
        RemotePartyRole: role,
        CredentialType: "Digital Signature",
        Certificate: subject.nextKeys(name).sign.certificate,
      },
    ],
    ...certified(subject),
  });
/** A root that the one in force certifies: any other would be "abnormal". */
const nextRoot = (subject: Subject): AnyChange => ({
  ReplacementCertificates: [
    {
      RemotePartyRole: "Root",
      CredentialType: "Certificate Signing",
      Certificate: subject.nextRootCertificate(),
    },
  ],
  CertificationPathCertificates: { Certificate: [] },
  ApplyTimeBasedCPVChecks: true,
});
/** Every cell has been replaced. */
const replaced = {
  check: ({ CredentialsReplace: { outcome } }: Reading<"6.15.1">) => {
    assert.ok(outcome !== undefined && outcome.cells.length > 0);
    for (const { status } of outcome.cells) assert.equal(status, "success");
  },
} as const;

export const credentialsSamples: readonly Sample[] = [
  sample(
    "CS02bSupplierBySupplier",
    "6.15.1",
    (subject) => ({
      RemotePartyRole: "Supplier",
      ReplacementCertificates: {
        SupplierOrNetworkOperatorCertificates: {
          DigitalSigningCertificate: subject.nextKeys("supplier").sign.certificate,
        },
      },
      ...certified(subject),
    }),
    replaced,
  ),
  sample("CS02bRootBySupplier", "NA-CS02b-Root", nextRoot, replaced),
  sample("CS02bRootByWanProvider", "NA-CS02b-WP", nextRoot, replaced),
  sample("CS02bWPByWP", "NA-CS02b-WP", signingKey("WanProvider", "wanProvider"), replaced),
  sample(
    "CS02bAnyExceptAbnormalRootByRecovery",
    "NA-CS02b-Recovery",
    signingKey("TransCoS", "transitionalCoS"),
    replaced,
  ),
  sample(
    "CS02bAnyByContingency",
    "NA-CS02b-Contingency",
    (subject) => ({
      ...signingKey("Recovery", "recovery")(subject),
      ContingencyKey: subject.contingencyKey,
    }),
    { ...replaced, by: "contingency" },
  ),
  sample(
    "CS02bNOByNO",
    "6.15.1",
    (subject) => ({
      RemotePartyRole: "NetworkOperator",
      ReplacementCertificates: {
        SupplierOrNetworkOperatorCertificates: keyAgreement(subject, "networkOperator"),
      },
      ...certified(subject),
    }),
    { ...replaced, by: "networkOperator" },
  ),
  sample(
    "CS02bSupplierByTransCoS",
    "6.23",
    (subject) => ({
      SupplierFloorSeqNumber: 0n,
      SupplierReplacementCertificates: certificatesOf(subject.nextKeys("secondSupplier")),
      ...certified(subject),
      ImportMPxN: "1000000000003",
    }),
    { ...replaced, by: "secondSupplier", to: "esme" },
  ),
  sample(
    "CS02bACBByACB",
    "8.5",
    (subject) => ({
      ACBFloorSeqNumber: 0n,
      ReplacementCertificates: keyAgreement(subject, "accessControlBroker"),
      ...certified(subject),
    }),
    replaced,
  ),
  sample(
    "CS02gLoadControllerBySupplier",
    "6.15.1",
    (subject) => ({
      RemotePartyRole: "LoadController",
      ReplacementCertificates: {
        SupplierOrNetworkOperatorCertificates: keyAgreement(subject, "loadController"),
      },
      ...certified(subject),
    }),
    replaced,
  ),
  sample(
    "CS02gLoadControllerByLoadController",
    "NA-CS02g-LC",
    signingKey("LoadController", "loadController"),
    replaced,
  ),
  sample("CS02bTransCoSByTransCoS", "NA-CS02b-TransCoS", signingKey("TransCoS", "transitionalCoS"), replaced),
  sample("CS02f", "6.24.1", () => ({ RemotePartyRole: ["LoadController"] }), {
    check: ({ CredentialsProvide: [controller] }, home) => {
      const holders = new Set(controller?.anchors?.map(({ holder }) => holder));
      assert.deepEqual([...holders], [home.headEnd.parties.loadController.eui]);
    },
  }),
  sample("CS02a", "6.24.1", () => ({ RemotePartyRole: ["ACB", "Root"] }), {
    check: ({ CredentialsProvide: [broker] }, home) => {
      const holders = new Set(broker?.anchors?.map(({ holder }) => holder));
      assert.deepEqual([...holders], [home.headEnd.parties.accessControlBroker.eui]);
    },
  }),
];
