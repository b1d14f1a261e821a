/**
 * Explains any message or frame of ours to a person: COSE, GBCS, SMP, MCUboot images, Zigbee. Reads only what
 * stands in the bytes: it needs no keys, and says so where it proves nothing.
 */
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import { decodeCose } from "./cose.ts";
import { type DecodeOptions, decodeGbcs } from "./gbcs.ts";
import { fileInput, type Input, inputBytes, notHexText } from "./input.ts";
import { decodeMcuboot } from "./mcuboot.ts";
import type { DecodedNode } from "./node.ts";
import { decodeSmp, decodeSmpConsole } from "./smp.ts";
import { decodeZigbee } from "./zigbee.ts";

export type { DecodeOptions } from "./gbcs.ts";
export { inputBytes } from "./input.ts";
export { type DecodedNode, shownBytes } from "./node.ts";
export { renderDecoded } from "./render.ts";

interface Format {
  readonly name: string;
  /** Why bytes that fit are hardly anything else: what it pins down. */
  readonly pins: string;
  readonly decode: (bytes: Uint8Array, options: DecodeOptions) => DecodedNode;
}

/** The one that pins down most comes first, and wins when several fit. */
const formats: readonly Format[] = [
  { name: "MCUboot image", pins: "a 32-bit magic number", decode: decodeMcuboot },
  { name: "SMP console frame", pins: "markers, base64 and a CRC", decode: decodeSmpConsole },
  { name: "GBCS message", pins: "fixed tags and every length", decode: decodeGbcs },
  { name: "COSE message", pins: "deterministic CBOR of a fixed shape", decode: decodeCose },
  { name: "SMP packet", pins: "a length and an assigned group", decode: decodeSmp },
  { name: "Zigbee frame", pins: "a few control bits", decode: decodeZigbee },
];

export interface Attempt {
  readonly format: string;
  /** Where it broke off. */
  readonly at: number;
  readonly why: string;
}

/**
 * Decodes bytes, hex, or the file of that name. Throws `decode/input` when there is nothing to read, and
 * `decode/unknown` when nothing fits: its message, and `data.tried` ({@link Attempt}[]), say how far each got.
 */
export function decode(input: Uint8Array | string, options: DecodeOptions = {}): DecodedNode {
  return decodeInput(inputBytes(input), options);
}

/** The same for what a file holds: bytes, or text in which they are written. */
export function decodeContent(content: Uint8Array, options: DecodeOptions = {}): DecodedNode {
  return decodeInput(fileInput(content), options);
}

function decodeInput({ bytes, notHex }: Input, options: DecodeOptions): DecodedNode {
  const fits: { format: Format; node: DecodedNode }[] = [];
  const tried: Attempt[] = [];
  for (const format of formats) {
    try {
      fits.push({ format, node: format.decode(bytes, options) });
    } catch (error) {
      tried.push(attemptOf(format, error));
    }
  }
  const whole = fits.filter(({ node }) => !node.partial);
  // Text is hardly a frame of which only some layers can be read.
  const [best, ...others] = whole.length > 0 || notHex !== undefined ? whole : fits;
  if (best === undefined)
    throw unknown(bytes.length, tried, notHex === undefined ? "" : `\n${notHexText(notHex)}`);
  if (others.length === 0) return best.node;
  const also = others.map((other) => `${other.format.name} (${other.node.format})`).join(", ");
  return {
    ...best.node,
    note: `${best.node.note === undefined ? "" : `${best.node.note}; `}also readable as ${also}; taken as ${best.format.name}, which fixes ${best.format.pins}`,
  };
}

/** A codec may refuse in its own words; anything that is no refusal is a fault of ours and goes on. */
function attemptOf(format: Format, error: unknown): Attempt {
  if (!(error instanceof CodedError) || hasCode(error, "hal")) throw error;
  const at = hasCode(error, "decode/no-fit") && typeof error.data.at === "number" ? error.data.at : 0;
  return { format: format.name, at, why: error.message };
}

function unknown(length: number, tried: readonly Attempt[], more: string): CodedError {
  const ordered = [...tried].sort((a, b) => b.at - a.at);
  const list = ordered.map(({ format, at, why }) => `  ${format}: byte ${at}: ${why}`).join("\n");
  return new CodedError(
    "decode/unknown",
    `these ${length} bytes are no message or frame known here. Tried, the one that got furthest first:\n${list}\n` +
      `Check that the bytes are whole and begin at the message's first byte.${more}`,
    { tried: ordered, bytes: length },
  );
}
