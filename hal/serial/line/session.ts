import { messageOf } from "../../base/coded-error.ts";
import type { Cancel } from "../../board.ts";
import { deadline, pause, realTimers, type Timers } from "../timers.ts";
import { LineError } from "./errors.ts";
import { stableName } from "./find-port.ts";
import type { Line, LineSettings } from "./line.ts";
import { type OpenLineOptions, openLine } from "./open-line.ts";

export interface LineSessionOptions extends OpenLineOptions {
  /** How long a lost line is looked for before the session ends; default 30,000. */
  readonly giveUpAfterMs?: number;
  /** Pause before the first new try; each next is twice as long, up to 2000. Default 50. */
  readonly retryMs?: number;
  /** Instead of {@link openLine}. */
  readonly open?: (name: string, options: OpenLineOptions) => Promise<Line>;
}

const longestPauseMs = 2000;

/**
 * A line that comes back. When the port vanishes (unplugged, re-enumerated, server restarted) it is opened again
 * by its stable name, with growing pauses, for a bounded time; listeners stay. Meanwhile writes reject with
 * `line/closed`: what a board heard before its reset nobody knows, so what to send again is for the protocol
 * above to decide (see {@link ready}).
 *
 * The settings are those of the open options again, not those set since: so is the board after a reset.
 */
export class LineSession implements Line {
  readonly name: string;
  readonly #stableName: string;
  readonly #options: LineSessionOptions;
  readonly #timers: Timers;
  readonly #stop = new AbortController();
  readonly #data = new Set<(bytes: Uint8Array) => void>();
  readonly #closed = new Set<(reason: string) => void>();
  readonly #lost = new Set<(reason: string) => void>();
  readonly #back = new Set<() => void>();
  #line: Line | undefined;
  #detach: Cancel[] = [];
  #listenedTo: Line | undefined;
  #search: Promise<void> = Promise.resolve();
  #endReason: string | undefined;
  /** How often the line came back. */
  returns = 0;

  /** Opens the line; rejects as {@link openLine} does when it is not there now. */
  static async open(name: string, options: LineSessionOptions = {}): Promise<LineSession> {
    const stable = options.open === undefined ? await stableName(name, options.roots) : name;
    const session = new LineSession(name, stable, options);
    session.#attach(await session.#openLine());
    return session;
  }

  private constructor(name: string, stable: string, options: LineSessionOptions) {
    this.name = name;
    this.#stableName = stable;
    this.#options = options;
    this.#timers = options.timers ?? realTimers;
  }

  /** Whether the line is there now. */
  get isOpen(): boolean {
    return this.#line !== undefined;
  }
  get settings(): LineSettings {
    return this.#line?.settings ?? {};
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#line === undefined) throw this.#gone(this.#endReason ?? "it is being looked for");
    await this.#line.write(bytes);
  }

  /** Resolves when the line is there (again); rejects with `line/closed` once the session has ended. */
  async ready(): Promise<void> {
    await this.#search;
    if (this.#line === undefined) throw this.#gone(this.#endReason ?? "closed here");
  }

  /** Lets go of the line and opens it anew, as after a reset that leaves the port in a state. */
  async reopen(): Promise<void> {
    const line = this.#line;
    this.#onLost("opened anew");
    await line?.close();
    await this.ready();
  }

  onData(listener: (bytes: Uint8Array) => void): Cancel {
    if (this.#data.size === 0 && this.#line !== undefined) this.#listen(this.#line);
    return subscribe(this.#data, listener);
  }
  /** Hears that the line was lost; the session looks for it. */
  onLost(listener: (reason: string) => void): Cancel {
    return subscribe(this.#lost, listener);
  }
  /** Hears that the line is there again. */
  onBack(listener: () => void): Cancel {
    return subscribe(this.#back, listener);
  }
  /** Hears that the session is over: closed here, or the line did not come back. */
  onClose(listener: (reason: string) => void): Cancel {
    const reason = this.#endReason;
    const cancel = subscribe(this.#closed, listener);
    if (reason !== undefined) queueMicrotask(() => this.#closed.delete(listener) && listener(reason));
    return cancel;
  }

  async close(): Promise<void> {
    const line = this.#line;
    this.#end("closed here");
    await line?.close();
    await this.#search;
  }

  #attach(line: Line): void {
    this.#line = line;
    this.#detach = [line.onClose((reason) => this.#onLost(reason))];
    if (this.#data.size > 0) this.#listen(line);
  }

  /** Once a line: a second time its bytes would come twice. */
  #listen(line: Line): void {
    if (this.#listenedTo === line) return;
    this.#listenedTo = line;
    this.#detach.push(
      line.onData((bytes) => {
        for (const listener of [...this.#data]) listener(bytes);
      }),
    );
  }

  #onLost(reason: string): void {
    if (this.#line === undefined) return;
    this.#letGo();
    this.#search = this.#searchFor(reason);
    for (const listener of [...this.#lost]) listener(reason);
  }

  #letGo(): void {
    for (const cancel of this.#detach.splice(0)) cancel();
    this.#line = undefined;
  }

  /** Never rejects: what it finds, or does not find, shows in the session's state. */
  async #searchFor(reason: string): Promise<void> {
    const { giveUpAfterMs = 30_000, retryMs = 50 } = this.#options;
    const endMs = this.#timers.nowMs() + giveUpAfterMs;
    let last = reason;
    for (let waitMs = retryMs; !this.#stop.signal.aborted; waitMs = Math.min(2 * waitMs, longestPauseMs)) {
      const leftMs = endMs - this.#timers.nowMs();
      if (leftMs <= 0) return this.#end(`lost (${reason}), and not back in ${giveUpAfterMs} ms: ${last}`);
      await pause(this.#timers, Math.min(waitMs, leftMs), this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      const opened = await this.#openLine().catch((error) => messageOf(error));
      if (typeof opened === "string") last = opened;
      else return await this.#return(opened);
    }
  }

  async #return(line: Line): Promise<void> {
    if (this.#stop.signal.aborted) return line.close();
    this.#attach(line);
    this.returns++;
    for (const listener of [...this.#back]) listener();
  }

  /** Bounded even when an `open` of the caller's is not; a line that comes too late is closed. */
  #openLine(): Promise<Line> {
    const { open = openLine, openTimeoutMs = 5000 } = this.#options;
    let tooLate = false;
    const opening = open(this.#stableName, this.#options);
    opening.then(
      (line) => (tooLate ? line.close() : undefined),
      () => undefined,
    );
    // A little more than the line's own limit, whose message is the better one.
    const limit = deadline(this.#timers, 2 * openTimeoutMs, `${this.name} to open`);
    return limit.guard(opening).catch((error) => {
      tooLate = true;
      throw error;
    });
  }

  #end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#stop.abort();
    this.#letGo();
    const listeners = [...this.#closed];
    this.#closed.clear();
    for (const listener of listeners) listener(reason);
  }

  #gone(why: string): LineError {
    return new LineError("line/closed", `${this.name}: the line is gone: ${why}`, { line: this.name });
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): Cancel {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
