/** What a sample of a use case is: what is asked for, and what the answer must say. */
import assert from "node:assert/strict";
import type { DeviceName as DeviceType, MessageId } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { type PartyKeys, partyIdentities, partyNames } from "../../headend/parties.ts";
import {
  type Parameters,
  type PartyName,
  type Premises,
  type Reading,
  type Reference,
  serviceRequests,
  wholeLog,
} from "../../index.ts";

/** What a sample may depend on: a home, or the like for a board under test. */
export interface Subject {
  readonly nowS: number;
  /** Of the DCC's issuing authority. */
  readonly issuingCertificate: Uint8Array;
  readonly contingencyKey: Uint8Array;
  nextRootCertificate(): Uint8Array;
  /** The party's keys that are to replace its present ones. */
  nextKeys(name: PartyName): PartyKeys;
  /** The device that the hub's log loses. */
  readonly listed: Eui64;
  /** A top-up token for the meter. */
  vend(pence: number): string;
  /** Tells the inventory of a device (12.2), once. */
  announce(eui: Eui64, type: DeviceType): void;
}

export interface Sample {
  readonly useCase: MessageId;
  readonly reference: Reference;
  parameters(subject: Subject): unknown;
  /** Who asks, where the row names no user of the DCC. */
  readonly by?: PartyName;
  /** The one device whose parties it is about, where others know them not. */
  readonly to?: "hub" | "esme" | "sapc";
  /** Only a meter of three phases takes it. */
  readonly phases?: 3;
  /** The request that must have been carried out first. */
  readonly first?: Reference;
  /** The answer's values are the device's own state: of a board under test only their shape is compared. */
  readonly stateDecides?: boolean;
  /** What the answer must say. */
  readonly check?: (answer: never, home: Premises) => void;
}

/** Who asks: the sample's party, or the first whose role may. */
export const askerOf = ({ by, reference }: Sample): PartyName =>
  by ?? partyNames.find((name) => serviceRequests[reference].roles.includes(partyIdentities[name].role))!;

type Rest<R extends Reference> = Omit<Sample, "useCase" | "reference" | "parameters" | "check"> & {
  readonly check?: (answer: Reading<R>, home: Premises) => void;
};
export const sample = <R extends Reference>(
  useCase: MessageId,
  reference: R,
  parameters: (subject: Subject) => Parameters<R>,
  rest: Rest<R> = {},
): Sample => ({ useCase, reference, parameters, ...rest }) as Sample;

export const log = (LogToRead: Parameters<"6.13">["LogToRead"]) => () => ({
  ReadLogPeriod: wholeLog,
  LogToRead,
});
export const whole = () => ({ ReadLogPeriod: wholeLog });
export const nothing = () => ({});

export const state = { stateDecides: true } as const;
export const isList = (entries: unknown): void => assert.ok(Array.isArray(entries));
