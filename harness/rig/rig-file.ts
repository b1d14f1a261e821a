/** `rig.yaml`: the boards of one bench. Every mistake in it is told with its line and column. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { LineError } from "../../hal/serial/line/errors.ts";
import type { LineFormat } from "../../hal/serial/line/line.ts";
import { lineAddress } from "../../hal/serial/line/open-line.ts";
import { readTextFile } from "../input/text.ts";
import { boardParts } from "../premises/boards.ts";
import { portIdentity } from "./lock.ts";
import { describeIssues, exampleFor, type Mistake, RigText } from "./rig-fault.ts";

const word = z.string().min(1).max(256);
const idForm = "an id of letters, digits, '.', '_' and '-', 64 at most";
const boardId = z.string(idForm).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, idForm);
const between = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.int(error).min(least, error).max(most, error);
};
const secondsRange = "a number of seconds above 0, at most 3600";
const seconds = z.number(secondsRange).positive(secondsRange).max(3600, secondsRange);
const shellCommand = z.string().min(1).max(4096);

/** Shell commands of the bench's power supply; `{id}` and `{port}` in them are the board's. */
const powerSchema = z.strictObject({
  on: shellCommand.optional(),
  off: shellCommand.optional(),
  /** Left out: off, `offS` seconds of dark, on. */
  cycle: shellCommand.optional(),
  offS: seconds.default(2),
  timeoutS: seconds.default(30),
});

/** How it is flashed; what is left out is as `UploadOptions` and `FlashOptions` say. */
const flashSchema = z.strictObject({
  /** From the reset until the board answers again. */
  bootTimeoutS: seconds.optional(),
  /** For the first piece, with which the board erases. */
  firstTimeoutS: seconds.optional(),
  /** For the others. */
  timeoutS: seconds.optional(),
  /** Ends an upload that does not move on. */
  noProgressS: seconds.optional(),
  /** For the command of `selfTest`. */
  selfTestTimeoutS: seconds.optional(),
  /** Requests under way at once. */
  window: between(1, 64).optional(),
  /** Of the board's images, which one. */
  image: between(0, 15).optional(),
});

const parityLetters: Readonly<Record<string, LineFormat["parity"]>> = {
  N: "none",
  O: "odd",
  E: "even",
  M: "mark",
  S: "space",
};

/** Data bits, parity, stop bits: `8N1`. */
const formatForm = "data bits, parity (N, E, O, M, S) and stop bits, as 8N1 or 7E1";
const format = z
  .string(formatForm)
  .regex(/^[5-8][NOEMS](1|1\.5|2)$/i, formatForm)
  .transform(
    (text) =>
      ({
        dataBits: Number(text[0]),
        parity: parityLetters[(text[1] as string).toUpperCase()],
        stopBits: Number(text.slice(2)),
      }) as LineFormat,
  );

const shared = {
  /** Bits a second. */
  baud: between(50, 12_000_000).optional(),
  /** Default 8N1. */
  format: format.optional(),
  flow: z.enum(["none", "rtscts", "xonxoff"]).optional(),
  /** What a port of this machine drives when it opens; both are raised otherwise, which resets or holds many boards. */
  dtr: z.boolean().optional(),
  rts: z.boolean().optional(),
  framing: z.enum(["console", "raw"]).optional(),
  /** PEM or raw public key that images for the board are signed with; relative to the rig file. */
  imageKey: word.optional(),
  /** PEM file with the private Ed25519 key that the board obeys, where it wants its acting commands signed. */
  controlKey: word.optional(),
  /** The security counter in the board: an image's must be at least that. */
  securityCounter: between(0, 0xffff_ffff).optional(),
  /** The bootloader takes no older version, where it does not tell so itself. */
  noDowngrade: z.boolean().optional(),
  /** The bootloader takes no marks and picks the higher version at a reset (direct XIP, RAM load). */
  byVersion: z.boolean().optional(),
  /**
   * A command that looks at the new image, after the echo; fails it by an exit code that is not 0. The flasher holds
   * the port meanwhile: look by other means (a meter, a relay, a debug probe); `{port}` is there to tell boards apart.
   */
  selfTest: shellCommand.optional(),
  flash: flashSchema.optional(),
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
  /** Who the board says that it is ("describe"): what is signed is for that board alone, whatever is at the far end. */
  identity: word.optional(),
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

export type RigBoard = z.infer<typeof boardSchema> & {
  /** Where the rig file names its imageKey: `rig.yaml:7:15`. */
  readonly imageKeyAt?: string;
};
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
    return readTextFile(path);
  } catch (cause) {
    throw new CodedError(
      "rig-file/unreadable",
      `${path}: cannot be read (${(cause as Error).message})`,
      { file: path, advice: `Give the rig file with --rig FILE. ${exampleFor([])}` },
      cause,
    );
  }
}

