/** A board's console and events, as they come. */
import type { Cancel } from "../../hal/board.ts";
import { BoardClient, Command, type Description, eventsResponse } from "../../hal/serial/parts/index.ts";
import { SmpClient } from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { type OpenBoard, smpOptions } from "./find.ts";

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
  #ack: number | undefined;
  #closed = false;

  constructor(
    { board, line }: Pick<OpenBoard, "board" | "line">,
    emit: (event: MonitorEvent) => void,
    options: MonitorOptions = {},
  ) {
    this.#timers = options.timers ?? realTimers;
    this.#pollMs = options.pollMs ?? 1000;
    this.#emit = emit;
    this.#startMs = this.#timers.nowMs();
    this.#smp = new SmpClient(line, smpOptions(board, this.#timers));
    this.#client = new BoardClient(this.#smp, { timers: this.#timers });
    this.#cancels = [
      this.#smp.onConsole((text) => this.#console(text)),
      line.onLost((reason) => this.#tell({ kind: "line", text: `lost: ${reason}` })),
      line.onBack(() => this.#tell({ kind: "line", text: "back" })),
      line.onClose((reason) => this.#tell({ kind: "line", text: `closed: ${reason}` })),
    ];
  }

  /** Asks who is there, then for events, again and again. Never rejects: a silent board has a console still. */
  async start(): Promise<void> {
    try {
      const description = await this.#client.describe();
      this.#tell({ kind: "board", description });
      await this.#poll();
    } catch (error) {
      this.#tell({ kind: "note", text: `no events: ${(error as Error).message}` });
    }
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
  if (event.kind === "console") return `${time}${printable(event.text)}`;
  if (event.kind === "board") {
    const { id, kind, parts } = event.description;
    return `${time}* board ${printable(id)} (${printable(kind)}): ${parts.map(printable).join(", ")}`;
  }
  if (event.kind !== "event") return `${time}* ${event.kind} ${printable(event.text)}`;
  const { kind, n: _n, up: _up, ...fields } = event.event;
  return `${time}* ${printable(String(kind))} ${printable(JSON.stringify(fields, shortBytes))}`;
}

const shortBytes = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("hex").slice(0, 64) : value;

const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not reach the terminal
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "·");
