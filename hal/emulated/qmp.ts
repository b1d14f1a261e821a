/** QEMU's control channel (QMP): one JSON object a line, one command at a time. */
import type { Socket } from "node:net";
import { deadline, type Timers } from "../serial/timers.ts";
import { EmulatedError } from "./errors.ts";
import { onLines } from "./lines.ts";

interface Waiting {
  readonly command: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class QmpClient {
  readonly #socket: Socket;
  readonly #timers: Timers;
  readonly #waiting: Waiting[] = [];
  #closed = false;

  private constructor(socket: Socket, timers: Timers) {
    this.#socket = socket;
    this.#timers = timers;
    onLines(socket, (line) => this.#take(line));
    socket.on("close", () => this.#end());
    socket.on("error", () => socket.destroy());
  }

  /** QEMU greets first and then wants to hear which capabilities we use: none. */
  static async open(socket: Socket, timers: Timers, timeoutMs: number): Promise<QmpClient> {
    const client = new QmpClient(socket, timers);
    await client.execute("qmp_capabilities", {}, timeoutMs);
    return client;
  }

  /** What the command returned. Rejects with `emulated/refused`, `emulated/no-power`, or `line/timeout`. */
  execute(command: string, args: Record<string, unknown> = {}, timeoutMs = 5_000): Promise<unknown> {
    if (this.#closed) return Promise.reject(noPower(command));
    const answer = new Promise((resolve, reject) => this.#waiting.push({ command, resolve, reject }));
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    return deadline(this.#timers, timeoutMs, `QEMU to answer "${command}"`).guard(answer);
  }

  #take(line: string): void {
    const message = JSON.parse(line) as { return?: unknown; error?: { desc?: string } };
    if (!("return" in message) && message.error === undefined) return; // the greeting, or an event
    const waiting = this.#waiting.shift();
    if (message.error === undefined) waiting?.resolve(message.return);
    else
      waiting?.reject(
        new EmulatedError("emulated/refused", `QEMU refused "${waiting.command}": ${message.error.desc}`),
      );
  }

  #end(): void {
    this.#closed = true;
    for (const { command, reject } of this.#waiting.splice(0)) reject(noPower(command));
  }
}

const noPower = (command: string): EmulatedError =>
  new EmulatedError("emulated/no-power", `the board lost its power before QEMU answered "${command}"`);
