/** Why commands are refused, and the event code of each reason. */

/** Why a command was refused: stable words for logs, traces and reports, in the order they are checked. */
export const refusalCodes = {
  malformed: 0x8f1e,
  "not-a-command": 0x8f3e,
  "not-for-me": 0x8f3e,
  "unknown-use-case": 0x8f1e,
  /** Authentic, and for other devices than this. */
  unsupported: 0x8f85,
  "unknown-party": 0x8f3e,
  role: 0x8f30,
  replay: 0x8f3e,
  protection: 0x8f3d,
  mac: 0x8f3d,
  signature: 0x8f3d,
  format: 0x8f1e,
  /** A device of the home spoke in another's name, or sent what only the head end sends. */
  "not-relayed": 0x8f3e,
  /** The hub could not pass a message on to a device of its log. */
  undeliverable: 0x8f84,
} as const;
export type RefusalReason = keyof typeof refusalCodes;

/** "Unusual numbers of malformed, out-of-order or unexpected commands received". */
export const unusualNumbers = 0x8f60;

const causedByStrangers: ReadonlySet<number> = new Set([...Object.values(refusalCodes), unusualNumbers]);
/** Can anyone cause this event? Then it displaces nothing that matters more. */
export const strangersCause = (code: number): boolean => causedByStrangers.has(code);
