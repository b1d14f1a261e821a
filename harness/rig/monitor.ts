/** A board's console and events, as they come. */
import { hasCode } from "../../hal/base/coded-error.ts";
import { toLowerHex } from "../../hal/base/hex.ts";
import type { Cancel } from "../../hal/board.ts";
import type { Line } from "../../hal/serial/line/index.ts";
import {
  BoardClient,
  BoardSilent,
  boardGroupId,
  Command,
  type Description,
  eventsResponse,
} from "../../hal/serial/parts/index.ts";
import { image, missingAdvice, SmpClient, type SmpClientOptions } from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { plainLine } from "../text.ts";
import { framingHint } from "./framing-hint.ts";
import { type OpenedBoard, smpOptions } from "./open-board.ts";
import { isRecovery, recoveryName } from "./recovery.ts";

export type MonitorEvent =
  | { readonly t: number; readonly kind: "console"; readonly text: string }
  | { readonly t: number; readonly kind: "board"; readonly description: Description }
  | { readonly t: number; readonly kind: "event"; readonly event: Readonly<Record<string, unknown>> }
  /** The board has group 64 no more, or never had: then there is the console alone. */
  | { readonly t: number; readonly kind: "line" | "note"; readonly text: string };

export interface MonitorOptions {
  readonly timers?: Timers;
  /** How often the board is asked for its events. Default 1000 ms. */
  readonly pollMs?: number;
}

/** Watches until {@link close}. Console text comes in whole lines; a line that is not ended after a pause too. */
export class BoardMonitor {
  readonly #line: Line;
  readonly #smpOptions: SmpClientOptions;
  readonly #smp: SmpClient;
  readonly #client: BoardClient;
  readonly #timers: Timers;
  readonly #pollMs: number;
  readonly #emit: (event: MonitorEvent) => void;
  readonly #startMs: number;
  readonly #cancels: Cancel[];
  #cancelPoll: Cancel = () => {};
  #cancelText: Cancel = () => {};
  #text = "";
  #printed = false;
  #ack: number | undefined;
  #closed = false;

  constructor(
    { board, line }: Pick<OpenedBoard, "board" | "line">,
    emit: (event: MonitorEvent) => void,
    options: MonitorOptions = {},
  ) {
    this.#timers = options.timers ?? realTimers;
    this.#pollMs = options.pollMs ?? 1000;
    this.#emit = emit;
    this.#startMs = this.#timers.nowMs();
    this.#line = line;
    this.#smpOptions = smpOptions(board, this.#timers);
    this.#smp = new SmpClient(line, this.#smpOptions);
    this.#client = new BoardClient(this.#smp, { timers: this.#timers });
    this.#cancels = [
      this.#smp.onConsole((text) => this.#console(text)),
      line.onLost((reason) => this.#tell({ kind: "line", text: `lost: ${reason}` })),
      line.onBack(() => this.#tell({ kind: "line", text: "back" })),
      line.onClose((reason) => this.#tell({ kind: "line", text: `closed: ${reason}` })),
    ];
  }

  /** Asks who is there, then for events, again and again. Never rejects: every board has a console still. */
  async start(): Promise<void> {
    try {
      const description = await this.#client.describe();
      this.#tell({ kind: "board", description });
      await this.#poll();
    } catch (error) {
      const why = await this.#whyNoEvents(error).catch(() => (error as Error).message);
      if (!this.#closed) this.#tell({ kind: "note", text: `the console alone, no events: ${why}` });
    }
  }

  async #whyNoEvents(error: unknown): Promise<string> {
    if (hasCode(error, "hal/absent")) {
      const states = await image.readState(this.#smp).catch(() => undefined);
      if (states !== undefined && (await isRecovery(this.#smp, states)))
        return `the board is in ${recoveryName}`;
      return `the board has no SMP group 64. ${missingAdvice(boardGroupId, Command.describe)}`;
    }
    // What prints does not speak raw SMP, and a question in it would be typed into its shell.
    const silent = error instanceof BoardSilent && !this.#printed;
    const hint = silent ? await framingHint(this.#line, this.#smpOptions) : undefined;
    return hint ?? (error as Error).message;
  }

  close(): void {
    this.#closed = true;
    this.#flush();
    this.#cancelPoll();
    for (const cancel of this.#cancels) cancel();
    this.#smp.close();
  }

  async #poll(): Promise<void> {
    const ack = this.#ack === undefined ? {} : { ack: this.#ack };
    try {
      const { events, lost } = await this.#client.read("events", Command.events, ack, eventsResponse);
      for (const event of events) {
        this.#ack = event.n;
        this.#tell({ kind: "event", event });
      }
      if (lost) this.#tell({ kind: "note", text: `${lost} events were lost on the board` });
    } catch (error) {
      this.#tell({ kind: "note", text: `events: ${(error as Error).message}` });
    }
    if (!this.#closed) this.#cancelPoll = this.#timers.after(this.#pollMs, () => void this.#poll());
  }

  #console(text: string): void {
    this.#printed = true;
    this.#cancelText();
    const lines = (this.#text + text).split(/\r?\n/);
    this.#text = (lines.pop() ?? "").slice(-4096);
    for (const line of lines) if (line !== "") this.#tell({ kind: "console", text: line });
    if (this.#text !== "") this.#cancelText = this.#timers.after(500, () => this.#flush());
  }

  #flush(): void {
    this.#cancelText();
    if (this.#text !== "") this.#tell({ kind: "console", text: this.#text });
    this.#text = "";
  }

  #tell(event: DistributiveOmit<MonitorEvent, "t">): void {
    const t = Math.round(this.#timers.nowMs() - this.#startMs);
    this.#emit({ t, ...event } as MonitorEvent);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** One line for people; control characters of the board's stay out of the terminal. */
export function monitorLine(event: MonitorEvent): string {
  const time = `${(event.t / 1000).toFixed(3).padStart(9)}  `;
  if (event.kind === "console") return `${time}${plainLine(event.text)}`;
  if (event.kind === "board") {
    const { id, kind, parts } = event.description;
    return `${time}* board ${plainLine(id)} (${plainLine(kind)}): ${parts.map(plainLine).join(", ")}`;
  }
  if (event.kind !== "event") return `${time}* ${event.kind} ${plainLine(event.text)}`;
  const { kind, n: _n, up: _up, ...fields } = event.event;
  return `${time}* ${plainLine(String(kind))} ${plainLine(JSON.stringify(fields, shortBytes))}`;
}

const shortBytes = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? toLowerHex(value).slice(0, 64) : value;
