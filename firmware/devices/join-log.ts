/**
 * What a meter's logs say of its coming and going on the home network (facts §3): joining succeeded (8F49) or
 * failed (8F48) and unjoining (8F4B) in the security log; that it has joined (8183) also in the event log,
 * and to the supplier.
 */
import type { DeviceContext } from "../features/feature.ts";
import { report } from "../features/report.ts";
import type { HanEventKind } from "../han/options.ts";
import { alerts } from "../model/index.ts";

const joinFailed = alerts.joinFailed.code;
const joinSucceeded = alerts.joinDone.code;
const unjoinSucceeded = alerts.unjoinDone.code;
const joinedNetwork = alerts.deviceJoined.code;

export class JoinLog {
  readonly #context: DeviceContext;
  /** A device tries every minute, for ever: only the first failure of a row is worth its flash. */
  #failing = false;

  constructor(context: DeviceContext) {
    this.#context = context;
  }

  async take(kind: HanEventKind): Promise<void> {
    if (kind === "joined") await this.#joined();
    if (kind === "removed" || kind === "left") await report(this.#context, unjoinSucceeded);
    if (kind === "join-failed" && !this.#failing) await report(this.#context, joinFailed);
    if (kind !== "joining") this.#failing = kind === "join-failed";
  }

  /** Both entries and the alert in one commit. */
  #joined(): Promise<void> {
    const entry = { timeS: this.#context.stampS(), code: joinSucceeded };
    return this.#context.securityLog.appendWith(entry, (change) =>
      report(this.#context, joinedNetwork, { changes: [change] }),
    );
  }
}
