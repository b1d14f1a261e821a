/** Judges a set of new trust anchors, cell by cell, before any is put in force. */
import type { Crypto } from "../../hal/board.ts";
import { hasCode } from "../kernel/errors.ts";
import type { Eui64, Value } from "../wire/message.ts";
import type { Certificate, Suite } from "../wire/suite.ts";
import type { Role } from "./access.ts";
import { type CellName, cellFromValue, cellText } from "./cells.ts";
import type { Anchor, TrustAnchors } from "./trust-anchors.ts";

/** Outcome of one cell (facts §4.2). */
export const Outcomes = {
  success: 0,
  badCertificate: 5,
  noTrustAnchor: 10,
  noMemory: 17,
  anchorNotFound: 25,
  resourcesBusy: 30,
  /** Also: good in itself, but another of the set was not. */
  other: 127,
} as const;

export interface Replacement {
  readonly certificate: Uint8Array;
  /** {role, usage, cell usage}, as it came. */
  readonly cell: Value;
}

export interface CellOutcome {
  readonly cell: Value;
  readonly code: number;
  readonly oldHolder: Eui64 | undefined;
  readonly newHolder: Eui64 | undefined;
  /** What goes into the cell; present when `code` is 0. */
  readonly anchor?: Anchor;
}

export interface JudgeContext {
  readonly anchors: TrustAnchors;
  /** Whose cells the command may replace. */
  readonly role: Role;
  /** Undefined while the device has no time: validity periods are then not looked at. */
  readonly nowS: number | undefined;
  readonly crypto: Crypto;
  readonly suite: Suite;
}

/** One outcome a replacement, in order. If any is not success, none is: the good ones become `other`. */
export function judge(
  replacements: readonly Replacement[],
  path: readonly Uint8Array[],
  context: JudgeContext,
): CellOutcome[] {
  const seen = new Set<string>();
  const outcomes = replacements.map((replacement) => judgeOne(replacement, path, context, seen));
  if (outcomes.every(({ code }) => code === Outcomes.success)) return outcomes;
  return outcomes.map((outcome) =>
    outcome.code === Outcomes.success ? { ...outcome, code: Outcomes.other } : outcome,
  );
}

function judgeOne(
  { certificate, cell: value }: Replacement,
  path: readonly Uint8Array[],
  context: JudgeContext,
  seen: Set<string>,
): CellOutcome {
  const cell = cellFromValue(value);
  const held = cell && context.anchors.cell(cell);
  const outcome = (code: number, newHolder?: Eui64): CellOutcome => ({
    cell: value,
    code,
    oldHolder: held?.holder,
    newHolder,
  });
  if (cell === undefined || held === undefined) return outcome(Outcomes.anchorNotFound);
  if (cell.role !== context.role || seen.has(cellText(cell))) return outcome(Outcomes.other);
  seen.add(cellText(cell));
  const root = context.anchors.cell({ role: "root", usage: "certify", cellUsage: 0 });
  if (root === undefined) return outcome(Outcomes.noTrustAnchor);
  const proved = prove(certificate, path, root, context);
  if (proved === undefined || !fits(proved, cell, context.anchors)) return outcome(Outcomes.badCertificate);
  const { subject: holder, publicKey } = proved;
  const anchor = { cell, holder, publicKey, keyId: context.suite.keyId(context.crypto, publicKey) };
  return { ...outcome(Outcomes.success, holder), anchor };
}

/** Undefined when the certificate does not chain to the root. */
function prove(
  certificate: Uint8Array,
  path: readonly Uint8Array[],
  root: Anchor,
  { nowS, crypto, suite }: JudgeContext,
): Certificate | undefined {
  try {
    return suite.certificates.verifyChain(certificate, path, root, nowS, crypto);
  } catch (error) {
    if (hasCode(error, "certificate") || hasCode(error, "wire") || hasCode(error, "hal/misuse"))
      return undefined;
    throw error;
  }
}

/** Role, usage, and a holder that is nobody else here: an EUI-64 has one role in a device. */
function fits(certificate: Certificate, cell: CellName, anchors: TrustAnchors): boolean {
  if (certificate.role !== cell.role || certificate.usage !== cell.usage) return false;
  const known = anchors.party(certificate.subject);
  return known === undefined || known.role === cell.role;
}
