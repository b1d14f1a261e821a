// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import { alertMessages } from "./alert-messages.ts";
import { controlMessages } from "./control-messages.ts";
import { gasMessages } from "./gas-messages.ts";
import { gasReadingMessages } from "./gas-reading-messages.ts";
import { paymentMessages } from "./payment-messages.ts";
import { readingMessages } from "./reading-messages.ts";
import { serviceMessages } from "./service-messages.ts";
import { settingMessages } from "./setting-messages.ts";
import { settingReadingMessages } from "./setting-reading-messages.ts";

/** The whole message set by use case. */
export const messages = {
  ...alertMessages,
  ...controlMessages,
  ...gasMessages,
  ...gasReadingMessages,
  ...paymentMessages,
  ...readingMessages,
  ...serviceMessages,
  ...settingMessages,
  ...settingReadingMessages,
} as const;
export type MessageId = keyof typeof messages;
