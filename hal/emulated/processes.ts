/** Programs that live no longer than this process, and sockets that they dial back on. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./tools.ts";

const running = new Set<ChildProcess>();
/** Folders, and links to pseudo-terminals. */
const madeHere = new Set<string>();

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const path of madeHere) rmSync(path, { recursive: true, force: true });
});

/** A started program. `ended` settles when it is gone, and `errors` is the end of what it said on stderr. */
export interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  errors(): string;
}

/** Starts a program. `setpriv`, where there is one, ends it with us even when we are killed. */
export function startProgram(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const setpriv = findProgram("setpriv");
  const command = setpriv ? [setpriv, "--pdeathsig", "KILL", program, ...args] : [program, ...args];
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let errors = "";
  child.stderr!.on("data", (text: Buffer) => {
    errors = (errors + text).slice(-2000);
  });
  running.add(child);
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      running.delete(child);
      resolve();
    };
    child.on("exit", end);
    child.on("error", end);
  });
  return { child, ended, errors: () => errors };
}

/** Ends a program at once, as a power cut does, and waits until it is gone. */
export async function killProgram({ child, ended }: Program): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

const folderPrefix = "meterbench-qemu-";
const ownerFile = "owner";
const owner = (pid: number): string => `${pid} ${hostname()}`;

/** A folder of short name for sockets (a path of theirs is limited to 107 bytes). What killed owners left is swept. */
export function socketFolder(): string {
  sweepSocketFolders();
  const folder = mkdtempSync(join(tmpdir(), folderPrefix));
  removeAtExit(folder);
  writeFileSync(join(folder, ownerFile), owner(process.pid));
  return folder;
}

/** Removes it with this process, unless {@link removeNow} does before. */
export function removeAtExit(path: string): void {
  madeHere.add(path);
}

export function removeNow(path: string): void {
  madeHere.delete(path);
  rmSync(path, { recursive: true, force: true });
}

/** A process that is killed leaves its folders: those of this machine's dead ones go. */
function sweepSocketFolders(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const folder = join(tmpdir(), name);
    try {
      const text = readFileSync(join(folder, ownerFile), "utf8");
      const pid = Number.parseInt(text, 10);
      if (text === owner(pid) && !isAlive(pid)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Being made just now, or another user's.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** A socket path that programs dial in on, one caller at each of their starts. */
export class DialIn {
  readonly path: string;
  readonly #server = createServer((socket) => this.#answer(socket));
  #answer = (socket: Socket): void => void socket.destroy();

  private constructor(path: string) {
    this.path = path;
  }

  static async listen(path: string): Promise<DialIn> {
    const dialIn = new DialIn(path);
    await listening(dialIn.#server, path);
    dialIn.#server.unref();
    return dialIn;
  }

  /** The next caller. Ask before the program starts; other callers are turned away. */
  next(): Promise<Socket> {
    return new Promise((resolve) => {
      this.#answer = (socket) => {
        this.#answer = (other) => void other.destroy();
        resolve(socket);
      };
    });
  }

  close(): void {
    this.#server.close();
  }
}

/** Listens, or rejects with the reason. */
export function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
