/**
 * A device's joins with others of its home: a pure machine. Who may be joined how is from memory, unverified, but for the
 * pairs of the reference messages; that a method belongs to a message code, and is looked at first, is not (rules §4.4).
 */
import { type DeviceName, messages, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Eui64 } from "../../wire/message.ts";

type Types = typeof valueTypes;
export type JoinMethod = ValueOf<Types["joinMethod"]>;
export type JoinDevice = ValueOf<Types["joinDevice"]>;
export type JoinOutcome = ValueOf<Types["joinOutcome"]>;
export type UnjoinOutcome = ValueOf<Types["unjoinOutcome"]>;

/** One entry of the device's own log. */
export interface Join {
  readonly device: Eui64;
  readonly type: JoinDevice;
  /** How it came about; undefined: not known any more. */
  readonly method?: JoinMethod;
}

export interface JoinStep<Outcome> {
  readonly outcome: Outcome;
  /** The log afterwards; the same one when nothing has changed. */
  readonly joins: readonly Join[];
}

const methodOf: ReadonlyMap<number, JoinMethod> = new Map([
  [messages.CS03A1.code, "aInitiator"],
  [messages.CS03A2.code, "aResponder"],
  [messages.CS03B.code, "b"],
  [messages.CS03C.code, "c"],
]);

type Partners = Readonly<Partial<Record<JoinMethod, readonly JoinDevice[]>>>;
const responder: Partners = { aResponder: ["ESME"] };
/** With whom, and how. A stand-alone controller has the number of an electricity meter. */
const partners: Readonly<Partial<Record<DeviceName, Partners>>> = {
  ESME: { aInitiator: ["HCALCS", "PPMID", "ESME"], b: ["type2"] },
  GSME: { aInitiator: [], b: ["GPF"], c: ["PPMID"] },
  GPF: { b: ["GSME", "PPMID", "type2"] },
  PPMID: { ...responder, c: ["GSME"] },
  HCALCS: responder,
  SAPC: responder,
};

export interface JoinRules {
  readonly deviceType: DeviceName;
  /** Entries at most. */
  readonly capacity: number;
}

/** `code`: of the message that asks. The same join again is the one that there is. */
export function join(
  joins: readonly Join[],
  asked: Required<Join>,
  code: number,
  { deviceType, capacity }: JoinRules,
): JoinStep<JoinOutcome> {
  const { device, type, method } = asked;
  const stay = (outcome: JoinOutcome) => ({ outcome, joins });
  if (methodOf.get(code) !== method) return stay("wrongMessageCode");
  if (partners[deviceType]?.[method]?.includes(type) !== true) return stay("wrongMethod");
  const listed = joins.find((each) => each.device === device);
  if (listed !== undefined) return stay(listed.type === type ? "success" : "otherTypeListed");
  if (joins.length >= capacity) return stay("logFull");
  return { outcome: "success", joins: [...joins, asked] };
}

/** A join by method B is undone by CS04B, which nobody signs; the others by CS04AC. */
export function unjoin(joins: readonly Join[], device: Eui64, code: number): JoinStep<UnjoinOutcome> {
  const listed = joins.find((each) => each.device === device);
  if (listed === undefined) return { outcome: "notListed", joins };
  const byB = code === messages.CS04B.code;
  if (listed.method !== undefined && (listed.method === "b") !== byB) return { outcome: "other", joins };
  return { outcome: "success", joins: joins.filter((each) => each !== listed) };
}
