/** What the parts of the DCC have in common. */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import type { Suite } from "../../../firmware/wire/suite.ts";
import type { Cancel, Crypto } from "../../../hal/board.ts";
import type { HeadEnd } from "../head-end.ts";
import type { AccessRules } from "./access.ts";
import type { DccAlertContent, DccMessage, ResponseMessage } from "./messages.ts";
import type { DccSettings } from "./settings.ts";

/** What the DCC stands on. */
export interface DccPorts {
  readonly crypto: Crypto;
  readonly suite: Suite;
  /** UTC milliseconds. */
  nowMs(): number;
  after(delayMs: number, action: () => void): Cancel;
  deliver(bytes: Uint8Array, done: (outcome: "delivered" | "failed") => void): void;
  /** A message for a user's address. */
  push(user: Eui64, message: DccMessage): void;
  observe(event: { readonly kind: string; readonly [field: string]: unknown }): void;
  /** A whole number from 0 up to, not including, `bound`. */
  draw(bound: number): number;
}

export interface DccContext {
  readonly headEnd: HeadEnd;
  readonly ports: DccPorts;
  readonly rules: AccessRules;
  readonly settings: DccSettings;
  /** UTC seconds. */
  nowS(): number;
  /** A DCC alert to a user. */
  tell(user: Eui64, code: string, alert: DccAlertContent): void;
}

/** What a ResponseMessage says besides its references. */
export type Content = Omit<ResponseMessage, "ServiceReference" | "ServiceReferenceVariant">;

/** The DCC's answer to a request. */
export interface Answer {
  readonly code: string;
  readonly content?: Content;
}