/** Checks the text of a rig file. Throws `rig-file/syntax` or `rig-file/content`, the message with `file:line:column`. */
export function readRig(text: string, file = rigFileName): Rig {
  const source = new RigText(text, file);
  const content = source.content();
  if (content === undefined) throw source.fault({ path: [], message: "no boards: the file is empty" });
  const read = rigSchema.safeParse(content);
  if (!read.success) throw source.fault(describeIssues(read.error.issues, content, knownKeys));
  const wrong = contradiction(read.data);
  if (wrong) throw source.fault(wrong);
  const { defaults, boards } = read.data;
  const folder = dirname(resolve(file));
  const keyAt = (index: number): string =>
    source.where(
      boards[index]?.imageKey === undefined ? ["defaults", "imageKey"] : ["boards", index, "imageKey"],
    );
  return { file, boards: boards.map((board, index) => complete(board, defaults, folder, keyAt(index))) };
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  if (path.at(-1) === "power") return Object.keys(powerSchema.shape);
  if (path.at(-1) === "flash") return Object.keys(flashSchema.shape);
  if (path[0] === "defaults") return Object.keys(shared);
  return Object.keys(path[0] === "boards" ? boardSchema.shape : rigSchema.shape);
}

/** Names that mean something without a rig file. */
const takenNames: readonly string[] = ["mock", "emulated"];

/** What no single value shows: a board without a port, two boards of one name or on one port. */
function contradiction({ boards }: z.infer<typeof rigSchema>): Mistake | undefined {
  const ids = new Map<string, string>();
  const ports = new Map<string, string>();
  for (const [index, { id, port, kind }] of boards.entries()) {
    const at = (field: string, message: string): Mistake => ({ path: ["boards", index, field], message });
    if (takenNames.includes(id))
      return at("id", `"${id}" is the name of a board that is always there; expected another id`);
    if (ids.has(id)) return at("id", `id ${id} is taken by another board; expected an id for each`);
    ids.set(id, id);
    if (kind !== "emulated" && port === undefined)
      return at("port", `board ${id}: port: missing; expected /dev/..., a USB serial or tcp://host:port`);
    if (port === undefined) continue;
    if (kind === "emulated")
      return at("port", `board ${id}: port: an emulated board makes its own, got ${port}; leave it out`);
    const fault = addressFault(port);
    if (fault !== undefined) return at("port", `board ${id}: port: ${fault}`);
    const other = ports.get(portIdentity(port));
    if (other !== undefined) return at("port", `board ${id}: port ${port} is taken by board ${other}`);
    ports.set(portIdentity(port), id);
  }
  return doubleMeaning(boards);
}

/** A name or a label that is another board's id: who is meant? */
function doubleMeaning(boards: readonly RigBoard[]): Mistake | undefined {
  for (const [index, { id, name, labels }] of boards.entries()) {
    const isOther = (word: string) => word !== id && boards.some((board) => board.id === word);
    if (name !== undefined && isOther(name))
      return {
        path: ["boards", index, "name"],
        message: `board ${id}: name ${name} is the id of another board`,
      };
    const at = labels.findIndex(isOther);
    if (at >= 0) {
      const message = `board ${id}: label ${labels[at]} is the id of another board`;
      return { path: ["boards", index, "labels", at], message };
    }
  }
  return undefined;
}

function addressFault(port: string): string | undefined {
  try {
    lineAddress(port);
    return undefined;
  } catch (error) {
    const { message, data } = error as LineError;
    return `${message}. ${data.advice}`;
  }
}

/** The board with the defaults where it says nothing itself; files relative to the rig file. */
function complete(
  board: RigBoard,
  defaults: z.infer<typeof rigSchema>["defaults"],
  folder: string,
  imageKeyAt: string,
): RigBoard {
  const whole = { ...defaults, ...board };
  const flash = (defaults.flash ?? board.flash) && { ...defaults.flash, ...board.flash };
  return {
    ...whole,
    ...(flash && { flash }),
    ...(whole.controlKey !== undefined && { controlKey: resolve(folder, whole.controlKey) }),
    ...(whole.imageKey !== undefined && { imageKey: resolve(folder, whole.imageKey), imageKeyAt }),
    ...(whole.kind === "emulated" && { dir: resolve(folder, whole.dir ?? `out/boards/${whole.id}`) }),
  };
}
