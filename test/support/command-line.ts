/** Runs the command line in this process, in an empty folder (no rig file of the user's), and hands over what it printed. */
import "./own-settings.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../harness/cli/program.ts";

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function commandLine(args: readonly string[]): Promise<Outcome> {
  const printed = { stdout: "", stderr: "" };
  const write = { stdout: process.stdout.write, stderr: process.stderr.write };
  const { log, error } = console;
  const exitCodeBefore = process.exitCode;
  for (const name of ["stdout", "stderr"] as const)
    process[name].write = ((text: string | Uint8Array) => {
      printed[name] += typeof text === "string" ? text : Buffer.from(text).toString();
      return true;
    }) as typeof process.stdout.write;
  console.log = (text = "") => process.stdout.write(`${text}\n`);
  console.error = (text = "") => process.stderr.write(`${text}\n`);
  process.exitCode = 0;
  const [folder, before] = [mkdtempSync(join(tmpdir(), "meterbench-cwd-")), process.cwd()];
  process.chdir(folder);
  try {
    const exitCode = await main(args);
    return { exitCode, ...printed };
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
    Object.assign(process.stdout, { write: write.stdout });
    Object.assign(process.stderr, { write: write.stderr });
    Object.assign(console, { log, error });
    process.exitCode = exitCodeBefore;
  }
}
