/** The boards while they are flashed: one live line each on a terminal, plain lines elsewhere. */
import { MultiBar, type SingleBar } from "cli-progress";
import pc from "picocolors";
import { plainLine } from "../../text.ts";
import type { BoardReport, FlashEvent } from "./flash-boards.ts";

export interface FlashView {
  event(event: FlashEvent): void;
  stop(): void;
}

/** Live lines cannot scroll: where there are more boards than rows, plain lines are shown on a terminal too. */
export function flashView(stream: NodeJS.WriteStream, boards: readonly string[]): FlashView {
  const fits = stream.isTTY && boards.length < (stream.rows ?? 24);
  return fits ? new LiveView(stream, boards) : new PlainView(stream, boards);
}

/** What a live line shows of a board. */
export interface BoardState {
  readonly board: string;
  readonly phase: FlashEvent["phase"] | "waits";
  readonly lineLost: boolean;
  /** The last one of the upload. */
  readonly progress?: FlashEvent;
  /** Why it failed. */
  readonly message?: string;
}

class LiveView implements FlashView {
  readonly #bars: MultiBar;
  readonly #bar = new Map<string, SingleBar>();
  readonly #states = new Map<string, BoardState>();

  constructor(stream: NodeJS.WriteStream, boards: readonly string[]) {
    this.#bars = new MultiBar({
      stream,
      format: (_options, _params, state: BoardState) => liveLine(state, boards, stream.columns || 80),
      hideCursor: true,
    });
    for (const board of boards) {
      const state: BoardState = { board, phase: "waits", lineLost: false };
      this.#states.set(board, state);
      this.#bar.set(board, this.#bars.create(1, 0, state));
    }
  }

  event(event: FlashEvent): void {
    const before = this.#states.get(event.board);
    if (before === undefined) return;
    const state = next(before, event);
    this.#states.set(event.board, state);
    if (event.kind === "note") this.#note(event);
    this.#bar.get(event.board)?.update(state);
  }

  stop(): void {
    this.#bars.stop();
  }

  /** A line of its own, above, at once: before a byte is sent. */
  #note({ board, message = "" }: FlashEvent): void {
    this.#bars.log(`${board}: ${plainLine(message)}\n`);
    this.#bars.update();
  }
}

function next(before: BoardState, event: FlashEvent): BoardState {
  if (event.kind === "line") return { ...before, lineLost: event.line === "lost" };
  if (event.kind === "note") return before;
  if (event.kind === "progress") return { ...before, progress: event };
  const { progress, ...rest } = before;
  const startsAnew = event.kind === "phase" && event.phase === "upload";
  return {
    ...rest,
    phase: event.phase,
    ...(event.kind === "done" && { lineLost: false }),
    ...(progress && !startsAnew && { progress }),
    ...(event.message !== undefined && { message: event.message }),
  };
}

/** Columns: phase, percent, rate, time left, retries, each with the space before it. The rest is name and bar. */
const fixed = { phase: 13, percent: 5, rate: 12, left: 12, retries: 12 };
const fixedColumns = Object.values(fixed).reduce((sum, columns) => sum + columns, 0);
const barColumns = { least: 8, most: 20 };
const mostOfName = 40;

/** One board, no wider than the terminal. Exported for tests. */
export function liveLine(state: BoardState, boards: readonly string[], columns: number): string {
  const { board, phase, lineLost, message } = state;
  const room = columns - 1 - fixedColumns - 1;
  const nameColumns = Math.max(8, Math.min(widest(boards), mostOfName, room - barColumns.least));
  const head = shortName(board, boards, nameColumns).padEnd(nameColumns);
  const words = (lineLost ? "line lost" : phase).padEnd(fixed.phase - 1);
  const rest = message === undefined ? numbersOf(state, room - nameColumns) : `  ${oneLine(message)}`;
  // Colour has no width: it comes after the cutting.
  const tail = rest.slice(0, Math.max(0, columns - 1 - head.length - fixed.phase));
  return `${head} ${paint(phase, lineLost)(words)}${tail.trimEnd()}`;
}

function numbersOf({ phase, progress }: BoardState, barRoom: number): string {
  const proven = isGood(phase);
  if (progress === undefined && !proven) return "";
  const share = proven ? 100 : percent(progress as FlashEvent);
  const columns = Math.max(0, Math.min(barRoom, barColumns.most));
  const full = Math.floor((columns * share) / 100);
  const { rate, left, retries } = numbers(progress);
  return [
    ` ${"█".repeat(full)}${"░".repeat(columns - full)}`,
    `${share}%`.padStart(fixed.percent),
    rate.padStart(fixed.rate),
    (phase === "upload" ? left : "").padStart(fixed.left),
    retries.padStart(fixed.retries),
  ].join("");
}

