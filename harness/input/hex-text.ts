/** Bytes written as hexadecimal text, in the dresses that tools and people give it. */
import { fromHex } from "../../hal/base/hex.ts";
import { isDump, readDump } from "./dump.ts";
import { isIntelHex, readIntelHex } from "./intel-hex.ts";
import { type Fault, faultAt } from "./text.ts";

/** More is no message and no image of ours. */
export const MAX_HEX_BYTES = 16 * 1024 * 1024;

/**
 * The bytes that `text` writes: plain digits, with spaces, commas, colons or dashes, `0x` or `\x` before each byte, in
 * brackets, as a C array; a dump with offsets; Intel HEX. A text of another kind is named for what it is.
 */
export function readHexText(text: string): Uint8Array | Fault {
  const known = named(text);
  if (known !== undefined) return faultAt(text, text.search(/\S/), known);
  if (/^[0-9a-f\s]+$/i.test(text) && !isDump(text)) return readDigits(text, text);
  if (isIntelHex(text)) {
    const image = readIntelHex(text);
    return "bytes" in image ? image.bytes : image;
  }
  if (isDump(text)) return readDump(text);
  return readWords(text);
}

/** What a text is that holds no hex digits to read; undefined when it may hold them. */
function named(text: string): string | undefined {
  const [first = ""] = text.trimStart().split(/\r?\n/, 1);
  if (/^S[0-9](?:[0-9a-f]{2}){3,}\s*$/i.test(first))
    return "this is a Motorola S-record file; make bytes of it: objcopy -I srec -O binary FILE OUT";
  const pem = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(first)?.[1];
  if (pem !== undefined) return `this is PEM text (${pem}), not hexadecimal`;
  if (/^0000000 (?:[0-9a-f]{4}(?: |$)|[0-7]{6}(?: |$))/i.test(first))
    return "these are 16-bit words in their machine's byte order; dump bytes: xxd FILE, or hexdump -C FILE";
  if (/^[0-9a-f]{4,}: [01]{8} [01]{8}/i.test(first)) return "these are bits; dump bytes: xxd FILE";
  return undefined;
}

const wrappers = [
  /^\s*<Buffer ()([^>]*)>\s*$/,
  /^\s*h?(['"])([^'"]*)\1[;,]?\s*$/,
  /^\s*b(['"])([^'"]*)\1\s*$/,
  /^\s*()\[([^\]]*)\][;,]?\s*$/,
  /^[^{}]*()\{([^{}]*)\}[^{}]*$/,
];

/** Only separators and prefixes beside the digits; what stands around them is blanked, so that places stay. */
function readWords(text: string): Uint8Array | Fault {
  const inner = unwrapped(text);
  const listed = /[,:;-]|\\x/i.test(inner) || /\s0x/i.test(inner.trimStart());
  const bare = listed ? inner : inner.replace(/^(\s*)0x/i, "$1  ");
  const wrong = /(?!0x|\\x)[^0-9a-f\s,:;\\x-]/i.exec(bare);
  if (wrong !== null)
    return faultAt(text, wrong.index, `expected a hexadecimal digit, got ${JSON.stringify(wrong[0])}`);
  return listed ? readList(bare, text) : readDigits(bare, text);
}

function unwrapped(text: string): string {
  for (const wrapper of wrappers) {
    const inner = wrapper.exec(text)?.[2];
    if (inner === undefined) continue;
    const at = text.indexOf(inner, text.search(/[<'"[{]/) + 1);
    return `${" ".repeat(at)}${inner}`;
  }
  return text;
}

/** Each word for itself: two digits a byte; after 0x one digit may stand alone. */
function readList(bare: string, text: string): Uint8Array | Fault {
  const digits: string[] = [];
  for (const { 0: word, index } of bare.matchAll(/(?:\\x|0x)?[^\s,:;\\-]+|\\x/gi)) {
    const value = word.replace(/^(?:0x|\\x)/i, "");
    const padded = value.length === 1 && /^0x/i.test(word) ? `0${value}` : value;
    if (!/^(?:[0-9a-f]{2})+$/i.test(padded))
      return faultAt(
        text,
        index,
        `expected two hexadecimal digits for each byte, got ${JSON.stringify(word)}`,
      );
    digits.push(padded);
  }
  return readDigits(digits.join(""), text);
}

/** White space anywhere. */
function readDigits(bare: string, text: string): Uint8Array | Fault {
  const bad = /[^0-9a-f\s]/i.exec(bare);
  if (bad !== null)
    return faultAt(text, bad.index, `expected a hexadecimal digit, got ${JSON.stringify(bad[0])}`);
  const digits = bare.replace(/\s/g, "");
  const got = digits === "" ? "no digits" : `${digits.length} digits`;
  if (digits === "" || digits.length % 2 === 1)
    return faultAt(text, text.trimEnd().length, `expected an even number of digits, got ${got}`);
  if (digits.length > 2 * MAX_HEX_BYTES)
    return faultAt(text, 0, `expected at most ${MAX_HEX_BYTES} bytes, got more`);
  return fromHex(digits);
}
