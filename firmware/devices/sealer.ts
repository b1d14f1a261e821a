/** What leaves a device, sealed: answers to commands, and alerts, signed or MACed as the message set has it. */

import { hasCode } from "../../hal/base/coded-error.ts";
import type { Crypto, MaybePromise } from "../../hal/board.ts";
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
  type Value,
} from "../wire/message.ts";
import type { HiddenValues, Suite } from "../wire/suite.ts";
import type { DeviceState } from "./device-state.ts";
import type { DeviceTime } from "./device-time.ts";
import { type Reader, Readers } from "./hidden-for.ts";
import { responseSealed } from "./observations.ts";

export interface SealerParts {
  readonly state: Pick<DeviceState, "identity" | "keys" | "anchors">;
  readonly suite: Suite;
  readonly crypto: Crypto;
  readonly time: DeviceTime;
  /** A counter of this device's messages that none has had: committed. */
  takeCounter(): Promise<bigint>;
  /** The longest response that its link carries, bytes. */
  readonly maxMessageBytes: number;
  readonly observe: ((observation: Observation) => void) | undefined;
}

export class Sealer {
  readonly #parts: SealerParts;
  readonly #readers: Readers;

  constructor(parts: SealerParts) {
    this.#parts = parts;
    this.#readers = new Readers(parts);
  }

  /**
   * The answer to a command; one that no message or link can carry says "other reason": ask for a shorter range.
   * Undefined where the wire has no form for a failure either: then nothing is answered.
   */
  response(accepted: Accepted, results: readonly OperationResult[]): MaybePromise<Uint8Array | undefined> {
    const reader = this.#readers.of(accepted);
    if (reader instanceof Promise) return reader.then((found) => this.#answer(accepted, results, found));
    return this.#answer(accepted, results, reader);
  }

  #answer(accepted: Accepted, results: readonly OperationResult[], reader: Reader): Uint8Array | undefined {
    const response = this.#written(accepted, results, reader);
    if (response !== undefined && response.length <= this.#parts.maxMessageBytes) return response;
    const failed = results.map(() => ({ status: Status.otherReason }));
    return this.#written(accepted, failed, reader);
  }

  #written(accepted: Accepted, results: readonly OperationResult[], reader: Reader): Uint8Array | undefined {
    try {
      return this.#response(accepted, results, reader);
    } catch (error) {
      if (!hasCode(error, "wire")) throw error;
      // A failure that the payload has no form for is nobody's fault.
      const kind = hasCode(error, "wire/no-form") ? "no-response" : "fault";
      this.#parts.observe?.({ kind, where: "response", error: String(error) });
      return undefined;
    }
  }

  /** An alert for the holder of a role; for the ACB where nobody holds it. */
  alert(request: AlertRequest, to: Role, counter: bigint): Uint8Array {
    const { alertCode, message, values = [] } = request;
    const { identity, anchors } = this.#parts.state;
    const party = anchors.holder(to) ?? anchors.holder("accessControlBroker");
    const code = message ?? (alertCode >= 0x8f00 ? messages.GCA.code : messages.GNCA.code);
    const header = this.#header(Kind.alert, code, party?.eui ?? identity.eui64, counter);
    const supplementary = this.#supplementary(request);
    if (supplementary !== undefined) header.supplementary = supplementary;
    this.#parts.observe?.({ kind: "alert", alertCode, message: code, to: header.target, counter });
    const told = useCaseByCode(code)?.sensitive ? sealedValues(party?.hidden, header, values) : values;
    return this.#protect({ header, alertCode, values: told }, party, alertSigned(code));
  }

  #supplementary({ supplementary }: AlertRequest): Header["supplementary"] {
    if (typeof supplementary !== "string") return supplementary;
    const party = this.#parts.state.anchors.holder(supplementary)?.eui;
    return party === undefined ? undefined : { party };
  }

  #response(
    { command, rule, grant, party }: Accepted,
    results: readonly OperationResult[],
    { hidden, supplementary }: Reader,
  ): Uint8Array {
    const { code, counter, originator } = command.header;
    const header = this.#header(Kind.response, code, originator, counter);
    if (supplementary !== undefined) header.supplementary = supplementary;
    const response: Message = {
      header,
      results: rule.useCase.sensitive ? sealed(hidden, header, results) : results,
      asked: command.operations,
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
    const { suite, state } = this.#parts;
    const { signer, signKeyId, agreeKeyId } = state.keys;
    const plain = suite.wire.encode(message);
    const mac = signed ? undefined : party?.replyMac;
    return mac === undefined
      ? suite.wire.sign(plain, signer.sign, signKeyId)
      : suite.wire.protect(plain, mac(message.header), agreeKeyId);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Alerts are signed unless their row has them MACed. */
const alertSigned = (code: number): boolean => useCaseByCode(code)?.alert?.protection !== "mac";

/** Values that only `reader` may read: one, sealed. */
function sealed(
  reader: HiddenValues | undefined,
  header: Header,
  results: readonly OperationResult[],
): readonly OperationResult[] {
  if (reader === undefined) return [{ status: Status.readWriteDenied }];
  const counter = header.supplementary?.deviceCounter ?? header.counter;
  const value = reader.seal({ ...header, counter }, results);
  return value === undefined ? results : [{ status: Status.success, value }];
}

/** The same of an alert's values; nothing of them where nobody may read them. */
function sealedValues(
  reader: HiddenValues | undefined,
  header: Header,
  values: readonly Value[],
): readonly Value[] {
  const results = values.map((value) => ({ status: Status.success, value }));
  return sealed(reader, header, results).flatMap(({ value }) => value ?? []);
}
