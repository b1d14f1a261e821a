/** The shell commands of a rig file: power, self-test. */
import { type ChildProcess, spawn } from "node:child_process";
import { pause, type Timers } from "../../hal/serial/timers.ts";
import type { RigBoard } from "./rig-file.ts";

const keptOutput = 2000;
/** For the last of a command's output; what it has left running may hold its pipes for ever. */
const outputMs = 200;

/**
 * Runs `command`, `{id}` and `{port}` in it the board's, quoted so that no port name becomes shell. Resolves with what
 * went wrong ("ended with exit code 3: no such relay"), undefined when nothing did. It runs in a process group of its
 * own, which is ended whole after `timeoutS`.
 */
export function runCommand(
  command: string,
  board: RigBoard,
  timeoutS: number,
  timers: Timers,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", fill(command, board)], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, METERBENCH_BOARD: board.id, METERBENCH_PORT: board.port ?? "" },
    });
    const output = outputOf(child);
    const cancel = timers.after(timeoutS * 1000, () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      resolve(`did not end within ${timeoutS} s: ${output()}`);
    });
    child.on("error", (cause) => {
      cancel();
      resolve(`could not be run: ${cause.message}`);
    });
    child.on("exit", async (code, signal) => {
      cancel();
      if (code === 0) return resolve(undefined);
      const closed = new Promise<void>((done) => void child.once("close", () => done()));
      await Promise.race([closed, pause(timers, outputMs)]);
      resolve(`ended with ${signal ?? `exit code ${code}`}: ${output()}`);
    });
  });
}

/** The last of what it has printed so far. */
function outputOf(child: ChildProcess): () => string {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-keptOutput);
    });
  return () => output.trim() || "no output";
}

const fill = (template: string, { id, port = "" }: RigBoard): string =>
  template.replaceAll("{id}", () => quote(id)).replaceAll("{port}", () => quote(port));

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