class PlainView implements FlashView {
  readonly #stream: NodeJS.WriteStream;
  readonly #boards: readonly string[];
  readonly #columns: number;
  /** The last quarter told of each board. */
  readonly #quarters = new Map<string, number>();

  constructor(stream: NodeJS.WriteStream, boards: readonly string[]) {
    this.#stream = stream;
    this.#boards = boards;
    this.#columns = Math.min(widest(boards), mostOfName);
  }

  event(event: FlashEvent): void {
    const { board, kind, phase } = event;
    if (kind === "phase" && phase === "upload") this.#quarters.set(board, 0);
    if (kind === "progress") this.#progress(event);
    else if (kind === "line") this.#line(event, `line ${event.line}`);
    else if (kind === "note") this.#line(event, "note");
    else this.#line(event, paint(phase)(phase));
  }

  stop(): void {}

  /** A line for each quarter. */
  #progress(event: FlashEvent): void {
    const { board } = event;
    const quarter = Math.floor(percent(event) / 25);
    if (quarter <= (this.#quarters.get(board) ?? 0)) return;
    this.#quarters.set(board, quarter);
    const { rate, left, retries } = numbers(event);
    const words = ["upload", `${percent(event)}%`, rate, left, retries];
    this.#line(event, words.filter((text) => text !== "").join("  "));
  }

  #line({ t, board, message }: FlashEvent, text: string): void {
    const time = `${(t / 1000).toFixed(1)} s`.padStart(8);
    const name = shortName(board, this.#boards, this.#columns).padEnd(this.#columns);
    this.#stream.write(`${time}  ${name}  ${text}${message ? `: ${plainLine(message)}` : ""}\n`);
  }
}

const widest = (names: readonly string[]): number => Math.max(...names.map(({ length }) => length));

/** Cut to `columns`, with the part in it that tells it from the others: its end, where they begin alike. */
export function shortName(name: string, others: readonly string[], columns: number): string {
  if (name.length <= columns) return name;
  const alike = Math.max(
    0,
    ...others.filter((other) => other !== name).map((other) => sharedBeginning(name, other)),
  );
  const from = Math.min(alike, name.length - columns + 1);
  const text = from > 0 ? `…${name.slice(from)}` : name;
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

function sharedBeginning(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

const percent = ({ doneBytes = 0, totalBytes = 1 }: FlashEvent): number =>
  Math.floor((100 * doneBytes) / totalBytes);

const kib = (bytesPerS: number): string => (bytesPerS / 1024).toFixed(bytesPerS < 1024 * 1000 ? 1 : 0);

/** Each 11 columns at most. */
function numbers({ bytesPerS, leftS = 0, retries = 0 }: Partial<FlashEvent> = {}) {
  return {
    rate: bytesPerS === undefined ? "" : `${kib(bytesPerS)} KiB/s`,
    left:
      leftS === 0 ? "" : leftS < 100 ? `${leftS} s left` : `${Math.min(999, Math.ceil(leftS / 60))} min left`,
    retries: retries === 0 ? "" : retries === 1 ? "1 retry" : `${Math.min(999, retries)} retries`,
  };
}

const oneLine = (text: string): string => plainLine(text.replace(/\s+/g, " "));

const isGood = (phase: BoardState["phase"]): boolean =>
  phase === "confirmed" || phase === "reverted" || phase === "unchanged";

function paint(phase: BoardState["phase"], lineLost = false): (text: string) => string {
  if (lineLost) return pc.yellow;
  if (phase === "image-failed" || phase === "rig-failed") return pc.red;
  return isGood(phase) ? pc.green : (text) => text;
}

/** A row a board, for the table at the end. */
export function reportRow(report: BoardReport): Record<string, string> {
  const { board, outcome, phase, version = "", versionBefore, seconds, bytesPerS, retries, error } = report;
  return {
    board,
    outcome,
    at: error ? phase : "",
    version: versionBefore === undefined ? version : `${versionBefore} → ${version}`,
    seconds: seconds.toFixed(1),
    "KiB/s": bytesPerS === undefined ? "" : kib(bytesPerS),
    retries: String(retries),
  };
}
