/** An image as a build leaves it: bytes, or Intel HEX. */
import { readHexText } from "./hex-text.ts";
import { isIntelHex } from "./intel-hex.ts";
import { type Fault, textOf } from "./text.ts";

const ELF = [0x7f, 0x45, 0x4c, 0x46];

/** The image's bytes; a fault for what tools make of images that no board takes (ELF, S-records, broken Intel HEX). */
export function imageContent(content: Uint8Array): Uint8Array | Fault {
  if (ELF.every((byte, i) => content[i] === byte))
    return { line: 1, column: 1, fault: "this is an ELF file: the linker's output, not yet signed" };
  // A colon, an S, or a mark in front of them: no image is looked through for the sake of others.
  const begins = content[0] === 0x3a || content[0] === 0x53 || content[0] === 0xef || content[1] === 0xfe;
  const text = begins || content[0] === 0xfe ? textOf(content) : undefined;
  if (text === undefined) return content;
  return isIntelHex(text) || /^\s*S[0-9][0-9A-F]{6}/i.test(text) ? readHexText(text) : content;
}
