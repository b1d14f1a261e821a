/** What ASN.1 answers say: trust anchors, certificates, joins, firmware: 6.15.x, 6.17, 6.21, 6.23, 6.24.x, 8.5, 8.7.x, 8.8.x, 11.x. */
import { type NamesType, valueTypes } from "../../../firmware/model/index.ts";
import { wordOfRole } from "../../headend/requests/credential-change.ts";
import type { Written } from "../xml-writer.ts";
import { each, group, implied, leaf, type Part, some, within } from "./parts.ts";
import { base64, eui, firmwareVersion, oneOf } from "./words.ts";

/** The format's words for outcomes, where they are not the model's. */
const words: Readonly<Record<string, string>> = {
  noMemory: "insufficientMemory",
  anchorNotFound: "trustAnchorNotFound",
  busy: "resourcesBusy",
  wrongIdentity: "wrongDeviceIdentity",
  invalidUsage: "invalidKeyUsage",
  noKeyPair: "noCorrespondingKeyPairGenerated",
  wrongKey: "wrongPublicKey",
  storageFailed: "certificateStorageFailed",
  keyChangeFailed: "privateKeyChangeFailed",
  keyPairFailed: "keyPairGenerationFailed",
  requestFailed: "cRProductionFailed",
  noneHeld: "noCertificateHeld",
  retrievalFailed: "certificateRetrievalFailure",
  wrongMessageCode: "invalidMessageCodeForJoinMethodAndRole",
  wrongMethod: "invalidJoinMethodAndRole",
  otherTypeListed: "incompatibleWithExistingEntry",
  logFull: "deviceLogFull",
  writeFailed: "writeFailure",
  noResources: "keyAgreementNoResources",
  unknownIssuer: "keyAgreementUnknownIssuer",
  unsupportedSuite: "keyAgreementUnsupportedSuite",
  badMessage: "keyAgreementBadMessage",
  badConfirm: "keyAgreementBadKeyConfirm",
  noCertificate: "invalidOrMissingCertificate",
  noLinkKey: "noPartnerLinkKeyReceived",
  noAnswer: "noCBKEResponse",
  notListed: "otherDeviceNotInDeviceLog",
  noImage: "noImageHeld",
  failed: "activationFailure",
};

/** An outcome's word, and its number as ResponseCode; `own`: words of this outcome alone. */
const status =
  (name: string, path: string, { names }: NamesType, own: Readonly<Record<string, string>> = {}): Part =>
  (from) => {
    const outcome = String(from.at(path)?.look());
    if (!Object.hasOwn(names, outcome)) return [];
    from.at(path)?.take();
    return [statusOf(name, names[outcome] as number, own[outcome] ?? words[outcome] ?? outcome)];
  };
const statusOf = (name: string, responseCode: number, word: string): Written => ({
  name,
  attributes: { ResponseCode: String(responseCode) },
  content: [{ name: "ASN1Status", content: word }],
});

const roles = ["ACB", "NetworkOperator", "Recovery", "Root", "Supplier", "TransCoS", "LoadController"];
/** Parties that DUIS knows. */
const role = (value: unknown): string | undefined => roles.find((word) => word === wordOfRole(value));

const usages = { sign: "DigitalSigning", agree: "KeyAgreement", certify: "KeyCertSign" } as const;
/** What a key is for, a key for tokens apart. */
const usage =
  (name: string): Part =>
  (from) => {
    const [use, cell] = [from.at("usage"), from.at("cellUsage")];
    const word = usages[use?.look() as keyof typeof usages];
    const isTopUp = cell?.look() === "topUp";
    if (word === undefined || (isTopUp && word !== "KeyAgreement")) return [];
    use?.take();
    cell?.take();
    return [{ name, content: isTopUp ? "KeyAgreementTopUp" : word }];
  };

/** One element for each anchor; a cell that tells of none has one without. */
const remoteParty: Part = (from) => {
  const head = [
    ...leaf("RemotePartyRole", "role", role)(from),
    ...status("StatusCode", "status", valueTypes.cellStatus)(from),
  ];
  const counter = leaf("RemotePartyFloorSeqNumber", "counter")(from);
  const anchors = (from.at("anchors")?.items() ?? []).map((anchor) => [
    ...counter,
    ...usage("CertificateUsage")(anchor),
    ...leaf("ExistingRemotePartyID", "holder", eui)(anchor),
    ...leaf("ExistingCertificateHash", "key", base64)(anchor),
  ]);
  const told = anchors.length > 0 ? anchors : [counter];
  return told.map((anchor) => ({ name: "RemotePartyDetails", content: [...head, ...anchor] }));
};

