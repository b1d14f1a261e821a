/** A recorded session: NDJSON, one event a line, in order of time. */
import { messageOf } from "../../base/coded-error.ts";
import { toLowerHex } from "../../base/hex.ts";
import type { Cancel } from "../../board.ts";
import { realTimers, type Timers } from "../timers.ts";
import { LineError } from "./errors.ts";
import type { Line, LineSettings, ModemInputs } from "./line.ts";
import { LineSession } from "./session.ts";

/** `tMs` counts from the start of the recording. `out` is what the host wrote, `in` what the board said. */
export type RecordedEvent =
  | { readonly tMs: number; readonly kind: "out" | "in"; readonly hex: string }
  | { readonly tMs: number; readonly kind: "modem"; readonly lines: ModemInputs }
  | { readonly tMs: number; readonly kind: "setting"; readonly name: string; readonly value: unknown }
  /** Of a session: the line went away, and came back. */
  | { readonly tMs: number; readonly kind: "lost"; readonly reason: string }
  | { readonly tMs: number; readonly kind: "back" }
  | { readonly tMs: number; readonly kind: "close"; readonly reason: string };

export interface Recording {
  readonly line: string;
  readonly events: readonly RecordedEvent[];
  /** All that the header says: format, line, and what the recorder told about the session. */
  readonly header: Readonly<Record<string, unknown>>;
  /** The last row is torn: the recorder was killed while it wrote. It is left out. */
  readonly torn: boolean;
}

/** The settings that are recorded: those that may change what the board hears. */
const settingNames = ["setBaud", "setFormat", "setFlow", "setModemLines", "sendBreak", "purge"] as const;
type SettingName = (typeof settingNames)[number];

const recordingFormat = "meterbench-line-recording/1";

/**
 * A line like `line`, of which every byte, setting, change of a modem input and the closing go to `sink` as rows
 * of NDJSON, each with its line end, the header first, which also has what `about` tells of the session.
 */
export function recordLine(
  line: Line,
  sink: (row: string) => void,
  timers: Timers = realTimers,
  about: Readonly<Record<string, unknown>> = {},
): Line {
  const startMs = timers.nowMs();
  const row = (event: Record<string, unknown>) => {
    const tMs = Math.round((timers.nowMs() - startMs) * 1000) / 1000;
    sink(`${JSON.stringify({ tMs, ...event })}\n`);
  };
  sink(`${JSON.stringify({ format: recordingFormat, line: line.name, ...about })}\n`);
  return new RecordedLine(line, row);
}

class RecordedLine implements Line {
  readonly name: string;
  readonly #line: Line;
  readonly #row: (event: Record<string, unknown>) => void;
  readonly #data = new Set<(bytes: Uint8Array) => void>();
  #listening = false;

  constructor(line: Line, row: (event: Record<string, unknown>) => void) {
    this.name = line.name;
    this.#line = line;
    this.#row = row;
    line.onClose((reason) => row({ kind: "close", reason }));
    line.settings?.onModemLines?.((lines) => row({ kind: "modem", lines }));
    if (!(line instanceof LineSession)) return;
    line.onLost((reason) => row({ kind: "lost", reason }));
    line.onBack(() => row({ kind: "back" }));
  }

  /** Those of the line as it is now: a session opens its line anew. */
  get settings(): LineSettings {
    return recordSettings(this.#line.settings ?? {}, this.#row);
  }

  /** Recorded before it is sent, so that an answer never stands before its question. */
  write(bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) this.#row({ kind: "out", hex: toLowerHex(bytes) });
    return this.#line.write(bytes);
  }

