/**
 * The files that a user signs with its file-signing key (ECDSA P-256 with SHA-256): a title line that says what the file
 * is, whose and of when, a heading, and lines. The published form is not at hand; this one is the bench's.
 */
import { readSignature } from "../../../firmware/wire/gbcs/x509/spki.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { readIsoTime } from "../../../hal/base/iso-time.ts";
import type { Verifier } from "../../../hal/board.ts";
import { type Cell, fileFault, type Line, readCsv, shown } from "./csv.ts";
import type { ThresholdSettings } from "./settings.ts";

export interface SignedFile {
  readonly content: Uint8Array;
  /** Where signatures are detached: DER, or r ‖ s. */
  readonly signature?: Uint8Array;
}

/** First word of the title. */
export type FileKind = "thresholds" | "exit-quarantine";

export interface OpenedFile {
  readonly user: Eui64;
  /** When its user made it, UTC seconds. */
  readonly issuedS: number;
  /** Behind the heading; each has its columns. */
  readonly lines: readonly Line[];
}

export interface FileRules extends Pick<ThresholdSettings, "signature" | "maxFileBytes"> {
  readonly kind: FileKind;
  readonly columns: readonly string[];
  /** The file-signing key of a user; undefined when it has none. */
  fileKey(user: Eui64): Verifier | undefined;
}

/** Throws `thresholds/file` and `thresholds/signature`. No line is looked at before the signature holds. */
export function openFile(file: SignedFile, rules: FileRules): OpenedFile {
  const { signed, signature } = parts(file, rules);
  const text = textOf(signed);
  const title = readTitle(readCsv(text.slice(0, text.indexOf("\n") + 1)), rules.kind);
  const verify = rules.fileKey(title.user);
  if (verify === undefined)
    throw untrusted(`no file-signing key is known of user ${title.user}: register it`);
  if (!verify(signed, signature))
    throw untrusted(
      `the key of user ${title.user} did not make the signature over this content: sign it again`,
    );
  const [, heading, ...lines] = readCsv(text);
  expectColumns(heading, rules.columns);
  for (const line of lines) if (line.length !== rules.columns.length) throw wrongLength(line, rules.columns);
  return { ...title, lines };
}

const LINE_FEED = 0x0a;
const trailer = /^signature,([A-Za-z0-9+/]{80,100}={0,2})\r?\n?$/;

/** The signed bytes, and the signature as r ‖ s. */
function parts({ content, signature }: SignedFile, { signature: form, maxFileBytes }: FileRules) {
  if (content.length > maxFileBytes)
    throw fileFault({ line: 1, column: 1 }, `at most ${maxFileBytes} octets`, String(content.length));
  if (form === "detached") {
    if (signature === undefined) throw untrusted("there is none beside the file: send both");
    return { signed: content, signature: rawOf(signature) };
  }
  const from = content.lastIndexOf(LINE_FEED, content.length - 2) + 1;
  const last = trailer.exec(Buffer.from(content.subarray(from, from + 120)).toString("latin1"));
  const octets = Buffer.from(last?.[1] ?? "", "base64");
  if (octets.length === 0 || octets.toString("base64") !== last?.[1])
    throw untrusted('its last line is not "signature," and base64 of DER or r ‖ s: sign it');
  return { signed: content.subarray(0, from), signature: rawOf(octets) };
}

function rawOf(signature: Uint8Array): Uint8Array {
  if (signature.length === 64) return new Uint8Array(signature);
  try {
    return readSignature(new Uint8Array(signature));
  } catch (cause) {
    throw untrusted("it is neither DER of an ECDSA signature nor its 64 octets r ‖ s", cause);
  }
}

const untrusted = (why: string, cause?: unknown) =>
  new CodedError("thresholds/signature", `the file's signature: ${why}`, {}, cause);

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fileFault({ line: 1, column: 1 }, "text in UTF-8", "octets that are none");
  }
}

const columnsOfTitle = 3;

function readTitle([title]: readonly Line[], kind: FileKind): Pick<OpenedFile, "user" | "issuedS"> {
  const [word, user, issued] = title ?? [];
  if (word?.text !== kind) throw fileFault(word ?? { line: 1, column: 1 }, kind, shown(word?.text ?? ""));
  if (user === undefined || issued === undefined || title?.length !== columnsOfTitle)
    throw fileFault(word, `${kind},USER,TIME`, `${title?.length} fields`);
  return { user: readEui(user), issuedS: readTime(issued) };
}

/** 16 hex digits, in pairs joined by hyphens or not. */
export function readEui(cell: Cell): Eui64 {
  if (!/^([0-9a-f]{2}-?){7}[0-9a-f]{2}$/i.test(cell.text))
    throw fileFault(cell, "an EUI-64 of 16 hex digits", shown(cell.text));
  return cell.text.replaceAll("-", "").toUpperCase();
}

/** ISO 8601 with its zone; UTC seconds. */
export function readTime(cell: Cell): number {
  const time = readIsoTime(cell.text);
  const zoned = /(z|[+-]\d\d(:?\d\d)?)$/i.test(cell.text.slice(10));
  if (typeof time === "number" && zoned) return time / 1000;
  const column = cell.column + (typeof time === "number" ? cell.text.length : time.column - 1);
  throw fileFault({ ...cell, column }, "a time with a zone, e.g. 2026-12-01T00:00:00Z", shown(cell.text));
}

function expectColumns(heading: Line | undefined, columns: readonly string[]): void {
  const place = { line: 2, column: 1 };
  for (const [i, name] of columns.entries())
    if (heading?.[i]?.text !== name)
      throw fileFault(heading?.[i] ?? place, name, shown(heading?.[i]?.text ?? ""));
  if (heading?.length !== columns.length) throw wrongLength(heading as Line, columns);
}

const wrongLength = (line: Line, columns: readonly string[]) =>
  fileFault(line[columns.length] ?? (line.at(-1) as Cell), `${columns.length} fields`, String(line.length));
