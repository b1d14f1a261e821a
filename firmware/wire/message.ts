/**
 * What a message is, whichever wire carried it. Features see only this form; wires know only this form.
 */

/** An EUI-64 as 16 upper-case hex digits: the name of a device or a remote party. */
export type Eui64 = string;

/** The CRA flag of GBCS: the kind of a message, and part of its transaction identity. */
export const Kind = { command: 1, response: 2, alert: 3 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/**
 * A typed value. Which DLMS type it has is fixed by the member it belongs to (`model/types.ts`):
 * integers up to 53 bits are numbers, larger ones bigint; octet strings are bytes; dates are UTC seconds.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[];

/** "At once" as an activation time (the wire forms differ: see the facts of each wire). */
export const NOW = 0;
/** "Never", which cancels a future-dated value. */
export const NEVER = 0xffff_ffff;
/** The time that a clock tells which was never set: COSEM's "not specified". */
export const UNSET_TIME = 0xffff_ffff;

/** Names one attribute or method: the object's short number (`model/tables/objects.tsv`) and the member's. */
export interface MemberRef {
  readonly object: number;
  readonly member: number;
}

export type OperationKind = "get" | "set" | "call";

/** One thing to do on one member. `value` is the argument of a set or call, or the selector of a get. */
export interface Operation extends MemberRef {
  readonly kind: OperationKind;
  readonly value?: Value;
}

/** DLMS data-access-result and action-result numbers, used by both wires. */
export const Status = {
  success: 0,
  hardwareFault: 1,
  temporaryFailure: 2,
  readWriteDenied: 3,
  objectUndefined: 4,
  typeUnmatched: 12,
  /** "other reason" */
  otherReason: 250,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

export interface OperationResult {
  readonly status: Status;
  readonly value?: Value;
}

/** Who speaks to whom about what: all that access control and replay protection look at. */
export interface Header {
  readonly kind: Kind;
  /** GBCS message code, e.g. 0x0050 for ECS43. */
  readonly code: number;
  readonly originator: Eui64;
  readonly target: Eui64;
  /** Originator counter; a response repeats its command's. */
  readonly counter: bigint;
  /** Device time stamp of a response or alert, UTC seconds. */
  readonly timeS?: number;
  /** The party unknown to the device for which the ACB speaks. */
  readonly supplementary?: Supplementary;
}

export interface Supplementary {
  readonly party: Eui64;
  readonly counter?: bigint;
  /** With a command, on wires that carry it: the party's agreement certificate, to hide the answer for it. */
  readonly certificate?: Uint8Array;
  /** With an answer hidden for that certificate: the device's own counter, under which its values stand. */
  readonly deviceCounter?: bigint;
}

export interface Command {
  readonly header: Header;
  readonly operations: readonly Operation[];
}

export interface Response {
  readonly header: Header;
  readonly results: readonly OperationResult[];
  /** What was asked, for wires whose answers say it again; by default the steps of the use case's row. */
  readonly asked?: readonly Operation[];
}

export interface Alert {
  readonly header: Header;
  /** Alert code, e.g. 0x8F36. */
  readonly alertCode: number;
  readonly values: readonly Value[];
}

export type Message = Command | Response | Alert;

/** What protects a message: the ACB's (or device's) MAC, the originator's signature, or both. */
export type Protection = "mac" | "signature" | "signature+mac";
