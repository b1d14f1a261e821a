/** Authenticating message files. */
export { type Checked, checkMessage } from "./check-message.ts";
export { keyedWires } from "./key-files.ts";
export { parseHex, readMessageFile } from "./message-files.ts";
export {
  makeCheck,
  type VerifiedMessage,
  type VerifyOptions,
  type VerifyReport,
  verifyFiles,
} from "./verify.ts";
