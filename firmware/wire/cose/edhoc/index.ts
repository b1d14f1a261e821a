/** EDHOC for the home network: RFC 9528, method 0, cipher suite 0. See README.md. */
export {
  type CredentialResolver,
  cwtIdentity,
  type EdhocIdentity,
  encodeIdCred,
  type IdCred,
  type ResolvedCredential,
  untagged,
  x5tOf,
  x509Identity,
} from "./credentials.ts";
export type { EdhocKeys } from "./exporter.ts";
export { type EadItem, MAX_MESSAGE_BYTES } from "./messages.ts";
export {
  advance,
  type EdhocOptions,
  type EdhocResult,
  type EdhocState,
  type EdhocStep,
  initiator,
  responder,
} from "./session.ts";
