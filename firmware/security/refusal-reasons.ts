/** Why commands are refused, and the event code of each reason. */
import { alerts } from "../model/index.ts";

/** Why a command was refused: stable words for logs, traces and reports, in the order they are checked. */
export const refusalCodes = {
  malformed: alerts.commandMalformed.code,
  "not-a-command": alerts.unauthorisedAccess.code,
  "not-for-me": alerts.unauthorisedAccess.code,
  "unknown-use-case": alerts.commandMalformed.code,
  /** Authentic, and for other devices than this. */
  unsupported: alerts.commandUnsupported.code,
  "unknown-party": alerts.unauthorisedAccess.code,
  role: alerts.notAuthorised.code,
  replay: alerts.unauthorisedAccess.code,
  protection: alerts.authenticationFailed.code,
  mac: alerts.authenticationFailed.code,
  signature: alerts.authenticationFailed.code,
  format: alerts.commandMalformed.code,
  /** A device of the home spoke in another's name, or sent what only the head end sends. */
  "not-relayed": alerts.unauthorisedAccess.code,
  /** The hub could not pass a message on to a device of its log. */
  undeliverable: alerts.messageUndelivered.code,
} as const;
export type RefusalReason = keyof typeof refusalCodes;

/** "Unusual numbers of malformed, out-of-order or unexpected commands received". */
export const unusualNumbers = alerts.unusualCommands.code;

const causedByStrangers: ReadonlySet<number> = new Set([...Object.values(refusalCodes), unusualNumbers]);
/** Can anyone cause this event? Then it displaces nothing that matters more. */
export const strangersCause = (code: number): boolean => causedByStrangers.has(code);
