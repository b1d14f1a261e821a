/** For a board that is silent: does it answer in the other framing? */
import type { Line } from "../../hal/serial/line/index.ts";
import { SmpClient, type SmpClientOptions } from "../../hal/serial/smp/index.ts";
import { answers } from "./recovery.ts";

/** A raw server keeps half a packet of the other framing until its line was idle for a while. */
const timeoutMs = 700;

/** What to do, when it does; undefined when it is silent in both, or its line is gone. Two seconds at most. */
export async function framingHint(line: Line, options: SmpClientOptions): Promise<string | undefined> {
  const other = options.framing === "raw" ? "console" : "raw";
  const client = new SmpClient(line, { timers: options.timers, framing: other, timeoutMs });
  try {
    if (!(await answers(client).catch(() => false))) return undefined;
    return `The board answers in ${other} framing: give --framing ${other}, or framing: ${other} in the rig file.`;
  } finally {
    client.close();
  }
}
