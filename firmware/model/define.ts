/** What the rows of the tables are in code, and the makers that the generated files call. */
import type { Pattern } from "./pattern.ts";
import type { Role, UserRole } from "./roles.ts";
import type { NullType, ValueType } from "./types.ts";

/** What use cases do to an attribute. */
export type Access = "get" | "set" | "both";

export interface Attribute<
  T extends ValueType = ValueType,
  A extends Access = Access,
  S extends ValueType | undefined = ValueType | undefined,
> {
  readonly no: number;
  readonly type: T;
  readonly access: A;
  /** Type of the selector that a get may carry: the range of a log. */
  readonly selector: S;
}

export interface Method<A extends ValueType = ValueType, R extends ValueType = ValueType> {
  readonly no: number;
  readonly argument: A;
  readonly returns: R;
  /** Of a cluster's commands: who sends it, the ZCL frame control in commands and in replies, the command that answers. */
  readonly zcl?: ZclCommand;
}

export interface ZclCommand {
  readonly id: number;
  readonly by: "client" | "server";
  readonly frame?: number;
  readonly replyFrame?: number;
  readonly reply?: string;
}

export interface ModelObject<
  A extends Readonly<Record<string, Attribute>> = Readonly<Record<string, Attribute>>,
  M extends Readonly<Record<string, Method>> = Readonly<Record<string, Method>>,
> {
  /** `cosem`: class and OBIS name it in DLMS; `service`: an ASN.1 payload of its own; `cluster`: ZCL. */
  readonly kind: "cosem" | "service" | "cluster";
  /** Number on the COSE wire, for ever. */
  readonly id: number;
  readonly name: string;
  /** COSEM class; 0 for others. */
  readonly classId: number;
  /** COSEM logical name, e.g. "0-0:1.0.0.255"; "" for others. */
  readonly obis: string;
  /** ZCL cluster; 0 for others. */
  readonly cluster: number;
  /** By name; the number of each is its number in COSEM or ZCL. */
  readonly attributes: A;
  readonly methods: M;
}

type Members<A, M> = { readonly attributes: A; readonly methods: M };

export const cosem = <
  const A extends Readonly<Record<string, Attribute>>,
  const M extends Readonly<Record<string, Method>>,
>(
  id: number,
  name: string,
  classId: number,
  obis: string,
  members: Members<A, M>,
): ModelObject<A, M> => ({
  kind: classId === 0 ? "service" : "cosem",
  id,
  name,
  classId,
  obis,
  cluster: 0,
  ...members,
});

export const zclCluster = <
  const A extends Readonly<Record<string, Attribute>>,
  const M extends Readonly<Record<string, Method>>,
>(
  id: number,
  name: string,
  cluster: number,
  members: Members<A, M>,
): ModelObject<A, M> => ({ kind: "cluster", id, name, classId: 0, obis: "", cluster, ...members });

export const attribute = <T extends ValueType, A extends Access, S extends ValueType | undefined = undefined>(
  no: number,
  access: A,
  type: T,
  selector?: S,
): Attribute<T, A, S> => ({ no, access, type, selector: selector as S });

export const method = <A extends ValueType, R extends ValueType = NullType>(
  no: number,
  argument: A,
  returns?: R,
  zcl?: ZclCommand,
): Method<A, R> => ({
  no,
  argument,
  returns: returns ?? ({ kind: "null" } as unknown as R),
  ...(zcl && { zcl }),
});

/** `get`, `set`, `call`: COSEM and services; `read` an attribute and `send` a command: clusters. */
export type OperationVerb = "get" | "set" | "call" | "read" | "send";

/** One step of a use case: what is done to which member, and what of its value the use case fixes. */
export interface OperationRow {
  readonly verb: OperationVerb;
  readonly object: string;
  readonly member: string;
  readonly constant?: Pattern;
  /** How often the step may stand in a command, one after the other; [0, 1] is optional. */
  readonly times: readonly [min: number, max: number];
  /** A ZCL command that travels with a time of its own, since its form has none. */
  readonly fromTime: boolean;
}

interface OperationRest {
  readonly constant?: Pattern;
  readonly times?: readonly [number, number];
  readonly fromTime?: boolean;
}

