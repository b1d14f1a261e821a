/** Programs of the system that some tests need: absent, the test is skipped and says so. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Line } from "../../../../hal/serial/line/index.ts";
import { pause, realTimers } from "../../../../hal/serial/timers.ts";

export function needs(context: Mocha.Context, program: string): void {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  if (folders.some((folder) => existsSync(`${folder}/${program}`))) return;
  console.warn(`      skipped: no ${program} (apt-get install ${program})`);
  context.skip();
}

export class Program {
  readonly #child: ChildProcess;
  constructor(command: string, args: readonly string[]) {
    const path = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;
    this.#child = spawn(command, args, { stdio: "ignore", env: { ...process.env, PATH: path } });
  }
  get pid(): number {
    return this.#child.pid!;
  }
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await gone;
  }
}

/** Two terminals joined by socat, at the paths `a` and `b`. */
export async function ptyPair(a: string, b: string): Promise<Program> {
  const socat = new Program("socat", [`pty,rawer,link=${a}`, `pty,rawer,link=${b}`]);
  await until(() => existsSync(a) && existsSync(b), "socat to make its terminals");
  return socat;
}

/** Waits for what another process does, which tells nobody: looks every 10 ms, for 5 s at most. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (condition()) return;
    await pause(realTimers, 10);
  }
  throw new Error(`waited 5 s for ${what}`);
}

/** The next `count` bytes of a line. */
export const bytesFrom = (line: Line, count: number): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const bytes: number[] = [];
    line.onClose((reason) => reject(new Error(reason)));
    line.onData((piece) => void (bytes.push(...piece) >= count && resolve(bytes)));
  });