const modes = {
  accessControlBrokerByItself: "ACBByACB",
  supplierBySupplier: "SupplierBySupplier",
  networkOperatorByNetworkOperator: "NetworkOperatorByNetworkOperator",
  loadControllerBySupplier: "LoadControllerBySupplier",
  supplierByTransitionalCoS: "SupplierByTransCoS",
};

const changedFloor = some(
  "RemotePartySeqNumberChange",
  leaf("RemotePartyRole", "role", role),
  leaf("RemotePartyFloorSeqNumber", "floor"),
  (from) => {
    const [topUp] = from.at("topUp")?.items() ?? [];
    if (topUp === undefined) return [];
    topUp.at("usage")?.imply("the only use of such a floor");
    return leaf("RemotePartyPrepaymentTopUpFloorSeqNumber", "floor")(topUp);
  },
);

const replaced = group(
  "ReplacementOutcome",
  status("StatusCode", "status", valueTypes.cellStatus),
  within("cell", usage("CertificateType"), leaf("RemotePartyRole", "role", role)),
  leaf("ExistingRemotePartyID", "oldHolder", eui),
  leaf("NewRemotePartyID", "newHolder", eui),
  leaf("ExistingCertificateHash", "oldKey", base64),
  leaf("NewCertificateHash", "newKey", base64),
);

/** What was replaced. The format has places for one changed floor, and for three cells. */
export const outcome = [
  leaf("AuthorisingRemotePartyOriginatorCounter", "authoriserCounter"),
  leaf("CredentialsReplacementMode", "mode", oneOf(modes)),
  each("floors", 1, changedFloor),
  each("cells", 3, replaced),
];
/** Of what waits for its time there is none yet. */
const executionOutcome = [
  within("credentials.replace", within("outcome", some("ExecutionOutcome", ...outcome))),
];

/** The version that runs, and how its activation went. */
export const activation = [
  status("ActivateImageResponseCode", "code", valueTypes.activationOutcome.fields.code),
  leaf("FirmwareVersion", "version", firmwareVersion),
];

/** Why there is none of what was asked for, or that there is. */
const orSuccess =
  (name: string, given: string, type: NamesType): Part =>
  (from) =>
    from.at(given) === undefined ? status(name, "fault", type)(from) : [statusOf(name, 0, "success")];

const joined = [status("joinResponseCode", "joining.join", valueTypes.joinOutcome)];
const unjoined = [
  status("unjoinResponseCode", "joining.unjoin", valueTypes.unjoinOutcome, { other: "otherFailure" }),
];

export const credentials = {
  UpdateSecurityCredentialsKRP: executionOutcome,
  RequestHandoverOfDCCControlledDevice: executionOutcome,
  UpdateSecurityCredentialsCoS: executionOutcome,
  ServiceOptOut: executionOutcome,
  UpdateSecurityCredentialsDevice: [
    status(
      "UpdateSecurityCredentialsResponseCode",
      "credentials.installCertificate",
      valueTypes.certificateFault,
    ),
  ],
  IssueSecurityCredentials: [
    within(
      "credentials.makeKeyPair",
      orSuccess("IssueCredentialsResponseCode", "request", valueTypes.requestFault),
      leaf("CertificationRequest", "request", base64),
    ),
  ],
  RetrieveDeviceSecurityCredentialsKRP: [each("credentials.provide", 9, remoteParty)],
  RetrieveDeviceSecurityCredentialsDevice: [
    within(
      "credentials.provideCertificate",
      orSuccess("RetrieveDeviceSecurityCredentialsStatusCode", "certificate", valueTypes.retrievalFault),
      leaf("Certificate", "certificate", base64),
    ),
  ],
  JoinServiceCritical: joined,
  JoinServiceNonCritical: joined,
  UnjoinServiceCritical: unjoined,
  UnjoinServiceNonCritical: unjoined,
  ActivateFirmware: [within("firmwareImage.activate", within("outcome", ...activation))],
  ReadFirmwareVersion: [
    leaf("FirmwareVersion", "firmwareVersion", firmwareVersion),
    within(
      "firmwareImage.version",
      leaf("FirmwareVersion", "version", firmwareVersion),
      implied("code", 0, "the version was read"),
    ),
  ],
} as const;
