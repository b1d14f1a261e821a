/** Authenticating message files. */
export type { Checked } from "./check-message.ts";
export { checkMessage, ReadySuite } from "./check-message.ts";
export { agreementOf, openHidden } from "./hidden.ts";
export { keyedWires } from "./key-files.ts";
export { KeyStore, type KeyUse, type Party } from "./key-store.ts";
export { messageFiles, readMessageFile } from "./message-files.ts";
export {
  makeCheck,
  type VerifiedMessage,
  type VerifyReport,
  verifyFiles,
} from "./verify.ts";
export { loadX509Keys } from "./x509-keys.ts";
