/** The COSE wire as a suite: Ed25519, X25519 with HMAC 256/256, CWTs, EDHOC. */
import type { EnvelopeSuite, Suite } from "../suite.ts";
import {
  issueCertificate,
  MAX_CERTIFICATE_BYTES,
  readCertificate,
  verifyChain,
  verifySelfIssued,
} from "./certificate.ts";
import { readRequest, requestCertificate } from "./certificate-request.ts";
import { unwrapContingencyKey, WRAPPED_KEY_BYTES, wrapContingencyKey } from "./contingency.ts";
import { edhocEstablishment } from "./edhoc/establishment.ts";
import { agreement, hiddenValues, keyId, keyUsable, macs } from "./keys.ts";
import { type CoseEnvelope, coseWire, decodePlain } from "./wire.ts";

const envelopes: EnvelopeSuite<CoseEnvelope> = {
  wire: coseWire,
  decodePlain,
  keyId,
  signer: (crypto, seed) => crypto.ed25519Signer(seed),
  verifier: (crypto, publicKey) => crypto.ed25519Verifier(publicKey),
  keyUsable,
  agreement,
  macs,
};

export const coseSuite: Suite = {
  ...(envelopes as EnvelopeSuite),
  publicKeyBytes: 32,
  hiddenFor: "originator",
  hiddenValues,
  certificates: {
    maxBytes: MAX_CERTIFICATE_BYTES,
    read: readCertificate,
    verifyChain,
    verifySelfIssued,
    issue: issueCertificate,
    request: requestCertificate,
    readRequest,
  },
  contingency: {
    wrappedKeyBytes: WRAPPED_KEY_BYTES,
    wrap: wrapContingencyKey,
    unwrap: unwrapContingencyKey,
  },
  keyEstablishment: edhocEstablishment,
};
