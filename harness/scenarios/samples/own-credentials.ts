/** Samples of a device's own keys and certificates. */
import assert from "node:assert/strict";
import type { Parameters } from "../../index.ts";
import { type Sample, sample } from "./sample.ts";

const ofSigning = (): Parameters<"6.17"> => ({ CredentialType: "Digital Signature" });

export const ownCredentialsSamples: readonly Sample[] = [
  sample("CS02c", "6.17", ofSigning, {
    stateDecides: true,
    check: ({ CredentialsMakeKeyPair: { request } }) => assert.ok(request !== undefined),
  }),
  sample(
    "CS02d",
    "6.15.2",
    (subject) => ({ DeviceCertificate: subject.nextKeys("supplier").sign.certificate }),
    {
      check: ({ CredentialsInstallCertificate: outcome }) => assert.equal(outcome, "wrongIdentity"),
    },
  ),
  sample("CS02e", "6.24.2", ofSigning, {
    stateDecides: true,
    check: ({ CredentialsProvideCertificate: { certificate } }) => assert.ok(certificate !== undefined),
  }),
];
