/**
 * Link keys on this wire: certificate-based key establishment, suite 2, between a joining device (U, which begins)
 * and the hub (V).
 *
 *     device: initiate ─▶ "certificate" ─ ephemeral ─▶ "ephemeral" ─ confirm ─▶ "proof" ──▶ key
 *     hub:    "certificate" ── initiate ─▶ "ephemeral" ── ephemeral ─▶ "proof" ── confirm ─▶ key
 *
 * The credential's signer is an {@link implicitSigner}. What goes wrong ends the session with a terminate; what
 * comes when there is no session is ignored, an initiate to the hub begins one anew.
 */
import { sameBytes } from "../../../../hal/base/bytes.ts";
import { CodedError, hasCode, messageOf } from "../../../../hal/base/coded-error.ts";
import { type Eui64, euiBytes } from "../../../../hal/base/eui64.ts";
import type {
  EstablishmentFailure,
  EstablishmentOptions,
  EstablishmentStep,
  KeyEstablishment,
} from "../../suite.ts";
import { KeyUse, publicKeyOf, readCertificate } from "./certificate.ts";
import {
  type CbkeCommand,
  decodeCbke,
  encodeCbke,
  KEY_ESTABLISHMENT_CLUSTER,
  SUITE_2,
  TerminateStatus,
} from "./cluster.ts";
import { decodePoint, type FinitePoint, SEED_BYTES, scalarFrom } from "./curve.ts";
import { type Ephemeral, ephemeral, Prover, proof, type Side, sessionKeys, sharedSecret } from "./mqv.ts";

/** What this side takes at most, as it tells its peer. */
const EPHEMERAL_TIME_S = 10;
const CONFIRM_TIME_S = 10;
/** What a peer is told to wait before it begins again. */
const WAIT_S = 30;

type Role = "initiator" | "responder";

/** Between two commands: what the next must be, and what is known so far. */
export type CbkeState =
  | { readonly awaits: "certificate"; readonly role: "initiator" }
  | {
      readonly awaits: "ephemeral";
      readonly role: Role;
      readonly peerKey: FinitePoint;
      readonly confirmTimeS: number;
      readonly ownName: Eui64;
      readonly own: Ephemeral;
    }
  | {
      readonly awaits: "proof";
      readonly role: Role;
      readonly linkKey: Uint8Array;
      readonly own: Uint8Array;
      readonly peers: Uint8Array;
    }
  | { readonly awaits: "nothing"; readonly role: Role };

type Of<C extends CbkeCommand["command"]> = Extract<CbkeCommand, { command: C }>;
type Awaiting<A extends CbkeState["awaits"]> = Extract<CbkeState, { awaits: A }>;

export const cbkeEstablishment: KeyEstablishment = {
  name: "CBKE",
  cluster: KEY_ESTABLISHMENT_CLUSTER,
  // The hub's initiate answers the device's; it never begins.
  begins: () => false,
  async begin({ credential }) {
    return { state: { awaits: "certificate", role: "initiator" }, send: initiate(credential.certificate) };
  },
  async proceed(options, peer, state, received) {
    const session = state as CbkeState | undefined;
    const role = session?.role ?? "responder";
    try {
      return await take(options, peer, session, decodeCbke(received));
    } catch (error) {
      const reason = terminationOf(error);
      const quiet = session === undefined || session.awaits === "nothing";
      if (reason === undefined || (quiet && hasCode(error, "wire/malformed"))) throw error;
      return { state: ended(role), send: terminate(reason.status), failure: reason.failure };
    }
  },
  describe: decodeCbke,
};

