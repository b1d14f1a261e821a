/** `rig.yaml`: the boards of one bench. Every mistake in it is told with its line and column. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import { boardParts } from "../premises/boards.ts";
import { nearest } from "./near-miss.ts";

const word = z.string().min(1).max(256);
const boardId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "letters, digits, '.', '_' and '-' only, 64 at most");
const seconds = z.number().positive().max(3600);

/** Shell commands of the bench's power supply; `{id}` and `{port}` in them are the board's. */
const powerSchema = z.strictObject({
  on: word.max(4096).optional(),
  off: word.max(4096).optional(),
  /** Left out: off, `offS` seconds of dark, on. */
  cycle: word.max(4096).optional(),
  offS: seconds.default(2),
  timeoutS: seconds.default(30),
});

const shared = {
  /** Bits a second. */
  baud: z.int().min(50).max(12_000_000).optional(),
  flow: z.enum(["none", "rtscts", "xonxoff"]).optional(),
  framing: z.enum(["console", "raw"]).optional(),
  /** PEM or raw public key that images for the board are signed with; relative to the rig file. */
  imageKey: word.optional(),
  power: powerSchema.optional(),
};

const boardSchema = z.strictObject({
  id: boardId,
  name: word.optional(),
  /** A path, by-id name, USB serial, hub position, tcp:// or rfc2217:// address. An emulated board has none. */
  port: word.optional(),
  /**
   * `serial`: a board on a line that lends its parts. `emulated`: one in QEMU, started and stopped by the command
   * that uses it. `device`: a board under test, with firmware of its own.
   */
  kind: z.enum(["serial", "emulated", "device"]).default("serial"),
  /** Where an emulated board keeps its flash; relative to the rig file. */
  dir: word.optional(),
  /** The parts it lends to the model; default those it has of clock, flash, entropy, mains and switch. */
  parts: z.array(z.enum(boardParts)).optional(),
  labels: z.array(word).default([]),
  ...shared,
});

const rigSchema = z.strictObject({
  defaults: z.strictObject(shared).default({}),
  boards: z.array(boardSchema).min(1).max(256),
});

export type RigBoard = z.infer<typeof boardSchema>;
export type PowerHooks = z.infer<typeof powerSchema>;
export interface Rig {
  /** Where it was read; undefined when there is no rig file. */
  readonly file: string | undefined;
  readonly boards: readonly RigBoard[];
}

export const rigFileName = "rig.yaml";

/** `--rig FILE`, or ./rig.yaml; without either an empty rig. Throws `rig-file/...`. */
export function loadRig(file?: string): Rig {
  const path = file ?? rigFileName;
  if (file === undefined && !existsSync(path)) return { file: undefined, boards: [] };
  return readRig(readText(path), path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new MeterbenchError(
      "rig-file/unreadable",
      `${path}: cannot be read (${(cause as Error).message})`,
      { file: path, advice: "Give the rig file with --rig FILE." },
      cause,
    );
  }
}

/** Checks the text of a rig file. Throws `rig-file/syntax` or `rig-file/content`, the message with `file:line:column`. */
export function readRig(text: string, file = rigFileName): Rig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fault = (offset: number, code: string, message: string): MeterbenchError => {
    const { line, col } = lines.linePos(offset);
    return new MeterbenchError(code, `${file}:${line}:${col}: ${message}`, { file, line, column: col });
  };
  const [broken] = document.errors;
  if (broken) throw fault(broken.pos[0], "rig-file/syntax", broken.message);
  const at = (path: readonly PropertyKey[]): number => offsetOf(document, path);
  const read = rigSchema.safeParse(
    contentOf(document, (message) => fault(0, "rig-file/syntax", message)) ?? {},
  );
  if (!read.success) {
    const { path, message } = describeIssue(worst(read.error.issues));
    throw fault(at(path), "rig-file/content", message);
  }
  const wrong = contradiction(read.data);
  if (wrong) throw fault(at(wrong.path), "rig-file/content", wrong.message);
  const folder = dirname(resolve(file));
  return { file, boards: read.data.boards.map((board) => complete(board, read.data.defaults, folder)) };
}

/** Aliases are resolved here, and may lead nowhere or explode. */
function contentOf(document: ReturnType<typeof parseDocument>, fault: (message: string) => Error): unknown {
  try {
    return document.toJS({ maxAliasCount: 64 });
  } catch (error) {
    throw fault((error as Error).message);
  }
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The key itself where a key is wrong, the value where a value is. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true) as {
      items?: { key?: { value?: unknown; range?: number[] } }[];
    };
    const key = parent?.items?.find((item) => item?.key?.value === path[length - 1])?.key;
    const node = document.getIn(path.slice(0, length), true) as { range?: number[] } | undefined;
    const offset = key?.range?.[0] ?? node?.range?.[0];
    if (offset !== undefined) return offset;
  }
  return 0;
}

/** A misspelt key explains what is missing; so it is told first. */
const worst = (issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue =>
  issues.find(({ code }) => code === "unrecognized_keys") ?? (issues[0] as z.core.$ZodIssue);

function describeIssue(issue: z.core.$ZodIssue): Issue {
  const where = issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  if (issue.code !== "unrecognized_keys") return { path: issue.path, message: where + issue.message };
  const key = issue.keys[0] as string;
  const known = knownKeys(issue.path);
  const near = nearest(key, known);
  const hint = near === undefined ? `expected one of ${known.join(", ")}` : `did you mean "${near}"?`;
  return { path: [...issue.path, key], message: `${where}unknown key "${key}"; ${hint}` };
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  if (path.at(-1) === "power") return Object.keys(powerSchema.shape);
  if (path[0] === "defaults") return Object.keys(shared);
  return Object.keys(path[0] === "boards" ? boardSchema.shape : rigSchema.shape);
}

/** What no single value shows: a board without a port, two boards of one name or on one port. */
function contradiction({ boards }: z.infer<typeof rigSchema>): Issue | undefined {
  const seen = new Map<string, string>();
  for (const [index, board] of boards.entries()) {
    const path = ["boards", index];
    const { id, port, kind } = board;
    if (kind !== "emulated" && port === undefined)
      return { path, message: `board ${id} has no port; expected port: /dev/..., a USB serial or tcp://...` };
    if (kind === "emulated" && port !== undefined)
      return { path: [...path, "port"], message: `board ${id}: an emulated board makes its own port` };
    for (const [field, value] of [
      ["id", id],
      ["port", port],
    ] as const) {
      const other = value === undefined ? undefined : seen.get(`${field} ${value}`);
      if (other !== undefined)
        return { path: [...path, field], message: `${field} ${value} is taken by board ${other}` };
      seen.set(`${field} ${value}`, id);
    }
  }
  return undefined;
}

/** The board with the defaults where it says nothing itself; files relative to the rig file. */
function complete(
  board: RigBoard,
  defaults: z.infer<typeof rigSchema>["defaults"],
  folder: string,
): RigBoard {
  const whole = { ...defaults, ...board };
  return {
    ...whole,
    ...(whole.imageKey !== undefined && { imageKey: resolve(folder, whole.imageKey) }),
    ...(whole.kind === "emulated" && { dir: resolve(folder, whole.dir ?? `out/boards/${whole.id}`) }),
  };
}
