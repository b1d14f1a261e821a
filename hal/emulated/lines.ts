import type { Readable } from "node:stream";

/** Longer lines are cut: nobody sends them, and memory must not grow with what comes. */
const maxLineLength = 65_536;

/** Calls `take` with each whole line of text, without its end. */
export function onLines(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = (lines.pop() ?? "").slice(0, maxLineLength);
    for (const line of lines) take(line);
  });
}
