/** Colours for one stream: on a terminal, or when they are asked for. One stream may be a file when the other is none. */
import pc from "picocolors";

export type Colours = ReturnType<typeof pc.createColors>;

/** See no-color.org and force-color.org. */
export function coloursFor(stream: NodeJS.WriteStream): Colours {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return pc.createColors(false);
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return pc.createColors(forced || (FORCE_COLOR === undefined && stream.isTTY === true && TERM !== "dumb"));
}
