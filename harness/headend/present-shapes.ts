/**
 * The three values whose shape in devices is not yet the model's: anchors that are asked for (CS02a), their
 * replacement (CS02b), and time-of-use registers. Values come and go in the model's shape everywhere else.
 */
import { cells, keyUsages, cellUsages, type Plain, roles, type Step } from "../../firmware/model/index.ts";

type List = readonly Plain[];
const list = (value: Plain | undefined): List => (Array.isArray(value) ? (value as List) : []);

/** The model's plain value as devices take it. */
export function presentPlain({ path }: Pick<Step, "path">, plain: Plain): Plain {
  if (path === "credentials.provide") return list(list(plain)[1]).flatMap((role) => cellsOfRole(Number(role)));
  return path === "credentials.replace" ? presentReplacement(plain) : plain;
}

const cellsOfRole = (number: number): List =>
  cells
    .filter(({ role }) => roles[role].number === number)
    .map(({ usage, cellUsage }) => [number, keyUsages[usage].number, cellUsages[cellUsage]]);

function presentReplacement(plain: Plain): Plain {
  const [control, replacements, path, executionTime] = list(plain);
  const [mode, key, skip, cell, counter, floor, topUps, floors] = list(control);
  const topUp = (of: Plain | undefined): Plain => list(list(of)[0])[1] ?? null;
  return [
    ...([mode, key, skip, cell, counter, floor] as List),
    topUp(topUps),
    list(floors).map((each) => {
      const [role, least, more] = list(each);
      return [role, least, topUp(more)] as List;
    }),
    replacements as Plain,
    path as Plain,
    executionTime ?? 0,
  ];
}

/** What a pre-command carries, walked, as the model has it. What does not fit comes back as it is. */
export function modelPlain<P extends Plain>({ path }: Pick<Step, "path">, value: P): P | List {
  if (path === "credentials.provide") return modelRequest(value);
  return path === "credentials.replace" && Array.isArray(value) && value.length === 11
    ? modelReplacement(value as List)
    : value;
}

function modelRequest<P extends Plain>(value: P): P | List {
  const asked = [...new Set(list(value).map((cell) => list(cell)[0] as Plain))];
  const all = asked.flatMap((role) => cellsOfRole(Number(role)));
  return Array.isArray(value) && text(all) === text(value) ? [null, asked] : value;
}
const text = (value: Plain): string =>
  JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one));

function modelReplacement(value: List): List {
  const [mode, key, skip, cell, counter, floor, topUp, floors, replacements, path, time] = value;
  const topUps = (of: Plain | undefined): Plain => (of === null || of === undefined ? null : [[0, of]]);
  const control = [mode, key, skip, cell, counter, floor, topUps(topUp), floorsOf(floors, topUps)];
  return [control as List, replacements as Plain, path as Plain, time === 0 ? null : (time as Plain)];
}

function floorsOf(floors: Plain | undefined, topUps: (of: Plain | undefined) => Plain): Plain {
  if (!Array.isArray(floors)) return floors as Plain;
  return (floors as List).map((each) => {
    const [role, least, topUp, ...more] = list(each);
    return Array.isArray(each) ? ([role, least, topUps(topUp), ...more] as List) : each;
  });
}

/** What a device answers, as the model has it. */
export function modelAnswer({ path }: Pick<Step, "path">, value: Plain): Plain {
  if (path === "touRegisters.value") return [value];
  if (path === "credentials.replace") return [null, value === null ? null : modelOutcome(list(value))];
  return path === "credentials.provide" ? modelAnchors(list(value)) : value;
}

const modelOutcome = ([counter, mode, floors, outcomes]: List): Plain =>
  [counter, mode, floorsOf(floors, (topUp) => (topUp === null ? null : [[0, topUp as Plain]])), outcomes] as List;

/** One row a role; a cell that is empty there is none. */
function modelAnchors(rows: List): Plain {
  const byRole = new Map<Plain, List[]>();
  for (const row of rows.map(list)) {
    const role = list(row[0])[0] as Plain;
    byRole.set(role, [...(byRole.get(role) ?? []), row]);
  }
  return [...byRole].map(([role, all]) => {
    const held = all.filter(([, holder]) => holder instanceof Uint8Array && holder.length > 0);
    const anchors = held.map(([cell, holder, key]) => [...list(cell).slice(1), holder, key] as List);
    const counter = held.length > 0 ? ((held[0] as List)[3] as Plain) : null;
    return held.length > 0 ? [role, 0, counter, anchors] : [role, anchorNotFound, null, null];
  });
}
const anchorNotFound = 25;