  onData(listener: (bytes: Uint8Array) => void): Cancel {
    this.#data.add(listener);
    // Not before somebody listens here, or the line below would not keep the first bytes.
    if (!this.#listening) this.#line.onData((bytes) => this.#received(bytes));
    this.#listening = true;
    return () => void this.#data.delete(listener);
  }

  onClose(listener: (reason: string) => void): Cancel {
    return this.#line.onClose(listener);
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  #received(bytes: Uint8Array): void {
    this.#row({ kind: "in", hex: toLowerHex(bytes) });
    for (const listener of [...this.#data]) listener(bytes);
  }
}

/** The same capabilities; each change is a row. */
function recordSettings(settings: LineSettings, row: (event: Record<string, unknown>) => void): LineSettings {
  const recorded: Record<string, unknown> = { ...settings };
  for (const name of settingNames) {
    const call = settings[name] as ((value: unknown) => Promise<void>) | undefined;
    if (call === undefined) continue;
    recorded[name] = (value: unknown) => {
      row({ kind: "setting", name, value });
      return call(value);
    };
  }
  const read = settings.readModemLines;
  if (read !== undefined)
    recorded.readModemLines = async () => {
      const lines = await read();
      row({ kind: "modem", lines });
      return lines;
    };
  return recorded;
}

/** Longer rows are no work of ours. */
const rowLimit = 16 * 1024 * 1024;

/** Checks a recording, row by row; throws `line/syntax` with `file:line:column`. A last row without an end may be torn. */
export function readRecording(text: string, file = "recording"): Recording {
  const rows = text.split("\n");
  const last = rows.pop() ?? "";
  const torn = rows.length > 0 && !isJson(last);
  if (last !== "" && !torn) rows.push(last);
  const header = parseRow(rows[0] ?? "", file, 1);
  if (header.format !== recordingFormat || typeof header.line !== "string")
    throw fault(file, 1, 1, `expected the header {"format":"${recordingFormat}","line":...}`);
  const events = rows.slice(1).map((row, index) => readEvent(row, file, index + 2));
  for (const [index, event] of events.entries()) {
    if (index > 0 && event.tMs < events[index - 1]!.tMs)
      throw fault(file, index + 2, columnOf(rows[index + 1]!, "tMs"), "time goes back");
  }
  return { line: header.line, events, header, torn: last !== "" && torn };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readEvent(row: string, file: string, number: number): RecordedEvent {
  const event = parseRow(row, file, number);
  const expect = (good: boolean, field: string, expected: string) => {
    if (!good) throw fault(file, number, columnOf(row, field), `"${field}" must be ${expected}`);
  };
  expect(typeof event.tMs === "number" && event.tMs >= 0, "tMs", "a number of milliseconds, 0 or more");
  switch (event.kind) {
    case "in":
    case "out":
      expect(typeof event.hex === "string" && /^(?:[0-9a-f]{2})+$/i.test(event.hex), "hex", "bytes in hex");
      break;
    case "modem":
      expect(typeof event.lines === "object" && event.lines !== null, "lines", "the modem inputs");
      break;
    case "setting":
      expect(settingNames.includes(event.name as SettingName), "name", `one of ${settingNames.join(", ")}`);
      break;
    case "back":
      break;
    case "lost":
    case "close":
      expect(typeof event.reason === "string", "reason", "a text");
      break;
    default:
      expect(false, "kind", "one of in, out, modem, setting, lost, back, close");
  }
  return event as unknown as RecordedEvent;
}

function parseRow(row: string, file: string, number: number): Record<string, unknown> {
  if (row.length > rowLimit) throw fault(file, number, rowLimit, "the row is too long");
  try {
    const value: unknown = JSON.parse(row);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (error) {
    const position = /position (\d+)/.exec(messageOf(error))?.[1];
    // "Unexpected end" has no position in it: the fault is at the end.
    throw fault(
      file,
      number,
      position === undefined ? row.length + 1 : Number(position) + 1,
      "no JSON",
      error,
    );
  }
  throw fault(file, number, 1, "expected a JSON object");
}

const columnOf = (row: string, field: string): number => Math.max(0, row.indexOf(`"${field}"`)) + 1;

const fault = (file: string, row: number, column: number, message: string, cause?: unknown) =>
  new LineError("line/syntax", `${file}:${row}:${column}: ${message}`, { file, row, column }, cause);
