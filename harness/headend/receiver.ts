/** Opens what devices send: authenticates it, reads it, and says why not when it cannot. */

import { grantsOn, useCaseByCode } from "../../firmware/model/index.ts";
import {
  type Alert,
  type Eui64,
  type Header,
  Kind,
  type OperationResult,
  type Response,
  type Value,
} from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import type { Envelope } from "../../firmware/wire/wire.ts";
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import type { Crypto } from "../../hal/board.ts";
import { alertMeaning } from "./alert-codes.ts";
import { answers, tellsNothing } from "./check-answer.ts";
import { keysOf } from "./device-keys.ts";
import type { Answer } from "./exchange.ts";
import type { KnownDevice } from "./known-device.ts";
import { pairKeys } from "./pair-keys.ts";
import type { Party } from "./parties.ts";
import type { TestPki } from "./pki.ts";
import type { PreCommand } from "./transform.ts";

export interface ReceivedAlert {
  readonly kind: "alert";
  readonly header: Header;
  readonly device: Eui64;
  readonly alertCode: number;
  readonly meaning: string;
  /** Which party it is for. */
  readonly to: Party["name"];
  /** Device time, UTC seconds. */
  readonly timeS?: number;
  /** Body after code and time. */
  readonly values: readonly Value[];
  readonly bytes: Uint8Array;
}

export interface ReceivedResponse {
  readonly kind: "response";
  readonly header: Header;
  readonly answer: Answer;
}

/** Why a message was not believed. */
export type RefusedReason =
  | "malformed"
  | "unknown-device"
  | "unknown-party"
  | "not-from-a-device"
  | "not-authentic"
  | "wrong-protection"
  | "wrong-format"
  | "values-do-not-open"
  /** Another number of results than the use case has, a value of another type, or one in clear that is secret. */
  | "not-the-answer"
  | "no-such-command"
  | "repeated";

export interface RefusedMessage {
  readonly kind: "refused";
  readonly reason: RefusedReason;
  readonly bytes: Uint8Array;
  readonly header?: Header;
}

export type Received = ReceivedAlert | ReceivedResponse | RefusedMessage;

interface Believed {
  readonly suite: Suite;
  readonly crypto: Crypto;
  readonly pki: TestPki;
}
type AskedFor = (response: Header) => PreCommand | undefined;

export class Receiver {
  readonly #suite: Suite;
  readonly #crypto: Crypto;
  readonly #pki: TestPki;
  readonly #devices: ReadonlyMap<Eui64, KnownDevice>;
  readonly #asked: AskedFor;

  /** `asked`: the command that a response answers, where one was sent. */
  constructor({ suite, crypto, pki }: Believed, devices: ReadonlyMap<Eui64, KnownDevice>, asked: AskedFor) {
    this.#suite = suite;
    this.#crypto = crypto;
    this.#pki = pki;
    this.#devices = devices;
    this.#asked = asked;
  }

  open(bytes: Uint8Array): Received {
    let header: Header | undefined;
    try {
      const envelope = this.#suite.wire.peek(bytes);
      header = envelope.header;
      return this.#authenticated(envelope, bytes);
    } catch (error) {
      if (!(error instanceof CodedError) || hasCode(error, "hal")) throw error;
      const reason = header === undefined ? "malformed" : "wrong-format";
      return { kind: "refused", reason, bytes, ...(header === undefined ? {} : { header }) };
    }
  }

  #authenticated(envelope: Envelope, bytes: Uint8Array): Received {
    const { header } = envelope;
    const refuse = (reason: RefusedReason): RefusedMessage => ({ kind: "refused", reason, bytes, header });
    const device = this.#devices.get(header.originator);
    const party = this.#party(header.target);
    if (header.kind === Kind.command) return refuse("not-from-a-device");
    if (device === undefined) return refuse("unknown-device");
    if (party === undefined) return refuse("unknown-party");
    if (envelope.protection !== expectedProtection(header, device, party)) return refuse("wrong-protection");
    if (!this.#valid(envelope, device, party)) return refuse("not-authentic");
    const message = this.#suite.wire.decode(envelope, this.#asked(header)?.command.operations);
    if (header.kind === Kind.alert) return this.#alert(message as Alert, device, party, bytes);
    const results = this.#results(message as Response, device, party);
    if (typeof results === "string") return refuse(results);
    return { kind: "response", header, answer: withTime({ results, bytes }, header.timeS) };
  }

