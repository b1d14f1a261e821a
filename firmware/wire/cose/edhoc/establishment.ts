/**
 * Link keys on this wire: EDHOC between a joining device (initiator) and the hub (responder), and 16 bytes
 * from EDHOC_Exporter. Pure: steps give what to send and what came of it.
 */
import { CodedError, hasCode } from "../../../../hal/base/coded-error.ts";
import type { Crypto } from "../../../../hal/board.ts";
import type { Eui64 } from "../../message.ts";
import type {
  EstablishmentFailure,
  EstablishmentOptions,
  EstablishmentStep,
  KeyEstablishment,
} from "../../suite.ts";
import { verifyChain } from "../certificate.ts";
import {
  decodeEdhoc,
  EDHOC_CLUSTER,
  EDHOC_MANUFACTURER,
  encodeEdhoc,
  INITIATE,
  TerminateStatus,
} from "./cluster.ts";
import {
  advance,
  type CredentialResolver,
  cwtIdentity,
  type EdhocOptions,
  type EdhocState,
  type EdhocStep,
  initiator,
  responder,
} from "./index.ts";

/** Exporter label of trust-centre link keys, from the private range (RFC 9528 §10.1). */
const LINK_KEY_LABEL = 0x8000;
const LINK_KEY_BYTES = 16;
const SECRET_BYTES = 32;
/** A one-byte integer, sent as itself; a peer has one session at a time. */
const CONNECTION_ID = Uint8Array.of(0x0e);

export const edhocEstablishment: KeyEstablishment = {
  name: "EDHOC",
  cluster: EDHOC_CLUSTER,
  manufacturer: EDHOC_MANUFACTURER,
  begins: ({ id }) => id === INITIATE,
  async begin(options, peer) {
    const step = initiator(await edhocOptions(options, peer));
    return { state: step.state, send: encodeEdhoc({ command: "initiate", message: step.send! }) };
  },
  async proceed(options, peer, state, received) {
    const command = decodeEdhoc(received);
    if (command.command === "terminate") return { state: undefined, failure: reasonOf(command.status) };
    const current =
      command.command === "initiate"
        ? responder(await edhocOptions(options, peer))
        : (state as EdhocState | undefined);
    return current === undefined ? { state: undefined } : outcome(advance(current, command.message));
  },
  describe: decodeEdhoc,
};

function outcome(step: EdhocStep): EstablishmentStep {
  // A message that comes too late changes nothing.
  if (step.failure?.code === "edhoc/state") return { state: step.state };
  if (step.failure !== undefined) return failed(step.failure, step.send);
  const linkKey = step.result?.keys.export(LINK_KEY_LABEL, new Uint8Array(0), LINK_KEY_BYTES);
  return {
    state: step.state,
    ...(step.send === undefined ? {} : { send: encodeEdhoc({ command: "data", message: step.send }) }),
    ...(linkKey === undefined ? {} : { linkKey }),
  };
}

function failed(error: CodedError, message: Uint8Array = new Uint8Array(0)): EstablishmentStep {
  const forged = hasCode(error, "edhoc/credential") || hasCode(error, "edhoc/signature");
  const status = forged ? TerminateStatus.credentialRefused : TerminateStatus.malformed;
  const failure = forged ? "forged-credential" : "key-establishment-broken";
  return { state: undefined, send: encodeEdhoc({ command: "terminate", status, message }), failure };
}

const reasonOf = (status: TerminateStatus): EstablishmentFailure =>
  status === TerminateStatus.credentialRefused ? "credential-refused" : "key-establishment-broken";

async function edhocOptions(options: EstablishmentOptions, peer: Eui64): Promise<EdhocOptions> {
  const { board, credential } = options;
  return {
    crypto: board.crypto,
    own: cwtIdentity(credential.certificate, credential.signer),
    resolve: resolver(board.crypto, options, peer),
    ephemeralSecret: await board.entropy.bytes(SECRET_BYTES),
    connectionId: CONNECTION_ID,
  };
}

/** A certificate by value, of a device's signing key, that chains to the root and names the peer. */
function resolver(crypto: Crypto, options: EstablishmentOptions, peer: Eui64): CredentialResolver {
  return (id) => {
    if (id.kind !== "kcwt") return { refused: `a certificate by value is expected, not ${id.kind}` };
    try {
      const found = verifyChain(id.cwt, [], options.trustRoot, options.nowS(), crypto);
      if (found.usage !== "sign") return { refused: `its key is for ${found.usage}, not for signing` };
      if (found.subject !== peer) return { refused: `it names ${found.subject}, not ${peer}` };
      return { credential: id.cwt, verify: crypto.ed25519Verifier(found.publicKey), subject: found.subject };
    } catch (error) {
      if (error instanceof CodedError && !hasCode(error, "hal")) return { refused: error.message };
      throw error;
    }
  };
}
