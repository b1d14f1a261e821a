/** Runs the command line as people do: in a process of its own, in a folder of its own. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunReport } from "../../harness/reports/run-report.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "dist/harness/cli/main.js");
/** Where `import … from "meterbench"` would lead in a user's project. */
export const harness = new URL("../../dist/harness/index.js", import.meta.url).href;

/** By `build-once.cjs` already, but where no configuration of mocha is read. */
let built = false;
/** What is there is compiled, as it is for people: nothing to do where nothing has changed. */
function build(): void {
  if (built) return;
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
    { cwd: root, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the command does not compile: ${stdout}`);
  built = true;
}

export interface ChildOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary folder; commands run in it. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), "meterbench-"));

  constructor() {
    build();
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  read(...names: string[]): string {
    return readFileSync(join(this.folder, ...names), "utf8");
  }

  report(out = "out"): RunReport {
    return JSON.parse(this.read(out, "run.json")) as RunReport;
  }

  /** A command that has not ended after half a minute is killed: its exit code is null then. */
  meterbench(args: readonly string[], env: Record<string, string> = {}): Promise<ChildOutcome> {
    return this.#run(process.execPath, [main, ...args], env);
  }

  /** The same on a terminal of 80 columns; what it writes there is all on `stdout`. */
  onTerminal(args: readonly string[], env: Record<string, string> = {}): Promise<ChildOutcome> {
    const words = [process.execPath, main, ...args].map((word) => `'${word}'`).join(" ");
    return this.#run("script", ["-qec", `stty cols 80 rows 24; ${words}`, "/dev/null"], {
      TERM: "xterm",
      ...env,
    });
  }

  /** The same for a reader that has left before anything was written, as behind `| true`. */
  meterbenchUnread(args: readonly string[]): Promise<ChildOutcome> {
    return this.#run(process.execPath, [main, ...args], {}, true);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(
    program: string,
    args: readonly string[],
    env: Record<string, string>,
    unread = false,
  ): Promise<ChildOutcome> {
    const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...plain } = process.env;
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { ...plain, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        printed[name] += text;
      });
    if (unread) child.stdout.destroy();
    const limit = setTimeout(() => child.kill("SIGKILL"), 30_000);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode) => {
        clearTimeout(limit);
        resolve({ exitCode, ...printed });
      });
    });
  }
}