  #valid(envelope: Envelope, device: KnownDevice, party: Party): boolean {
    const { wire, verifier } = this.#suite;
    const { header } = envelope;
    if (envelope.protection === "signature")
      return keysOf(device, "sign").some((key) => wire.signatureValid(envelope, verifier(this.#crypto, key)));
    return keysOf(device, "agree").some((key) =>
      wire.macValid(envelope, this.#keys(header, key, party).mac(header)),
    );
  }

  /** Values of sensitive use cases travel encrypted for the party alone. Otherwise why they are not believed. */
  #results(
    { header, results }: Response,
    device: KnownDevice,
    party: Party,
  ): readonly OperationResult[] | RefusedReason {
    const useCase = useCaseByCode(header.code);
    if (useCase === undefined) return "no-such-command";
    const steps = this.#asked(header)?.steps ?? useCase.steps;
    if (!useCase.sensitive) return answers(results, steps) ? results : "not-the-answer";
    if (tellsNothing(results)) return results;
    const [sealed] = results;
    if (results.length !== 1 || !(sealed?.value instanceof Uint8Array)) return "not-the-answer";
    const opened = this.#opened(header, sealed.value, device, party);
    if (opened === undefined) return "values-do-not-open";
    return answers(opened, steps) ? opened : "not-the-answer";
  }

  #opened(header: Header, sealed: Uint8Array, device: KnownDevice, party: Party) {
    const { supplementary } = header;
    if (supplementary === undefined || this.#suite.hiddenFor === "originator")
      return this.#openedFor(header, sealed, device, party);
    const reader = this.#party(supplementary.party);
    if (reader === undefined) return undefined;
    const { deviceCounter: counter = header.counter } = supplementary;
    return this.#openedFor({ ...header, target: reader.eui, counter }, sealed, device, reader);
  }

  #openedFor(header: Header, sealed: Uint8Array, device: KnownDevice, party: Party) {
    for (const key of keysOf(device, "agree")) {
      const opened = this.#keys(header, key, party).hidden.open(header, sealed);
      if (opened !== undefined) return opened;
    }
    return undefined;
  }

  /** Values of sensitive alerts are one, sealed for the party alone. */
  #alert(message: Alert, device: KnownDevice, party: Party, bytes: Uint8Array): Received {
    const { header, values } = message;
    if (useCaseByCode(header.code)?.sensitive !== true) return readAlert(message, party, bytes);
    const [sealed] = values;
    const opened = sealed instanceof Uint8Array ? this.#opened(header, sealed, device, party) : undefined;
    if (opened === undefined) return { kind: "refused", reason: "values-do-not-open", bytes, header };
    return readAlert({ ...message, values: opened.map(({ value = null }) => value) }, party, bytes);
  }

  #party(eui: Eui64): Party | undefined {
    return Object.values(this.#pki.parties).find((party) => party.eui === eui);
  }

  #keys(header: Header, key: Uint8Array, party: Party) {
    return pairKeys(this.#suite, this.#crypto, party.keys.agree, key, header);
  }
}

/** Of an alert, what its row says; of a response, what the grant of the role says that asked. */
function expectedProtection(
  { kind, code }: Header,
  device: KnownDevice,
  party: Party,
): Envelope["protection"] {
  const useCase = useCaseByCode(code);
  if (kind === Kind.alert) return useCase?.alert?.protection ?? "signature";
  const grants = useCase === undefined ? [] : grantsOn(useCase, device.type);
  return (grants.find(({ role }) => role === party.role) ?? grants[0])?.response ?? "mac";
}

function readAlert(message: Alert, party: Party, bytes: Uint8Array): ReceivedAlert {
  const { header, alertCode, values } = message;
  const meaning = alertMeaning(alertCode);
  const alert = {
    kind: "alert",
    header,
    device: header.originator,
    alertCode,
    meaning,
    to: party.name,
    values,
    bytes,
  } as const;
  return withTime(alert, header.timeS);
}

function withTime<T extends object>(told: T, timeS: number | undefined): T {
  return timeS === undefined ? told : { ...told, timeS };
}
