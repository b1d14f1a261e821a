/**
 * One run at a time on one board. A lock is a file that names its owner and says until when it holds; the owner
 * renews it. It frees itself when its process is gone or has not renewed it in time.
 */
import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { MeterbenchError } from "../../firmware/kernel/errors.ts";
import type { Cancel } from "../../hal/board.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";

/** Who holds a board. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's ticks; tells a process from a later one with its number. */
  readonly processStart: string | undefined;
  /** ISO 8601. */
  readonly since: string;
  /** What it runs, such as `meterbench flash`. */
  readonly what: string;
  readonly board: string;
  readonly token: string;
  /** UTC milliseconds. */
  readonly expiresMs: number;
}

export interface LockOptions {
  /** Told to whoever finds the board taken. */
  readonly what?: string;
  /** Default: a folder in the system's temporary one, so that all runs on this machine see it. */
  readonly folder?: string;
  /** How long it holds unless it is renewed; default 60 s. It is renewed at a third of that. */
  readonly leaseMs?: number;
  readonly timers?: Timers;
  /** UTC milliseconds; for tests. */
  readonly utcMs?: () => number;
}

const defaultLeaseMs = 60_000;
export const lockFolder = (): string => process.env.METERBENCH_LOCKS ?? join(tmpdir(), "meterbench-locks");

/** Given back when this process exits, however that comes about; only a kill leaves them, and they free themselves. */
const held = new Set<BoardLock>();
process.on("exit", () => {
  for (const lock of held) lock.release();
});

export class BoardLock {
  readonly path: string;
  readonly owner: LockOwner;
  readonly #leaseMs: number;
  readonly #timers: Timers;
  readonly #utcMs: () => number;
  readonly #lost = new Set<(by: string) => void>();
  #cancel: Cancel = () => {};
  #held = true;

  /** Takes the lock of `board` on `port`. Throws `rig/locked` (who, since when, what to do). */
  static take(board: string, port: string, options: LockOptions = {}): BoardLock {
    const { folder = lockFolder(), what = "meterbench", leaseMs = defaultLeaseMs } = options;
    const utcMs = options.utcMs ?? Date.now;
    const path = lockPath(port, folder);
    mkdirSync(folder, { recursive: true });
    const owner: LockOwner = {
      pid: process.pid,
      host: hostname(),
      processStart: processStart(process.pid),
      since: new Date(utcMs()).toISOString(),
      what,
      board,
      token: randomUUID(),
      expiresMs: utcMs() + leaseMs,
    };
    // Twice at most: the second time a dead owner's lock has been cleared away.
    for (let attempt = 0; attempt < 3; attempt++) {
      if (place(path, owner)) return new BoardLock(path, owner, leaseMs, options.timers ?? realTimers, utcMs);
      const other = readLock(path);
      if (other !== undefined && isHeld(other, utcMs())) throw locked(board, other, path);
      clearAway(path, other?.token);
    }
    throw new MeterbenchError(
      "rig/locked",
      `board ${board}: its lock ${path} changes hands again and again`,
      {
        advice: "Wait for the other runs to end.",
      },
    );
  }

  private constructor(path: string, owner: LockOwner, leaseMs: number, timers: Timers, utcMs: () => number) {
    this.path = path;
    this.owner = owner;
    this.#leaseMs = leaseMs;
    this.#timers = timers;
    this.#utcMs = utcMs;
    held.add(this);
    this.#renewLater();
  }

  /** Hears that another has the board now, because this owner did not renew in time: let go of the port. */
  onLost(listener: (by: string) => void): Cancel {
    this.#lost.add(listener);
    return () => void this.#lost.delete(listener);
  }

  /** Gives the board back. Calling it twice is harmless. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    held.delete(this);
    this.#cancel();
    if (readLock(this.path)?.token === this.owner.token) rmSync(this.path, { force: true });
  }

  #renewLater(): void {
    this.#cancel = this.#timers.after(this.#leaseMs / 3, () => this.#renew());
  }

  #renew(): void {
    const now = readLock(this.path);
    if (now?.token !== this.owner.token) {
      this.#held = false;
      held.delete(this);
      const by = now === undefined ? "somebody who removed the lock" : nameOf(now);
      for (const listener of this.#lost) listener(by);
      return;
    }
    writeAside(this.path, { ...this.owner, expiresMs: this.#utcMs() + this.#leaseMs }, (file) =>
      renameSync(file, this.path),
    );
    this.#renewLater();
  }
}

/** Who holds the board on `port` now; undefined when it is free. */
export function lockHolder(port: string, folder = lockFolder(), utcMs = Date.now()): LockOwner | undefined {
  const owner = readLock(lockPath(port, folder));
  return owner !== undefined && isHeld(owner, utcMs) ? owner : undefined;
}

/** What a port is, whatever it is called: a device has several names. */
export function realPort(port: string): string {
  try {
    return realpathSync(port);
  } catch {
    return port; // An address, or a board that is not plugged in: its name must do.
  }
}

/** By what the port is: two names of one device have one lock. */
function lockPath(port: string, folder: string): string {
  const real = realPort(port);
  const digest = createHash("sha256").update(real).digest("hex").slice(0, 16);
  return join(folder, `${real.replace(/[^A-Za-z0-9]+/g, "-").slice(-40)}-${digest}.lock`);
}

/** Whole or not at all: written aside, then linked to its name, which fails when that is taken. */
function place(path: string, owner: LockOwner): boolean {
  return writeAside(path, owner, (file) => {
    try {
      linkSync(file, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  });
}

function writeAside<T>(path: string, owner: LockOwner, use: (file: string) => T): T {
  const file = `${path}.${owner.token}`;
  writeFileSync(file, JSON.stringify(owner), { mode: 0o644 });
  try {
    return use(file);
  } finally {
    rmSync(file, { force: true });
  }
}

/** Moves the dead lock away; one that came alive between the look and the move is put back. */
function clearAway(path: string, token: string | undefined): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Another was quicker.
  }
  if (readLock(aside)?.token !== token) {
    try {
      linkSync(aside, path);
    } catch {
      // A third has it already.
    }
  }
  rmSync(aside, { force: true });
}

function readLock(path: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as LockOwner;
    return typeof owner.pid === "number" && typeof owner.expiresMs === "number" ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isHeld({ host, pid, processStart: start, expiresMs }: LockOwner, utcMs: number): boolean {
  if (utcMs >= expiresMs) return false;
  return host !== hostname() || (isAlive(pid) && (start === undefined || processStart(pid) === start));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Field 22 of /proc/PID/stat; undefined where there is no /proc. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

const nameOf = ({ what, pid, host, since }: LockOwner): string =>
  `${what} (process ${pid} on ${host}, since ${since})`;

function locked(board: string, owner: LockOwner, path: string): MeterbenchError {
  return new MeterbenchError("rig/locked", `board ${board} is in use by ${nameOf(owner)}`, {
    board,
    owner,
    advice: `Wait until it ends, or end it; its lock then frees itself (${path}).`,
  });
}
