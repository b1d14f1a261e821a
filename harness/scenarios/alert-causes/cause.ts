/** What a cause of events is. */

import type { alerts } from "../../../firmware/model/index.ts";
import type { WireName } from "../../../firmware/wire/suites.ts";
import type { Premises, PremisesOptions } from "../../index.ts";

export type AlertName = keyof typeof alerts;

/** Something that happens, and every event that it causes. */
export interface Cause {
  readonly what: string;
  readonly at?: "esme" | "hub" | "sapc";
  readonly tells: readonly AlertName[];
  readonly home?: PremisesOptions;
  /** Where not every wire has what it takes. */
  readonly wires?: readonly WireName[];
  /** No request reads its logs: nothing reaches it any more, or it has no such use case. */
  readonly logsUnread?: true;
  bring(home: Premises): Promise<void>;
}
