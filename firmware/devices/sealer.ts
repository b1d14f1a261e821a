/** What leaves a device, sealed: answers to commands, and alerts, signed or MACed as the message set has it. */

import { hasCode } from "../../hal/base/coded-error.ts";
import type { Crypto, Signer } from "../../hal/board.ts";
import type { AlertRequest } from "../features/feature.ts";
import type { Observation } from "../kernel/observation.ts";
import { messages, type Role, useCaseByCode } from "../model/index.ts";
import type { Accepted } from "../security/check.ts";
import type { Party } from "../security/trust-anchors.ts";
import {
  type Eui64,
  type Header,
  Kind,
  type Message,
  type OperationResult,
  Status,
} from "../wire/message.ts";
import type { Suite } from "../wire/suite.ts";
import type { DeviceState } from "./device-state.ts";
import type { DeviceTime } from "./device-time.ts";
import { responseSealed } from "./observations.ts";

export interface SealerParts {
  readonly state: Pick<DeviceState, "identity" | "agreement" | "anchors">;
  readonly suite: Suite;
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly time: DeviceTime;
  /** The longest response that its link carries, bytes. */
  readonly maxMessageBytes: number;
  readonly observe: ((observation: Observation) => void) | undefined;
}

export class Sealer {
  readonly #parts: SealerParts;
  readonly #signKeyId: Uint8Array;
  readonly #agreeKeyId: Uint8Array;

  constructor(parts: SealerParts) {
    const { suite, crypto, signer, state } = parts;
    this.#parts = parts;
    this.#signKeyId = suite.keyId(crypto, signer.publicKey);
    this.#agreeKeyId = suite.keyId(crypto, state.agreement.publicKey);
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
  alert({ alertCode, message, values = [] }: AlertRequest, to: Role, counter: bigint): Uint8Array {
    const { identity, anchors } = this.#parts.state;
    const party = anchors.holder(to) ?? anchors.holder("accessControlBroker");
    const code = message ?? (alertCode >= 0x8f00 ? messages.GCA.code : messages.GNCA.code);
    const header = this.#header(Kind.alert, code, party?.eui ?? identity.eui64, counter);
    this.#parts.observe?.({ kind: "alert", alertCode, message: code, to: header.target, counter });
    return this.#protect({ header, alertCode, values }, party, alertSigned(code));
  }

  #response({ command, rule, grant, party }: Accepted, results: readonly OperationResult[]): Uint8Array {
    const { code, counter, originator, supplementary } = command.header;
    const header = this.#header(Kind.response, code, originator, counter);
    if (supplementary !== undefined) header.supplementary = supplementary;
    const response: Message = {
      header,
      results: rule.useCase.sensitive ? hidden(party, header, results) : results,
    };
    this.#parts.observe?.(responseSealed(rule.useCase.id, header, results));
    return this.#protect(response, party, grant.response === "signature");
  }

  /** A message does not claim to come from 1970: it has no time while the clock was never set. */
  #header(kind: Kind, code: number, target: Eui64, counter: bigint): Mutable<Header> {
    const { state, time } = this.#parts;
    const header: Mutable<Header> = { kind, code, originator: state.identity.eui64, target, counter };
    if (time.isSet) header.timeS = time.nowS();
    return header;
  }

  #protect(message: Message, party: Party | undefined, signed: boolean): Uint8Array {
    const { suite, signer } = this.#parts;
    const plain = suite.wire.encode(message);
    const mac = signed ? undefined : party?.replyMac;
    return mac === undefined
      ? suite.wire.sign(plain, signer.sign, this.#signKeyId)
      : suite.wire.protect(plain, mac(message.header), this.#agreeKeyId);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Alerts are signed unless their row has them MACed. */
const alertSigned = (code: number): boolean => useCaseByCode(code)?.alert?.protection !== "mac";

/** Values that only the originator may read: hidden for its agreement key. */
function hidden(
  party: Party,
  header: Header,
  results: readonly OperationResult[],
): readonly OperationResult[] {
  if (party.hidden === undefined) return [{ status: Status.readWriteDenied }];
  return [{ status: Status.success, value: party.hidden.seal(header, results) }];
}
