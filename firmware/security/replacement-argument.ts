/** The argument and the answer of CS02b, between the dictionary's shapes and what `credentials.ts` works with. */
import { euiBytes } from "../../hal/base/eui64.ts";
import type { CommandOrigin } from "../features/feature.ts";
import { decode, encode, type Item } from "../wire/cose/cbor.ts";
import { NEVER, type Value } from "../wire/message.ts";
import { type Role, roleNumber } from "./access.ts";
import { type CellName, cellFromValue, cellText } from "./cells.ts";
import { decodeOrigin, encodeOrigin, originBytes } from "./future-dated.ts";
import type { CellOutcome, Replacement } from "./replacement.ts";
import { contingencyMode, firstModeCode, replacementMode } from "./replacement-modes.ts";
import type { Anchor } from "./trust-anchors.ts";

/** A floor as a command names it: for whoever holds the role's cells afterwards. */
export interface RoleFloor {
  readonly role: Role;
  readonly counter: bigint;
  /** Of top-ups. */
  readonly topUp?: bigint;
}

export interface ReplaceArgument {
  readonly mode: number;
  readonly symmetricKey: Value;
  /** 1: leave out the time-based checks of certificates; null: make them. */
  readonly timeChecks: Value;
  readonly authorisingCell: Value;
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
const roles = Object.keys(roleNumber) as Role[];
const none = new Uint8Array();

/** `value` has the dictionary's shape. Undefined when it makes no sense: see {@link consistent} for the rest. */
export function readArgument(value: Value, origin: CommandOrigin): ReplaceArgument | undefined {
  const [mode, symmetricKey, timeChecks, cell, counter, floor, topUp, others, pairs, path, executionS] =
    value as readonly Value[];
  const own = floor === null && topUp === null ? [] : [[roleNumber[origin.role], floor, topUp] as Value];
  const floors = [...own, ...(others as readonly Value[])].map(readFloor);
  if (floors.includes(undefined)) return undefined;
  return {
    mode: Number(mode),
    symmetricKey: symmetricKey as Value,
    timeChecks: timeChecks as Value,
    authorisingCell: cell as Value,
    authoriserCounter: BigInt(counter as number),
    floors: floors as RoleFloor[],
    replacements: (pairs as readonly (readonly [Uint8Array, Value])[]).map(([certificate, name]) => ({
      certificate,
      cell: name,
    })),
    path: path as readonly Uint8Array[],
    executionS: Number(executionS),
  };
}

/** {role, floor, top-up floor or null}; undefined for one that no counter can have. Only suppliers have top-ups. */
function readFloor(value: Value): RoleFloor | undefined {
  const [number, floor, topUpFloor] = value as readonly Value[];
  const role = roles.find((name) => roleNumber[name] === number);
  if (role === undefined || floor === null) return undefined;
  const counter = BigInt(floor as number);
  if (counter >= counterLimit) return undefined;
  if (topUpFloor === null) return { role, counter };
  const topUp = BigInt(topUpFloor as number);
  return role === "supplier" && topUp < counterLimit ? { role, counter, topUp } : undefined;
}

/**
 * Does the argument say again what the command's header says (mode, authoriser, counter), and ask for no more
 * than its mode may? `authoriser`: the cell whose key signs such a command, undefined when none does.
 */
export function consistent(
  argument: ReplaceArgument,
  origin: CommandOrigin,
  authoriser: CellName | undefined,
): boolean {
  const mode = replacementMode(argument.mode);
  if (mode === undefined || argument.mode !== origin.code - firstModeCode) return false;
  if (argument.authoriserCounter !== origin.counter) return false;
  if (!namesCell(argument.authorisingCell, authoriser)) return false;
  if ((argument.symmetricKey !== null) !== (argument.mode === contingencyMode)) return false;
  if (argument.timeChecks !== null && argument.timeChecks !== 1) return false;
  if (argument.replacements.length === 0 && argument.executionS !== NEVER) return false;
  const named = argument.floors.map(({ role }) => role);
  return (
    new Set(named).size === named.length &&
    named.every((role) => role === mode.authoriser || mode.targets.includes(role))
  );
}

function namesCell(value: Value, expected: CellName | undefined): boolean {
  if (value === null || expected === undefined) return value === null && expected === undefined;
  const cell = cellFromValue(value);
  return cell !== undefined && cellText(cell) === cellText(expected);
}

/** {authoriser's counter, mode, [floors], [cells]}: what was put in force, and what became of each cell. */
export function answerValue(
  { authoriserCounter, mode }: ReplaceArgument,
  floors: readonly RoleFloor[],
  outcomes: readonly CellOutcome[],
): Value {
  const floorValues = floors.map(({ role, counter, topUp }) => [roleNumber[role], counter, topUp ?? null]);
  return [authoriserCounter, mode, floorValues, outcomes.map(outcomeValue)];
}

/** {cell, outcome, old holder, old key id, new holder, new key id}; a cell that was kept repeats the old ones. */
function outcomeValue({ cell, code, old, anchor = old }: CellOutcome): Value {
  const names = (held: Anchor | undefined) =>
    held === undefined ? [none, none] : [euiBytes(held.holder), held.keyId];
  return [cell, code, ...names(old), ...names(anchor)];
}

/** Command origin ‖ `value`, as the journal keeps them. */
export function encodeWithOrigin(origin: CommandOrigin, value: Value): Uint8Array {
  const body = encode(value as Item);
  const bytes = new Uint8Array(originBytes + body.length);
  bytes.set(encodeOrigin(origin));
  bytes.set(body, originBytes);
  return bytes;
}

export function decodeWithOrigin(bytes: Uint8Array): {
  readonly origin: CommandOrigin;
  readonly value: Value;
} {
  const origin = decodeOrigin(bytes.subarray(0, originBytes));
  return { origin, value: decode(bytes.slice(originBytes)) as Value };
}
