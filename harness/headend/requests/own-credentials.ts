/** Service requests 6.15.2, 6.17 and 6.24.2: a device's own keys and their certificates. */
import { z } from "zod";
import { certificate } from "./duis.ts";
import { type Lookup, request } from "./request.ts";

const usages = { "Digital Signature": "sign", "Key Agreement": "agree" } as const;
type Word = keyof typeof usages;
const words = Object.keys(usages) as [Word, ...Word[]];

const ofType = (path: string) => ({
  fields: { CredentialType: z.enum(words) },
  values: ({ CredentialType }: { CredentialType: Word }) => ({ [path]: { usage: usages[CredentialType] } }),
  readBack: (value: Lookup) => {
    const { usage, ...more } = (value(path) ?? {}) as Readonly<Record<string, unknown>>;
    return { CredentialType: words.find((word) => usages[word] === usage) ?? usage, ...more };
  },
});

export const ownCredentials = {
  "6.15.2": request("6.15.2", "UpdateSecurityCredentialsDevice", {
    fields: { DeviceCertificate: certificate },
    elements: { "credentials.installCertificate": "DeviceCertificate" },
  }),
  "6.17": request("6.17", "IssueSecurityCredentials", ofType("credentials.makeKeyPair")),
  "6.24.2": request(
    "6.24.2",
    "RetrieveDeviceSecurityCredentialsDevice",
    ofType("credentials.provideCertificate"),
  ),
} as const;
