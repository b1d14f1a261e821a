/**
 * What a meter's logs say of its coming and going on the home network (facts §3): joining succeeded (8F49) or
 * failed (8F48) and unjoining (8F4B) in the security log; that it has joined (8183) also in the event log,
 * and to the supplier.
 */
import type { DeviceContext } from "../features/feature.ts";
import type { HanEventKind } from "../han/options.ts";

const joinFailed = 0x8f48;
const joinSucceeded = 0x8f49;
const unjoinSucceeded = 0x8f4b;
const joinedNetwork = 0x8183;

export class JoinLog {
  readonly #context: DeviceContext;
  /** A device tries every minute, for ever: only the first failure of a row is worth its flash. */
  #failing = false;

  constructor(context: DeviceContext) {
    this.#context = context;
  }

  async take(kind: HanEventKind): Promise<void> {
    if (kind === "joined") await this.#joined();
    if (kind === "removed" || kind === "left") await this.#security(unjoinSucceeded);
    if (kind === "join-failed" && !this.#failing) await this.#security(joinFailed);
    if (kind !== "joining") this.#failing = kind === "join-failed";
  }

  /** Both entries and the alert in one commit. */
  #joined(): Promise<void> {
    const { securityLog, eventLog } = this.#context;
    const timeS = this.#context.nowS();
    return securityLog.appendWith({ timeS, code: joinSucceeded }, (security) =>
      eventLog.appendWith({ timeS, code: joinedNetwork }, (event) =>
        this.#context.raise({ alertCode: joinedNetwork, to: "supplier" }, [security, event]),
      ),
    );
  }

  #security(code: number): Promise<void> {
    return this.#context.securityLog.append({ timeS: this.#context.nowS(), code });
  }
}
