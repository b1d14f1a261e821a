/** Authenticating message files. */
export type { Checked } from "./check-message.ts";
export { keyedWires } from "./key-files.ts";
export { readMessageFile } from "./message-files.ts";
export {
  makeCheck,
  type VerifiedMessage,
  type VerifyReport,
  verifyFiles,
} from "./verify.ts";
