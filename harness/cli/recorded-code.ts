/** A recording is data: it does not decide which files of this machine are run as code. */
import { resolve } from "node:path";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { RecordedRun } from "../rig/recorded-session.ts";
import { isFile, isOurs, looksLikeFile } from "../scenarios/discover.ts";

/** Throws `replay/code` unless `told` (the command line) names each scenario file that the run of `file` names, and no other. */
export function checkCode({ patterns }: RecordedRun, file: string, told: readonly string[]): void {
  const named = patterns.filter(looksLikeFile);
  const own = named.filter((pattern) => isFile(pattern) || !isOurs(pattern));
  const untold = own.find((pattern) => !told.some((each) => resolve(each) === resolve(pattern)));
  if (untold !== undefined)
    throw new CodedError(
      "replay/code",
      `${file}: its run was of the scenario file ${untold}, which is code`,
      {
        file: untold,
        advice: `If you trust that file, say so: --scenario ${untold}`,
      },
    );
  const stranger = told.find((each) => !own.some((pattern) => resolve(each) === resolve(pattern)));
  if (stranger !== undefined)
    throw new CodedError("replay/code", `${file}: its run was not of the scenario file ${stranger}`, {
      advice: own.length > 0 ? `It was of ${own.join(", ")}.` : "It was of no file but our own.",
    });
}
