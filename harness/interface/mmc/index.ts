/** Responses and alerts in the MMC output format. */
export { parseMessage } from "./parse.ts";
export { MessageParser } from "./parser.ts";
export type { Parsed } from "./render.ts";
export { parseTold } from "./told.ts";
