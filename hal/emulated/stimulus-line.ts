import type { Socket } from "node:net";
import type { Cancel } from "../board.ts";
import { deadline, type Timers } from "../serial/timers.ts";
import { EmulatedError } from "./errors.ts";
import { onLines } from "./lines.ts";

/** What the agent says on its second UART when it starts. */
export interface BootReport {
  readonly id: string;
  /** Version of the image in slot 0 that was found whole, or "none". */
  readonly image: string;
  readonly reason: "power" | "reset";
}

interface Waiting {
  readonly command: string;
  resolve(): void;
  reject(error: Error): void;
}

interface BootWait {
  resolve(report: BootReport): void;
  reject(error: Error): void;
}

/**
 * The bench's end of the board's second UART (agent/stimulus.h): commands, each answered "ok" or "error", and
 * between them what the board tells. One a power-on.
 */
export class StimulusLine {
  readonly #socket: Socket;
  readonly #timers: Timers;
  readonly #waiting: Waiting[] = [];
  readonly #listeners: Set<(line: string) => void>;
  readonly #bootWaits = new Set<BootWait>();

  constructor(socket: Socket, timers: Timers, listeners: Set<(line: string) => void>) {
    this.#socket = socket;
    this.#timers = timers;
    this.#listeners = listeners;
    onLines(socket, (line) => this.#take(line));
    socket.on("close", () => this.#powerLost());
    socket.on("error", () => socket.destroy());
  }

  /** Rejects with `emulated/refused`, `emulated/no-power` (a reset too), or `line/timeout`. */
  send(command: string, timeoutMs = 5_000): Promise<void> {
    const answer = new Promise<void>((resolve, reject) => this.#waiting.push({ command, resolve, reject }));
    this.#socket.write(`${command}\n`);
    return deadline(this.#timers, timeoutMs, `the board to take the stimulus "${command}"`).guard(answer);
  }

  /** The next time the agent reports a start; rejects with `emulated/no-power` when the power goes first. */
  nextBoot(): { readonly report: Promise<BootReport>; readonly cancel: Cancel } {
    let cancel: Cancel = () => undefined;
    const report = new Promise<BootReport>((resolve, reject) => {
      const wait = { resolve, reject };
      this.#bootWaits.add(wait);
      cancel = () => void this.#bootWaits.delete(wait);
    });
    report.catch(() => undefined); // whoever asked may look later
    return { report, cancel };
  }

  #take(line: string): void {
    const boot = /BOOT id=(.*) image=(\S+) reason=(power|reset)$/.exec(line);
    if (line === "ok") this.#waiting.shift()?.resolve();
    else if (line === "error") this.#refused();
    else if (boot) this.#booted({ id: boot[1]!, image: boot[2]!, reason: boot[3] as BootReport["reason"] });
    for (const listener of this.#listeners) listener(line);
  }

  #refused(): void {
    const waiting = this.#waiting.shift();
    const message = `the board refused the stimulus "${waiting?.command}"; agent/stimulus.h lists what it takes`;
    waiting?.reject(new EmulatedError("emulated/refused", message));
  }

  #booted(report: BootReport): void {
    this.#failAll("started again");
    for (const { resolve } of this.#bootWaits) resolve(report);
    this.#bootWaits.clear();
  }

  #powerLost(): void {
    this.#failAll("lost its power");
    for (const { reject } of this.#bootWaits)
      reject(new EmulatedError("emulated/no-power", "the board lost its power before it started again"));
    this.#bootWaits.clear();
  }

  #failAll(what: string): void {
    for (const { command, reject } of this.#waiting.splice(0))
      reject(new EmulatedError("emulated/no-power", `the board ${what} before it took "${command}"`));
  }
}
