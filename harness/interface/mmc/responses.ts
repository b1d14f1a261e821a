/** What answers say, by the request's element in DUIS; that of an answer is named alike. An answer without values has none here. */
import type { MessageId } from "../../../firmware/model/index.ts";
import { elementOf } from "../bodies.ts";
import { auxiliary } from "./auxiliary.ts";
import { configurations } from "./configuration.ts";
import { credentials } from "./credentials.ts";
import { hub } from "./hub.ts";
import { logs } from "./logs.ts";
import type { Part } from "./parts.ts";
import { prepayments } from "./prepayment.ts";
import { registers } from "./registers.ts";
import { tariffs } from "./tariff.ts";

type Mapping = readonly Part[] | Readonly<Partial<Record<MessageId, readonly Part[]>>>;

const mappings: Readonly<Record<string, Mapping>> = {
  ...registers,
  ...logs,
  ...tariffs,
  ...prepayments,
  ...configurations,
  ...auxiliary,
  ...hub,
  ...credentials,
};

/** Where the format's name is not the request's. */
const otherNames: Readonly<Record<string, string>> = {
  ReadDeviceConfigurationBillingCalendar: "ReadDeviceConfigurationDataBillingCalendar",
  UpdateDeviceConfigurationAuxiliaryControllerScheduler: "UpdateDeviceConfigurationALCScheduler",
};

/** The element of the answer to a variant, e.g. "7.4": its name, and the parts that take the values of a use case. */
export function responseElement(variant: string, useCase: MessageId) {
  const element = elementOf(variant) ?? "";
  const mapping = Object.hasOwn(mappings, element) ? (mappings[element] as Mapping) : [];
  const parts = isParts(mapping) ? mapping : (mapping[useCase] ?? []);
  return { name: `${otherNames[element] ?? element}Rsp`, parts };
}

const isParts = (mapping: Mapping): mapping is readonly Part[] => Array.isArray(mapping);
