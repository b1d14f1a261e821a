/** From a board's name to the board: by the rig file, or a port's own name. */
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import { findPort } from "../../hal/serial/line/index.ts";
import { lineAddress } from "../../hal/serial/line/open-line.ts";
import { nearest } from "../near-miss.ts";
import { portIdentity } from "./lock.ts";
import type { Rig, RigBoard } from "./rig-file.ts";

/**
 * The boards that are meant: by id, by label, or a port directly, in any of the ways `findPort` knows; each once, however
 * often it is named. Rejects with `rig-file/no-board` and what there is, `line/ambiguous`, or `line/syntax` for an
 * address that is none.
 */
export async function chooseBoards(
  rig: Rig,
  names: readonly string[] | "all",
  find: typeof findPort = findPort,
): Promise<RigBoard[]> {
  if (names !== "all") {
    const boards = (await Promise.all(names.map((name) => named(rig, name, find)))).flat();
    const ports = boards.map(({ port, dir }) => portIdentity(port ?? (dir as string)));
    return boards.filter((_board, i) => ports.indexOf(ports[i] as string) === i);
  }
  if (rig.boards.length > 0) return [...rig.boards];
  throw new CodedError("rig-file/no-board", "there is no rig file, so --all names no board", {
    advice: "Write a rig.yaml, give --rig FILE, or name a port with --board.",
  });
}

/** One board by name. Rejects as {@link chooseBoards} does. */
export async function chooseBoard(rig: Rig, name: string, find = findPort): Promise<RigBoard> {
  const boards = await named(rig, name, find);
  if (boards.length === 1) return boards[0] as RigBoard;
  throw new CodedError(
    "rig-file/no-board",
    `"${name}" means ${boards.length} boards (${boards.map((b) => b.id).join(", ")})`,
    { advice: "Name one of them by its id." },
  );
}

async function named(rig: Rig, name: string, find: typeof findPort): Promise<RigBoard[]> {
  const byId = rig.boards.filter(({ id, name: long }) => id === name || long === name);
  if (byId.length > 0) return byId;
  const byPort = rig.boards.filter(
    ({ port }) => port !== undefined && portIdentity(port) === portIdentity(name),
  );
  if (byPort.length > 0) return byPort;
  const byLabel = rig.boards.filter(({ labels }) => labels.includes(name));
  if (byLabel.length > 0) return byLabel;
  if (name === "emulated") return [emulatedBoard];
  // Without a rig file it can be nothing but a port; whether it is there shows when it is opened.
  if (/[/:]/.test(name) || rig.file === undefined || (await isPort(name, find))) return [portBoard(name)];
  throw noBoard(rig, name);
}

/** A USB serial, a position, a device's name. */
async function isPort(name: string, find: typeof findPort): Promise<boolean> {
  try {
    await find(name);
    return true;
  } catch (error) {
    if (hasCode(error, "line/not-found")) return false;
    throw error;
  }
}

function noBoard({ file, boards }: Rig, name: string): CodedError {
  const ids = boards.map(({ id }) => id);
  const labels = [...new Set(boards.flatMap((board) => board.labels))];
  const near = nearest(name, [...ids, ...labels]);
  const byLabel = labels.length > 0 ? `, a label (${labels.join(", ")})` : "";
  return new CodedError("rig-file/no-board", `${file} has no board "${name}", nor is it a port here`, {
    advice: near
      ? `Did you mean ${near}?`
      : `Expected a board (${ids.join(", ")})${byLabel}, or a port such as /dev/ttyUSB0 (\`meterbench list ports\`).`,
  });
}

function portBoard(port: string): RigBoard {
  lineAddress(port);
  return { id: port, port, kind: "serial", labels: [] };
}

/** Without a rig file there is one emulated board for the asking. */
const emulatedBoard: RigBoard = {
  id: "emulated",
  kind: "emulated",
  dir: "out/boards/emulated",
  labels: [],
};
