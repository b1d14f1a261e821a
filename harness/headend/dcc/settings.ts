/** What no source at hand settles about the DCC: each a setting, with the default that is taken here. */
export interface DccSettings {
  /** A RequestID that was used before, or is not above its predecessors. From memory, unverified. */
  readonly usedIdCode: string;
  /** A body that its form does not allow. From memory, unverified. */
  readonly formCode: string;
  /** A signed pre-command that is not the one the DCC made, or is not signed by who asks. From memory, unverified. */
  readonly preCommandCode: string;
  /** The request before it in a sequence failed, or never came. From memory, unverified. */
  readonly sequenceCode: string;
  /** What the DCC cannot keep or do any more. From memory, unverified. */
  readonly fullCode: string;
  /** How long the DCC waits for a device's answer, virtual ms. From memory, unverified. */
  readonly answerTimeoutMs: number;
  /** Requests that may be with the DCC and not yet be settled, of all users. */
  readonly maxOpen: number;
  /** RequestIDs whose answers are remembered, so that asking again does nothing again. */
  readonly maxRemembered: number;
  /** GBCS version in the DCC's pre-commands. */
  readonly gbcsVersion: string;
}

export const defaultDccSettings: DccSettings = {
  usedIdCode: "E49",
  formCode: "E48",
  preCommandCode: "E41",
  sequenceCode: "E57",
  fullCode: "E65",
  answerTimeoutMs: 120_000,
  maxOpen: 10_000,
  maxRemembered: 20_000,
  gbcsVersion: "4.3",
};
