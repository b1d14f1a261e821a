/** The boards while they are flashed: one live line each on a terminal, plain lines elsewhere. */
import { MultiBar, type SingleBar } from "cli-progress";
import pc from "picocolors";
import type { BoardReport, FlashEvent } from "./flash-boards.ts";

export interface FlashView {
  event(event: FlashEvent): void;
  stop(): void;
}

export function flashView(stream: NodeJS.WriteStream, boards: readonly string[], quiet: boolean): FlashView {
  if (quiet) return { event() {}, stop() {} };
  return stream.isTTY ? new BarView(stream, boards) : new PlainView(stream, boards);
}

const nameWidth = (boards: readonly string[]): number =>
  Math.min(24, Math.max(...boards.map((id) => id.length)));

class BarView implements FlashView {
  readonly #bars: MultiBar;
  readonly #bar = new Map<string, SingleBar>();

  constructor(stream: NodeJS.WriteStream, boards: readonly string[]) {
    this.#bars = new MultiBar({
      stream,
      format: `{board} {phase} {bar} {percentage}% {rate} {left} {retries}`,
      barsize: 20,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      hideCursor: true,
      linewrap: false,
      autopadding: true,
    });
    const width = nameWidth(boards);
    for (const board of boards)
      this.#bar.set(board, this.#bars.create(100, 0, { ...blank, board: board.slice(-width).padEnd(width) }));
  }

  event(event: FlashEvent): void {
    const bar = this.#bar.get(event.board);
    if (event.kind === "progress") bar?.update(percent(event), numbers(event));
    else bar?.update({ phase: phaseText(event, phaseWidth), ...(event.kind === "done" && { left: "" }) });
  }

  stop(): void {
    this.#bars.stop();
  }
}

/** Columns of a phase on the live view. */
const phaseWidth = 12;
const blank = { phase: "waits".padEnd(phaseWidth), rate: "", left: "", retries: "" };

class PlainView implements FlashView {
  readonly #stream: NodeJS.WriteStream;
  readonly #width: number;
  /** The last quarter told of each board. */
  readonly #quarters = new Map<string, number>();

  constructor(stream: NodeJS.WriteStream, boards: readonly string[]) {
    this.#stream = stream;
    this.#width = nameWidth(boards);
  }

  event(event: FlashEvent): void {
    const { board, kind } = event;
    if (kind === "phase" && event.phase === "upload") this.#quarters.set(board, 0);
    if (kind === "progress") this.#progress(event);
    else this.#line(event, phaseText(event));
  }

  stop(): void {}

  /** A line for each quarter. */
  #progress(event: FlashEvent): void {
    const { board } = event;
    const quarter = Math.floor(percent(event) / 25);
    if (quarter <= (this.#quarters.get(board) ?? 0)) return;
    this.#quarters.set(board, quarter);
    const { rate, left, retries } = numbers(event);
    this.#line(
      event,
      ["upload", `${percent(event)}%`, rate, left, retries].filter((text) => text !== "").join("  "),
    );
  }

  #line({ t, board, message }: FlashEvent, text: string): void {
    const time = `${(t / 1000).toFixed(1)} s`.padStart(8);
    this.#stream.write(`${time}  ${board.padEnd(this.#width)}  ${text}${message ? `: ${message}` : ""}\n`);
  }
}

const percent = ({ doneBytes = 0, totalBytes = 1 }: FlashEvent): number =>
  Math.floor((100 * doneBytes) / totalBytes);

function numbers({ bytesPerS, leftS, retries }: FlashEvent) {
  return {
    rate: bytesPerS === undefined ? "" : `${(bytesPerS / 1024).toFixed(1)} KB/s`,
    left: leftS === undefined ? "" : `${leftS} s left`,
    retries: retries ? `${retries} retries` : "",
  };
}

function phaseText({ phase }: FlashEvent, width = 0): string {
  const text = phase.padEnd(width);
  if (phase === "image-failed" || phase === "rig-failed") return pc.red(text);
  return phase === "confirmed" || phase === "reverted" || phase === "unchanged" ? pc.green(text) : text;
}

/** A row a board, for the table at the end. */
export function reportRow(report: BoardReport): Record<string, string> {
  const { board, outcome, phase, version, seconds, bytesPerS, retries, error } = report;
  return {
    board,
    outcome,
    at: error ? phase : "",
    version: version ?? "",
    seconds: seconds.toFixed(1),
    "KB/s": bytesPerS === undefined ? "" : (bytesPerS / 1024).toFixed(1),
    retries: String(retries),
  };
}
