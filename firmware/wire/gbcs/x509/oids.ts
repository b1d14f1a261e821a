/** Object identifiers in certificates: their DER content, as upper-case hex where they are looked up. */
import { fromHex } from "../../../../hal/base/hex.ts";
import { der, Tag } from "../der.ts";

export const Oid = {
  ecdsaWithSha256: "2A8648CE3D040302",
  ecPublicKey: "2A8648CE3D0201",
  p256: "2A8648CE3D030107",
  organizationalUnit: "55040B",
  /** extensionRequest of PKCS#9 (RFC 2985 §5.4.2). */
  extensionRequest: "2A864886F70D01090E",
  uniqueIdentifier: "55042D",
  subjectKeyId: "551D0E",
  keyUsage: "551D0F",
  subjectAltName: "551D11",
  basicConstraints: "551D13",
  certificatePolicies: "551D20",
  authorityKeyId: "551D23",
  anyPolicy: "551D2000",
  hardwareModuleName: "2B06010505070804",
  /** id-pe-wrappedApexContinKey (RFC 5934): a root's contingency key. */
  wrappedContingencyKey: "2B06010505070114",
  aes256Gcm: "60864801650304012E",
  /** 1.2.826.0.1.8641679.1.2.1.4 and .2.2.1: the policy and the hardware type of the test environment. */
  testPolicy: "2A863A0001848FB90F01020104",
  testHardware: "2A863A0001848FB90F01020201",
} as const;

export const derOid = (oid: string): Uint8Array => der(Tag.oid, fromHex(oid));
