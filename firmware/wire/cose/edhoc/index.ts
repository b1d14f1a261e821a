/** EDHOC for the home network: RFC 9528, method 0, cipher suite 0. See README.md. */
export {
  type CredentialResolver,
  cwtIdentity,
  type EdhocIdentity,
  encodeIdCred,
  x5tOf,
  x509Identity,
} from "./credentials.ts";
export {
  advance,
  type EdhocOptions,
  type EdhocState,
  type EdhocStep,
  initiator,
  responder,
} from "./session.ts";