async function take(
  options: EstablishmentOptions,
  peer: Eui64,
  session: CbkeState | undefined,
  command: CbkeCommand,
): Promise<EstablishmentStep> {
  if (command.command === "initiate" && session?.role !== "initiator")
    return await onFirst(options, peer, command);
  if (session === undefined || session.awaits === "nothing") return { state: session };
  if (command.command === "terminate")
    return {
      state: ended(session.role),
      failure: failureTold(command.status),
      retryAfterS: command.waitS,
    };
  if (command.command === "initiate" && session.awaits === "certificate")
    return await onCertificate(options, peer, command);
  if (command.command === "ephemeral" && session.awaits === "ephemeral")
    return onEphemeral(options, peer, session, command);
  if (command.command === "confirm" && session.awaits === "proof") return onProof(session, command);
  throw refused("cbke/message", `${session.awaits} was expected, not ${command.command}`);
}

/** Hub: the device's certificate is answered with its own. */
async function onFirst(
  options: EstablishmentOptions,
  peer: Eui64,
  command: Of<"initiate">,
): Promise<EstablishmentStep> {
  const state = await afterCertificate(options, peer, "responder", command);
  return {
    state,
    send: initiate(options.credential.certificate),
    answerWithinS: command.ephemeralTimeS,
  };
}

/** Device: the hub's certificate is answered with a key for this session. */
async function onCertificate(
  options: EstablishmentOptions,
  peer: Eui64,
  command: Of<"initiate">,
): Promise<EstablishmentStep> {
  const state = await afterCertificate(options, peer, "initiator", command);
  return {
    state,
    send: encodeCbke({ command: "ephemeral", publicKey: state.own.publicKey }),
    answerWithinS: command.ephemeralTimeS,
  };
}

async function afterCertificate(
  options: EstablishmentOptions,
  peer: Eui64,
  role: Role,
  { suite, certificate, confirmTimeS }: Of<"initiate">,
): Promise<Awaiting<"ephemeral">> {
  if (suite !== SUITE_2) throw refused("cbke/suite", `suite 0x0002 was expected, not ${suite}`);
  const { authority, issuer, subject: ownName } = ownSide(options);
  const peerKey = peerKeyOf(options, peer, certificate, issuer, authority);
  const own = ephemeral(scalarFrom(await options.board.entropy.bytes(SEED_BYTES)));
  return { awaits: "ephemeral", role, peerKey, confirmTimeS, ownName, own };
}

/** What this side was given. A fault in it is no fault of the peer's: throws `cbke/own-credential`. */
function ownSide({ credential, trustRoot }: EstablishmentOptions) {
  try {
    const { issuer, subject } = readCertificate(credential.certificate);
    return { issuer, subject, authority: decodePoint(trustRoot.publicKey, "the authority's public key") };
  } catch (error) {
    const message = `this side's own credential: ${messageOf(error)}`;
    throw new CodedError("cbke/own-credential", message, {}, error);
  }
}

/** The public key of a certificate that this side can work with; whether the peer holds it shows in its proof. */
function peerKeyOf(
  options: EstablishmentOptions,
  peer: Eui64,
  bytes: Uint8Array,
  issuer: Eui64,
  authority: FinitePoint,
): FinitePoint {
  const certificate = certified(() => readCertificate(bytes));
  const { subject, use, notBeforeS, notAfterS = Number.POSITIVE_INFINITY } = certificate;
  if (certificate.issuer !== issuer)
    throw refused("cbke/issuer", `a certificate by ${issuer} was expected, not by ${certificate.issuer}`);
  if (subject !== peer) throw refused("cbke/certificate", `it names ${subject}, and ${peer} shows it`);
  if ((use & KeyUse.agree) === 0) throw refused("cbke/certificate", "its key is not for key agreement");
  const nowS = options.nowS();
  if (nowS !== undefined && (nowS < notBeforeS || nowS > notAfterS))
    throw refused("cbke/certificate", `it is valid from ${notBeforeS} to ${notAfterS}, and now is ${nowS}`);
  return certified(() => publicKeyOf(options.board.crypto, certificate, authority));
}

