/** Judges new trust anchors, cell by cell and in order, each against what those before it left (rules §4). */

import { hasCode } from "../../../hal/base/coded-error.ts";
import type { Crypto } from "../../../hal/board.ts";
import { type CellName, cellText, type Role, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Anchor, TrustAnchors } from "../../security/trust-anchors.ts";
import type { Certificate, Suite } from "../../wire/suite.ts";

/** Outcome of one cell (facts §4.2). */
export type CellStatus = ValueOf<typeof valueTypes.cellStatus>;
type Cell = ValueOf<typeof valueTypes.cell>;

export interface Replacement {
  readonly certificate: Uint8Array;
  readonly cell: Cell;
}

export interface CellOutcome {
  readonly cell: Cell;
  readonly status: CellStatus;
  /** What the cell held; undefined when the device has no such cell. */
  readonly old: Anchor | undefined;
  /** What the cell holds from now on: present when `status` is success. */
  readonly anchor?: Anchor;
}

export interface JudgeContext {
  readonly anchors: TrustAnchors;
  /** Whose cells the command may replace. */
  readonly roles: readonly Role[];
  /** May a root come that the one held has not certified? */
  readonly abnormalRoot: boolean;
  /** Undefined when validity periods are not looked at: the device has no time, or was told not to. */
  readonly nowS: number | undefined;
  /** May a cell of a load controller hold another party's key? */
  readonly anyLoadController: boolean;
  readonly crypto: Crypto;
  readonly suite: Suite;
}

const rootCell: CellName = { role: "root", usage: "certify", cellUsage: "management" };

/** One outcome a replacement, in order. One that fails keeps none of the others back. */
export function judge(
  replacements: readonly Replacement[],
  path: readonly Uint8Array[],
  context: JudgeContext,
): CellOutcome[] {
  const taken = new Map<string, Anchor>();
  const seen = new Set<string>();
  return replacements.map((replacement) => {
    const outcome = judgeOne(replacement, path, context, taken, seen);
    if (outcome.anchor !== undefined) taken.set(cellText(outcome.anchor.cell), outcome.anchor);
    return outcome;
  });
}

/** `taken`: the anchors that replacements before this one put in force; `seen`: the cells they named. */
function judgeOne(
  { certificate, cell: named }: Replacement,
  path: readonly Uint8Array[],
  context: JudgeContext,
  taken: ReadonlyMap<string, Anchor>,
  seen: Set<string>,
): CellOutcome {
  const cell = named as CellName; // of no role that there is: then no device has it
  const old = context.anchors.cell(cell);
  const failed = (status: CellStatus): CellOutcome => ({ cell: named, status, old });
  if (old === undefined) return failed("anchorNotFound");
  if (!context.roles.includes(cell.role) || seen.has(cellText(cell))) return failed("other");
  seen.add(cellText(cell));
  const root = taken.get(cellText(rootCell)) ?? context.anchors.cell(rootCell);
  if (root === undefined) return failed("noTrustAnchor");
  const proved = prove(
    certificate,
    path,
    cell.role === "root" && context.abnormalRoot ? undefined : root,
    context,
  );
  if (typeof proved === "string") return failed(proved);
  if (!fits(proved, cell, context, taken)) return failed("badCertificate");
  const { subject: holder, publicKey, contingency } = proved;
  const held = { cell, holder, publicKey, keyId: context.suite.keyId(context.crypto, publicKey) };
  const anchor = contingency === undefined ? held : { ...held, contingency };
  return { cell: named, status: "success", old, anchor };
}

/** By `root`, or without one by itself; else the outcome: its issuer is not to be found, or it is bad. */
function prove(
  certificate: Uint8Array,
  path: readonly Uint8Array[],
  root: Anchor | undefined,
  { nowS, crypto, suite }: JudgeContext,
): Certificate | CellStatus {
  const { verifyChain, verifySelfIssued } = suite.certificates;
  try {
    if (root === undefined) return verifySelfIssued(certificate, crypto);
    return verifyChain(certificate, path, root, nowS, crypto);
  } catch (error) {
    if (hasCode(error, "certificate/wrong-issuer")) return "noTrustAnchor";
    if (hasCode(error, "certificate") || hasCode(error, "wire") || hasCode(error, "hal/misuse"))
      return "badCertificate";
    throw error;
  }
}

/** Role, usage, a key that can do its work, and a holder that is nobody else here: an EUI-64 has one role. */
function fits(
  { role, usage, publicKey, subject }: Certificate,
  cell: CellName,
  { anchors, crypto, suite, anyLoadController }: JudgeContext,
  taken: ReadonlyMap<string, Anchor>,
): boolean {
  const anyRole = anyLoadController && cell.role === "loadController";
  if ((!anyRole && role !== cell.role) || usage !== cell.usage) return false;
  if (!suite.keyUsable(crypto, usage, publicKey)) return false;
  if (anyRole) return true;
  const others = [...taken.values()]
    .filter(({ holder }) => holder === subject)
    .map((anchor) => anchor.cell.role);
  const known = anchors.party(subject)?.role;
  return [...others, known].every((other) => other === undefined || other === cell.role);
}
