/**
 * The one place that makes text from elsewhere fit to be shown: a board's words, another user's file, an error that
 * quotes either. A terminal obeys control characters; nothing here lets one through.
 */

/** Controls (C0, DEL, C1) but the line's end and the tab; what turns the direction of text; Unicode's own line ends. */
const acting = /(?![\n\t])\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/gu;
const actingInLine = /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/gu;

/** Text of several lines, each acting character a dot. */
export const plain = (text: string): string => text.replace(/\r\n/g, "\n").replace(acting, "·");

/** The same for what must stay one line, so that no word of a board's can pass for a line of ours. */
export const plainLine = (text: string): string => text.replace(actingInLine, "·");

/** JSON for a terminal: `JSON.stringify` lets C1 controls and direction marks through; escaped they mean the same. */
export function plainJson(
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
  indent?: number,
): string {
  return JSON.stringify(value, replacer, indent).replace(
    acting,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