/** A point that is none makes a certificate invalid. */
function certified<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!hasCode(error, "cbke/point")) throw error;
    throw new CodedError("cbke/certificate", messageOf(error), {}, error);
  }
}

function onEphemeral(
  options: EstablishmentOptions,
  peer: Eui64,
  { role, peerKey, confirmTimeS, ownName, own }: Awaiting<"ephemeral">,
  { publicKey }: Of<"ephemeral">,
): EstablishmentStep {
  const { crypto } = options.board;
  if (sameBytes(publicKey, own.publicKey)) throw refused("cbke/message", "our own ephemeral key came back");
  const keys = { certified: peerKey, session: decodePoint(publicKey, "ephemeral key") };
  const { mac, link } = sessionKeys(crypto, sharedSecret(options.credential.signer, own, keys));
  const us: Side = { eui64: euiBytes(ownName), sessionKey: own.publicKey };
  const them: Side = { eui64: euiBytes(peer), sessionKey: publicKey };
  const isInitiator = role === "initiator";
  const proofs = {
    own: proof(crypto, mac, isInitiator ? Prover.initiator : Prover.responder, us, them),
    peers: proof(crypto, mac, isInitiator ? Prover.responder : Prover.initiator, them, us),
  };
  const answer: CbkeCommand = isInitiator
    ? { command: "confirm", mac: proofs.own }
    : { command: "ephemeral", publicKey: own.publicKey };
  return {
    state: { awaits: "proof", role, linkKey: link, ...proofs },
    send: encodeCbke(answer),
    answerWithinS: confirmTimeS,
  };
}

function onProof(session: Awaiting<"proof">, { mac }: Of<"confirm">): EstablishmentStep {
  const { role, linkKey, own, peers } = session;
  if (!sameBytes(mac, peers)) throw refused("cbke/confirm", "the peer's proof is not of the agreed key");
  const state = ended(role);
  return role === "initiator"
    ? { state, linkKey }
    : { state, linkKey, send: encodeCbke({ command: "confirm", mac: own }) };
}

// --- endings ---

const ended = (role: Role): CbkeState => ({ awaits: "nothing", role });

const initiate = (certificate: Uint8Array) =>
  encodeCbke({
    command: "initiate",
    suite: SUITE_2,
    ephemeralTimeS: EPHEMERAL_TIME_S,
    confirmTimeS: CONFIRM_TIME_S,
    certificate,
  });

const terminate = (status: TerminateStatus) =>
  encodeCbke({ command: "terminate", status, waitS: WAIT_S, suites: SUITE_2 });

const refused = (code: string, why: string) =>
  new CodedError(code, `key establishment: ${why}; the session ends`);

/** Code of an error, status it is told by, and what it is to this side. */
const ENDINGS: readonly (readonly [string, TerminateStatus, EstablishmentFailure])[] = [
  ["cbke/issuer", TerminateStatus.unknownIssuer, "forged-credential"],
  ["cbke/certificate", TerminateStatus.invalidCertificate, "forged-credential"],
  // An implicit certificate that its authority did not make shows here, and only here.
  ["cbke/confirm", TerminateStatus.badKeyConfirm, "forged-credential"],
  ["cbke/suite", TerminateStatus.unsupportedSuite, "key-establishment-broken"],
  ["cbke/message", TerminateStatus.badMessage, "key-establishment-broken"],
  ["cbke/point", TerminateStatus.badMessage, "key-establishment-broken"],
  ["wire/malformed", TerminateStatus.badMessage, "key-establishment-broken"],
];

/** Undefined for what is no fault of the peer's. */
function terminationOf(error: unknown) {
  const ending = ENDINGS.find(([code]) => hasCode(error, code));
  return ending && { status: ending[1], failure: ending[2] };
}

function failureTold(status: number): EstablishmentFailure {
  const told = ENDINGS.find(([, known]) => known === status);
  return told?.[2] === "forged-credential" ? "credential-refused" : "key-establishment-broken";
}
