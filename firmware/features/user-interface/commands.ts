/** What a person asks for at the device, done (8161) or not (8162): the log says what it was. */
import { alerts } from "../../model/index.ts";
import type { DeviceContext } from "../feature.ts";
import { report } from "../report.ts";

/** In the log as two octets; which number is what is from no source seen. */
const userCommands = {
  addCredit: 1,
  enableSupply: 2,
  activateEmergencyCredit: 3,
  setPin: 4,
  enterPin: 5,
  boost: 6,
} as const;
export type UserCommand = keyof typeof userCommands;

const [actioned, notActioned] = [alerts.userCommandDone.code, alerts.userCommandFailed.code];

export const reportUserCommand = (
  context: DeviceContext,
  command: UserCommand,
  done: boolean,
  options: Pick<Parameters<typeof report>[2] & object, "changes"> = {},
): Promise<void> =>
  report(context, done ? actioned : notActioned, {
    ...options,
    other: Uint8Array.of(0, userCommands[command]),
  });
