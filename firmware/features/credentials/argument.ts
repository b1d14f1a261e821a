/** The argument and the answer of CS02b, between the tables' shapes and what `feature.ts` works with. */

import { euiBytes } from "../../../hal/base/eui64.ts";
import { codec } from "../../kernel/kept.ts";
import { type CellName, cellText, type Role, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Anchor } from "../../security/trust-anchors.ts";
import { NEVER, NOW } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import { decodeOrigin, encodeOrigin, originBytes } from "../future-dating/feature.ts";
import type { CellOutcome, Replacement } from "./judge.ts";
import { type Mode, replacementModes } from "./modes.ts";

type Types = typeof valueTypes;
/** What a command carries. */
export type Order = ValueOf<Types["replacement"]>;
/** What it is answered; without outcome while a future-dated one waits. */
export type Reply = ValueOf<Types["replacementReply"]>;
type Cell = ValueOf<Types["cell"]>;
type Floor = ValueOf<Types["floor"]>;

/** A floor as a command names it: for whoever holds the role's cells afterwards. */
export interface RoleFloor {
  readonly role: Role;
  readonly counter: bigint;
  /** Of top-ups. */
  readonly topUp?: bigint;
}

export interface ReplaceArgument {
  readonly mode: Mode;
  readonly symmetricKey: Uint8Array | undefined;
  /** Are the time-based checks of certificates made? */
  readonly timeChecks: boolean;
  readonly authorisingCell: Cell | undefined;
  readonly authoriserCounter: bigint;
  /** Of the authoriser, then of the others that the command names. What it does not name stays as it is. */
  readonly floors: readonly RoleFloor[];
  readonly replacements: readonly Replacement[];
  readonly path: readonly Uint8Array[];
  /** UTC seconds, NOW or NEVER. */
  readonly executionS: number;
}

/** ASN.1 integers of the message set are below this. */
const counterLimit = 2n ** 63n;
const none = new Uint8Array();

/** Undefined when `order` makes no sense: see {@link consistent} for the rest. */
export function readArgument(
  { control, replacements, path, executionTime = NOW }: Order,
  { role }: CommandOrigin,
): ReplaceArgument | undefined {
  const { authoriserFloor, topUpFloors: topUp } = control;
  // A floor for top-ups comes with one for the rest.
  const own =
    authoriserFloor === undefined && topUp === undefined
      ? []
      : [readFloor({ role, floor: authoriserFloor, topUp })];
  const floors = [...own, ...(control.floors ?? []).map(readFloor)];
  if (floors.includes(undefined)) return undefined;
  return {
    mode: control.mode,
    symmetricKey: control.symmetricKey,
    timeChecks: control.skipTimeChecks === undefined,
    authorisingCell: control.authorisingCell,
    authoriserCounter: control.authoriserCounter,
    floors: floors as RoleFloor[],
    replacements,
    path,
    executionS: executionTime,
  };
}

/** Undefined for one that no counter can have. Only suppliers have top-ups. */
function readFloor({
  role,
  floor: counter,
  topUp: tops,
}: Omit<Floor, "floor"> & { readonly floor: bigint | undefined }): RoleFloor | undefined {
  if (role === "other" || counter === undefined || counter >= counterLimit) return undefined;
  const topUp = tops?.[0]?.floor;
  if (topUp === undefined) return { role, counter };
  return role === "supplier" && topUp < counterLimit ? { role, counter, topUp } : undefined;
}

/**
 * Does the argument say again what the command's header says (the counter), and ask for no more than its mode may?
 * `authoriser`: the cell whose key signs such a command, undefined when none does.
 */
export function consistent(
  argument: ReplaceArgument,
  origin: CommandOrigin,
  authoriser: CellName | undefined,
): boolean {
  const mode = replacementModes[argument.mode];
  if (argument.authoriserCounter !== origin.counter) return false;
  if (textOf(argument.authorisingCell) !== textOf(authoriser)) return false;
  if ((argument.symmetricKey !== undefined) !== (argument.mode === "anyByContingency")) return false;
  if (argument.replacements.length === 0 && argument.executionS !== NEVER) return false;
  const named = argument.floors.map(({ role }) => role);
  return (
    new Set(named).size === named.length &&
    named.every((role) => role === mode.authoriser || mode.targets.includes(role))
  );
}

const textOf = (cell: Cell | undefined) => cell && cellText(cell as CellName);

/** What was put in force, and what became of each cell. */
export function replyOf(
  { authoriserCounter, mode }: ReplaceArgument,
  floors: readonly RoleFloor[],
  outcomes: readonly CellOutcome[],
): Reply {
  return {
    accepted: null,
    outcome: { authoriserCounter, mode, floors: floors.map(floorOf), cells: outcomes.map(outcomeOf) },
  };
}

const floorOf = ({ role, counter, topUp }: RoleFloor): Floor => ({
  role,
  floor: counter,
  ...(topUp !== undefined && { topUp: [{ usage: "topUp", floor: topUp }] }),
});

/** A cell that was kept repeats the old holder and key. */
function outcomeOf({ cell, status, old, anchor = old }: CellOutcome): ValueOf<Types["cellOutcome"]> {
  const names = (held: Anchor | undefined): Names =>
    held === undefined ? [none, none] : [euiBytes(held.holder), held.keyId];
  const [[oldHolder, oldKey], [newHolder, newKey]] = [names(old), names(anchor)];
  return { cell, status, oldHolder, oldKey, newHolder, newKey };
}
type Names = readonly [holder: Uint8Array, keyId: Uint8Array];

/** Command origin ‖ `value`, as the journal keeps them. */
export function encodeWithOrigin(origin: CommandOrigin, value: Order | Reply): Uint8Array {
  const body = codec.encode(value);
  const bytes = new Uint8Array(originBytes + body.length);
  bytes.set(encodeOrigin(origin));
  bytes.set(body, originBytes);
  return bytes;
}

export function decodeWithOrigin<T extends Order | Reply>(
  bytes: Uint8Array,
): { readonly origin: CommandOrigin; readonly value: T } {
  const origin = decodeOrigin(bytes.subarray(0, originBytes));
  return { origin, value: codec.decode(bytes.slice(originBytes)) as T };
}
