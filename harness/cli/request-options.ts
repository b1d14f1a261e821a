/** What a service request does not say, as words of the command line: the DCC's inventory, its counter, its time. */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { CodedError } from "../../hal/base/coded-error.ts";
import { readIsoTime } from "../../hal/base/iso-time.ts";
import { type Directory, MAX_XML_BYTES, readDevice, readUser, referenceDevices } from "../interface/index.ts";

export interface RequestOptions {
  readonly counter?: bigint;
  readonly at?: number;
  readonly device?: readonly ReturnType<typeof readDevice>[];
  readonly user?: readonly ReturnType<typeof readUser>[];
  readonly stranger?: readonly string[];
  readonly customerNumber?: string;
}

/** Adds `--counter`, `--device`, `--user`, `--stranger` and `--customer-number`. */
export const addInventory = (command: Command): Command =>
  command
    .option(
      "--counter <n>",
      "the counter of what the DCC itself originates (default: the request's)",
      counterOf,
    )
    .option(
      "--device <eui=type>",
      "a device and its type, e.g. …A0=ESME:twin, and :3-phase, :older; repeat it (default: the reference messages' devices)",
      many(readDevice),
    )
    .option("--user <eui=role>", "a user that the devices know, and its role; repeat it", many(readUser))
    .option("--stranger <eui>", "a user that the devices do not know; repeat it", many(readEui))
    .option("--customer-number <digits>", "of 9.1: the four digits that the DCC has drawn", numberOf);

export function inventoryOf({
  counter,
  device = [],
  user = [],
  stranger = [],
  customerNumber,
}: RequestOptions) {
  const inventory: Directory = {
    devices: new Map([...referenceDevices, ...device]),
    users: new Map(user),
    strangers: new Set(stranger),
    ...(counter !== undefined && { counter }),
    ...(customerNumber !== undefined && { customerNumber }),
  };
  return { inventory, declared: new Set(device.map(([eui]) => eui)) };
}

/** An option that may be repeated, each read by `read`. */
const many =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] = []): readonly T[] => {
    try {
      return [...before, read(text)];
    } catch (error) {
      throw new InvalidArgumentError(`${(error as Error).message}.`);
    }
  };

function readEui(text: string): string {
  const digits = text.replace(/[-:]/g, "").toUpperCase();
  if (/^[0-9A-F]{16}$/.test(digits)) return digits;
  throw new InvalidArgumentError("Expected an EUI-64: 16 hex digits");
}

function counterOf(text: string): bigint {
  if (/^(0|[1-9]\d{0,19})$/.test(text) && BigInt(text) < 1n << 64n) return BigInt(text);
  throw new InvalidArgumentError("Expected a whole number below 2^64.");
}

function numberOf(text: string): string {
  if (/^\d{4}$/.test(text)) return text;
  throw new InvalidArgumentError("Expected four digits.");
}

/** UTC seconds of an ISO 8601 time. */
export function timeOf(text: string): number {
  const time = readIsoTime(text);
  if (typeof time === "number") return Math.floor(time / 1000);
  throw new InvalidArgumentError(`Column ${time.column}: ${time.fault}.`);
}

/** A file's bytes, not more than a request may have. Throws `interface/file`. */
export function readRequestFile(path: string): Uint8Array {
  const fault = (why: string, cause?: unknown) =>
    new CodedError("interface/file", `cannot read ${path}: ${why}`, { file: path }, cause);
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fault(code === "ENOENT" ? "there is no such file; give the path of one" : message, error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile())
      throw fault(
        "it is no ordinary file; expected a service request in XML (of a folder name the files: FOLDER/*.xml)",
      );
    if (stat.size > MAX_XML_BYTES)
      throw fault(`it has ${stat.size} bytes; expected at most ${MAX_XML_BYTES}`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
