/**
 * The checks of a command, cheapest first: well-formed, addressed to me, known use case, originator's role
 * allowed, counter fresh, MAC, signature, format. The first that fails names the reason; none has an effect.
 */
import { hasCode } from "../../hal/base/coded-error.ts";
import type { Verifier } from "../../hal/board.ts";
import { checkValue } from "../objects/types.ts";
import { type Command, type Eui64, Kind, type Message, type Operation } from "../wire/message.ts";
import type { Envelope, Wire } from "../wire/wire.ts";
import type { Counters } from "./counters.ts";
import type { RefusalReason } from "./refusals.ts";
import type { CommandRule, Grant } from "./rules.ts";
import type { Party, TrustAnchors } from "./trust-anchors.ts";

export interface Checker {
  readonly me: Eui64;
  readonly wire: Wire;
  readonly rules: ReadonlyMap<number, CommandRule>;
  readonly anchors: TrustAnchors;
  readonly counters: Counters;
}

/** An authentic command, allowed and well-formed. */
export interface Accepted {
  readonly command: Command;
  /** The command's unprotected bytes. */
  readonly plain: Uint8Array;
  readonly rule: CommandRule;
  readonly grant: Grant;
  readonly party: Party;
}

/** Reads the envelope; undefined when it is malformed. */
export function open(wire: Wire, bytes: Uint8Array): Envelope | undefined {
  try {
    return wire.peek(bytes);
  } catch (error) {
    if (!hasCode(error, "wire")) throw error;
    return undefined;
  }
}

/** All checks in their order: the accepted command, or the reason of the first check that failed. */
export function check(checker: Checker, bytes: Uint8Array): Accepted | RefusalReason {
  const envelope = open(checker.wire, bytes);
  return envelope === undefined ? "malformed" : checkEnvelope(checker, envelope);
}

export function checkEnvelope(checker: Checker, envelope: Envelope): Accepted | RefusalReason {
  const { header } = envelope;
  if (header.kind !== Kind.command) return "not-a-command";
  if (header.target !== checker.me) return "not-for-me";
  const rule = checker.rules.get(header.code);
  if (rule === undefined) return "unknown-use-case";
  const party = checker.anchors.party(header.originator);
  if (party === undefined) return "unknown-party";
  const grant = rule.grants.get(party.role);
  if (grant === undefined) return "role";
  if (grant.replayProtected && !checker.counters.fresh(party.role, header)) return "replay";
  return (
    checkAuthenticity(checker, envelope, grant, party) ??
    checkFormat(checker.wire, envelope, rule, grant, party)
  );
}

function checkAuthenticity(
  { wire, anchors }: Checker,
  envelope: Envelope,
  grant: Grant,
  party: Party,
): RefusalReason | undefined {
  if (envelope.protection !== grant.protection) return "protection";
  if (grant.protection !== "signature")
    if (party.commandMac === undefined || !wire.macValid(envelope, party.commandMac(envelope.header)))
      return "mac";
  if (grant.protection === "mac") return undefined;
  const verify = party.role === "root" ? contingencyVerifier(wire, envelope, anchors) : party.verify;
  return verify !== undefined && wire.signatureValid(envelope, verify) ? undefined : "signature";
}

/** A root signs by its contingency key alone, which the command itself makes readable (CS02b, mode 9). */
function contingencyVerifier(wire: Wire, envelope: Envelope, anchors: TrustAnchors): Verifier | undefined {
  const command = decode(wire, envelope);
  const argument =
    command !== undefined && "operations" in command ? command.operations[0]?.value : undefined;
  const symmetricKey = Array.isArray(argument) ? argument[1] : undefined;
  return symmetricKey instanceof Uint8Array ? anchors.contingencyVerifier(symmetricKey) : undefined;
}

function checkFormat(
  wire: Wire,
  envelope: Envelope,
  rule: CommandRule,
  grant: Grant,
  party: Party,
): Accepted | "format" {
  const command = decode(wire, envelope);
  if (command === undefined || !("operations" in command)) return "format";
  return operationsMatch(rule, command.operations)
    ? { command, plain: envelope.plain, rule, grant, party }
    : "format";
}

function decode(wire: Wire, envelope: Envelope): Message | undefined {
  try {
    return wire.decode(envelope);
  } catch (error) {
    if (!hasCode(error, "wire")) throw error;
    return undefined;
  }
}

/** Is this the use case's list of operations, in order, with values of the members' types, active at one time? */
export function operationsMatch(rule: CommandRule, operations: readonly Operation[]): boolean {
  const templates = rule.useCase.operations;
  if (operations.length !== templates.length) return false;
  for (let i = 0; i < templates.length; i++) {
    const [operation, template] = [operations[i]!, templates[i]!];
    if (operation.kind !== template.kind) return false;
    if (operation.object !== template.object || operation.member !== template.member) return false;
    if (!valueFits(rule, i, operation)) return false;
  }
  return oneActivationTime(rule, operations);
}

/** All activation times of a command are equal (rules §5). */
function oneActivationTime(rule: CommandRule, operations: readonly Operation[]): boolean {
  const times = operations.filter(({ kind }, i) => kind === "set" && rule.members[i]?.type === "date-time");
  return times.every(({ value }) => value === times[0]?.value);
}

function valueFits(rule: CommandRule, i: number, operation: Operation): boolean {
  const member = rule.members[i]!;
  if (operation.kind !== "get") return checkValue(member.type, operation.value) === undefined;
  if (operation.value === undefined) return true;
  return member.selector !== undefined && checkValue(member.selector, operation.value) === undefined;
}
