/** What leaves a device, sealed: answers to commands, and alerts, signed or MACed as the message set has it. */

import { hasCode } from "../../hal/base/coded-error.ts";
import type { AlertRequest } from "../features/feature.ts";
import type { Observation } from "../kernel/observation.ts";
import { messages, type Role, useCaseByCode } from "../model/index.ts";
import type { Accepted } from "../security/check.ts";
import type { Party } from "../security/trust-anchors.ts";
import { type Header, Kind, type Message, type OperationResult, Status } from "../wire/message.ts";
import type { Suite } from "../wire/suite.ts";
import type { DeviceState } from "./device-state.ts";
import type { DeviceTime } from "./device-time.ts";
import { responseSealed } from "./observations.ts";

export interface SealerParts {
  readonly state: Pick<DeviceState, "identity" | "keys" | "anchors">;
  readonly suite: Suite;
  readonly time: DeviceTime;
  /** The longest response that its link carries, bytes. */
  readonly maxMessageBytes: number;
  readonly observe: ((observation: Observation) => void) | undefined;
}

export class Sealer {
  readonly #parts: SealerParts;

  constructor(parts: SealerParts) {
    this.#parts = parts;
  }

  /** The answer to a command; one that no message or link can carry says "other reason": ask for a shorter range. */
  response(accepted: Accepted, results: readonly OperationResult[]): Uint8Array {
    try {
      const response = this.#response(accepted, results);
      if (response.length <= this.#parts.maxMessageBytes) return response;
    } catch (error) {
      if (!hasCode(error, "wire")) throw error;
      this.#parts.observe?.({ kind: "fault", where: "response", error: String(error) });
    }
    return this.#response(
      accepted,
      results.map(() => ({ status: Status.otherReason })),
    );
  }

  /** An alert for the holder of a role; for the ACB where nobody holds it. */
  alert(request: AlertRequest, to: Role, counter: bigint): Uint8Array {
    const { alertCode, message, values = [] } = request;
    const { identity, anchors } = this.#parts.state;
    const party = anchors.holder(to) ?? anchors.holder("accessControlBroker");
    const code = message ?? (alertCode >= 0x8f00 ? messages.GCA.code : messages.GNCA.code);
    const supplementary = this.#supplementary(request);
    const own = this.#header({ kind: Kind.alert, code, target: party?.eui ?? identity.eui64, counter });
    const header = supplementary === undefined ? own : { ...own, supplementary };
    this.#parts.observe?.({ kind: "alert", alertCode, message: code, to: header.target, counter });
    return this.#protect({ header, alertCode, values }, party, alertSigned(code));
  }

  #supplementary({ supplementary }: AlertRequest): Header["supplementary"] {
    if (typeof supplementary !== "string") return supplementary;
    const party = this.#parts.state.anchors.holder(supplementary)?.eui;
    return party === undefined ? undefined : { party };
  }

  #response({ command, rule, grant, party }: Accepted, results: readonly OperationResult[]): Uint8Array {
    const { code, counter, originator, supplementary } = command.header;
    const own = this.#header({ kind: Kind.response, code, target: originator, counter });
    const response: Message = {
      header: supplementary === undefined ? own : { ...own, supplementary },
      results: rule.useCase.sensitive ? hidden(party, own, results) : results,
      asked: command.operations,
    };
    this.#parts.observe?.(responseSealed(rule.useCase.id, response.header, results));
    return this.#protect(response, party, grant.response === "signature");
  }

  #header(of: Pick<Header, "kind" | "code" | "target" | "counter">): Header {
    const { state, time } = this.#parts;
    const { kind, code, target, counter } = of;
    return { kind, code, originator: state.identity.eui64, target, counter, ...time.header() };
  }

  #protect(message: Message, party: Party | undefined, signed: boolean): Uint8Array {
    const { suite, state } = this.#parts;
    const { signer, signKeyId, agreeKeyId } = state.keys;
    const plain = suite.wire.encode(message);
    const mac = signed ? undefined : party?.replyMac;
    return mac === undefined
      ? suite.wire.sign(plain, signer.sign, signKeyId)
      : suite.wire.protect(plain, mac(message.header), agreeKeyId);
  }
}

/** Alerts are signed unless their row has them MACed. */
const alertSigned = (code: number): boolean => useCaseByCode(code)?.alert?.protection !== "mac";

/** Values that only the originator may read: hidden for its agreement key. */
function hidden(
  party: Party,
  header: Header,
  results: readonly OperationResult[],
): readonly OperationResult[] {
  if (party.hidden === undefined) return [{ status: Status.readWriteDenied }];
  const value = party.hidden.seal(header, results);
  return value === undefined ? results : [{ status: Status.success, value }];
}