/** A row as the tables write it: its type remembers what is done to what, so that answers can be typed. */
export type WrittenStep<V extends OperationVerb, P extends string> = OperationRow &
  (P extends `${infer O}.${infer M}`
    ? { readonly verb: V; readonly object: O; readonly member: M }
    : unknown);

const step =
  <V extends OperationVerb>(verb: V) =>
  <P extends string>(path: P, rest: OperationRest = {}): WrittenStep<V, P> => {
    const [object, member] = path.split(".") as [string, string];
    const row: OperationRow = { verb, object, member, times: [1, 1], fromTime: false, ...rest };
    return row as WrittenStep<V, P>;
  };
export const get = step("get");
export const set = step("set");
export const call = step("call");
export const read = step("read");
export const send = step("send");

/** What protects a message: the ACB's (or device's) MAC, the originator's signature, or both. */
export type Protection = "mac" | "signature" | "signature+mac";

/** A role that may send a use case, how its command must be protected, and how the response is. */
export interface GrantRow {
  readonly role: Role;
  readonly protection: Protection;
  readonly response: "mac" | "signature";
  readonly replayProtected: boolean;
  /** Device types the grant is for; all of the use case's when left out. */
  readonly devices?: readonly DeviceName[];
}

export type DeviceName =
  | "ESME"
  | "GSME"
  | "CHF"
  | "GPF"
  | "PPMID"
  | "HCALCS"
  | "SAPC"
  | "IHD"
  | "CAD"
  | "HHT";

/** One row of the message set: a use case, or an alert with a message of its own. */
export interface MessageRow {
  readonly code: number;
  readonly title: string;
  /** `local`: between devices of a home, never over the WAN. */
  readonly kind: "command" | "alert" | "local";
  readonly payload: "dlms" | "asn1" | "gbz" | "zigbee";
  readonly devices: readonly DeviceName[];
  /** DUIS service references that lead to it. */
  readonly requests: readonly string[];
  readonly futureDated: boolean;
  readonly replayProtected: boolean;
  /** The answer (or alert) holds the consumer's data: values travel encrypted. */
  readonly sensitive: boolean;
  /** OBIS of the class 30 object through which DLMS reads sensitive values. */
  readonly protector?: string;
  /** The response carries the device's time. */
  readonly stamped: boolean;
  /** Code of the alert that tells the outcome of a future-dated command. */
  readonly outcome?: number;
  readonly grants: readonly GrantRow[];
  readonly does: readonly OperationRow[];
  /** Of an alert: its protection, and the type of what follows code and time. */
  readonly alert?: { readonly protection: "mac" | "signature"; readonly body: ValueType | undefined };
}

/** A hub has no power log: what belongs there goes to its event log. */
export type LogName = "event" | "security" | "power" | "auxiliary";

/** One event code: what it means, where it is logged, who is told and how. */
export interface AlertRow {
  readonly code: number;
  readonly words: string;
  readonly devices: readonly DeviceName[];
  /** Whether an alert leaves: always, when the party has it switched on, or never. */
  readonly wan: "always" | "configurable" | "none";
  /** Whether it is shared on the home network unless switched off. */
  readonly han: boolean;
  readonly logs: readonly LogName[];
  /** `originator`: whoever sent the command it is about; `overseer`: who oversees the device (`devices.ts`). */
  readonly recipients: readonly (Role | "originator" | "overseer")[];
  /** The messages that carry it, by device and command; none for what is only logged. */
  readonly messages: readonly string[];
  /** How well the row is known. */
  readonly source: "measured" | "manual" | "old text" | "name";
}

/** One variant of a service request. */
export interface RequestRow {
  readonly title: string;
  /** Critical: the user correlates and signs. */
  readonly critical: boolean;
  readonly onDemand: boolean;
  /** Who keeps a future-dated one: the device, the DCC, or both of them. */
  readonly futureDated: readonly ("device" | "dcc")[];
  /** May be put into a schedule of the DCC. */
  readonly scheduled: boolean;
  readonly userRoles: readonly UserRole[];
  /** Use cases it may become; none for what reaches no device. */
  readonly useCases: readonly string[];
}
