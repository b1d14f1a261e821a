/** Foreign text on its way to a person: what a board, a file or a peer says must not steer a terminal or a page. */
import { stripVTControlCharacters } from "node:util";

/**
 * `text` with each control, format and surrogate character spelled out (`\u{1b}`); line breaks and tabs stay.
 * Everything foreign is printed through this.
 */
export function plain(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
}

/** {@link plain}, on one line. */
export const plainLine = (text: string): string => plain(text).replace(/[\n\t]/g, escaped);

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** JSON for a terminal: `JSON.stringify` lets C1 controls and format characters through; escaped they mean the same. */
export function plainJson(
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
  indent?: number,
): string {
  return JSON.stringify(value, replacer, indent).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join(""),
  );
}

const unit = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;

/** {@link plain} after colour codes, which libraries put into messages where they see a terminal, are gone. */
export const colourless = (text: string): string => plain(stripVTControlCharacters(text));

/** One word of a command line for `sh`, quoted only where it must be. */
export function shellWord(text: string): string {
  if (/^[\w./:=@,+%-]+$/.test(text)) return text;
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}
