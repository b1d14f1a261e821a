/** The GBCS wire: ECDSA and ECDH on P-256, AES-128-GMAC, X.509, CBKE; DLMS and ASN.1 payloads. */
import { useCaseByCode } from "../../model/index.ts";
import { type Header, Kind, type Message } from "../message.ts";
import type { EnvelopeSuite, Suite } from "../suite.ts";
import type { Wire } from "../wire.ts";
import { cbkeCredentials } from "./cbke/credentials.ts";
import { cbkeEstablishment } from "./cbke/establishment.ts";
import { unspecified, writeDateTime } from "./date-time.ts";
import { hiddenValues, type ValuesCodec } from "./hidden-values.ts";
import { agreement, macs } from "./kdf.ts";
import { hiddenPayload, readPayload, writePayload } from "./payloads.ts";
import { type GbcsEnvelope, type GbcsMessage, gbcsWire, readPreCommand } from "./wire.ts";
import { unwrapContingencyKey, WRAPPED_KEY_BYTES, wrapContingencyKey } from "./x509/contingency.ts";
import { issueCertificate } from "./x509/issue.ts";
import { keyIdentifier } from "./x509/key-id.ts";
import { MAX_CERTIFICATE_BYTES, readCertificate } from "./x509/read.ts";
import { readRequest, requestCertificate } from "./x509/request.ts";
import { POINT_BYTES, pointUsable } from "./x509/spki.ts";
import { verifyChain, verifySelfIssued } from "./x509/verify.ts";

const keys: Omit<EnvelopeSuite, "wire" | "decodePlain"> = {
  keyId: (_crypto, publicKey) => keyIdentifier(publicKey),
  signer: (crypto, secret) => crypto.p256Signer(secret),
  verifier: (crypto, publicKey) => crypto.p256Verifier(publicKey),
  keyUsable: (crypto, _usage, publicKey) => pointUsable(crypto, publicKey),
  agreement,
  macs,
};

/** As far as it authenticates: payloads stay bytes, so that messages of use cases without a row are taken, too. */
export const gbcsEnvelopes: EnvelopeSuite<GbcsEnvelope, GbcsMessage> = {
  ...keys,
  wire: gbcsWire,
  decodePlain: (plain) => readPreCommand(plain).message,
};

/** What a whole suite has besides the envelope and key establishment; `values` is the payload's codec. */
export const gbcsCredentials = (
  values: ValuesCodec,
): Omit<Suite, keyof EnvelopeSuite | "keyEstablishment"> => ({
  publicKeyBytes: POINT_BYTES,
  hiddenFor: "supplementary",
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

const NOTHING = new Uint8Array(0);

/** The envelope around payloads in typed form. */
const typedWire: Wire<GbcsEnvelope> = {
  ...gbcsWire,
  decode: ({ header, payload, otherInformation }, asked) =>
    readPayload(whole(header, otherInformation), payload, asked),
  encode: (message) => {
    const { header } = message;
    const [payload, dateTime] = [writePayload(message), stampOf(header)];
    return gbcsWire.encode({ header, payload, dateTime, otherInformation: more(header) });
  },
};

/** Only answers of rows that say so carry the device's time in front of the payload; alerts tell it inside. */
function stampOf({ kind, code, timeS }: Header): Uint8Array {
  if (kind !== Kind.response || useCaseByCode(code)?.stamped !== true) return NOTHING;
  return timeS === undefined ? unspecified : writeDateTime(timeS);
}

/** The header with all that other-information has of the supplementary party. */
function whole(header: Header, info: NonNullable<GbcsMessage["otherInformation"]>): Header {
  const { originatorCounter: deviceCounter, certificate } = info;
  const { supplementary } = header;
  if (supplementary === undefined || (deviceCounter ?? certificate) === undefined) return header;
  return {
    ...header,
    supplementary: {
      ...supplementary,
      ...(certificate && { certificate }),
      ...(deviceCounter !== undefined && { deviceCounter }),
    },
  };
}

function more({ supplementary }: Header): GbcsMessage["otherInformation"] {
  if (supplementary === undefined) return undefined;
  const { certificate, deviceCounter } = supplementary;
  return {
    ...(certificate && { certificate }),
    ...(deviceCounter !== undefined && { originatorCounter: deviceCounter }),
  };
}

const decodePlain = (plain: Uint8Array): Message => {
  const { header, payload, otherInformation = {} } = readPreCommand(plain).message;
  return readPayload(whole(header, otherInformation), payload);
};

export const gbcsSuite: Suite = {
  ...(keys as EnvelopeSuite),
  wire: typedWire as Suite["wire"],
  decodePlain,
  ...gbcsCredentials(hiddenPayload),
  keyEstablishment: { ...cbkeEstablishment, credentials: cbkeCredentials },
};
