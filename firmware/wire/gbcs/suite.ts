/** The GBCS wire as far as it authenticates: ECDSA and ECDH on P-256, AES-128-GMAC. */
import type { EnvelopeSuite, Suite } from "../suite.ts";
import { hiddenValues, type ValuesCodec } from "./hidden-values.ts";
import { agreement, macs } from "./kdf.ts";
import { type GbcsEnvelope, type GbcsMessage, gbcsWire, readPreCommand } from "./wire.ts";
import { unwrapContingencyKey, WRAPPED_KEY_BYTES, wrapContingencyKey } from "./x509/contingency.ts";
import { issueCertificate } from "./x509/issue.ts";
import { keyIdentifier } from "./x509/key-id.ts";
import { MAX_CERTIFICATE_BYTES, readCertificate } from "./x509/read.ts";
import { readRequest, requestCertificate } from "./x509/request.ts";
import { POINT_BYTES, pointUsable } from "./x509/spki.ts";
import { verifyChain, verifySelfIssued } from "./x509/verify.ts";

export const gbcsSuite: EnvelopeSuite<GbcsEnvelope, GbcsMessage> = {
  wire: gbcsWire,
  decodePlain: (plain) => readPreCommand(plain).message,
  keyId: (_crypto, publicKey) => keyIdentifier(publicKey),
  signer: (crypto, secret) => crypto.p256Signer(secret),
  verifier: (crypto, publicKey) => crypto.p256Verifier(publicKey),
  keyUsable: (crypto, _usage, publicKey) => pointUsable(crypto, publicKey),
  agreement,
  macs,
};

/** What a whole suite has besides the envelope and key establishment; `values` is the payload's codec. */
export const gbcsCredentials = (
  values: ValuesCodec,
): Omit<Suite, keyof EnvelopeSuite | "keyEstablishment"> => ({
  publicKeyBytes: POINT_BYTES,
  hiddenValues: (crypto, own, peerPublic, pair) => hiddenValues(crypto, own, peerPublic, pair, values),
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
});
