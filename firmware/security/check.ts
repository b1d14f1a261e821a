/**
 * The checks of a command, cheapest first: well-formed, addressed to me, known use case, originator's role
 * allowed, counter fresh, MAC, signature, format. The first that fails names the reason; none has an effect.
 */
import { hasCode } from "../../hal/base/coded-error.ts";
import type { Verifier } from "../../hal/board.ts";
import {
  type GrantRow,
  type Matched,
  matchSteps,
  type UseCase,
  type ValueOf,
  type valueTypes,
} from "../model/index.ts";
import { type Command, type Eui64, type Header, Kind, type Message } from "../wire/message.ts";
import type { Envelope, Wire } from "../wire/wire.ts";
import type { Counters } from "./counters.ts";
import type { RefusalReason } from "./refusal-reasons.ts";
import type { CommandRule } from "./rules.ts";
import type { Party, TrustAnchors } from "./trust-anchors.ts";

export interface Checker {
  readonly me: Eui64;
  readonly wire: Wire;
  readonly rules: ReadonlyMap<number, CommandRule>;
  /** Commands for other devices, whose senders are told so. */
  readonly unsupported?: ReadonlyMap<number, CommandRule>;
  readonly anchors: TrustAnchors;
  readonly counters: Counters;
}

/** An authentic command, allowed and well-formed. */
export interface Accepted {
  readonly command: Command;
  /** What each operation is, and its value with its names. */
  readonly operations: readonly Matched[];
  /** The command's unprotected bytes. */
  readonly plain: Uint8Array;
  readonly rule: CommandRule;
  readonly grant: GrantRow;
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
export function checkEnvelope(checker: Checker, envelope: Envelope): Accepted | RefusalReason {
  const { header } = envelope;
  if (header.kind !== Kind.command) return "not-a-command";
  if (header.target !== checker.me) return "not-for-me";
  const rule = checker.rules.get(header.code);
  if (rule === undefined) return isUnsupported(checker, envelope) ? "unsupported" : "unknown-use-case";
  const party = checker.anchors.party(header.originator);
  if (party === undefined) return "unknown-party";
  const grant = rule.grants.get(party.role);
  if (grant === undefined || !maySpeak(party, header)) return "role";
  if (grant.replayProtected && !checker.counters.fresh(party.role, header)) return "replay";
  return (
    checkAuthenticity(checker, envelope, rule, grant, party) ??
    checkFormat(checker.wire, envelope, rule, grant, party)
  );
}

/** Only the ACB speaks for others: anyone else who named one would spend that one's counters. */
const maySpeak = ({ role }: Party, { supplementary }: Header): boolean =>
  supplementary === undefined || role === "accessControlBroker";

/** A command for other devices, from one who may send it to those, fresh and authentic. */
function isUnsupported(checker: Checker, envelope: Envelope): boolean {
  const { header } = envelope;
  const rule = checker.unsupported?.get(header.code);
  const party = checker.anchors.party(header.originator);
  if (rule === undefined || party === undefined) return false;
  const grant = rule.grants.get(party.role) ?? grantOfOther(rule, party, header);
  if (grant === undefined || !maySpeak(party, header)) return false;
  if (!checker.counters.fresh(party.role, header)) return false;
  return checkAuthenticity(checker, envelope, rule, grant, party) === undefined;
}

/** The ACB may speak for any party that may send the command, by its MAC alone: which party, the device cannot know. */
function grantOfOther(
  { grants }: CommandRule,
  { role }: Party,
  { supplementary }: Header,
): GrantRow | undefined {
  const [any] = grants.values();
  return role === "accessControlBroker" && supplementary && any ? { ...any, protection: "mac" } : undefined;
}

function checkAuthenticity(
  checker: Checker,
  envelope: Envelope,
  rule: CommandRule,
  grant: GrantRow,
  party: Party,
): RefusalReason | undefined {
  const { wire } = checker;
  if (envelope.protection !== grant.protection) return "protection";
  if (grant.protection !== "signature")
    if (party.commandMac === undefined || !wire.macValid(envelope, party.commandMac(envelope.header)))
      return "mac";
  if (grant.protection === "mac") return undefined;
  const verify = party.role === "root" ? contingencyVerifier(checker, envelope, rule) : party.verify;
  return verify !== undefined && wire.signatureValid(envelope, verify) ? undefined : "signature";
}

/** A root signs by its contingency key alone, which the command itself makes readable (CS02b, mode 9). */
function contingencyVerifier(
  { wire, anchors }: Checker,
  envelope: Envelope,
  { useCase }: CommandRule,
): Verifier | undefined {
  const command = decode(wire, envelope);
  if (command === undefined || !("operations" in command)) return undefined;
  const matched = matchSteps(useCase, command.operations);
  if (typeof matched === "string") return undefined;
  const order = matched[0]?.value as ValueOf<typeof valueTypes.replacement> | undefined;
  const symmetricKey = order?.control?.symmetricKey;
  return symmetricKey && anchors.contingencyVerifier(symmetricKey);
}

function checkFormat(
  wire: Wire,
  envelope: Envelope,
  rule: CommandRule,
  grant: GrantRow,
  party: Party,
): Accepted | "format" {
  const command = decode(wire, envelope);
  if (command === undefined || !("operations" in command)) return "format";
  return acceptable({ command, plain: envelope.plain, rule, grant, party });
}

/** Is it exactly the use case's steps, in order, with values of their types and their constants, active at one time? */
export function acceptable(authentic: Omit<Accepted, "operations">): Accepted | "format" {
  const { command, plain, rule, grant, party } = authentic;
  const operations = matchSteps(rule.useCase, command.operations);
  // Named one by one: a spread with one member more takes longer than all the checks here.
  return typeof operations !== "string" && oneActivationTime(rule.useCase, operations)
    ? { command, operations, plain, rule, grant, party }
    : "format";
}

/** All activation times of a command are equal (rules §5); other times of one that has none need not be. */
function oneActivationTime({ futureDated }: UseCase, operations: readonly Matched[]): boolean {
  if (!futureDated) return true;
  let first: unknown;
  for (const { step, value } of operations) {
    if (step.kind !== "set" || step.carries.kind !== "moment") continue;
    first ??= value;
    if (value !== first) return false;
  }
  return true;
}

function decode(wire: Wire, envelope: Envelope): Message | undefined {
  try {
    return wire.decode(envelope);
  } catch (error) {
    if (!hasCode(error, "wire")) throw error;
    return undefined;
  }
}
