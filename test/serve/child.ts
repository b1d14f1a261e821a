/** `meterbench serve` in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Served {
  readonly child: ChildProcess;
  /** Where it listens; rejects when it ends before. */
  readonly url: Promise<string>;
  /** Its exit code, or null of one killed. */
  readonly ended: Promise<number | null>;
}

/** `onEvent` hears each line of `--json`. */
export function startServe(args: readonly string[], onEvent: (event: ServeLine) => void = () => {}): Served {
  const words = ["--import=tsx", "harness/cli/main.ts", "serve", "--json", "--port", "0", ...args];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event = JSON.parse(line) as ServeLine;
      if (event.kind === "listening") resolve(String(event.url));
      onEvent(event);
    });
    child.once("exit", (code) => reject(new Error(`serve ended with ${code} before it listened`)));
  });
  url.catch(() => {});
  return { child, url, ended };
}

export interface ServeLine {
  readonly kind: string;
  readonly [field: string]: unknown;
}
