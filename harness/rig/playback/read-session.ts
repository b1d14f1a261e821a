/** A recording as a file, checked: what it holds and what made it. */
import { CodedError } from "../../../hal/base/coded-error.ts";
import { LineError, type Recording, readRecording } from "../../../hal/serial/line/index.ts";
import { readTextFile } from "../../input/text.ts";
import { type RecordedSession, recordedSession } from "../recorded-session.ts";

/** Throws `replay/file`, with line and column where the file is damaged. */
export function readChecked(file: string): Recording {
  const advice = "Give a file that --record has written.";
  try {
    return readRecording(readTextFile(file), file);
  } catch (error) {
    const why =
      error instanceof LineError ? error.message : `${file}: cannot be read (${(error as Error).message})`;
    throw new CodedError("replay/file", why, { advice }, error);
  }
}

/** What made the recording stands in its header. Throws `replay/file`, `replay/command`. */
export function sessionOf({ header }: Recording, file: string): RecordedSession {
  const { data, error } = recordedSession.safeParse({ command: [], ...header });
  if (data === undefined) {
    const { path = [], message } = error.issues[0] ?? {};
    throw new CodedError("replay/file", `${file}:1: the header's ${path.join(".")}: ${message}`, {
      advice: "Give a file that --record has written.",
    });
  }
  const [name] = data.command;
  if (name === "monitor" || name === "flash" || (name === "run" && data.run !== undefined)) return data;
  const what = name === undefined ? "does not say what made it" : `was made by ${data.command.join(" ")}`;
  throw new CodedError("replay/command", `${file} ${what}, which cannot be played back`, {
    advice: "Record with --record FILE of `meterbench monitor`, `meterbench flash` or `meterbench run`.",
  });
}
